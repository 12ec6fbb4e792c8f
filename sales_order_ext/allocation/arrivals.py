"""Stock came in, was let go or was bought: whoever waits for it is looked at once that is committed."""

from __future__ import annotations

from collections.abc import Iterable

import frappe

from sales_order_ext.allocation import back_orders, jobs
from sales_order_ext.allocation.rules import Stock


def note(stock: Iterable[Stock]) -> None:
	"""Remember (item code, warehouse) pairs; after the commit each is looked at once, in the background."""
	noted = getattr(frappe.local, "soe_arrivals", None)
	if noted is None:
		noted = frappe.local.soe_arrivals = set()
		frappe.db.after_commit.add(_announce)
		frappe.db.after_rollback.add(_forget)
	noted.update(stock)


def _announce() -> None:
	noted = getattr(frappe.local, "soe_arrivals", None) or set()
	_forget()
	for item_code, warehouse in sorted(back_orders.awaited(noted)):
		jobs.enqueue_fill(item_code, warehouse)


def _forget() -> None:
	frappe.local.soe_arrivals = None
