"""What the room does when an order, customer or invoice is saved."""

from __future__ import annotations

from frappe.model.document import Document

from sales_order_ext import errors, preferences
from sales_order_ext.invoicing import billing, records, rules
from sales_order_ext.invoicing.messages import MESSAGES
from sales_order_ext.violations import violation


def before_validate_sales_order(doc: Document, method: str | None = None) -> None:
	"""Give the order the term of its type or customer, unless it has one of its own."""
	if preferences.of(doc).enable_invoice_terms and (not doc.soe_invoice_term or _follows(doc)):
		doc.soe_invoice_term = records.default_term(doc)


def validate_sales_order(doc: Document, method: str | None = None) -> None:
	"""Refuse the schedule term for a customer without a schedule."""
	if preferences.of(doc).enable_invoice_terms and doc.soe_invoice_term == rules.BY_SCHEDULE:
		_term, schedule, _groups = records.customer_defaults(doc.customer)
		errors.throw_all(rules.check_term(doc.soe_invoice_term, doc.customer, schedule), MESSAGES)


def before_update_after_submit_sales_order(doc: Document, method: str | None = None) -> None:
	"""Let a booked order change its term only while nothing of it is invoiced."""
	if not preferences.of(doc).enable_invoice_terms or not doc.has_value_changed("soe_invoice_term"):
		return
	validate_sales_order(doc)
	if records.is_invoiced(doc.name):
		before = doc.get_doc_before_save().soe_invoice_term
		errors.throw([violation("term_locked", order=doc.name, term=before)], MESSAGES)


def validate_customer(doc: Document, method: str | None = None) -> None:
	"""Refuse the schedule term without a schedule."""
	if preferences.of(doc).enable_invoice_terms:
		found = rules.check_term(
			doc.soe_invoice_term, doc.name or doc.customer_name, doc.soe_invoice_schedule
		)
		errors.throw_all(found, MESSAGES)


def before_insert_sales_invoice(doc: Document, method: str | None = None) -> None:
	"""Wait for whoever invoices the same orders; before the name is drawn, so that nobody deadlocks."""
	if preferences.of(doc).enable_invoice_terms:
		billing.lock_orders(doc)


def before_validate_sales_invoice(doc: Document, method: str | None = None) -> None:
	"""Wait for whoever invoices the same orders (a new invoice has done so already)."""
	if not doc.is_new() and preferences.of(doc).enable_invoice_terms:
		billing.lock_orders(doc)


def validate_sales_invoice(doc: Document, method: str | None = None) -> None:
	"""Refuse to invoice what another invoice, perhaps a draft, covers."""
	if preferences.of(doc).enable_invoice_terms:
		errors.throw_all(rules.invoiced_twice(billing.rows_of(doc)), MESSAGES)


def _follows(doc: Document) -> bool:
	"""Return whether a saved draft got another customer or type and kept the term of the former one."""
	if doc.is_new() or doc.has_value_changed("soe_invoice_term"):
		return False
	if doc.has_value_changed("customer"):
		return True
	retyped = doc.has_value_changed("soe_order_type")
	return retyped and doc.soe_invoice_term == records.default_term(doc.get_doc_before_save())
