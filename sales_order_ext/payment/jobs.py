"""Background work: measure the orders that were there before payment status was switched on."""

from __future__ import annotations

import frappe

from sales_order_ext import background, preferences, transactions
from sales_order_ext.payment import records

CHUNK = 1000
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


def enqueue_backfill() -> None:
	"""Have every order measured in the background once the present transaction is committed."""
	background.enqueue(
		"sales_order_ext.payment.jobs.backfill",
		job_id="sales_order_ext.payment.backfill",
		queue="long",
		timeout=4 * 60 * 60,
	)


def backfill() -> int:
	"""Measure all orders of the companies that have payment status on; return how many there were.

	One transaction a chunk; the orders are locked so that a payment made meanwhile is not overwritten.
	"""
	count = 0
	for company in frappe.get_all("Company", pluck="name", order_by="name asc"):
		if not preferences.get(SWITCH, company):
			continue
		filters = {"company": company, "docstatus": (">", 0)}
		for names in transactions.locked_chunks("Sales Order", filters, CHUNK):
			records.update(names)
			frappe.db.commit()  # each chunk is complete in itself, and locks must not be held for long
			count += len(names)
	return count
