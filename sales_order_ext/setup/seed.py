"""Records that come with the app but belong to the admin: made once, never overwritten."""

from __future__ import annotations

import frappe

from sales_order_ext.order_entry.return_rules import CREDIT_REASONS
from sales_order_ext.order_type.records import DOCTYPE as ORDER_TYPE
from sales_order_ext.order_type.rules import SEEDS
from sales_order_ext.preferences import SETTINGS


def seed() -> None:
	"""Make what is missing; leave what exists as it is."""
	seed_settings()
	seed_order_types()
	seed_credit_reasons()


def seed_settings() -> None:
	"""Store the settings (with their defaults, every switch off, where nothing is stored yet)."""
	frappe.get_doc(SETTINGS).save(ignore_permissions=True)


def seed_order_types() -> None:
	"""Make the order types that are missing."""
	for one in SEEDS:
		if not frappe.db.exists(ORDER_TYPE, one.name):
			fields = {
				"order_type_name": one.name,
				"enabled": one.enabled,
				"allocates": one.allocates,
				"processing": one.processing,
				"back_order_moment": one.back_order_moment,
				"sourcing": one.sourcing,
				"document_kind": one.document_kind,
				"composition": one.composition,
			}
			frappe.get_doc({"doctype": ORDER_TYPE, **fields}).insert(ignore_permissions=True)


def seed_credit_reasons() -> None:
	"""Make the credit reasons that are missing."""
	for reason, restock in CREDIT_REASONS.items():
		if not frappe.db.exists("Credit Reason", reason):
			fields = {"reason": reason, "restock": restock, "enabled": 1}
			frappe.get_doc({"doctype": "Credit Reason", **fields}).insert(ignore_permissions=True)
