"""Background work: measure the orders that were there before payment status was switched on."""

from __future__ import annotations

import frappe

from sales_order_ext import backfills, background, transactions
from sales_order_ext.payment import records

SWITCH = "enable_payment_status"


def settle_now(orders: list[str]) -> None:
	"""Measure orders in a transaction of its own; leave it to the background where another one holds them.

	Only right after a commit: it ends the transaction.
	"""
	try:
		settle(orders)
	except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
		frappe.db.rollback()
		with background.not_in_the_way():
			frappe.enqueue("sales_order_ext.payment.jobs.settle", queue="short", orders=orders)


def settle(orders: list[str]) -> None:
	"""Measure orders under their locks and commit."""
	frappe.db.begin()
	transactions.lock_rows("Sales Order", orders)
	records.update(orders)
	frappe.db.commit()


def backfill() -> int:
	"""Measure all orders of the companies that have payment status on; return how many there were."""
	count = 0
	for _company, names in backfills.chunks(SWITCH, {"docstatus": (">", 0)}):
		records.update(names)
		count += len(names)
	return count
