"""Figures about back orders for reports and number cards, of what the user may see."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import frappe
from frappe.utils import date_diff, flt, getdate, today

from sales_order_ext import access
from sales_order_ext.allocation import back_orders, purchases
from sales_order_ext.allocation.availability import free_stock
from sales_order_ext.allocation.reservations import order_rows
from sales_order_ext.allocation.rules import OrderRow
from sales_order_ext.allocation.tables import number

FIELDS = [
	"name", "creation", "company", "sales_order", "sales_order_item", "customer", "item_code", "item_name",
	"warehouse", "qty", "filled_qty", "status", "mode", "priority", "reason", "promised_date",
	"material_request",
]  # fmt: skip


def open_rows(filters: Mapping[str, object]) -> list[frappe._dict]:
	"""Return the open back orders that fit, oldest first, each with `open_qty`, `value`, `age` and `free`."""
	rows = frappe.get_list(
		back_orders.DOCTYPE,
		filters={**filters, "status": ("in", back_orders.WAITING)},
		fields=FIELDS,
		order_by="creation, name",
		limit=0,
	)
	rates = back_orders.net_rates({row.sales_order_item for row in rows})
	free = free_stock({(row.item_code, row.warehouse) for row in rows})
	for row in rows:
		open_qty = number(row.qty) - number(row.filled_qty)
		row.open_qty = float(open_qty)
		row.value = flt(open_qty * rates.get(row.sales_order_item, Decimal(0)), 2)
		row.age = date_diff(today(), row.creation)
		row.free = float(free[(row.item_code, row.warehouse)])
	return rows


def open_value() -> float:
	"""Return the net value of all open back orders that the user may see."""
	return sum(row.value for row in open_rows({}))


def oldest_age() -> int:
	"""Return the age in days of the oldest open back order that the user may see."""
	return max((row.age for row in open_rows({})), default=0)


def short_rows(filters: Mapping[str, object]) -> list[frappe._dict]:
	"""Return the rows of open booked orders that are short, earliest delivery first.

	Filters: `company`, `customer`, `item_code`, `warehouse`, `to_date` (of delivery). Each row has
	`sales_order`, `customer`, `delivery_date`, `status`, `item_code`, `warehouse`, and in stock units `owed`,
	`reserved`, `short`, `back_ordered`, `free` and `incoming`. Rows of items and warehouses that the user may
	not read are left out.
	"""
	orders = {order.name: order for order in _open_orders(filters)}
	short = [
		(order, row)
		for order, of_order in order_rows(orders).items()
		for row in of_order
		if row.short > 0 and _asked_for(row, filters)
	]
	stock = access.readable_stock({row.stock for _order, row in short})
	short = [(order, row) for order, row in short if row.stock in stock]
	lines = _lines([row.row for _order, row in short])
	free, incoming = free_stock(stock), purchases.incoming_quantities(stock)
	rows = [
		frappe._dict(
			sales_order=order, customer=orders[order].customer, item_code=row.item_code,
			status=orders[order].soe_reservation_status, warehouse=row.warehouse,
			delivery_date=lines[row.row].delivery_date or orders[order].delivery_date, owed=float(row.owed),
			reserved=float(row.reserved), short=float(row.short), free=float(free[row.stock]),
			back_ordered=float(number(lines[row.row].soe_back_ordered_qty)),
			incoming=float(incoming.get(row.stock, 0)),
		)
		for order, row in short
	]  # fmt: skip
	last = filters.get("to_date")
	kept = [row for row in rows if not last or getdate(row.delivery_date) <= getdate(last)]
	return sorted(kept, key=lambda row: (getdate(row.delivery_date), row.sales_order))


def _open_orders(filters: Mapping[str, object]) -> list[frappe._dict]:
	asked = {key: filters[key] for key in ("company", "customer") if filters.get(key)}
	return frappe.get_list(
		"Sales Order",
		filters={
			**asked,
			"docstatus": 1,
			"status": ("not in", ("Closed", "On Hold", "Completed")),
			"per_delivered": ("<", 100),
		},
		fields=["name", "customer", "delivery_date", "soe_reservation_status"],
		order_by="name",
		limit=0,
	)


def _asked_for(row: OrderRow, filters: Mapping[str, object]) -> bool:
	return all(filters.get(key) in (None, "", getattr(row, key)) for key in ("item_code", "warehouse"))


def _lines(names: list[str]) -> dict[str, frappe._dict]:
	fields = ["name", "delivery_date", "soe_back_ordered_qty"]
	rows = frappe.get_all("Sales Order Item", {"name": ("in", names or [""])}, fields, order_by="name")
	return {row.name: row for row in rows}
