"""Sites that had the app before: the credit reasons, and defaults on orders as after an install."""

from __future__ import annotations

import frappe

from sales_order_ext.preferences import SETTINGS
from sales_order_ext.setup.seed import seed_credit_reasons


def execute() -> None:
	"""Seed what an install seeds."""
	seed_credit_reasons()
	frappe.db.set_single_value(SETTINGS, "order_entry_defaults", 1)
