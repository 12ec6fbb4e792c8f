"""Sourcing: what stock does not give is bought for the order, or shipped to its customer by the supplier.

Purchase Orders where the supplier is known, Material Requests where it is not; never twice for one need.
"""

from __future__ import annotations

import frappe
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form

from sales_order_ext import errors, preferences
from sales_order_ext.allocation import records as allocation
from sales_order_ext.decimals import ZERO, to_decimal
from sales_order_ext.order_type import buying, records, rules
from sales_order_ext.order_type.messages import MESSAGES
from sales_order_ext.order_type.rules import OrderType, SourceRow

PLACES = 6


def mark_draft(order: Document, order_type: OrderType) -> None:
	"""Mark the rows of a draft that their supplier ships, as soon as the supplier is known.

	Submitting without one is refused. A row that is no longer to be shipped so loses the mark.
	"""
	if order.docstatus == 1 and order.get("_action") != "submit":
		return
	before = order.get_doc_before_save()
	changed = bool(before and before.get("soe_order_type") != order.soe_order_type)
	for row in order.items:
		if source_of(row, order_type) == rules.DROP_SHIPMENT:
			row.supplier = row.supplier or buying.default_supplier(row.item_code, order.company)
			row.delivered_by_supplier = int(bool(row.supplier))
		elif row.delivered_by_supplier and (row.get("soe_source") or changed):
			row.delivered_by_supplier = 0
	if order.get("_action") == "submit" and not order_type.waits:
		_refuse_without_supplier(order, order_type)


def mark_booked(order: Document, order_type: OrderType) -> None:
	"""The same for an order whose type changed: rows that nothing was bought or delivered for follow it."""
	for row in order.items:
		if flt(row.ordered_qty) or flt(row.delivered_qty) or row.get("soe_source"):
			continue
		ships = source_of(row, order_type) == rules.DROP_SHIPMENT
		if ships:
			row.supplier = row.supplier or buying.default_supplier(row.item_code, order.company)
		if bool(row.delivered_by_supplier) != ships:
			row.delivered_by_supplier = int(ships)
			row.db_set({"delivered_by_supplier": row.delivered_by_supplier, "supplier": row.supplier})
			if ships:
				allocation.release_order(order.name, {row.name})
	if not order_type.waits:
		_refuse_without_supplier(order, order_type)


def source(order: Document) -> list[dict[str, str]]:
	"""Buy what a booked order needs now; return `doctype` and `name` of each document made, and tell.

	The caller holds the order's locks. Orders that wait, and closed ones, buy nothing.
	"""
	order_type = records.type_of(order)
	if order_type.waits or order.status in ("Closed", "On Hold"):
		return []
	made = [buying.buy(order, purchase) for purchase in rules.purchases(needs(order, order_type))]
	if made:
		links = ", ".join(get_link_to_form(doc.doctype, doc.name) for doc in made)
		frappe.msgprint(frappe._("Bought for the order: {0}").format(links), alert=True)
	return [{"doctype": doc.doctype, "name": doc.name} for doc in made]


def needs(order: Document, order_type: OrderType) -> list[SourceRow]:
	"""Return the rows of a booked order that are bought for it, with what is to be bought now."""
	sources = {row.name: source_of(row, order_type) for row in order.items}
	if not set(sources.values()) & {rules.BACK_TO_BACK, rules.DROP_SHIPMENT}:
		return []
	short, on_order = allocation.shortages(order.name), records.on_order(order.name)
	return [
		SourceRow(
			row=row.name,
			idx=row.idx,
			item_code=row.item_code,
			source=sources[row.name],
			supplier=row.supplier or buying.default_supplier(row.item_code, order.company) or "",
			needed=rules.needed(
				sources[row.name], _owed(row), short.get(row.name, ZERO), on_order.get(row.name, ZERO)
			),
		)
		for row in order.items
		if sources[row.name] != rules.FROM_STOCK
	]


def withdraw(order: Document) -> None:
	"""Cancel the Material Requests that an order made and that nobody has ordered anything of.

	What a supplier was told stands: ERPNext takes the order off its Purchase Orders, and a person decides.
	"""
	stays = records.open_purchase_orders(order.name)
	if stays:
		links = ", ".join(get_link_to_form(buying.ORDER, name) for name in stays)
		text = frappe._("{0} stays. Cancel it too, unless the goods are wanted without the order.")
		frappe.msgprint(text.format(links), indicator="orange")
	for name in records.open_requests(order.name):
		request = frappe.get_doc(buying.REQUEST, name)
		request.flags.ignore_permissions = True
		request.cancel()


def source_of(row: Document, order_type: OrderType) -> str:
	"""Return where an order's row comes from."""
	is_goods = bool(frappe.get_cached_value("Item", row.item_code, "is_stock_item"))
	return rules.source_of(row.get("soe_source"), order_type, is_goods)


def is_sourced(order: Document) -> bool:
	"""Return whether something of an order is bought for it."""
	if not preferences.of(order).enable_order_types:
		return False
	order_type = records.type_of(order)
	return any(source_of(row, order_type) != rules.FROM_STOCK for row in order.items)


def _refuse_without_supplier(order: Document, order_type: OrderType) -> None:
	rows = [
		SourceRow(
			row.name, row.idx, row.item_code, source_of(row, order_type), row.supplier or "", _owed(row)
		)
		for row in order.items
	]
	errors.throw_all(rules.source_violations(rows), MESSAGES)


def _owed(row: Document):
	ordered, factor = to_decimal(row.qty, PLACES), to_decimal(row.conversion_factor) or 1
	return max((ordered - to_decimal(row.delivered_qty, PLACES)) * factor, ZERO)
