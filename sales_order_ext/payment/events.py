"""Document events after which an order may be paid more or less than before."""

from __future__ import annotations

from collections.abc import Iterator

from frappe.model.document import Document

from sales_order_ext import backfills, preferences, transactions
from sales_order_ext.payment import inheritance, jobs, reconciling, records, settlement

# The tables of a document that name orders and invoices, with their fields for DocType and name.
REFERENCES = {
	"Payment Entry": ("references", "reference_doctype", "reference_name"),
	"Journal Entry": ("accounts", "reference_type", "reference_name"),
	"Unreconcile Payment": ("allocations", "reference_doctype", "reference_name"),
}


def before_validate(doc: Document, method: str | None = None) -> None:
	"""Payment Entry, Journal Entry, Sales Invoice: lock the orders before a submit writes."""
	if not preferences.of(doc).enable_payment_status:
		return
	if doc.get("_action") == "submit":
		_lock_orders(doc)
	if doc.doctype == settlement.INVOICE:
		inheritance.release(doc)


def validate(doc: Document, method: str | None = None) -> None:
	"""Sales Invoice, a draft or being submitted: it inherits what was paid ahead on its orders."""
	if preferences.of(doc).enable_payment_status:
		inheritance.inherit(doc)


def before_update_after_submit(doc: Document, method: str | None = None) -> None:
	"""Payment Entry, Journal Entry: reconciliation allocates a payment that is submitted already."""
	if preferences.of(doc).enable_payment_status:
		reconciling.lock(doc, *REFERENCES[doc.doctype])


def before_cancel(doc: Document, method: str | None = None) -> None:
	"""Payment Entry, Journal Entry, Sales Invoice: lock the orders before a cancel writes."""
	if preferences.of(doc).enable_payment_status:
		_lock_orders(doc)


def on_submit(doc: Document, method: str | None = None) -> None:
	"""Sales Order, Sales Invoice, Payment Entry, Journal Entry, Unreconcile Payment: all is written."""
	if not preferences.of(doc).enable_payment_status:
		return
	for doctype, name in _concerned(doc):
		settlement.note(doctype, name)
	payment = settlement.settle().get(doc.name)
	if payment:
		doc.soe_per_paid, doc.soe_payment_status = float(payment.percent), payment.status


def on_cancel(doc: Document, method: str | None = None) -> None:
	"""The same documents, once cancelled."""
	on_submit(doc, method)


def on_update_after_submit(doc: Document, method: str | None = None) -> None:
	"""Sales Order: rows may cost more now, and the form may have saved an older percentage.

	Payment Entry: a rest in an account of its own is allocated to an order without any entry in a ledger.
	"""
	on_submit(doc, method)


def on_submit_ledger_entry(doc: Document, method: str | None = None) -> None:
	"""Payment Ledger Entry, Advance Payment Ledger Entry: note what the entry is about."""
	if not preferences.of(doc).enable_payment_status:
		return
	settlement.note(doc.against_voucher_type, doc.against_voucher_no)
	settlement.note(doc.voucher_type, doc.voucher_no)
	# Reconciliation rewrites a payment's entries after the payment's own events.
	if doc.flags.adv_adj:
		settlement.settle()


def order_replaced(original: str, replacement: Document, inverse: str) -> None:
	"""What was paid has moved to the replacement, whose own submit measures it."""
	if preferences.of(replacement).enable_payment_status:
		records.update([original, inverse])


def on_update_preferences(doc: Document, method: str | None = None) -> None:
	"""Settings and Sales Order Preference: measure the orders that are already there."""
	if preferences.switches_on(doc, jobs.SWITCH):
		backfills.enqueue("sales_order_ext.payment.jobs.backfill")


def _concerned(doc: Document) -> Iterator[tuple[str, str]]:
	if doc.doctype == settlement.ORDER:
		yield doc.doctype, doc.name
	elif doc.doctype == settlement.INVOICE:
		yield from ((settlement.ORDER, row.sales_order) for row in doc.items)
	else:
		table, doctype, name = REFERENCES[doc.doctype]
		yield from ((row.get(doctype), row.get(name)) for row in doc.get(table))


def _lock_orders(doc: Document) -> None:
	"""Lock the orders that a document is about, and start reading afresh where nothing is written yet.

	Two payments on one order would each miss the other's money otherwise.
	"""
	concerned = set(_concerned(doc))
	orders = {name for doctype, name in concerned if doctype == settlement.ORDER and name}
	invoices = {name for doctype, name in concerned if doctype == settlement.INVOICE and name}
	orders.update(records.orders_of_invoices(invoices))
	if orders:
		transactions.lock_for(orders, (), doc)
