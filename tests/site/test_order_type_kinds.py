"""What each kind of order reserves, refuses and leaves on back order."""

import frappe
import pytest
from erpnext.selling.doctype.sales_order.sales_order import create_pick_list

from sales_order_ext.errors import ProcessingBlockedError
from sales_order_ext.order_type import api, records
from tests.site import orders
from tests.site.masters import ITEM, OTHER_ITEM, SERVICE, receive, sales_order
from tests.site.orders import typed


def test_an_invoice_order_reserves_and_is_processed_from_any_door(types_on):
	receive(ITEM, 3)
	order = typed("Invoice Order")
	assert orders.reserved(order.name) == {ITEM: 3}
	assert order.soe_reservation_status == orders.status(order.name) == "Partially Reserved"
	assert orders.back_orders(order.name) == []
	assert orders.delivery_note(order.name, SOE_GOOD_A=3).insert().submit().docstatus == 1


def test_an_active_order_has_back_orders_at_once_and_is_left_out_of_batches(types_on):
	receive(ITEM, 3)
	order = typed("Active Order", (ITEM, 5, 20), (OTHER_ITEM, 2, 10), (SERVICE, 1, 50))
	assert orders.reserved(order.name) == {ITEM: 3}
	assert orders.back_orders(order.name) == [(ITEM, 2, 0, "Open"), (OTHER_ITEM, 2, 0, "Open")]
	assert [row.soe_back_ordered_qty for row in order.items] == [2, 2, 0]
	order.reload()
	assert [row.soe_back_ordered_qty for row in order.items] == [2, 2, 0]
	assert records.batch_allowed([order.name]) == set()
	note = orders.delivery_note(order.name, SOE_GOOD_A=3, SOE_GOOD_B=0)
	frappe.flags.bulk_transaction = True
	try:
		with pytest.raises(ProcessingBlockedError, match="left out of batches"):
			note.insert()
	finally:
		frappe.flags.bulk_transaction = None
	assert orders.delivery_note(order.name, SOE_GOOD_A=3, SOE_GOOD_B=0).insert().submit().docstatus == 1


def by_hand(doctype, order):
	"""Return documents as a program makes them: naming the order, and naming its row alone."""
	fields = {"doctype": doctype, "company": order.company, "customer": order.customer, "update_stock": 1}
	row = {"item_code": ITEM, "qty": 1, "rate": 20, "warehouse": order.items[0].warehouse}
	of_order = {
		"so_detail": order.items[0].name,
		"against_sales_order": order.name,
		"sales_order": order.name,
	}
	of_row = {"so_detail": order.items[0].name}
	return [frappe.get_doc({**fields, "items": [row | link]}) for link in (of_order, of_row)]


@pytest.mark.parametrize("order_type, reserves", [("Reserve Order", {ITEM: 3}), ("Forward Order", {})])
def test_reserve_and_forward_orders_are_blocked_at_every_door(types_on, order_type, reserves):
	receive(ITEM, 3)
	order = typed(order_type)
	assert orders.reserved(order.name) == reserves
	assert orders.back_orders(order.name) == []
	assert records.batch_allowed([order.name]) == set()
	if not reserves:
		assert (order.soe_reservation_status, order.reserve_stock) == ("Not Reserved", 0)
	# ERPNext itself makes no Pick List of what is reserved.
	mappers = [orders.delivery_note, orders.invoice] + ([] if reserves else [create_pick_list])
	for mapper in mappers:
		with pytest.raises(ProcessingBlockedError, match=f"{order.name} is a {order_type}"):
			mapper(order.name)
	for doctype in ("Delivery Note", "Sales Invoice"):
		before = frappe.db.count(doctype)
		for door in by_hand(doctype, order):
			with pytest.raises(ProcessingBlockedError, match=f"{order.name} is a {order_type}"):
				door.insert()
		assert frappe.db.count(doctype) == before
	with pytest.raises(ProcessingBlockedError):
		api.process(order.name)


def test_a_pick_list_and_a_pos_invoice_are_doors_too(types_on):
	order = typed("Forward Order")
	picks = frappe.get_doc({"doctype": "Pick List", "company": order.company, "purpose": "Delivery"})
	row = {"item_code": ITEM, "qty": 1, "sales_order": order.name, "sales_order_item": order.items[0].name}
	picks.append("locations", row)
	with pytest.raises(ProcessingBlockedError):
		picks.insert()
	till = frappe.new_doc("POS Invoice", company=order.company)
	till.append("items", {"item_code": ITEM, "qty": 1, "sales_order": order.name})
	from sales_order_ext.order_type import events

	with pytest.raises(ProcessingBlockedError):
		events.door_validate(till)


def test_a_draft_made_before_the_order_was_blocked_is_refused_at_submit(types_on):
	receive(ITEM, 5)
	order = typed("Invoice Order")
	note = orders.delivery_note(order.name).insert()
	api.change_type(order.name, "Reserve Order")
	with pytest.raises(ProcessingBlockedError):
		note.submit()
	assert orders.reserved(order.name) == {ITEM: 5}


def test_a_blocked_order_still_takes_returns(types_on):
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return

	receive(ITEM, 5)
	order = typed("Invoice Order")
	note = orders.delivery_note(order.name).insert().submit()
	api.change_type(order.name, "Reserve Order")
	assert make_sales_return(note.name).insert().submit().docstatus == 1


def test_with_the_switch_off_types_do_nothing():
	receive(ITEM, 5)
	order = sales_order((ITEM, 5, 20))
	assert not order.soe_order_type
	old = sales_order((ITEM, 5, 20), soe_order_type="Reserve Order")
	assert orders.delivery_note(old.name).insert().docstatus == 0
