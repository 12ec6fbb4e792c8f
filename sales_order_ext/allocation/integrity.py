"""Do the stored reservation status and back-ordered quantities agree with reservations and back orders?"""

from __future__ import annotations

import frappe
from frappe.query_builder.functions import Sum

from sales_order_ext import integrity, preferences
from sales_order_ext.allocation import back_orders, records, rules
from sales_order_ext.decimals import ZERO, to_decimal

BOOKED = {"docstatus": 1, "soe_is_cancelled": 0, "status": ("!=", "Closed")}


def check(company: str | None) -> list[dict]:
	"""Return the differences of a company, or of all."""
	found = []
	for switch, compare in (("enable_stock_reservations", _statuses), ("enable_back_orders", _quantities)):
		for name in preferences.companies(switch, company):
			for orders in integrity.chunks({"company": name, **BOOKED}):
				found += compare(orders)
	return found


def repair(orders: list[str]) -> None:
	"""Store reservation status and back-ordered quantities of booked orders anew, each behind its switch."""
	filters = {"name": ("in", orders), **BOOKED}
	rows = frappe.get_all("Sales Order", filters, ["name", "company"], order_by="name asc")
	for company in sorted({row.company for row in rows}):
		own = [row.name for row in rows if row.company == company]
		records.refresh_orders(own, company, update_modified=False)
		for order in own if preferences.get("enable_back_orders", company) else ():
			back_orders.refresh_rows(order)


def _statuses(orders: list[str]) -> list[dict]:
	field = "soe_reservation_status"
	rows = records.order_rows(orders)
	stored = frappe.get_all("Sales Order", {"name": ("in", orders)}, ["name", field], order_by="name asc")
	return [
		integrity.difference(row.name, field, row.get(field) or "", computed)
		for row in stored
		if row.name in rows
		for computed in [rules.reservation_status(rows[row.name])]
		if computed != (row.get(field) or "")
	]


def _quantities(orders: list[str]) -> list[dict]:
	field = "soe_back_ordered_qty"
	table = frappe.qb.DocType(back_orders.DOCTYPE)
	waiting = dict(
		frappe.qb.from_(table)
		.select(table.sales_order_item, Sum(table.qty - table.filled_qty))
		.where(table.sales_order.isin(orders) & table.status.isin(back_orders.WAITING))
		.groupby(table.sales_order_item)
		.orderby(table.sales_order_item)
		.run()
	)
	rows = frappe.get_all(
		"Sales Order Item",
		{"parent": ("in", orders)},
		["name", "parent", "idx", field],
		order_by="parent asc, idx asc",
	)
	pairs = [(row, to_decimal(row.get(field), 9), to_decimal(waiting.get(row.name, ZERO), 9)) for row in rows]
	return [
		integrity.difference(row.parent, f"items.{row.idx}.{field}", float(stored), float(computed))
		for row, stored, computed in pairs
		if stored != computed
	]
