"""The Sales Orders workspace stands in the desk only while a capability is switched on.

Its onboarding steps switch the capabilities on one by one; a step is done while its switch is on for anybody.
"""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from sales_order_ext import preferences
from sales_order_ext.setup import views

WORKSPACE = "Sales Orders"
ONBOARDING = "Sales Order Capabilities"
ICON = "Desktop Icon"


def follow_switches(doc: Document | None = None, method: str | None = None) -> None:
	"""Show the workspace where any switch is on for anybody, hide it where none is; and so the saved views.

	After every migrate, and when Settings or a Sales Order Preference changes.
	"""
	views.follow_switches()
	follow_steps()
	show(preferences.any_switch_on())


def show(shown: bool) -> None:
	"""Show or hide the workspace, and its icon in version 16: a file of the app brings that; 15 has none."""
	changed = _hide("Workspace", WORKSPACE, "is_hidden", int(not shown))
	for icon in frappe.get_all(
		ICON, {"app": "sales_order_ext", "standard": 1}, pluck="name", order_by="name"
	):
		changed = _hide(ICON, icon, "hidden", int(not shown)) or changed
	if changed:
		frappe.clear_cache()


def follow_steps() -> None:
	"""Tick the onboarding steps whose switch is on for anybody, and no other; skipped ones stay skipped."""
	steps = frappe.get_all("Onboarding Step Map", {"parent": ONBOARDING}, pluck="step", order_by="idx asc")
	for step in frappe.get_all(
		"Onboarding Step", {"name": ("in", steps)}, ["name", "field", "is_complete"], order_by="name asc"
	):
		is_on = int(preferences.on_for_anybody(step.field))
		if step.is_complete != is_on:
			frappe.db.set_value("Onboarding Step", step.name, "is_complete", is_on, update_modified=False)


def _hide(doctype: str, name: str, field: str, hidden: int) -> bool:
	"""Hide or show a record; return whether that changed it."""
	if frappe.db.get_value(doctype, name, field) == hidden:
		return False
	frappe.db.set_value(doctype, name, field, hidden, update_modified=False)
	return True
