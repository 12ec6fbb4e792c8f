"""The box on expense claims while the app that keeps them is installed and once it is gone."""

import frappe

from sales_order_ext.order_entry import expenses
from tests.site import expense_claims


def test_the_box_comes_and_goes_with_the_app_that_keeps_claims():
	box = {"dt": expenses.ROW, "fieldname": expenses.OWN_FIELD}
	expense_claims.install()
	try:
		assert frappe.db.exists("Custom Field", box)
		expenses.withdraw_field("another_app")
		assert frappe.db.exists("Custom Field", box)
	finally:
		expense_claims.uninstall()
	assert not frappe.db.exists("Custom Field", box)
