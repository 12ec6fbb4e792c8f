"""What is on order for back orders, and ordering what is not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.query_builder.functions import Coalesce, Sum
from frappe.utils import getdate, today

from sales_order_ext.allocation.planner import Incoming, Waiting
from sales_order_ext.allocation.rules import Stock
from sales_order_ext.allocation.tables import number
from sales_order_ext.decimals import ZERO

PURCHASE_OVER = ("Closed", "On Hold", "Delivered")
REQUEST_OVER = ("Stopped", "Cancelled")


def incoming_quantities(stock: Iterable[Stock]) -> dict[Stock, Decimal]:
	"""Return {(item code, warehouse): what open purchase orders still bring}, in stock units."""
	pairs = set(stock)
	order, line = frappe.qb.DocType("Purchase Order"), frappe.qb.DocType("Purchase Order Item")
	rows = (
		frappe.qb.from_(line)
		.inner_join(order)
		.on(order.name == line.parent)
		.select(line.item_code, line.warehouse, Sum((line.qty - line.received_qty) * line.conversion_factor))
		.where(line.item_code.isin({item_code for item_code, _warehouse in pairs} or [""]))
		.where((order.docstatus == 1) & order.status.notin(PURCHASE_OVER))
		.where((line.received_qty < line.qty) & (line.delivered_by_supplier == 0))
		.groupby(line.item_code, line.warehouse)
		.orderby(line.item_code, line.warehouse)
	).run()
	return {(item, warehouse): number(qty) for item, warehouse, qty in rows if (item, warehouse) in pairs}


def incoming(stock: Stock) -> list[Incoming]:
	"""Return what open purchase orders still bring of an item into a warehouse."""
	order, line = frappe.qb.DocType("Purchase Order"), frappe.qb.DocType("Purchase Order Item")
	request = frappe.qb.DocType("Material Request Item")
	rows = (
		frappe.qb.from_(line)
		.inner_join(order)
		.on(order.name == line.parent)
		.left_join(request)
		.on(request.name == line.material_request_item)
		.select(line.qty, line.received_qty, line.conversion_factor, line.sales_order_item)
		.select(line.expected_delivery_date, line.schedule_date, order.transaction_date)
		.select(request.sales_order_item.as_("requested_for"))
		.where((line.item_code == stock[0]) & (line.warehouse == stock[1]))
		.where((order.docstatus == 1) & order.status.notin(PURCHASE_OVER))
		.where((line.received_qty < line.qty) & (line.delivered_by_supplier == 0))
		.orderby(line.name)
	).run(as_dict=True)
	return [
		Incoming(
			qty=(number(row.qty) - number(row.received_qty)) * (number(row.conversion_factor) or Decimal(1)),
			due=row.expected_delivery_date or row.schedule_date or row.transaction_date,
			row=row.sales_order_item or row.requested_for or "",
		)
		for row in rows
	]


def not_ordered(waiting: Sequence[Waiting]) -> dict[str, Decimal]:
	"""Return {back order: what it waits for and is not on order for its row}, those with nothing left out."""
	on_order = _on_order({one.row for one in waiting})
	missing = {}
	for one in waiting:
		bought = min(on_order.get(one.row, ZERO), one.open)
		on_order[one.row] = on_order.get(one.row, ZERO) - bought
		if one.open > bought:
			missing[one.name] = one.open - bought
	return missing


def _on_order(rows: Iterable[str]) -> dict[str, Decimal]:
	"""Return {order row: stock units requested or ordered for it and not yet received}, drafts included."""
	names = list(rows)
	found: dict[str, Decimal] = {}
	for doctype, parent, over in (
		("Material Request Item", "Material Request", REQUEST_OVER),
		("Purchase Order Item", "Purchase Order", PURCHASE_OVER[:1]),
	):
		line, document = frappe.qb.DocType(doctype), frappe.qb.DocType(parent)
		query = (
			frappe.qb.from_(line)
			.inner_join(document)
			.on(document.name == line.parent)
			.select(
				line.sales_order_item, line.qty, line.received_qty, line.conversion_factor, line.stock_qty
			)
			.where(line.sales_order_item.isin(names or [""]))
			.where((document.docstatus < 2) & document.status.notin(over))
			.orderby(line.name)
		)
		if doctype == "Purchase Order Item":
			# What was requested first is counted there.
			query = query.where(Coalesce(line.material_request_item, "") == "")
		for row in query.run(as_dict=True):
			qty = number(row.stock_qty) - _received(doctype, row)
			found[row.sales_order_item] = found.get(row.sales_order_item, ZERO) + max(qty, ZERO)
	return found


def _received(doctype: str, row: frappe._dict) -> Decimal:
	"""Return what of a line has come, in stock units: purchase orders count it in their own unit."""
	factor = number(row.conversion_factor) or Decimal(1)
	return number(row.received_qty) * (factor if doctype == "Purchase Order Item" else 1)


def request(company: str, lines: Sequence[tuple[Waiting, Decimal]]) -> str:
	"""Make a Material Request of what back orders of a company miss; return its name.

	Submitted where the user may, else a draft for somebody who may.
	"""
	document = frappe.new_doc("Material Request")
	document.update({"company": company, "material_request_type": "Purchase", "schedule_date": today()})
	for waiting, qty in lines:
		document.append("items", _line(waiting, qty))
	document.schedule_date = max(row.schedule_date for row in document.items)
	document.insert()
	if document.has_permission("submit"):
		document.submit()
	_link_back(document, lines)
	return document.name


def _line(waiting: Waiting, qty: Decimal) -> dict:
	item_code, warehouse = waiting.stock
	due = frappe.db.get_value("Sales Order Item", waiting.row, "delivery_date")
	item = frappe.get_cached_value("Item", item_code, ["stock_uom", "item_name", "description"], as_dict=True)
	return {
		**item,
		"item_code": item_code,
		"warehouse": warehouse,
		"qty": float(qty),
		"uom": item.stock_uom,
		"conversion_factor": 1,
		"schedule_date": max(getdate(due), getdate(today())),
		"sales_order": waiting.order,
		"sales_order_item": waiting.row,
	}


def _link_back(document: Document, lines: Sequence[tuple[Waiting, Decimal]]) -> None:
	for waiting, _qty in lines:
		frappe.db.set_value("Back Order", waiting.name, "material_request", document.name)
