"""Past orders, their rows and live stock; the only place that appends rows to an order.

Other rooms ask `process_returns` for the returns of an order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.query_builder.functions import Count
from pypika.queries import QueryBuilder

from sales_order_ext.allocation import records as allocation
from sales_order_ext.decimals import to_decimal
from sales_order_ext.order_entry import returns
from sales_order_ext.order_entry.rules import NewLine, SoldRow, Target

ORDER = "Sales Order"
ORDER_ROW = "Sales Order Item"
ORDERS_SHOWN = 50

# An order that was replaced, or that undoes one, is no model for another.
NOT_UNDONE = {"docstatus": ("<", 2), "soe_is_cancelled": 0}


def target_of(order: Document) -> Target:
	"""Return the order that rows are appended to, as the rules see it."""
	return Target(order.name, order.company, order.currency, is_draft=order.docstatus == 0)


def readable_orders(names: Collection[str]) -> list[str]:
	"""Return those of the named orders that exist, that the user may read and that were not undone."""
	if not names:
		return []
	filters = {**NOT_UNDONE, "name": ("in", list(names))}
	return frappe.get_list(ORDER, filters=filters, pluck="name", order_by="name asc", limit=0)


def rows_of_orders(orders: Sequence[str]) -> list[SoldRow]:
	"""Return all rows of the orders, in the orders' given sequence and each order's own."""
	if not orders:
		return []
	order, row = frappe.qb.DocType(ORDER), frappe.qb.DocType(ORDER_ROW)
	found = rows_query().where(order.name.isin(list(orders))).orderby(row.idx).run(as_dict=True)
	place = {name: position for position, name in enumerate(orders)}
	return sorted(map(sold_row, found), key=lambda one: place[one.order])


def readable_rows(names: Collection[str]) -> dict[str, SoldRow]:
	"""Return {name: row} of the named order rows that exist, of orders that the user may read."""
	if not names:
		return {}
	row = frappe.qb.DocType(ORDER_ROW)
	found = [
		sold_row(one)
		for one in rows_query().where(row.name.isin(sorted(names))).orderby(row.name).run(as_dict=True)
	]
	readable = set(readable_orders({one.order for one in found}))
	return {one.name: one for one in found if one.order in readable}


def stock(item_codes: Collection[str], company: str) -> dict[str, dict[str, Any]]:
	"""Return {item: warehouse, on hand, free} in the item's default warehouse.

	Without a default warehouse: over all warehouses of the company that the user may read.
	"""
	if not item_codes or not frappe.has_permission("Bin"):
		return {}
	warehouses = frappe.get_list(
		"Warehouse",
		filters={"company": company, "is_group": 0, "disabled": 0},
		pluck="name",
		order_by="name asc",
		limit=0,
	)
	figures: dict[str, dict[str, Any]] = {}
	bins = _bins(item_codes, warehouses, company) if warehouses else []
	free = allocation.free_stock((one.item_code, one.warehouse) for one in bins) if bins else {}
	for one in bins:
		figure = figures.setdefault(one.item_code, {"warehouse": None, "on_hand": 0.0, "free": 0.0})
		default = one.default_warehouse if one.default_warehouse in warehouses else None
		if not default or default == one.warehouse:
			figure["on_hand"] += one.actual_qty
			figure["free"] += float(free[one.item_code, one.warehouse])
		figure["warehouse"] = default
	return figures


def orders_to_copy(filters: dict[str, Any]) -> list[frappe._dict]:
	"""Return the newest orders that fit and that the user may read, with their number of rows.

	`ORDERS_SHOWN` at a time, from the `start`th on.
	"""
	orders = frappe.get_list(
		ORDER,
		filters=_order_conditions(filters),
		or_filters=[
			[ORDER, field, "like", f"%{filters['search']}%"] for field in ("name", "customer_name", "po_no")
		]
		if filters.get("search")
		else None,
		fields=[
			"name",
			"customer",
			"customer_name",
			"transaction_date",
			"status",
			"currency",
			"grand_total",
			"po_no",
			"creation",
		],
		order_by="`tabSales Order`.`transaction_date` desc, `tabSales Order`.`creation` desc",
		distinct=True,
		limit_start=int(filters.get("start", 0)),
		limit_page_length=ORDERS_SHOWN,
	)
	counts = _row_counts([order.name for order in orders])
	priced = may_see(ORDER, "grand_total")
	for order in orders:
		del order["creation"]
		if not priced:
			order.grand_total = None
		order.rows = counts.get(order.name, 0)
	return orders


def append(order: Document, lines: Iterable[NewLine]) -> list[Document]:
	"""Append rows and save the order, so that ERPNext prices and taxes them; return the new rows."""
	rows = []
	for line in lines:
		values = {
			"item_code": line.item_code,
			"qty": float(line.qty),
			"uom": line.uom or None,
			"warehouse": line.warehouse or None,
			"item_name": line.item_name or None,
			"description": line.description or None,
			"soe_line_type": line.line_type or None,
		}
		if line.rate is not None:
			values["rate"] = float(line.rate)
		rows.append(order.append("items", values))
	order.save()
	return rows


def may_see(doctype: str, field: str) -> bool:
	"""Return whether the acting user's roles show them a field of orders or their rows."""
	meta = frappe.get_meta(doctype)
	level = meta.get_field(field).permlevel
	if not level:
		return True
	parent = None if doctype == ORDER else ORDER
	return level in meta.get_permlevel_access("read", parent)


def rate_of(row: Document, rate: float | Decimal | None) -> Decimal:
	"""Return a price in the precision of the row's price."""
	return to_decimal(rate, row.precision("rate"))


def process_returns(order: Document) -> dict[str, list[str]]:
	"""Make the return deliveries and credit notes of an order's return rows; {} where it has none to process."""
	return returns.process(order)


def _order_conditions(filters: dict[str, Any]) -> list[list]:
	conditions = [[ORDER, "docstatus", "<", 2], [ORDER, "soe_is_cancelled", "=", 0]]
	conditions += [[ORDER, key, "=", filters[key]] for key in ("customer", "company") if key in filters]
	for key, operator in (("from_date", ">="), ("to_date", "<=")):
		if key in filters:
			conditions.append([ORDER, "transaction_date", operator, filters[key]])
	if "item_code" in filters:
		conditions.append([ORDER_ROW, "item_code", "=", filters["item_code"]])
	if "exclude" in filters:
		conditions.append([ORDER, "name", "!=", filters["exclude"]])
	return conditions


def _row_counts(orders: Sequence[str]) -> dict[str, int]:
	if not orders:
		return {}
	row = frappe.qb.DocType(ORDER_ROW)
	query = frappe.qb.from_(row).select(row.parent, Count(row.name)).where(row.parent.isin(orders))
	return dict(query.groupby(row.parent).run())


def _bins(item_codes: Collection[str], warehouses: Sequence[str], company: str) -> list[frappe._dict]:
	bin_, default = frappe.qb.DocType("Bin"), frappe.qb.DocType("Item Default")
	return (
		frappe.qb.from_(bin_)
		.left_join(default)
		.on((default.parent == bin_.item_code) & (default.company == company))
		.select(
			bin_.item_code, bin_.warehouse, bin_.actual_qty, bin_.reserved_stock, default.default_warehouse
		)
		.where(bin_.item_code.isin(sorted(item_codes)) & bin_.warehouse.isin(warehouses))
		.orderby(bin_.item_code)
		.run(as_dict=True)
	)


def rows_query() -> QueryBuilder:
	"""Return the query for what a `SoldRow` holds."""
	order, row, item = (frappe.qb.DocType(name) for name in (ORDER, ORDER_ROW, "Item"))
	columns = (
		"name",
		"item_code",
		"item_name",
		"qty",
		"uom",
		"rate",
		"description",
		"warehouse",
		"soe_line_type",
	)
	return (
		frappe.qb.from_(row)
		.join(order)
		.on(row.parent == order.name)
		.join(item)
		.on(item.name == row.item_code)
		.select(*[row[column] for column in columns], row.parent.as_("order"), row.is_free_item)
		.select(order.company, order.currency, order.transaction_date, item.is_stock_item)
		.where(row.parenttype == ORDER)
	)


def sold_row(one: frappe._dict) -> SoldRow:
	"""Return a row that `rows_query` found."""
	return SoldRow(
		name=one.name,
		order=one.order,
		company=one.company,
		currency=one.currency,
		sold_on=one.transaction_date,
		item_code=one.item_code,
		item_name=one.item_name or "",
		qty=to_decimal(one.qty),
		uom=one.uom or "",
		rate=to_decimal(one.rate),
		description=one.description or "",
		warehouse=one.warehouse or "",
		line_type=one.soe_line_type or "",
		is_free=bool(one.is_free_item),
		is_stocked=bool(one.is_stock_item),
	)
