"""The Sales Orders workspace stands in the desk only while a capability is switched on."""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from sales_order_ext import preferences
from sales_order_ext.setup import views

WORKSPACE = "Sales Orders"


def follow_switches(doc: Document | None = None, method: str | None = None) -> None:
	"""Show the workspace where any switch is on for anybody, hide it where none is; and so the saved views.

	After every migrate, and when Settings or a Sales Order Preference changes.
	"""
	views.follow_switches()
	hidden = int(not preferences.any_switch_on())
	if frappe.db.get_value("Workspace", WORKSPACE, "is_hidden") != hidden:
		frappe.db.set_value("Workspace", WORKSPACE, "is_hidden", hidden, update_modified=False)
		frappe.clear_cache()
