"""Which orders a document refers to, and which stock it promises or moves."""

from __future__ import annotations

from collections.abc import Iterator

import frappe
from frappe.model.document import Document

Stock = tuple[str, str]

ROW_TABLES = ("items", "packed_items", "locations")
ORDER_FIELDS = ("against_sales_order", "sales_order")
WAREHOUSE_FIELDS = (
	"warehouse",
	"target_warehouse",
	"s_warehouse",
	"t_warehouse",
	"from_warehouse",
	"rejected_warehouse",
)


def orders_of(doc: Document) -> set[str]:
	"""Return the sales orders that a document is, replaces or refers to."""
	if doc.doctype == "Sales Order":
		own = [] if doc.is_new() else [doc.name]
		return {name for name in [*own, doc.get("soe_replaced_order")] if name}
	if doc.doctype == "Stock Reservation Entry":
		return {doc.voucher_no} if doc.voucher_type == "Sales Order" else set()
	if doc.doctype == "Purchase Invoice":
		return _orders_bought_for(doc)
	return {row.get(field) for row in _rows(doc) for field in ORDER_FIELDS if row.get(field)}


def _orders_bought_for(doc: Document) -> set[str]:
	"""Return the sales orders whose purchases a stock-moving Purchase Invoice receives."""
	bought = {row.po_detail for row in doc.items if row.po_detail} if doc.get("update_stock") else set()
	if not bought:
		return set()
	filters = {"name": ("in", sorted(bought)), "sales_order": ("is", "set")}
	return set(frappe.get_all("Purchase Order Item", filters, pluck="sales_order", order_by="name"))


def stock_of(doc: Document) -> set[Stock]:
	"""Return the (item code, warehouse) pairs whose stock a document promises or moves."""
	if doc.meta.has_field("update_stock") and not doc.get("update_stock"):
		return set()
	rows = [doc] if doc.doctype == "Stock Reservation Entry" else _rows(doc)
	pairs = {
		(row.get("item_code"), row.get(field))
		for row in rows
		if not row.get("delivered_by_supplier")
		for field in WAREHOUSE_FIELDS
		if row.get("item_code") and row.get(field)
	}
	return {pair for pair in pairs if frappe.get_cached_value("Item", pair[0], "is_stock_item")}


def _rows(doc: Document) -> Iterator[Document]:
	for table in ROW_TABLES:
		yield from doc.get(table) or []
