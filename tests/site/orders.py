"""What the tests of order types and allocation ask the site."""

from __future__ import annotations

import frappe
from erpnext.selling.doctype.sales_order import sales_order as erpnext
from frappe.model.document import Document

from tests.site.masters import ITEM, WAREHOUSE, sales_order


def bin_of(item_code: str, warehouse: str = WAREHOUSE) -> frappe._dict:
	"""Return the Bin's actual and reserved stock as stored."""
	return frappe.db.get_value(
		"Bin",
		{"item_code": item_code, "warehouse": warehouse},
		["actual_qty", "reserved_stock", "reserved_qty"],
		as_dict=True,
	)


def reserved(order: str) -> dict[str, float]:
	"""Return {item code: open reserved quantity} of an order."""
	rows = frappe.get_all(
		"Stock Reservation Entry",
		{"voucher_no": order, "docstatus": 1},
		["item_code", "reserved_qty", "delivered_qty"],
		order_by="creation",
	)
	found: dict[str, float] = {}
	for row in rows:
		found[row.item_code] = found.get(row.item_code, 0) + row.reserved_qty - row.delivered_qty
	return {item_code: qty for item_code, qty in found.items() if qty}


def status(order: str) -> str:
	"""Return the stored reservation status of an order."""
	return frappe.db.get_value("Sales Order", order, "soe_reservation_status") or ""


def back_orders(order: str) -> list[tuple[str, float, float, str]]:
	"""Return (item code, quantity, filled quantity, status) of an order's back orders, oldest first."""
	rows = frappe.get_all(
		"Back Order",
		{"sales_order": order},
		["item_code", "qty", "filled_qty", "status"],
		order_by="creation, name",
	)
	return [(row.item_code, row.qty, row.filled_qty, row.status) for row in rows]


def delivery_note(order: str, **quantities: float):
	"""Return an unsaved Delivery Note of an order; `quantities` of rows by item code (with _ for -)."""
	note = erpnext.make_delivery_note(order)
	for row in note.items:
		row.qty = quantities.get(row.item_code.replace("-", "_"), row.qty)
	note.set("items", [row for row in note.items if row.qty])
	return note


def invoice(order: str, update_stock: bool = False):
	"""Return an unsaved Sales Invoice of an order."""
	doc = erpnext.make_sales_invoice(order)
	doc.update_stock = int(update_stock)
	return doc


def typed(order_type: str, *rows: tuple[str, float, float], **fields):
	"""Make an order of a type; of five of one item unless told otherwise."""
	return sales_order(*(rows or [(ITEM, 5, 20)]), soe_order_type=order_type, **fields)


def discard(document: Document) -> None:
	"""Throw a draft away by Frappe's Discard; where Frappe has none, by what that one does."""
	if hasattr(document, "discard"):
		document.discard()
		return
	document.run_method("before_discard")
	document.db_set(
		{"docstatus": 2, **({"status": "Cancelled"} if document.meta.has_field("status") else {})}
	)
	document.run_method("on_discard")
