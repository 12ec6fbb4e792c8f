"""Which orders' payment is out of date in this transaction, and bringing it up to date.

The ledgers are written entry by entry, so an entry's own event comes too early to measure. It only notes
what it concerns (`note`, without a query). `settle` measures once the document that wrote the entries is
done, and in any case just before the transaction commits, so that no door is missed.

A transaction that had read or written before it locked an order may not see what others paid meanwhile.
What it measures is a draft then: it is measured again, locked, right after its commit.
"""

from __future__ import annotations

from collections.abc import Iterable

import frappe

from sales_order_ext import transactions
from sales_order_ext.payment import jobs, records
from sales_order_ext.payment.rules import Payment

ORDER = "Sales Order"
INVOICE = "Sales Invoice"
NOTES = "sales_order_ext_unsettled"
DRAFTS = "sales_order_ext_drafts"


def note(doctype: str | None, name: str | None) -> None:
	"""Note an order, or an invoice with the orders on it, as out of date; ignore other documents."""
	if doctype not in (ORDER, INVOICE) or not name:
		return
	notes = getattr(frappe.local, NOTES, None)
	if notes is None:
		notes = set()
		setattr(frappe.local, NOTES, notes)
		frappe.db.before_commit.add(_finish)
		frappe.db.after_rollback.add(_forget)
	notes.add((doctype, name))


def settle() -> dict[str, Payment]:
	"""Measure and write the payment of all orders noted so far; return {order: payment}."""
	notes = getattr(frappe.local, NOTES, None)
	if not notes:
		return {}
	noted = set(notes)
	notes.clear()
	invoices = {name for doctype, name in noted if doctype == INVOICE}
	orders = {name for doctype, name in noted if doctype == ORDER}
	orders.update(records.orders_of_invoices(invoices))
	drafts = orders - transactions.fresh_orders()
	if drafts:
		_settle_after_commit(drafts)
		# Waiting here for one who waits for our documents would be a deadlock.
		orders -= drafts - records.lock_without_waiting(drafts)
	return records.update(orders)


def _settle_after_commit(orders: Iterable[str]) -> None:
	drafts = getattr(frappe.local, DRAFTS, None)
	if drafts is None:
		drafts = set()
		setattr(frappe.local, DRAFTS, drafts)
		frappe.db.after_commit.add(_settle_drafts)
		frappe.db.after_rollback.add(_forget)
	drafts.update(orders)


def _settle_drafts() -> None:
	drafts = getattr(frappe.local, DRAFTS, None)
	_forget()
	if drafts:
		jobs.settle_now(sorted(drafts))


def _finish() -> None:
	settle()
	setattr(frappe.local, NOTES, None)


def _forget() -> None:
	setattr(frappe.local, NOTES, None)
	setattr(frappe.local, DRAFTS, None)
