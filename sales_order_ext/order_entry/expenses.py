"""Expense claims, where HRMS keeps them: which of their rows the customer pays.

ERPNext has no claims, and those of HRMS cannot be marked as billable, so they get a box for it.
"""

from __future__ import annotations

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_field

CLAIM, ROW = "Expense Claim", "Expense Claim Detail"
OWN_FIELD = "soe_billable"
LABEL = "Billable"
SAYS = "The project's customer pays it: Order over What Was Used, on the project, bills it."
# With every capability off, claims are what they were.
SHOWN = "eval:window.sales_order_ext?.any_switch(parent)"
# What another app may call it; ours is made only where there is none.
BILLABLE = ("is_billable", "billable", OWN_FIELD)
GRANTED = ("base_sanctioned_amount", "sanctioned_amount")


def are_kept() -> bool:
	"""Return whether an app that keeps expense claims is installed."""
	return bool(frappe.db.exists("DocType", ROW))


def billable_field() -> str | None:
	"""Return the field by which a row is claimed as billable."""
	meta = frappe.get_meta(ROW)
	return next((field for field in BILLABLE if meta.has_field(field)), None)


def amount_field() -> str:
	"""Return the field of what is granted in the company's currency: claims in others keep that beside it."""
	return next(field for field in GRANTED if frappe.get_meta(ROW).has_field(field))


def offer_field(app: str | None = None) -> None:
	"""Give claims the box, after ours, or the app that keeps claims, was installed or migrated."""
	if are_kept() and not billable_field():
		create_custom_field(ROW, {
			"fieldname": OWN_FIELD, "fieldtype": "Check", "label": LABEL, "module": "Sales Order Ext",
			"insert_after": "sanctioned_amount", "description": SAYS, "depends_on": SHOWN,
		}, is_system_generated=False)  # fmt: skip


def withdraw_field(app: str | None = None) -> None:
	"""Take the box back once the app that kept claims is gone. Frappe leaves custom fields where they were."""
	if not are_kept():
		frappe.db.delete("Custom Field", {"dt": ROW, "fieldname": OWN_FIELD})
		frappe.db.commit()  # an uninstall ends without one
