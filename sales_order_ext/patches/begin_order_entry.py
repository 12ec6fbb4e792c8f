"""Sites that had the app before: the credit reasons, and defaults on orders as after an install."""

from __future__ import annotations

import frappe

from sales_order_ext.preferences import SETTINGS
from sales_order_ext.setup.seed import seed_credit_reasons

FIELD = "order_entry_defaults"


def execute() -> None:
	"""Seed what an install seeds; leave what an admin has chosen since."""
	seed_credit_reasons()
	if FIELD not in frappe.db.get_singles_dict(SETTINGS):
		frappe.db.set_single_value(SETTINGS, FIELD, 1)
