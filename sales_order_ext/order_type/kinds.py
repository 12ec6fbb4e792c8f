"""Document kinds: what submitting an order makes with it, in the same transaction or not at all."""

from __future__ import annotations

import frappe
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from erpnext.accounts.doctype.sales_invoice.sales_invoice import get_bank_cash_account
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form, getdate

from sales_order_ext.invoicing import records as invoicing
from sales_order_ext.order_type import processing, records, rules


def book(order: Document) -> None:
	"""Make what the kind of an order that is being submitted says: delivery; invoice and payment.

	A replacement takes over what its original made; the rest of it is processed by hand.
	"""
	kind = rules.document_kind(order.get("soe_document_kind"), records.type_of(order))
	if kind == rules.STANDARD or order.get("soe_replaced_order"):
		return
	made = [("Delivery Note", processing.deliver(order))]
	if kind == rules.POS:
		invoice = invoicing.invoice_order(order.name, getdate(), at_once=True)
		made.append(("Sales Invoice", invoice))
		made.append(("Payment Entry", _pay(order, invoice)))
	processing.back_order_rest(order)
	order.reload()
	_tell(made)


def _pay(order: Document, invoice: str | None) -> str | None:
	"""Submit the payment of an invoice by the order's mode of payment; return its name, or None."""
	mode = order.get("soe_mode_of_payment")
	if not mode or not invoice:
		return None
	if flt(frappe.db.get_value("Sales Invoice", invoice, "outstanding_amount")) <= 0:
		return None
	account = get_bank_cash_account(mode, order.company)["account"]
	payment = get_payment_entry("Sales Invoice", invoice, bank_account=account)
	payment.update({"mode_of_payment": mode, "reference_no": order.name, "reference_date": getdate()})
	return payment.insert().submit().name


def _tell(made: list[tuple[str, str | None]]) -> None:
	"""Show what was made; say so where there was nothing to hand over."""
	links = [get_link_to_form(doctype, name) for doctype, name in made if name]
	if links:
		frappe.msgprint(frappe._("Made with the order: {0}").format(", ".join(links)), alert=True)
	else:
		text = frappe._("Nothing of the order can be delivered now. Process it when stock has arrived.")
		frappe.msgprint(text, indicator="orange", alert=True)
