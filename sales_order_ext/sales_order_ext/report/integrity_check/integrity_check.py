"""Integrity Check: what orders store against what their documents say. Empty on healthy data."""

from __future__ import annotations

import frappe
from frappe import _

from sales_order_ext import access, integrity


def execute(filters: dict | None = None) -> tuple[list[dict], list[dict], str | None]:
	"""Return the columns, one row per difference, and what to do about them."""
	company = (filters or {}).get("company")
	rows = integrity.differences(company)
	readable = access.readable_names("Sales Order", {row["sales_order"] for row in rows})
	rows = [row for row in rows if row["sales_order"] in readable]
	return _columns(), [_in_words(row) for row in rows], _message(len(rows))


def _in_words(row: dict) -> dict:
	"""Return a difference as people call its field and values."""
	told = {key: _(row[key]) if isinstance(row[key], str) else row[key] for key in ("stored", "computed")}
	return {**row, **told, "field": _label(row["field"])}


def _label(path: str) -> str:
	"""Return the label of a field of an order, or of one of its rows (`items.2.qty`)."""
	place, _dot, name = path.rpartition(".")
	doctype = "Sales Order Item" if place else "Sales Order"
	field = frappe.get_meta(doctype).get_field(name)
	label = _(field.label, context=doctype) if field else name
	return _("Row {0}, {1}").format(place.rpartition(".")[2], label) if place else label


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
