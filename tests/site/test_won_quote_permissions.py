"""Who may win: role and user permissions hold at every door."""

import frappe
import pytest

from sales_order_ext.errors import QuoteWinBlockedError, QuoteWinNotPermittedError
from sales_order_ext.won_quote import api
from tests.site.masters import CUSTOMER, OTHER_CUSTOMER
from tests.site.wins import codes, opportunity, quotation, user_with


@pytest.fixture(autouse=True)
def procurement(switch_on):
	switch_on("enable_procurement")


def test_a_sales_user_wins_and_takes_back():
	quote = quotation()
	frappe.set_user(user_with("Sales User"))
	win = api.start(quotation=quote.name)
	assert codes(win) == []
	order = api.finish(win.name)["sales_order"]
	assert frappe.db.get_value("Sales Order", order, "owner") == frappe.session.user
	api.undo(win.name)
	assert not frappe.db.exists("Sales Order", order)


def test_a_stock_user_sees_nothing_and_wins_nothing():
	quote = quotation()
	win = api.start(quotation=quote.name)
	before = frappe.db.count("Sales Order")
	frappe.set_user(user_with("Stock User"))
	with pytest.raises(frappe.PermissionError):
		api.start(quotation=quote.name)
	outlook = api.preview(win.name)
	assert (outlook["actions"], outlook["warnings"], codes(win)) == ([], [], ["not_permitted"])
	with pytest.raises(QuoteWinBlockedError):
		api.finish(win.name)
	with pytest.raises(frappe.PermissionError):
		api.finish(win.name)
	with pytest.raises(frappe.PermissionError):
		api.undo(win.name)
	assert frappe.db.count("Sales Order") == before


def test_a_user_of_another_customer_is_refused():
	win = api.start(quotation=quotation().name)
	clerk = user_with("Sales User")
	frappe.get_doc(
		{"doctype": "User Permission", "user": clerk, "allow": "Customer", "for_value": OTHER_CUSTOMER}
	).insert()
	mine = quotation(party_name=OTHER_CUSTOMER)
	frappe.set_user(clerk)
	assert codes(win) == ["not_permitted"]
	with pytest.raises(QuoteWinNotPermittedError):
		api.finish(win.name)
	assert codes(api.start(quotation=mine.name)) == []


def test_a_reader_without_rights_on_orders_is_told():
	quote = quotation()
	win = api.start(quotation=quote.name)
	role = frappe.get_doc({"doctype": "Role", "role_name": "Quote Reader", "desk_access": 1}).insert().name
	for doctype in ("Quotation", "Quote Win"):
		frappe.permissions.add_permission(doctype, role)
		frappe.permissions.update_permission_property(doctype, role, 0, "write", 1)
	frappe.set_user(user_with(role))
	assert codes(win) == ["not_permitted"]
	with pytest.raises(QuoteWinNotPermittedError):
		api.finish(win.name)


def test_only_quotations_that_the_user_may_lose_are_offered():
	deal = opportunity()
	mine, other = (quotation(opportunity=deal.name) for _ in range(2))
	win = api.start(quotation=mine.name)
	assert [one.quotation for one in win.losing_quotations] == [other.name]
	role = frappe.get_doc({"doctype": "Role", "role_name": "Quote Reader", "desk_access": 1}).insert().name
	for doctype in ("Quotation", "Quote Win"):
		frappe.permissions.add_permission(doctype, role)
		frappe.permissions.update_permission_property(doctype, role, 0, "write", 1)
	frappe.set_user(user_with(role))
	assert frappe.get_doc("Quote Win", win.name).save().losing_quotations == []


def test_what_undoing_believes_is_not_written_by_users():
	win = api.start(quotation=quotation().name)
	win.undo_data = frappe.as_json({"project": "P", "before": {"status": "Cancelled"}})
	assert not win.save().undo_data


def test_guests_are_kept_out():
	win = api.start(quotation=quotation(party_name=CUSTOMER).name)
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		api.finish(win.name)
