"""Lost Demand: what customers wanted and did not get, by cause and month."""

from __future__ import annotations

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import flt, formatdate

FIELDS = ["name", "posting_date", "cause", "company", "customer", "party_name", "item_code", "item_name",
	"warehouse", "qty", "amount", "reference_doctype", "reference_name", "reasons", "competitors"]  # fmt: skip
COLORS = ("#e24c4c", "#f5a623", "#7575ff", "#8d99a6")
EQUAL = ("company", "customer", "item_code", "cause")


def execute(filters: dict | None = None) -> tuple:
	"""Return columns, rows (newest first), no message, the chart by month and cause, and the summary."""
	asked = filters or {}
	wanted: list[list] = [[key, "=", asked[key]] for key in EQUAL if asked.get(key)]
	wanted += [["posting_date", ">=", asked["from_date"]]] if asked.get("from_date") else []
	wanted += [["posting_date", "<=", asked["to_date"]]] if asked.get("to_date") else []
	rows = frappe.get_list(
		"Lost Demand", filters=wanted, fields=FIELDS, order_by="posting_date desc, name desc", limit=0
	)
	for row in rows:
		row.currency = frappe.get_cached_value("Company", row.company, "default_currency")
	return columns(), rows, None, chart(rows), summary(rows)


def columns() -> list[dict]:
	return [
		{"fieldname": "posting_date", "label": _("Date"), "fieldtype": "Date", "width": 110},
		{"fieldname": "cause", "label": _("Cause"), "fieldtype": "Select", "width": 160},
		{"fieldname": "party_name", "label": _("Party"), "fieldtype": "Data", "width": 160},
		{"fieldname": "item_code", "label": _("Item"), "fieldtype": "Link", "options": "Item", "width": 140},
		{"fieldname": "item_name", "label": _("Item Name"), "fieldtype": "Data", "width": 160},
		{"fieldname": "qty", "label": _("Quantity"), "fieldtype": "Float", "width": 100},
		{"fieldname": "amount", "label": _("Amount"), "fieldtype": "Currency", "options": "currency", "width": 120},
		{"fieldname": "reference_doctype", "label": _("Document"), "fieldtype": "Select", "width": 120},
		{"fieldname": "reference_name", "label": _("Reference"), "fieldtype": "Dynamic Link",
			"options": "reference_doctype", "width": 170},
		{"fieldname": "reasons", "label": _("Reasons"), "fieldtype": "Data", "width": 180},
		{"fieldname": "competitors", "label": _("Competitors"), "fieldtype": "Data", "width": 150},
		{"fieldname": "currency", "label": _("Currency"), "fieldtype": "Link", "options": "Currency", "hidden": 1},
	]  # fmt: skip


def chart(rows: Iterable[frappe._dict]) -> dict | None:
	"""Return the amounts by month, a colour for each cause."""
	amounts: dict[tuple[str, str], float] = {}
	for row in rows:
		key = (str(row.posting_date)[:7], row.cause)
		amounts[key] = amounts.get(key, 0) + flt(row.amount)
	months = sorted({month for month, _cause in amounts})
	if not months:
		return None
	return {
		"data": {
			"labels": [formatdate(f"{month}-01", "MMM yyyy") for month in months],
			"datasets": [
				{"name": _(cause), "values": [flt(amounts.get((month, cause), 0), 2) for month in months]}
				for cause in sorted({cause for _month, cause in amounts})
			],
		},
		"type": "bar",
		"fieldtype": "Currency",
		"barOptions": {"stacked": 1},
		"colors": list(COLORS),
	}


def summary(rows: list[frappe._dict]) -> list[dict]:
	"""Return the number of records and the amount in all and by cause."""
	by_cause: dict[str, float] = {}
	for row in rows:
		by_cause[row.cause] = by_cause.get(row.cause, 0) + flt(row.amount)
	total = {
		"value": sum(by_cause.values()),
		"label": _("Amount"),
		"datatype": "Currency",
		"indicator": "Red",
	}
	return [
		{"value": len(rows), "label": _("Rows"), "datatype": "Int"},
		total,
		*[
			{"value": amount, "label": _(cause), "datatype": "Currency"}
			for cause, amount in sorted(by_cause.items())
		],
	]
