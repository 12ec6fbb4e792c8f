"""Saved views of the order list: filters and a board that stand there while their switch is on.

They are made when the switch is turned on, where they are missing, and taken away again when it is off for
everybody, unless somebody has changed them.
"""

from __future__ import annotations

import json

import frappe

from sales_order_ext import preferences

ORDER = "Sales Order"
BOARD = "Sales Orders by Life Cycle"
# Switch → {name of the filter: (field, operator, value)}.
FILTERS = {
	"enable_lifecycle_status": {
		"Overdue": ("soe_is_overdue", "=", 1),
		"Due": ("soe_lifecycle_status", "=", "Due"),
		"Partially Invoiced": ("soe_lifecycle_status", "=", "Partially Invoiced"),
	},
	"enable_payment_status": {
		"Not Fully Paid": ("soe_payment_status", "in", "Not Paid,Partly Paid"),
		"Overpaid": ("soe_payment_status", "=", "Overpaid"),
	},
	"enable_stock_reservations": {
		"Not Fully Reserved": ("soe_reservation_status", "in", "Not Reserved,Partially Reserved"),
	},
}
COLUMNS = (
	("Draft", "Gray"),
	("Open", "Blue"),
	("Due", "Orange"),
	("Overdue", "Red"),
	("Partially Invoiced", "Yellow"),
	("Invoiced", "Green"),
)


def follow_switches() -> None:
	"""Make or take away the views of every switch, as they are on for anybody."""
	for switch, filters in FILTERS.items():
		is_on = preferences.on_for_anybody(switch)
		for name, condition in filters.items():
			_keep("List Filter", _list_filter(name, condition), is_on)
	_keep("Kanban Board", _board(), preferences.on_for_anybody("enable_lifecycle_status"))


def _keep(doctype: str, fields: dict, is_on: bool) -> None:
	name_field = "filter_name" if doctype == "List Filter" else "kanban_board_name"
	key = {name_field: fields[name_field], "reference_doctype": ORDER}
	found = frappe.db.get_value(
		doctype, key, ["name", "creation", "modified"], as_dict=True, order_by="creation asc"
	)
	if is_on and not found:
		frappe.get_doc({"doctype": doctype, **fields}).insert(ignore_permissions=True)
	elif found and not is_on and found.creation == found.modified:
		frappe.delete_doc(doctype, found.name, ignore_permissions=True, delete_permanently=True)


def _list_filter(name: str, condition: tuple) -> dict:
	field, operator, value = condition
	filters = [[ORDER, field, operator, value.split(",") if operator == "in" else value, False]]
	return {"filter_name": name, "reference_doctype": ORDER, "for_user": "", "filters": json.dumps(filters)}


def _board() -> dict:
	return {
		"kanban_board_name": BOARD,
		"reference_doctype": ORDER,
		"field_name": "soe_lifecycle_status",
		"private": 0,
		"show_labels": 1,
		"fields": json.dumps(["name", "delivery_date", "grand_total"]),
		"columns": [{"column_name": name, "indicator": color, "status": "Active"} for name, color in COLUMNS],
	}
