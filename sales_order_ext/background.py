"""Background jobs, also while their queue does not answer.

Work that would otherwise not be done is refused with everything around it (`enqueue`, `or_refused`). What merely follows
something booked is never in its way (`not_in_the_way`): a scheduled job finds what was left.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe import _
from redis.exceptions import RedisError

from sales_order_ext.errors import QueueAwayError


def enqueue(method: str, job_id: str, **options: object) -> None:
	"""Queue a job once this transaction is committed, unless it waits already; throw QueueAwayError."""
	with or_refused():
		frappe.enqueue(method, job_id=job_id, deduplicate=True, enqueue_after_commit=True, **options)


@contextmanager
def or_refused() -> Iterator[None]:
	"""Throw QueueAwayError where something within, such as Frappe's deleting, cannot queue its job."""
	try:
		yield
	except RedisError:
		frappe.throw(
			_("Background jobs cannot be started now: their queue does not answer. Nothing was changed; try again later."),
			QueueAwayError,
		)  # fmt: skip


@contextmanager
def not_in_the_way() -> Iterator[None]:
	"""Go on where the queue does not answer; the site's log says so."""
	try:
		yield
	except RedisError:
		frappe.logger().error("The queue of background jobs does not answer", exc_info=True)
