"""Integrity Check: what orders store against what their documents say. Empty on healthy data."""

from __future__ import annotations

import frappe
from frappe import _

from sales_order_ext import integrity


def execute(filters: dict | None = None) -> tuple[list[dict], list[dict], str | None]:
	"""Return the columns, one row per difference, and what to do about them."""
	company = (filters or {}).get("company")
	rows = integrity.differences(company)
	if not frappe.has_permission("Sales Order", "read"):
		rows = []
	return _columns(), rows, _message(len(rows))


def _columns() -> list[dict]:
	return [
		{"fieldname": "sales_order", "label": _("Sales Order"), "fieldtype": "Link", "options": "Sales Order", "width": 200},
		{"fieldname": "field", "label": _("Field"), "fieldtype": "Data", "width": 240},
		{"fieldname": "stored", "label": _("Stored"), "fieldtype": "Data", "width": 160},
		{"fieldname": "computed", "label": _("Computed"), "fieldtype": "Data", "width": 160},
	]  # fmt: skip


def _message(count: int) -> str:
	if not count:
		return _("Every order stores what its documents say.")
	return _(
		"{0} values differ from what the documents say. A System Manager can store them anew with Repair."
	).format(count)
