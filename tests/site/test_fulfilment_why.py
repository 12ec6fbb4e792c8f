"""The answers to "Why?" on real orders: each reason, and what mends it."""

import frappe
import pytest

from sales_order_ext.fulfilment import api
from sales_order_ext.order_type import api as order_types
from tests.site import masters, money
from tests.site.fulfilment_chain import deliver
from tests.site.masters import ITEM, SERVICE, sales_order, user


def codes(order, row=0):
	rows = {one["row"]: one["answers"] for one in api.why(order.name)}
	return {one["about"]: one["code"] for one in rows.get(order.items[row].name, [])}


def mends(order, row=0):
	rows = {one["row"]: one["answers"] for one in api.why(order.name)}
	return [one["button"] or one["opens"] for one in rows[order.items[row].name]]


def test_switched_off_erpnext_s_own_buttons_mend():
	order = sales_order((ITEM, 2, 10))
	assert codes(order) == {"Delivered": "nothing_there", "Invoiced": "to_invoice"}
	assert mends(order) == ["Material Request", "Sales Invoice"]
	masters.receive(ITEM, 10)
	assert codes(order) == {"Delivered": "ready", "Invoiced": "to_invoice"}
	assert mends(order) == ["Delivery Note", "Sales Invoice"]
	deliver(order, 2)
	money.invoice(order)
	assert api.why(order.name) == []


def test_drafts_and_orders_on_hold_say_how_to_go_on():
	order = sales_order((ITEM, 2, 10), submit=False)
	assert mends(order) == ["Submit", "Submit"]
	order.submit()
	order.update_status("On Hold")
	assert mends(order) == ["Resume", "Resume"]
	order.update_status("Closed")
	assert mends(order) == ["Re-open", "Re-open"]


@pytest.mark.usefixtures("types_on")
def test_short_then_waiting_then_ready(switch_on):
	switch_on("enable_invoice_terms")
	order = sales_order((ITEM, 2, 10), soe_order_type="Active Order")
	assert codes(order) == {
		"Reserved": "waits_without_date",
		"Delivered": "waits_without_date",
		"Invoiced": "type_from_order_only",
	}
	[row] = api.why(order.name)
	assert row["answers"][0]["reason"] == "2 waits on back order, and nothing is on order yet."
	assert row["answers"][0]["button"] == "Order Shortage"
	order_types.change_type(order.name, "Forward Order")
	assert codes(order)["Reserved"] == "type_reserves_nothing"
	assert codes(order)["Delivered"] == "type_blocked"


@pytest.mark.usefixtures("types_on")
def test_a_reserved_row_is_ready_and_a_service_only_to_invoice():
	masters.receive(ITEM, 5)
	order = sales_order((ITEM, 2, 10), (SERVICE, 1, 5))
	assert codes(order) == {"Delivered": "ready", "Invoiced": "to_invoice"}
	assert codes(order, 1) == {"Invoiced": "to_invoice"}


def test_who_may_not_read_the_order_is_told_nothing():
	order = sales_order((ITEM, 1, 1))
	with user(), pytest.raises(frappe.PermissionError):
		api.why(order.name)
