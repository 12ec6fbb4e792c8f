"""Background work: days pass, and orders were there before life cycle status was switched on."""

from __future__ import annotations

import frappe
from frappe.utils import getdate

from sales_order_ext import background, preferences, transactions
from sales_order_ext.lifecycle import records

CHUNK = 1000
SWITCH = "enable_lifecycle_status"


def mark_overdue() -> None:
	"""Daily: move the orders whose required date has passed from Due to Overdue."""
	companies = _companies()
	if companies:
		records.mark_overdue(companies, getdate())


def enqueue_backfill() -> None:
	"""Have every order placed in the background once the present transaction is committed."""
	background.enqueue(
		"sales_order_ext.lifecycle.jobs.backfill",
		job_id="sales_order_ext.lifecycle.backfill",
		queue="long",
		timeout=4 * 60 * 60,
	)


def backfill() -> int:
	"""Place all orders of the companies that have life cycle status on; return how many there were.

	One transaction a chunk; the orders are locked so that a change made meanwhile is not overwritten.
	"""
	count = 0
	for company in _companies():
		for names in transactions.locked_chunks("Sales Order", {"company": company}, CHUNK):
			records.update(names, getdate())
			frappe.db.commit()  # each chunk is complete in itself, and locks must not be held for long
			count += len(names)
	return count


def _companies() -> list[str]:
	"""Return the companies that have life cycle status switched on."""
	names = frappe.get_all("Company", pluck="name", order_by="name asc")
	return [name for name in names if preferences.get(SWITCH, name)]
