"""What can be said of a document on a real site, in the words a story uses."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import frappe
from frappe.query_builder.functions import Sum

from sales_order_ext.decimals import to_decimal
from sales_order_ext.scenario.play import Document, Facts


def of(document: Document) -> Facts:
	"""Return the facts of a document; an empty dict for kinds a story says nothing about."""
	teller = _TELLERS.get(document.kind)
	return teller(frappe.get_doc(document.kind, document.name)) if teller else {}


def stock(items: Sequence[str], warehouse: str) -> dict[str, Facts]:
	"""Return {item: {"on_hand", "reserved", "free"}} in a warehouse."""
	on_hand = _sums("Bin", "actual_qty", "item_code", {"warehouse": warehouse})
	reserved = _open_reservations({"warehouse": warehouse})
	facts = {}
	for item in items:
		held, promised = on_hand.get(item, Decimal(0)), reserved.get(item, Decimal(0))
		facts[item] = {"on_hand": held, "reserved": promised, "free": held - promised}
	return facts


def _sales_order(order) -> Facts:
	return {
		"status": order.status,
		"type": order.get("soe_order_type") or "",
		"role": order.get("soe_replacement_role") or "",
		"total": to_decimal(order.grand_total, 2),
		"ordered": _table(order.items, "qty"),
		"charged": _table([row for row in order.items if row.get("soe_charge_to")], "qty"),
		"reserved": _open_reservations({"voucher_type": "Sales Order", "voucher_no": order.name}),
		"back_ordered": _table(order.items, "soe_back_ordered_qty"),
		"delivered": _table(order.items, "delivered_qty"),
		"invoiced": _sums(
			"Sales Invoice Item", "qty", "item_code", {"sales_order": order.name, "docstatus": 1}
		),
		"with_returns": to_decimal(order.get("soe_total_with_returns"), 2),
		"reservation": order.get("soe_reservation_status") or "",
		"payment": order.get("soe_payment_status") or "",
		"life_cycle": order.get("soe_lifecycle_status") or "",
	}


def _quotation(quotation) -> Facts:
	return {"status": quotation.status, "total": to_decimal(quotation.grand_total, 2)}


def _opportunity(opportunity) -> Facts:
	return {"status": opportunity.status}


def _delivery_note(note) -> Facts:
	return {"delivered": _table(note.items, "qty")}


def _sales_invoice(invoice) -> Facts:
	return {
		"total": to_decimal(invoice.grand_total, 2),
		"outstanding": to_decimal(invoice.outstanding_amount, 2),
		"invoiced": _table(invoice.items, "qty"),
	}


def _payment_entry(payment) -> Facts:
	return {"amount": to_decimal(payment.paid_amount, 2)}


_TELLERS = {
	"Sales Order": _sales_order,
	"Opportunity": _opportunity,
	"Quotation": _quotation,
	"Delivery Note": _delivery_note,
	"Sales Invoice": _sales_invoice,
	"Payment Entry": _payment_entry,
}


def _table(rows: Sequence, field: str) -> dict[str, Decimal]:
	"""Return {item: quantity} of a document's rows, items without quantity left out."""
	table: dict[str, Decimal] = {}
	for row in rows:
		table[row.item_code] = table.get(row.item_code, Decimal(0)) + to_decimal(row.get(field))
	return {item: qty for item, qty in table.items() if qty}


def _sums(doctype: str, field: str, by: str, filters: dict) -> dict[str, Decimal]:
	table = frappe.qb.DocType(doctype)
	query = frappe.qb.from_(table).select(table[by], Sum(table[field])).groupby(table[by])
	for column, value in filters.items():
		query = query.where(table[column] == value)
	return {key: to_decimal(value) for key, value in query.run() if value}


def _open_reservations(filters: dict) -> dict[str, Decimal]:
	reserved = _sums("Stock Reservation Entry", "reserved_qty", "item_code", {"docstatus": 1, **filters})
	delivered = _sums("Stock Reservation Entry", "delivered_qty", "item_code", {"docstatus": 1, **filters})
	table = {item: qty - delivered.get(item, Decimal(0)) for item, qty in reserved.items()}
	return {item: qty for item, qty in table.items() if qty}
