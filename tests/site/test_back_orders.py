"""Back orders on a real site: how they arise, what forces or forbids them, and how they end."""

import frappe
import pytest
from erpnext.controllers.accounts_controller import update_child_qty_rate

from sales_order_ext.errors import NotReorderableError, ReleaseError
from tests.site import orders
from tests.site.masters import CUSTOMER, ITEM, OTHER_ITEM, receive, sales_order

ACTIVE = "Active Order"


def fields_of(order, *fields):
	rows = frappe.get_all("Back Order", {"sales_order": order}, fields, order_by="creation, name")
	return [tuple(row.values()) for row in rows]


def lost(order):
	fields = ["cause", "item_code", "qty", "amount"]
	rows = frappe.get_all("Lost Demand", {"reference_name": order}, fields, order_by="creation, name")
	return [tuple(row.values()) for row in rows]


def update_items(order, *quantities):
	"""Press Update Items: new quantities for the first rows, the others are taken off."""
	rows = [
		{
			"docname": row.name,
			"item_code": row.item_code,
			"qty": qty,
			"rate": row.rate,
			"conversion_factor": 1,
		}
		for row, qty in zip(order.items, quantities, strict=False)
	]
	update_child_qty_rate("Sales Order", frappe.as_json(rows), order.name)


@pytest.fixture
def not_reorderable():
	frappe.db.set_value("Item", ITEM, "soe_not_reorderable", 1)
	frappe.clear_document_cache("Item", ITEM)
	yield
	frappe.clear_document_cache("Item", ITEM)


def test_a_back_order_says_how_it_is_to_be_filled(types_on, switch_on):
	order = orders.typed(ACTIVE)
	fields = ("customer", "mode", "priority", "reason", "promised_date", "material_request")
	assert fields_of(order.name, *fields) == [(CUSTOMER, "Automatic", 5, "Out of Stock", None, None)]
	switch_on(back_order_mode="Manual")
	frappe.db.set_value("Customer", CUSTOMER, "soe_back_order_priority", 2)
	assert fields_of(orders.typed(ACTIVE).name, "mode", "priority") == [("Manual", 2)]


def test_a_priority_is_from_1_to_9(types_on):
	name = frappe.get_all("Back Order", {"sales_order": orders.typed(ACTIVE).name}, pluck="name")[0]
	back_order = frappe.get_doc("Back Order", name)
	with pytest.raises(frappe.ValidationError, match="1 "):
		back_order.update({"priority": 10}).save()


def test_a_row_may_be_forced_on_back_order_though_there_is_stock(types_on):
	receive(ITEM, 10)
	order = sales_order((ITEM, 5, 20), submit=False)
	order.items[0].update(
		{"soe_force_back_order_qty": 2, "soe_force_back_order_reason": "Forced: Kept for Customers"}
	)
	order.save().submit()
	assert orders.reserved(order.name) == {ITEM: 3}
	assert fields_of(order.name, "qty", "reason", "mode") == [(2, "Forced: Kept for Customers", "Manual")]
	assert order.items[0].soe_back_ordered_qty == 2
	from sales_order_ext.order_type import api

	made = api.process(order.name)
	assert frappe.get_doc("Delivery Note", made["delivery_note"]).items[0].qty == 3
	assert orders.back_orders(order.name) == [(ITEM, 2, 0, "Open")]


def test_what_is_forced_and_what_is_out_of_stock_are_two(types_on):
	receive(ITEM, 2)
	order = sales_order((ITEM, 5, 20), soe_order_type=ACTIVE, submit=False)
	order.items[0].soe_force_back_order_qty = 1
	order.save().submit()
	assert orders.reserved(order.name) == {ITEM: 2}
	assert fields_of(order.name, "qty", "reason") == [(1, "Forced: Keep Stock Level"), (2, "Out of Stock")]


def test_types_that_never_back_order_are_not_forced(types_on):
	receive(ITEM, 10)
	order = sales_order((ITEM, 5, 20), soe_order_type="Reserve Order", submit=False)
	order.items[0].soe_force_back_order_qty = 2
	order.save().submit()
	assert (orders.reserved(order.name), orders.back_orders(order.name)) == ({ITEM: 5}, [])


def test_a_negative_quantity_is_refused_as_erpnext_refuses_it(types_on):
	with pytest.raises(frappe.NonNegativeError):
		sales_order((ITEM, 5, 20), (OTHER_ITEM, -1, 10), submit=False)


def test_no_more_is_forced_than_is_ordered(types_on):
	order = sales_order((ITEM, 5, 20), submit=False)
	order.items[0].soe_force_back_order_qty = 6
	with pytest.raises(ReleaseError, match="only 5"):
		order.save()


def test_an_item_that_cannot_be_reordered_is_refused_with_what_can_be_had(types_on, not_reorderable):
	receive(ITEM, 3)
	order = orders.typed(ACTIVE, submit=False)
	with pytest.raises(NotReorderableError, match="only 3 Nos"):
		order.submit()
	assert frappe.db.get_value("Sales Order", order.name, "docstatus") == 0
	order.reload()
	order.items[0].qty = 3
	order.save().submit()
	assert (orders.reserved(order.name), orders.back_orders(order.name)) == ({ITEM: 3}, [])


def test_a_row_may_be_shortened_to_what_can_be_had(types_on, not_reorderable):
	receive(ITEM, 3)
	order = orders.typed(ACTIVE, (ITEM, 5, 20), (OTHER_ITEM, 2, 10), submit=False)
	order.items[0].soe_shorten_to_available = 1
	order.save().submit()
	order.reload()
	assert (order.items[0].qty, order.items[0].amount, order.grand_total) == (3, 60, 80)
	assert orders.back_orders(order.name) == [(OTHER_ITEM, 2, 0, "Open")]
	assert lost(order.name) == [("Shortened", ITEM, 2, 40)]


def test_a_row_of_which_nothing_can_be_had_is_taken_off_unless_it_is_alone(types_on, not_reorderable):
	order = orders.typed(ACTIVE, (ITEM, 5, 20), (OTHER_ITEM, 2, 10), submit=False)
	order.items[0].soe_shorten_to_available = 1
	order.save().submit()
	order.reload()
	assert [row.item_code for row in order.items] == [OTHER_ITEM]
	assert lost(order.name) == [("Shortened", ITEM, 5, 100)]
	alone = orders.typed(ACTIVE, submit=False)
	alone.items[0].soe_shorten_to_available = 1
	with pytest.raises(NotReorderableError, match="nothing of"):
		alone.save().submit()


def test_two_rows_share_what_cannot_be_reordered(types_on, not_reorderable):
	receive(ITEM, 4)
	order = orders.typed(ACTIVE, (ITEM, 3, 20), (ITEM, 3, 20), submit=False)
	order.items[1].soe_shorten_to_available = 1
	order.save().submit()
	order.reload()
	assert [row.qty for row in order.items] == [3, 1]


def test_more_of_it_is_refused_in_update_items_too(types_on, not_reorderable):
	receive(ITEM, 4)
	order = orders.typed(ACTIVE, (ITEM, 3, 20))
	update_items(order, 4)
	order.reload()
	with pytest.raises(NotReorderableError, match="only 4"):
		update_items(order, 5)


def test_a_cancelled_order_s_back_orders_are_lost_demand(types_on):
	receive(ITEM, 3)
	order = orders.typed(ACTIVE)
	order.cancel()
	assert orders.back_orders(order.name) == [(ITEM, 2, 0, "Cancelled")]
	assert lost(order.name) == [("Back Order Cancelled", ITEM, 2, 40)]
	amended = frappe.copy_doc(order)
	amended.update({"docstatus": 0, "amended_from": order.name})
	amended.insert().submit()
	assert lost(order.name) == []


def test_rows_changed_on_a_booked_order_wait_for_less_or_more(types_on):
	receive(ITEM, 3)
	order = orders.typed(ACTIVE, (ITEM, 5, 20), (OTHER_ITEM, 2, 10))
	update_items(order, 4, 2)
	assert orders.back_orders(order.name) == [(ITEM, 1, 0, "Open"), (OTHER_ITEM, 2, 0, "Open")]
	order.reload()
	update_items(order, 7, 2)
	assert [one[:2] for one in orders.back_orders(order.name)] == [(ITEM, 1), (OTHER_ITEM, 2), (ITEM, 3)]
	order.reload()
	assert [row.soe_back_ordered_qty for row in order.items] == [4, 2]
	update_items(order, 3)
	assert [one[3] for one in orders.back_orders(order.name)] == ["Cancelled"] * 3
	assert lost(order.name)[0] == ("Back Order Cancelled", ITEM, 5, 100)


def test_back_orders_follow_to_the_replacement(types_on, switch_on):
	from sales_order_ext.replacement import api

	switch_on("enable_cancel_and_replace")
	receive(ITEM, 3)
	order = orders.typed(ACTIVE, (ITEM, 5, 20), (OTHER_ITEM, 2, 10))
	draft = frappe.get_doc("Sales Order", api.start(order.name))
	draft.items[0].qty = 4
	draft.remove(draft.items[1])
	draft.save()
	api.confirm(draft.name)
	assert orders.back_orders(draft.name) == [(ITEM, 1, 0, "Open"), (OTHER_ITEM, 2, 0, "Cancelled")]
	assert orders.back_orders(order.name) == lost(order.name) == lost(draft.name) == []
	order.reload()
	assert [row.soe_back_ordered_qty for row in order.items] == [0, 0]
	assert frappe.db.get_value("Sales Order Item", {"parent": draft.name}, "soe_back_ordered_qty") == 1


def test_a_cancelled_order_can_be_deleted_and_its_lost_demand_stays(types_on):
	order = orders.typed(ACTIVE)
	order.cancel()
	frappe.delete_doc("Sales Order", order.name)
	assert orders.back_orders(order.name) == []
	assert lost(order.name) == [("Back Order Cancelled", ITEM, 5, 100)]
