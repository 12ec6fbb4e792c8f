"""Reservation Shortfall: rows of booked orders that still need stock nobody has reserved for them."""

from __future__ import annotations

from collections.abc import Iterable

import frappe
from frappe import _

from sales_order_ext.allocation import figures

TOP = 10
COLORS = {"free": "#28a745", "missing": "#e24c4c"}


def execute(filters: dict | None = None) -> tuple:
	"""Return columns, rows (earliest delivery first), no message, the chart by item, and the summary."""
	asked = {key: value for key, value in (filters or {}).items() if value}
	rows = figures.short_rows(asked)
	return columns(), rows, None, chart(rows), summary(rows)


def columns() -> list[dict]:
	return [
		{"fieldname": "sales_order", "label": _("Sales Order"), "fieldtype": "Link", "options": "Sales Order",
			"width": 160},
		{"fieldname": "customer", "label": _("Customer"), "fieldtype": "Link", "options": "Customer", "width": 150},
		{"fieldname": "delivery_date", "label": _("Delivery Date"), "fieldtype": "Date", "width": 110},
		{"fieldname": "status", "label": _("Reservation"), "fieldtype": "Select", "width": 140},
		{"fieldname": "item_code", "label": _("Item"), "fieldtype": "Link", "options": "Item", "width": 140},
		{"fieldname": "warehouse", "label": _("Warehouse"), "fieldtype": "Link", "options": "Warehouse",
			"width": 140},
		{"fieldname": "owed", "label": _("To Deliver"), "fieldtype": "Float", "width": 100},
		{"fieldname": "reserved", "label": _("Reserved"), "fieldtype": "Float", "width": 100},
		{"fieldname": "short", "label": _("Short"), "fieldtype": "Float", "width": 100},
		{"fieldname": "back_ordered", "label": _("On Back Order"), "fieldtype": "Float", "width": 120},
		{"fieldname": "free", "label": _("Free Now"), "fieldtype": "Float", "width": 100},
		{"fieldname": "incoming", "label": _("On Purchase"), "fieldtype": "Float", "width": 110},
	]  # fmt: skip


def chart(rows: Iterable[frappe._dict]) -> dict | None:
	"""Return, for the ten items that are shortest, what is short and what of it is free now."""
	short: dict[str, float] = {}
	free: dict[tuple[str, str], float] = {}
	for row in rows:
		short[row.item_code] = short.get(row.item_code, 0) + row.short
		free[(row.item_code, row.warehouse)] = row.free
	top = [item_code for item_code, _qty in sorted(short.items(), key=lambda pair: (-pair[1], pair[0]))[:TOP]]
	if not top:
		return None
	free_of = {item: sum(qty for (code, _warehouse), qty in free.items() if code == item) for item in top}
	return {
		"data": {
			"labels": top,
			"datasets": [
				{"name": _("Short"), "values": [short[item] for item in top]},
				{"name": _("Free Now"), "values": [free_of[item] for item in top]},
			],
		},
		"type": "bar",
		"colors": [COLORS["missing"], COLORS["free"]],
	}


def summary(rows: list[frappe._dict]) -> list[dict]:
	return [
		{
			"value": len({row.sales_order for row in rows}),
			"label": _("Orders", context="Sales Order Ext Settings"),
			"datatype": "Int",
		},
		{"value": len(rows), "label": _("Rows"), "datatype": "Int"},
		{
			"value": sum(row.short for row in rows),
			"label": _("Short"),
			"datatype": "Float",
			"indicator": "Red" if rows else "Green",
		},
		{
			"value": sum(max(row.short - row.back_ordered, 0) for row in rows),
			"label": _("Short and Not on Back Order"),
			"datatype": "Float",
			"indicator": "Orange",
		},
	]
