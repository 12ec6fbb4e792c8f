"""Preferences on a real site: who gets which answer, and what is refused."""

import frappe
import pytest

from sales_order_ext import preferences
from sales_order_ext.errors import InvalidPreferenceError, NegativeStockError, SwitchedOffError
from tests.site.masters import COMPANY


def prefer(property, value, **scope):
	return frappe.get_doc(
		{"doctype": "Sales Order Preference", "property": property, "value": value, **scope}
	).insert()


def test_everything_is_off_after_install():
	assert {preferences.get(switch) for switch in preferences.SWITCHES} == {0}


def test_values_have_their_defaults():
	assert preferences.get("hold_minutes") == 30
	assert preferences.get("draft_hold_hours") == 24
	assert preferences.get("back_order_mode") == "Automatic"
	assert preferences.get("print_on_save") == "Never"


def test_user_before_role_before_company_before_site(switch_on):
	switch_on(hold_minutes=1)
	assert preferences.get("hold_minutes", COMPANY) == 1
	prefer("hold_minutes", "2", company=COMPANY)
	assert preferences.get("hold_minutes", COMPANY) == 2
	assert preferences.get("hold_minutes") == 1
	prefer("hold_minutes", "3", role="System Manager")
	assert preferences.get("hold_minutes", COMPANY) == 3
	mine = prefer("hold_minutes", "4", user="Administrator")
	assert preferences.get("hold_minutes", COMPANY) == 4
	assert preferences.get("hold_minutes", COMPANY, user="Guest") == 2
	mine.delete()
	assert preferences.get("hold_minutes", COMPANY) == 3


def test_the_desk_gets_the_same_answers():
	prefer("enable_back_orders", "1", company=COMPANY)
	boot = {}
	preferences.extend_bootinfo(boot)
	for property in preferences.PROPERTIES:
		assert boot["sales_order_ext"]["user"][property] == preferences.get(property)
		assert boot["sales_order_ext"]["companies"][COMPANY][property] == preferences.get(property, COMPANY)


@pytest.mark.parametrize(
	"property, value, scope",
	[
		("enable_back_orders", "1", {}),
		("enable_back_orders", "yes", {"company": COMPANY}),
		("hold_minutes", "-1", {"company": COMPANY}),
		("back_order_mode", "Sometimes", {"company": COMPANY}),
		("default_order_type", "No Such Type", {"company": COMPANY}),
	],
)
def test_bad_preferences_are_refused(property, value, scope):
	with pytest.raises(InvalidPreferenceError):
		prefer(property, value, **scope)


def test_a_second_row_for_the_same_scope_is_refused():
	prefer("hold_minutes", "2", company=COMPANY)
	with pytest.raises(InvalidPreferenceError):
		prefer("hold_minutes", "3", company=COMPANY)


def test_what_is_switched_off_says_so():
	with pytest.raises(SwitchedOffError, match="Cancel and Replace"):
		preferences.require("enable_cancel_and_replace")


def test_switching_reservations_on_switches_erpnext_s_own_on(switch_on):
	frappe.db.set_single_value("Stock Settings", "enable_stock_reservation", 0)
	switch_on("enable_stock_reservations")
	assert frappe.db.get_single_value("Stock Settings", "enable_stock_reservation")


def test_reservations_of_stock_that_may_become_negative_are_refused_with_what_to_do(switch_on):
	negative = {"enable_stock_reservation": 0, "allow_negative_stock": 1}
	frappe.db.set_single_value("Stock Settings", negative)
	with pytest.raises(NegativeStockError, match=r"Untick .*Allow Negative Stock.* in .*Stock Settings"):
		switch_on("enable_stock_reservations")


def test_reservations_for_one_company_need_the_same_of_erpnext():
	negative = {"enable_stock_reservation": 0, "allow_negative_stock": 1}
	frappe.db.set_single_value("Stock Settings", negative)
	frappe.db.savepoint("asked")
	with pytest.raises(NegativeStockError):
		prefer("enable_stock_reservations", "1", company=COMPANY)
	frappe.db.rollback(save_point="asked")
	frappe.db.set_single_value("Stock Settings", "allow_negative_stock", 0)
	row = prefer("enable_stock_reservations", "0", company=COMPANY)
	assert not frappe.db.get_single_value("Stock Settings", "enable_stock_reservation")
	row.update({"value": "1"}).save()
	assert frappe.db.get_single_value("Stock Settings", "enable_stock_reservation")


def test_the_workspace_shows_while_a_switch_is_on(switch_on):
	def hidden():
		return frappe.db.get_value("Workspace", "Sales Orders", "is_hidden")

	assert hidden() == 1
	mine = prefer("enable_back_orders", "1", company=COMPANY)
	assert hidden() == 0
	mine.delete()
	assert hidden() == 1
	switch_on("enable_payment_status")
	assert hidden() == 0
