"""Background jobs of the room."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal

import frappe
from frappe.utils.background_jobs import get_job_status

from sales_order_ext import backfills, background, preferences, transactions
from sales_order_ext.allocation import back_orders, holds, promises, records, release
from sales_order_ext.errors import DocumentChangedError

BATCH = 500
# A job that runs may have looked at the stock before ours came: the next one is queued behind it.
SLOTS = 5
ATTEMPTS = 3
PASSING = (frappe.QueryDeadlockError, frappe.QueryTimeoutError, DocumentChangedError)
FAILED_KEY = "sales_order_ext:fill_failed"


def backfill() -> None:
	"""Give the orders booked before reservations were switched on their reservation status."""
	booked = {"docstatus": 1, "soe_is_cancelled": 0}
	for company, orders in backfills.chunks("enable_stock_reservations", booked):
		records.refresh_orders(orders, company, update_modified=False)


def sweep_holds() -> int:
	"""Delete the holds that are past, a chunk per transaction; return how many there were."""
	count = 0
	while swept := holds.sweep(BATCH):
		frappe.db.commit()  # holds that forms are changing must not wait for the rest
		count += swept
	return count


def enqueue_fill(item_code: str, warehouse: str) -> None:
	"""Fill what waits for an item in a warehouse, in the background: one waiting job for each of them.

	Only after a commit, which this is never in the way of: `sweep` finds what could not be queued.
	"""
	with background.not_in_the_way():
		_enqueue_fill(item_code, warehouse)


def _enqueue_fill(item_code: str, warehouse: str) -> None:
	key = hashlib.sha1(f"{item_code}\n{warehouse}".encode(), usedforsecurity=False).hexdigest()
	for slot in range(SLOTS):
		job_id = f"sales_order_ext:fill:{key}:{slot}"
		status = get_job_status(job_id)
		if status == "queued":
			return
		if status != "started":
			frappe.enqueue(
				"sales_order_ext.allocation.jobs.fill",
				queue="short",
				job_id=job_id,
				deduplicate=True,
				item_code=item_code,
				warehouse=warehouse,
			)
			return


def fill(item_code: str, warehouse: str) -> None:
	"""Give what is free of an item in a warehouse to its Automatic back orders, then tell new dates.

	Each order is a transaction of its own, and is looked at again under its locks. Whoever moved the stock
	need not be allowed to read orders, so this is nobody's own doing.
	"""
	frappe.set_user("Administrator")
	transactions.start_fresh()
	waiting = release.lines({"item_code": item_code, "warehouse": warehouse}, by_hand=False)
	for order, wanted in release.by_order(release.plan_lines(waiting)).items():
		if not _give(order, wanted):
			frappe.cache.set_value(_failed_key(item_code, warehouse), 1, expires_in_sec=3600)
	transactions.start_fresh()
	promises.refresh([(item_code, warehouse)])
	frappe.db.commit()


def _give(order: str, wanted: Mapping[str, Decimal]) -> bool:
	"""Serve one order and commit it; return whether that went well. Who met somebody else tries again."""
	for attempt in range(1, ATTEMPTS + 1):
		try:
			records.lock_orders([order])
			release.give(order, wanted)
			frappe.db.commit()
			return True
		except Exception as error:
			frappe.db.rollback()
			if isinstance(error, PASSING) and attempt < ATTEMPTS:
				continue
			about = {"reference_doctype": "Sales Order", "reference_name": order}
			frappe.log_error(title=f"Back orders of {order}", **about)
			frappe.db.commit()
			return False
	raise AssertionError("tried at least once")


def sweep() -> None:
	"""Every scheduler tick: fill what no stock movement has told of (reposts, a lost queue, ended holds)."""
	on = preferences.companies("enable_back_orders")
	waiting = release.lines(back_orders.with_stock(on), by_hand=False) if on else []
	stock = {outcome.waiting.stock for outcome in release.plan_lines(waiting) if outcome.given}
	for item_code, warehouse in sorted(stock):
		if not frappe.cache.get_value(_failed_key(item_code, warehouse), expires=True):
			enqueue_fill(item_code, warehouse)


def _failed_key(item_code: str, warehouse: str) -> str:
	return f"{FAILED_KEY}:{item_code}:{warehouse}"
