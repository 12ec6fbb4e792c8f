"""What the replacement tests share: orders, what happens to them, and how they are replaced."""

from __future__ import annotations

import json

import frappe
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from erpnext.controllers.accounts_controller import update_child_qty_rate
from erpnext.selling.doctype.sales_order.sales_order import (
	make_delivery_note,
	make_purchase_order,
	make_sales_invoice,
)
from frappe.model.document import Document

from sales_order_ext.replacement import api
from sales_order_ext.replacement.signs import HEADER, TABLES
from tests.site import masters
from tests.site.masters import ITEM, OTHER_ITEM

ORDER = "Sales Order"


def taxed(*rows: tuple[str, float, float], rate: float, **fields) -> Document:
	tax = {"charge_type": "On Net Total", "account_head": masters.tax_account(), "rate": rate}
	tax["description"] = "Tax"
	return masters.sales_order(*rows, taxes=[tax], disable_rounded_total=1, **fields)


def order_a() -> Document:
	return taxed((ITEM, 2, 2.0), rate=3.5)


def order_b(**fields) -> Document:
	return taxed((ITEM, 6, 37), (OTHER_ITEM, 9, 5), rate=10, **fields)


def deliver(order: Document, *quantities: float, submit: bool = True) -> Document:
	note = make_delivery_note(order.name)
	_take(note, "so_detail", order, quantities)
	for row in note.items:
		if frappe.get_cached_value("Item", row.item_code, "is_stock_item"):
			masters.receive(row.item_code, row.qty)
	note.insert()
	return note.submit() if submit else note


def invoice(order: Document, *quantities: float, submit: bool = True) -> Document:
	bill = make_sales_invoice(order.name)
	_take(bill, "so_detail", order, quantities)
	bill.insert()
	return bill.submit() if submit else bill


def limits_by_quotation() -> bool:
	"""Return whether ERPNext counts on a quotation's rows what is ordered of them, and limits that.

	Early releases of 16 only look at the orders' rows: those of an order and its inverse add up to nothing,
	yet leave the quotation Partially Ordered.
	"""
	return bool(frappe.get_meta("Quotation Item").has_field("ordered_qty"))


def purchase_order(order: Document) -> Document:
	"""Return an unsaved purchase of all rows; ERPNext 16 makes one for each supplier."""
	rows = [{"item_code": row.item_code, "sales_order_item": row.name} for row in order.items]
	made = make_purchase_order(order.name, selected_items=rows)
	bought = made[0] if isinstance(made, list) else made
	bought.supplier = masters.SUPPLIER
	return bought


def pay(document: Document, amount: float, submit: bool = True) -> Document:
	payment = get_payment_entry(document.doctype, document.name, party_amount=amount)
	payment.reference_no, payment.reference_date = "1", frappe.utils.today()
	payment.insert()
	return payment.submit() if submit else payment


def start(order: Document, *quantities: float) -> Document:
	draft = frappe.get_doc(ORDER, api.start(order.name))
	for row, qty in zip(draft.items, quantities, strict=False):
		row.qty = qty
	return draft.save() if quantities else draft


def confirm(draft: Document) -> Document:
	return frappe.get_doc(ORDER, api.confirm(draft.name)["replacement"])


def replace(order: Document, *quantities: float) -> Document:
	return confirm(start(order, *quantities))


def figures(order: Document, *fields: str) -> list[tuple]:
	return [tuple(row.get(field) for field in fields) for row in order.reload().items]


def update_items(order: Document, qty: float) -> None:
	"""Change the first row's quantity by ERPNext's Update Items."""
	rows = [
		{"docname": row.name, "item_code": row.item_code, "qty": row.qty, "rate": row.rate}
		for row in order.items
	]
	rows[0]["qty"] = qty
	update_child_qty_rate(ORDER, json.dumps(rows), order.name)


def complete(order: Document) -> None:
	"""Deliver and invoice what is left; the order must end Completed."""
	rest = [row.qty - row.delivered_qty for row in order.reload().items]
	if any(rest):
		deliver(order, *rest)
	if order.reload().per_billed < 100:
		billed = [row.billed_amt / (row.rate or 1) for row in order.items]
		invoice(order, *[row.qty - done for row, done in zip(order.items, billed, strict=True)])
	assert order.reload().status == "Completed"
	assert (order.per_delivered, order.per_billed) == (100, 100)


def assert_replaced(original: Document, replacement: Document) -> None:
	"""The three documents, their links, and an inverse that is the exact negative."""
	old = frappe.get_doc(ORDER, original.name)
	inverse = frappe.get_doc(ORDER, f"{original.name}*R*")
	assert (old.status, old.docstatus, old.soe_is_cancelled) == ("Closed", 1, 1)
	assert (inverse.status, inverse.docstatus, inverse.soe_is_cancelled) == ("Closed", 1, 1)
	assert replacement.docstatus == 1 and replacement.status not in ("Closed", "Draft")
	assert old.grand_total == original.grand_total
	assert old.grand_total + inverse.grand_total == 0
	assert_negative(old, inverse)
	for order in (old, inverse):
		assert not (order.per_delivered or order.per_billed or order.advance_paid)
		assert not any(row.delivered_qty or row.billed_amt for row in order.items)
	assert (old.soe_replacement_order, old.soe_inverse_order) == (replacement.name, inverse.name)
	assert inverse.soe_canceled_order == original.name
	assert replacement.soe_replaced_order == original.name
	assert frappe.db.exists("Order Replacement", replacement.name)


def assert_negative(old: Document, inverse: Document) -> None:
	for field in HEADER:
		assert (old.get(field) or 0) + (inverse.get(field) or 0) == 0, field
	for table, fields in TABLES.items():
		rows = list(zip(old.get(table) or [], inverse.get(table) or [], strict=True))
		for field in fields:
			assert all((a.get(field) or 0) + (b.get(field) or 0) == 0 for a, b in rows), (table, field)


def _take(document: Document, row_field: str, order: Document, quantities: tuple[float, ...]) -> None:
	wanted = dict(zip([row.name for row in order.items], quantities, strict=False))
	document.items = [row for row in document.items if wanted.get(row.get(row_field))]
	for row in document.items:
		row.qty = wanted[row.get(row_field)]
