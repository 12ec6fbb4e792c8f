"""Printing: when saving an order opens its print, the Printed mark, and the figures its rows print."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from sales_order_ext import preferences
from sales_order_ext.allocation import records as allocation
from sales_order_ext.decimals import ZERO
from sales_order_ext.order_type import records, rules

PRINT_FORMAT = "Sales Order with Allocation"


def switched_on(doc: Document) -> bool:
	"""Return whether any capability is switched on for a document."""
	return preferences.any_on(preferences.SWITCHES, doc.get("company"))


def prints_now(order: Document) -> bool:
	"""Return whether the order, as just saved or submitted, is to be printed."""
	preferred = preferences.of(order).print_on_save
	return switched_on(order) and rules.prints_at(records.type_of(order), preferred, order.docstatus == 1)


def format_of(order: Document) -> str:
	"""Return the print format of an order: its type's, the one set for all orders, else ours."""
	default = frappe.get_meta("Sales Order").default_print_format
	return records.type_of(order).print_format or default or PRINT_FORMAT


def mark_printed(order: Document) -> bool:
	"""Mark an order as printed if at least one of its rows can be supplied now; return whether it is."""
	if not order.get("soe_printed") and can_be_supplied(order):
		order.db_set("soe_printed", 1, update_modified=False)
	return bool(order.get("soe_printed"))


def keep_mark(order: Document) -> None:
	"""Keep the mark when a form is saved that was opened before the order was printed."""
	before = order.get_doc_before_save()
	if before and before.get("soe_printed"):
		order.soe_printed = 1


def can_be_supplied(order: Document) -> bool:
	"""Return whether at least one row can be supplied now: from stock, or without needing any."""
	if order.docstatus == 2:
		return False
	if order.docstatus == 1:
		can_have = allocation.deliverable(order.name)
		return not can_have or any(qty > 0 for qty in can_have.values())
	return _draft_can_be_supplied(order)


def prepare(order: Document) -> None:
	"""Before an order is printed: what each row has and waits for, and how it comes; a print-out marks it.

	Rows get `soe_allocated_qty` and `soe_waiting_qty` in their own unit, `soe_promised_on` and `soe_supplied`.
	The preview in the desk asks by POST and marks nothing; the print-out itself is fetched.
	"""
	on = preferences.of(order)
	order.flags.soe_prints_allocated = bool(on.enable_stock_reservations)
	order.flags.soe_prints_back_ordered = bool(on.enable_back_orders)
	order.flags.soe_delivery_mode = _delivery_mode(order) if on.enable_order_types else ""
	reserved = {row.row: row.reserved for row in allocation.order_rows([order.name]).get(order.name, [])}
	promised = allocation.promises(order.name) if on.enable_back_orders else {}
	for row in order.items:
		row.soe_allocated_qty = flt(reserved.get(row.name, ZERO)) / (flt(row.conversion_factor) or 1)
		row.soe_waiting_qty = flt(row.get("soe_back_ordered_qty")) / (flt(row.conversion_factor) or 1)
		row.soe_promised_on = promised.get(row.name, (ZERO, None))[1]
		row.soe_supplied = _supplied(order, row) if on.enable_order_types else ""
	if frappe.request and frappe.request.method == "GET" and order.docstatus < 2 and not order.is_new():
		mark_printed(order)
		frappe.local.flags.commit = True


def _delivery_mode(order: Document) -> str:
	"""Return how the goods reach the customer, where submitting the order says it."""
	kind = rules.document_kind(order.get("soe_document_kind"), records.type_of(order))
	if kind == rules.POS:
		return _("Handed over with the order")
	return _("Delivered from the warehouse with the order") if kind == rules.WAREHOUSE else ""


def _supplied(order: Document, row: Document) -> str:
	"""Return where the goods of a row come from, unless they come from stock."""
	is_goods = bool(frappe.get_cached_value("Item", row.item_code, "is_stock_item"))
	source = rules.source_of(row.get("soe_source"), records.type_of(order), is_goods)
	if row.delivered_by_supplier or source == rules.DROP_SHIPMENT:
		return _("Shipped by the supplier")
	return _("Bought for this order") if source == rules.BACK_TO_BACK else ""


def _draft_can_be_supplied(order: Document) -> bool:
	rows = [row for row in order.items if not row.delivered_by_supplier]
	goods = [row for row in rows if frappe.get_cached_value("Item", row.item_code, "is_stock_item")]
	pairs = {(row.item_code, row.warehouse or order.set_warehouse) for row in goods}
	free = allocation.free_stock({pair for pair in pairs if pair[1]}, order.customer)
	return not goods or any(qty > 0 for qty in free.values())
