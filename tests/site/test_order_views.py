"""What helps people find orders by status: saved views, the calendar, cards and charts, indexes."""

import json

import frappe
import pytest
from frappe.desk.doctype.kanban_board import kanban_board
from frappe.utils import add_days, today

from sales_order_ext.errors import StatusFollowsError
from sales_order_ext.lifecycle import api
from sales_order_ext.preferences import PREFERENCE
from sales_order_ext.setup import indexes, views
from tests.site.masters import COMPANY, ITEM, sales_order


@pytest.fixture
def no_views():
	for switch in views.FILTERS.values():
		frappe.db.delete(
			"List Filter", {"filter_name": ("in", list(switch)), "reference_doctype": "Sales Order"}
		)
	frappe.db.delete("Kanban Board", {"name": views.BOARD})


def filters():
	return set(frappe.get_all("List Filter", {"reference_doctype": "Sales Order"}, pluck="filter_name"))


def test_saved_views_come_and_go_with_their_switch(no_views, switch_on):
	before = filters()
	switch_on("enable_payment_status")
	assert filters() - before == {"Not Fully Paid", "Overpaid"}
	switch_on("enable_lifecycle_status", enable_payment_status=0)
	assert filters() - before == {"Overdue", "Due", "Partially Invoiced"}
	assert frappe.db.exists("Kanban Board", views.BOARD)
	switch_on(enable_lifecycle_status=0)
	assert filters() == before
	assert not frappe.db.exists("Kanban Board", views.BOARD)


def test_a_preference_brings_them_too(no_views):
	row = {"doctype": PREFERENCE, "property": "enable_payment_status", "company": COMPANY, "value": "1"}
	frappe.get_doc(row).insert()
	assert {"Not Fully Paid", "Overpaid"} <= filters()


def test_what_somebody_changed_stays(no_views, switch_on):
	switch_on("enable_payment_status")
	name = frappe.db.get_value("List Filter", {"filter_name": "Overpaid"})
	changed = frappe.get_doc("List Filter", name)
	changed.filters = json.dumps([["Sales Order", "soe_payment_status", "=", "Fully Paid", False]])
	changed.save()
	switch_on("enable_lifecycle_status")
	switch_on(enable_payment_status=0)
	assert frappe.db.get_value("List Filter", name, "filters") == changed.filters


@pytest.mark.parametrize("submit, stays, moved", [(False, "Draft", "Due"), (True, "Due", "Invoiced")])
def test_a_card_that_is_dragged_goes_back(no_views, switch_on, submit, stays, moved):
	switch_on("enable_lifecycle_status")
	order = sales_order((ITEM, 1, 10), submit=submit)
	with pytest.raises(StatusFollowsError, match=f"{order.name} stays {stays}"):
		kanban_board.update_order_for_single_card(views.BOARD, order.name, stays, moved, 0, 0)
	assert frappe.db.get_value("Sales Order", order.name, "soe_lifecycle_status") == stays


def test_a_card_that_is_put_into_a_column_stands_where_its_order_does(no_views, switch_on):
	switch_on("enable_lifecycle_status")
	added = sales_order((ITEM, 1, 10), submit=False, soe_lifecycle_status="Invoiced")
	assert added.soe_lifecycle_status == "Draft"
	kanban_board.update_order(views.BOARD, json.dumps({"Due": [added.name]}))
	assert frappe.db.get_value("Sales Order", added.name, "soe_lifecycle_status") == "Draft"


def test_the_calendar_shows_orders_by_required_date(switch_on):
	switch_on("enable_lifecycle_status")
	order = sales_order((ITEM, 1, 10))
	found = api.calendar_events(today(), add_days(today(), 30), {"soe_lifecycle_status": "Due"})
	assert [row["soe_lifecycle_status"] for row in found if row["name"] == order.name] == ["Due"]
	assert not [row for row in api.calendar_events(today(), today(), "[]") if row["name"] == order.name]
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		api.calendar_events(today(), today())


def test_cards_and_charts_are_there():
	assert frappe.db.count("Number Card", {"module": "Sales Order Ext"}) >= 4
	assert frappe.db.count("Dashboard Chart", {"module": "Sales Order Ext"}) >= 2


def test_the_list_has_its_indexes():
	present = indexes.existing()
	assert present == indexes.wanted()
	assert present["tabSales Order", "soe_payment_status_sorted"][0] == "soe_payment_status"
	indexes.create()
	assert indexes.existing() == present
	# The database needs none over the status alone beside them.
	single = """select column_name from information_schema.statistics where table_schema = database()
		and table_name = 'tabSales Order' group by index_name having count(*) = 1"""
	assert not {column for (column,) in frappe.db.sql(single)} & set(indexes.STATUSES)


def test_a_page_of_one_status_is_read_from_its_index(switch_on):
	query = "explain select name from `tabSales Order` where soe_payment_status = 'Overpaid' order by modified desc limit 20"
	plan = frappe.db.sql(query, as_dict=True)[0]
	assert "soe_payment_status_sorted" in plan.possible_keys
