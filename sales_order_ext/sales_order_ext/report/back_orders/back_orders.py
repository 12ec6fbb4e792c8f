"""Back Orders: who waits for what since when, what it is worth, and by when it is promised."""

from __future__ import annotations

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import flt, getdate, today

from sales_order_ext.allocation import figures

FILTERS = ("company", "customer", "item_code", "warehouse", "mode", "reason", "sales_order")
TOP = 10


def execute(filters: dict | None = None) -> tuple:
	"""Return columns, rows (oldest first), no message, the chart by item, and the summary."""
	asked = {key: value for key, value in (filters or {}).items() if key in FILTERS and value}
	rows = [row for row in figures.open_rows(asked) if fits(row, filters or {})]
	for row in rows:
		row.currency = frappe.get_cached_value("Company", row.company, "default_currency")
	return columns(), rows, None, chart(rows), summary(rows)


def fits(row: frappe._dict, filters: dict) -> bool:
	"""Return whether a row is among those that are not promised, or late, if these were asked for."""
	promise = filters.get("promise")
	if promise == "Not Promised":
		return not row.promised_date
	if promise == "Late":
		return bool(row.promised_date) and getdate(row.promised_date) < getdate(today())
	return True


def columns() -> list[dict]:
	return [
		{"fieldname": "name", "label": _("Back Order"), "fieldtype": "Link", "options": "Back Order", "width": 150},
		{"fieldname": "sales_order", "label": _("Sales Order"), "fieldtype": "Link", "options": "Sales Order",
			"width": 160},
		{"fieldname": "customer", "label": _("Customer"), "fieldtype": "Link", "options": "Customer", "width": 150},
		{"fieldname": "item_code", "label": _("Item"), "fieldtype": "Link", "options": "Item", "width": 140},
		{"fieldname": "item_name", "label": _("Item Name"), "fieldtype": "Data", "width": 150},
		{"fieldname": "warehouse", "label": _("Warehouse"), "fieldtype": "Link", "options": "Warehouse",
			"width": 140},
		{"fieldname": "open_qty", "label": _("Waits For"), "fieldtype": "Float", "width": 100},
		{"fieldname": "free", "label": _("Free Now"), "fieldtype": "Float", "width": 100},
		{"fieldname": "value", "label": _("Net Value"), "fieldtype": "Currency", "options": "currency",
			"width": 120},
		{"fieldname": "age", "label": _("Days"), "fieldtype": "Int", "width": 70},
		{"fieldname": "promised_date", "label": _("Promised Date"), "fieldtype": "Date", "width": 110},
		{"fieldname": "priority", "label": _("Priority"), "fieldtype": "Int", "width": 80},
		{"fieldname": "mode", "label": _("Mode"), "fieldtype": "Select", "width": 100},
		{"fieldname": "reason", "label": _("Reason"), "fieldtype": "Select", "width": 160},
		{"fieldname": "material_request", "label": _("Material Request"), "fieldtype": "Link",
			"options": "Material Request", "width": 160},
		{"fieldname": "currency", "label": _("Currency"), "fieldtype": "Link", "options": "Currency", "hidden": 1},
	]  # fmt: skip


def chart(rows: Iterable[frappe._dict]) -> dict | None:
	"""Return the ten items with the highest value on back order."""
	values: dict[str, float] = {}
	for row in rows:
		values[row.item_code] = values.get(row.item_code, 0) + row.value
	top = sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))[:TOP]
	if not top:
		return None
	return {
		"data": {
			"labels": [item_code for item_code, _value in top],
			"datasets": [{"name": _("Net Value"), "values": [flt(value, 2) for _item, value in top]}],
		},
		"type": "bar",
		"colors": ["#e24c4c"],
		"fieldtype": "Currency",
	}


def summary(rows: list[frappe._dict]) -> list[dict]:
	currencies = {row.currency for row in rows}
	total = {"value": sum(row.value for row in rows), "label": _("Net Value"), "datatype": "Currency"}
	if len(currencies) == 1:
		total["currency"] = currencies.pop()
	return [
		{"value": len(rows), "label": _("Back Orders"), "datatype": "Int"},
		{**total, "indicator": "Red" if rows else "Green"},
		{
			"value": max((row.age for row in rows), default=0),
			"label": _("Oldest, in Days"),
			"datatype": "Int",
		},
		{
			"value": sum(not row.promised_date for row in rows),
			"label": _("Not Promised"),
			"datatype": "Int",
			"indicator": "Orange",
		},
	]
