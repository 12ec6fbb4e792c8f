"""Back Orders in the database: what rows wait for, and the figure on the order's rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.query_builder.functions import Sum
from frappe.utils import getdate, today

from sales_order_ext import preferences
from sales_order_ext.allocation import lost_demand, planner, rules
from sales_order_ext.allocation.rules import OpenBackOrder, OrderRow, Stock
from sales_order_ext.allocation.tables import number
from sales_order_ext.decimals import ZERO

DOCTYPE = "Back Order"
WAITING = ("Open", "Partly Filled")
AUTOMATIC, MANUAL = "Automatic", "Manual"
OUT_OF_STOCK = "Out of Stock"
KEEP_LEVEL = "Forced: Keep Stock Level"
PLACES = 6


def waiting(orders: Iterable[str]) -> dict[str, list[OpenBackOrder]]:
	"""Return {sales order: its open back orders, oldest first} of those that have any."""
	rows = frappe.get_all(
		DOCTYPE,
		filters={"sales_order": ("in", list(orders)), "status": ("in", WAITING)},
		fields=["name", "sales_order", "sales_order_item", "qty", "filled_qty", "row_qty"],
		order_by="creation, name",
	)
	found: dict[str, list[OpenBackOrder]] = {}
	for row in rows:
		one = OpenBackOrder(
			row.name,
			row.sales_order_item,
			number(row.qty),
			number(row.filled_qty),
			number(row.row_qty) if row.row_qty else None,
		)
		found.setdefault(row.sales_order, []).append(one)
	return found


def awaited(stock: Iterable[Stock]) -> set[Stock]:
	"""Return those of the (item code, warehouse) pairs that a back order waits for."""
	pairs = set(stock)
	if not pairs:
		return set()
	items, warehouses = zip(*pairs, strict=True)
	rows = frappe.get_all(
		DOCTYPE,
		filters={
			"item_code": ("in", set(items)),
			"warehouse": ("in", set(warehouses)),
			"status": ("in", WAITING),
		},
		fields=["item_code", "warehouse"],
		distinct=True,
		order_by="item_code, warehouse",
	)
	return {(row.item_code, row.warehouse) for row in rows} & pairs


def with_stock(companies: Iterable[str]) -> dict[str, object]:
	"""Return the filters for the Automatic back orders of companies whose Bin holds unreserved stock."""
	back_order, bin = frappe.qb.DocType(DOCTYPE), frappe.qb.DocType("Bin")
	names = (
		frappe.qb.from_(back_order)
		.inner_join(bin)
		.on((bin.item_code == back_order.item_code) & (bin.warehouse == back_order.warehouse))
		.select(back_order.name)
		.where(back_order.company.isin(list(companies)) & (back_order.mode == AUTOMATIC))
		.where(back_order.status.isin(WAITING) & (bin.actual_qty > bin.reserved_stock))
		.orderby(back_order.name)
	).run(pluck=True)
	return {"name": ("in", names or [""])}


def record(
	order: str,
	rows: Sequence[OrderRow],
	quantities: Mapping[str, Decimal],
	reasons: Mapping[str, str] | None = None,
) -> list[str]:
	"""Make a back order for each row that waits for something; return their names.

	`reasons` are those of rows that are forced; a forced back order waits until somebody releases it.
	"""
	if not any(row.row in quantities for row in rows):
		return []
	header = frappe.db.get_value("Sales Order", order, ["company", "customer"], as_dict=True)
	priority = frappe.db.get_value("Customer", header.customer, "soe_back_order_priority")
	mode = preferences.get("back_order_mode", header.company)
	names = []
	for row in rows:
		if row.row in quantities:
			reason = (reasons or {}).get(row.row)
			back_order = frappe.new_doc(DOCTYPE)
			back_order.update(
				{
					**header,
					"sales_order": order,
					"sales_order_item": row.row,
					"item_code": row.item_code,
					"warehouse": row.warehouse,
					"qty": float(quantities[row.row]),
					"row_qty": float(row.ordered),
					"priority": min(priority or planner.USUAL, planner.LAST),
					"mode": MANUAL if reason else mode,
					"reason": reason or OUT_OF_STOCK,
				}
			)
			names.append(back_order.insert(ignore_permissions=True).name)
	refresh_rows(order)
	return names


def record_forced(order: str, rows: Sequence[OrderRow]) -> list[str]:
	"""Make the back orders that the rows of an order ask for though there may be stock."""
	asked = frappe.get_all(
		"Sales Order Item",
		filters={"parent": order, "soe_force_back_order_qty": (">", 0)},
		fields=["name", "soe_force_back_order_qty", "soe_force_back_order_reason"],
		order_by="idx",
	)
	wanted = {row.name: number(row.soe_force_back_order_qty) for row in asked}
	if not wanted:
		return []
	reasons = {row.name: row.soe_force_back_order_reason or KEEP_LEVEL for row in asked}
	forced = held_back(order)
	quantities = {
		row.row: min(wanted.get(row.row, ZERO) - forced.get(row.row, ZERO), row.short) for row in rows
	}
	return record(order, rows, {row: qty for row, qty in quantities.items() if qty > 0}, reasons)


def held_back(order: str) -> dict[str, Decimal]:
	"""Return {row of an order: what it was forced to wait for and still does}."""
	return _open_quantities(order, forced=True)


def hold_back(order: str, rows: Iterable[OrderRow]) -> list[OrderRow]:
	"""Return an order's rows with what is held back for them, so that they do not ask for it."""
	forced = held_back(order)
	return [replace(row, held_back=forced.get(row.row, ZERO)) for row in rows]


def fill(order: str, filled: Mapping[str, Decimal]) -> None:
	"""Store the filled quantities of back orders."""
	for name, qty in filled.items():
		back_order = frappe.get_doc(DOCTYPE, name)
		back_order.filled_qty = float(qty)
		_save(back_order)
	if filled:
		refresh_rows(order)


def fill_more(order: str, given: Mapping[str, Decimal]) -> None:
	"""Add what was just given to the filled quantities of back orders."""
	filled = {name: number(frappe.db.get_value(DOCTYPE, name, "filled_qty")) for name in given}
	fill(order, {name: filled[name] + qty for name, qty in given.items()})


def follow(order: str, rows: Sequence[OrderRow], lost: bool = False) -> None:
	"""Let an order's back orders follow its rows: shortened ones wait for less, served ones are filled.

	With `lost` what is not waited for any more was given up by the customer, and is kept as lost demand.
	"""
	open_now = waiting([order]).get(order, [])
	cuts = planner.shortened_back_orders(rows, open_now)
	shorten(order, cuts, lost)
	left = [replace(one, qty=one.qty - cuts.get(one.name, ZERO)) for one in open_now]
	fill(order, rules.fill_back_orders(rows, [one for one in left if one.open > 0]))
	ordered = {row.row: row.ordered for row in rows}
	for one in open_now:
		if one.row in ordered and one.ordered != ordered[one.row]:
			frappe.db.set_value(DOCTYPE, one.name, "row_qty", float(ordered[one.row]), update_modified=False)


def shorten(order: str, cuts: Mapping[str, Decimal], lost: bool) -> None:
	"""Take quantities off back orders; one that waits for nothing any more is cancelled, or filled."""
	gone = []
	for name, qty in cuts.items():
		back_order = frappe.get_doc(DOCTYPE, name)
		left = number(back_order.qty) - qty
		if left > 0:
			back_order.qty = float(left)
		else:
			back_order.status = "Cancelled"
		gone.append((back_order, qty))
		_save(back_order)
	if gone:
		refresh_rows(order)
		if lost:
			record_lost(order, gone)


def cancel(order: str, lost: bool = False) -> None:
	"""Cancel whatever an order still waits for; with `lost`, keep it as lost demand."""
	cuts = {}
	for one in waiting([order]).get(order, []):
		back_order = frappe.get_doc(DOCTYPE, one.name)
		back_order.status = "Cancelled"
		_save(back_order)
		cuts[one.name] = (back_order, one.open)
	refresh_rows(order)
	if lost and cuts:
		record_lost(order, cuts.values())


def _save(back_order: Document) -> None:
	"""Save a back order; that what it names was cancelled or deleted since must not stop it."""
	back_order.flags.ignore_links = True
	back_order.save(ignore_permissions=True)


def delete(order: str) -> None:
	"""Delete all back orders of an order."""
	frappe.db.delete(DOCTYPE, {"sales_order": order})


def record_lost(order: str, gone: Collection[tuple[Document, Decimal]]) -> None:
	"""Keep as lost demand what back orders of an order will not get: (back order, quantity) each."""
	rates = net_rates([back_order.sales_order_item for back_order, _qty in gone])
	for back_order, qty in gone:
		lost_demand.add(
			lost_demand.LostRow(
				cause=lost_demand.BACK_ORDER_CANCELLED,
				company=back_order.company,
				posting_date=getdate(today()),
				reference_doctype="Sales Order",
				reference_name=order,
				reference_row=back_order.sales_order_item,
				qty=qty,
				amount=number(qty * rates.get(back_order.sales_order_item, ZERO)),
				item_code=back_order.item_code,
				item_name=back_order.item_name,
				warehouse=back_order.warehouse,
				customer=back_order.customer,
				party_name=back_order.customer,
			)
		)


def net_rates(rows: Iterable[str]) -> dict[str, Decimal]:
	"""Return {order row: its net rate per stock unit, in the company's currency}."""
	lines = frappe.get_all(
		"Sales Order Item",
		filters={"name": ("in", list(rows))},
		fields=["name", "base_net_amount", "stock_qty"],
		order_by="name",
	)
	return {
		line.name: number(line.base_net_amount) / number(line.stock_qty) for line in lines if line.stock_qty
	}


def quantities(order: str) -> dict[str, Decimal]:
	"""Return {row of an order: what it waits for}."""
	return _open_quantities(order)


def _open_quantities(order: str, forced: bool = False) -> dict[str, Decimal]:
	back_order = frappe.qb.DocType(DOCTYPE)
	query = (
		frappe.qb.from_(back_order)
		.select(back_order.sales_order_item, Sum(back_order.qty - back_order.filled_qty))
		.where((back_order.sales_order == order) & back_order.status.isin(WAITING))
		.groupby(back_order.sales_order_item)
		.orderby(back_order.sales_order_item)
	)
	if forced:
		query = query.where(back_order.reason != OUT_OF_STOCK)
	return {row: number(qty) for row, qty in query.run()}


def refresh_rows(order: str) -> None:
	"""Store on each row of an order what it waits for now."""
	waits_for = quantities(order)
	rows = frappe.get_all(
		"Sales Order Item", {"parent": order}, ["name", "soe_back_ordered_qty"], order_by="idx"
	)
	for row in rows:
		qty = waits_for.get(row.name, ZERO)
		if number(row.soe_back_ordered_qty) != qty:
			frappe.db.set_value(
				"Sales Order Item", row.name, "soe_back_ordered_qty", float(qty), update_modified=False
			)
