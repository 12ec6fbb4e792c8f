"""What became of a replaced order: the orders that replaced it, and those that are worked on in the end."""

from __future__ import annotations

import frappe

from sales_order_ext.replacement.links import LOG, ORDER


def was_booked(name: str) -> bool:
	"""Return whether an order that replaces another is or was booked: a discarded draft (version 16) never was."""
	return bool(frappe.db.exists(LOG, name))


def replacements_of(original: str) -> list[str]:
	"""Return the names of the booked replacements of an order; several after a split."""
	filters = {"soe_replaced_order": original, "docstatus": 1}
	names = frappe.get_all(ORDER, filters, pluck="name", order_by="soe_replacement_no asc, name asc")
	return names or [name for name in [frappe.db.get_value(ORDER, original, "soe_replacement_order")] if name]


def ends_of(original: str) -> tuple[list[str], list[str]]:
	"""Return what became of a replaced order in the end: orders that live, and cancelled ones that ended it.

	A replacement may have been replaced in its turn, or cancelled and amended.
	"""
	living: list[str] = []
	cancelled: list[str] = []
	for row in _successors({"soe_replaced_order": original, "docstatus": (">", 0)}):
		if row.soe_is_cancelled:
			further = ends_of(row.name)
		elif row.docstatus == 2:
			further = _amended(row.name) if was_booked(row.name) else ([], [])
		else:
			further = [row.name], []
		living += further[0]
		cancelled += further[1]
	return living, cancelled


def _amended(cancelled: str) -> tuple[list[str], list[str]]:
	"""Return what a cancelled order was amended to, or itself where it was not."""
	for row in _successors({"amended_from": cancelled}):
		if row.soe_is_cancelled:
			return ends_of(row.name)
		return _amended(row.name) if row.docstatus == 2 else ([row.name], [])
	return [], [cancelled]


def _successors(filters: dict) -> list[frappe._dict]:
	fields = ["name", "docstatus", "soe_is_cancelled"]
	return frappe.get_all(ORDER, filters, fields, order_by="soe_replacement_no asc, name asc")
