"""Lets a job do once what ERPNext does again and again for every row and order.

Nothing is left out: each part names what it stands on, holds for this job alone, and ends with the block.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sales_order_ext.invoicing import (
	answers,
	cache_keys,
	columns,
	conditions,
	documents,
	form_fields,
	lookups,
	order_status,
	readings,
	templates,
)

# In this order: the later ones ask the connection that remembers.
PARTS = (
	columns.described_once,
	cache_keys.made_once,
	answers.remembered,
	lookups.worded_once,
	readings.worked_out_once,
	documents.loaded_once,
	form_fields.found_once,
	conditions.compiled_once,
	templates.copied_in_one_go,
	order_status.found_once,
)


@contextmanager
def once() -> Iterator[None]:
	"""Put all parts to work until the block ends."""
	with ExitStack() as stack:
		for part in PARTS:
			stack.enter_context(part())
		yield
