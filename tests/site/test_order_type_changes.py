"""Changing the type of booked orders: by hand, in batches, on their day."""

import frappe
import pytest

from sales_order_ext.errors import OrderTypeError, SwitchedOffError
from sales_order_ext.order_type import api, jobs
from tests.site import orders
from tests.site.masters import COMPANY, ITEM, OTHER_ITEM, WAREHOUSE, receive
from tests.site.orders import typed


def test_leaving_forward_reserves_and_puts_the_rest_on_back_order(types_on):
	order = typed("Forward Order")
	receive(ITEM, 3)
	assert api.change_type(order.name, "Active Order") == {
		"order_type": "Active Order",
		"reservation_status": "Partially Reserved",
	}
	assert orders.reserved(order.name) == {ITEM: 3}
	assert orders.back_orders(order.name) == [(ITEM, 2, 0, "Open")]


def test_becoming_a_forward_order_gives_everything_back(types_on):
	receive(ITEM, 3)
	order = typed("Active Order")
	api.change_type(order.name, "Forward Order")
	assert orders.reserved(order.name) == {}
	assert orders.status(order.name) == "Not Reserved"
	assert orders.bin_of(ITEM).reserved_stock == 0
	assert orders.back_orders(order.name) == [(ITEM, 2, 0, "Cancelled")]
	assert frappe.db.get_value("Sales Order Item", {"parent": order.name}, "soe_back_ordered_qty") == 0


def test_a_change_that_is_refused_changes_nothing(types_on):
	draft = typed("Forward Order", submit=False)
	with pytest.raises(OrderTypeError, match="not booked"):
		api.change_type(draft.name, "Active Order")
	order = typed("Forward Order")
	with pytest.raises(OrderTypeError, match="already"):
		api.change_type(order.name, "Forward Order")
	with pytest.raises(frappe.ValidationError, match="There is no"):
		api.change_type(order.name, "No Such Type")
	order.reload()
	order.update_status("Closed")
	with pytest.raises(OrderTypeError, match="closed"):
		api.change_type(order.name, "Active Order")
	assert frappe.db.get_value("Sales Order", order.name, "soe_order_type") == "Forward Order"


def test_changing_and_processing_ask_for_rights_and_the_switch(types_on, switch_on):
	order = typed("Forward Order")
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		api.change_type(order.name, "Active Order")
	with pytest.raises(frappe.PermissionError):
		api.process(order.name)
	frappe.set_user("Administrator")
	switch_on(enable_order_types=0)
	with pytest.raises(SwitchedOffError):
		api.process(order.name)


def test_a_batch_of_forward_orders_is_converted_each_for_itself(types_on):
	receive(ITEM, 6)
	first, second = typed("Forward Order"), typed("Forward Order")
	draft, other = typed("Forward Order", submit=False), typed("Active Order", (OTHER_ITEM, 1, 10))
	chosen = [second.name, draft.name, first.name, "SO-NONE", other.name]
	result = api.convert_forward(chosen, "Invoice Order")
	assert result["converted"] == [first.name, second.name]
	errors = {one["sales_order"]: one["error"] for one in result["failed"]}
	assert set(errors) == {draft.name, "SO-NONE", other.name}
	assert "does not wait" in errors[other.name]
	assert (orders.reserved(first.name), orders.reserved(second.name)) == ({ITEM: 5}, {ITEM: 1})


def test_forward_orders_are_activated_on_their_day(types_on, monkeypatch):
	monkeypatch.setattr(frappe.db, "commit", lambda: None)
	receive(ITEM, 50)
	today = frappe.utils.today()
	due = typed("Forward Order", soe_activate_on=today)
	as_active = typed("Forward Order", soe_activate_on="2020-01-01", soe_activate_as="Active Order")
	later = typed("Forward Order", soe_activate_on=frappe.utils.add_days(today, 1))
	jobs.activate_forward_orders()
	types = [
		frappe.db.get_value("Sales Order", one.name, "soe_order_type") for one in (due, as_active, later)
	]
	assert types == ["Invoice Order", "Active Order", "Forward Order"]
	assert orders.reserved(due.name) == {ITEM: 5}
	assert orders.reserved(later.name) == {}


def test_a_change_is_told_before_it_is_made(types_on):
	order = typed("Forward Order")
	receive(ITEM, 3)
	said = api.preview_change(order.name, "Active Order")
	assert said["blockers"] == []
	assert said["notes"][-2:] == ["3 more will be reserved now.", "2 is not there and stays short."]
	assert "already" in api.preview_change(order.name, "Forward Order")["blockers"][0]
	assert orders.reserved(order.name) == {}
	api.change_type(order.name, "Active Order")
	assert orders.reserved(order.name) == {ITEM: 3}
	back = api.preview_change(order.name, "Forward Order")["notes"]
	assert back[-1] == "What is reserved for the order is given back."


def test_what_forward_orders_want_stands_beside_what_is_on_order(types_on):
	first, _other = typed("Forward Order"), typed("Forward Order", (ITEM, 2, 20), (OTHER_ITEM, 9, 10))
	typed("Reserve Order", (ITEM, 30, 20))
	typed("Forward Order", (ITEM, 4, 20), submit=False)
	pairs = [[ITEM, WAREHOUSE], [OTHER_ITEM, WAREHOUSE]]

	def wanted():
		return {row["item_code"]: row["on_forward_order"] for row in api.supply(COMPANY, pairs)}

	assert wanted() == {ITEM: 7, OTHER_ITEM: 9}
	assert set(api.supply(COMPANY, pairs)[0]) == {"item_code", "warehouse", "on_order", "on_forward_order"}
	api.change_type(first.name, "Invoice Order")
	assert wanted() == {ITEM: 2, OTHER_ITEM: 9}
	frappe.get_doc("Sales Order", _other.name).update_status("Closed")
	assert wanted() == {ITEM: 0, OTHER_ITEM: 0}
