"""Reserving by our own door, and the promises that batches and serial numbers allow."""

import frappe
import pytest
from frappe.utils import add_days, today

from sales_order_ext.allocation import api, records
from sales_order_ext.errors import ReservationError, SwitchedOffError
from tests.site import masters, orders
from tests.site.masters import ITEM, OTHER_ITEM, WAREHOUSE, receive, sales_order


@pytest.fixture
def reservations_on(switch_on):
	switch_on("enable_stock_reservations")


def test_reserving_and_giving_back_by_hand(reservations_on):
	order = sales_order((ITEM, 5, 20), (OTHER_ITEM, 2, 20))
	receive(ITEM, 3)
	receive(OTHER_ITEM, 9)
	first, second = (row.name for row in order.items)
	assert api.reserve(order.name) == {
		"reserved": {first: 3, second: 2}, "reservation_status": "Partially Reserved",
	}  # fmt: skip
	assert api.reserve(order.name)["reserved"] == {}
	assert api.unreserve(order.name) == {"reserved": {}, "reservation_status": "Not Reserved"}
	assert (orders.reserved(order.name), orders.status(order.name)) == ({}, "Not Reserved")


def test_all_rows_are_reserved_however_many(reservations_on):
	receive(ITEM, 70)
	order = sales_order(*[(ITEM, 1, 20)] * 60)
	assert orders.reserved(order.name) == {ITEM: 60}


def test_who_may_reserve_what(reservations_on, switch_on):
	draft = sales_order((ITEM, 5, 20), submit=False)
	with pytest.raises(ReservationError, match="not submitted"):
		api.reserve(draft.name)
	with masters.user("Stock User"), pytest.raises(frappe.PermissionError):
		api.reserve(draft.name)
	switch_on("enable_order_types")
	forward = orders.typed("Forward Order")
	with pytest.raises(ReservationError, match="type that reserves nothing"):
		api.reserve(forward.name)
	forward.update_status("Closed")
	with pytest.raises(ReservationError, match="Reopen"):
		api.unreserve(forward.name)
	switch_on(enable_stock_reservations=0)
	with pytest.raises(SwitchedOffError):
		api.unreserve(draft.name)


def batched_item(**fields: object) -> str:
	return frappe.get_doc({"doctype": "Item", "item_code": f"SOE-{frappe.generate_hash(length=6)}",
		"item_group": masters._leaf("Item Group"), "stock_uom": "Nos", "is_stock_item": 1, **fields}).insert().name  # fmt: skip


def test_expired_batches_are_not_promised(reservations_on):
	item_code = batched_item(has_batch_no=1, create_new_batch=1, batch_number_series="SOE-B-.#####")
	pair = (item_code, WAREHOUSE)
	for _batch in range(2):
		receive(item_code, 5)
	batches = frappe.get_all("Batch", {"item": item_code}, pluck="name", order_by="name")
	frappe.db.set_value("Batch", batches[0], "expiry_date", add_days(today(), -1))
	assert records.free_stock([pair]) == {pair: 5}
	order = sales_order((item_code, 7, 20))
	assert orders.reserved(order.name) == {item_code: 5}
	entry = frappe.get_last_doc("Stock Reservation Entry", {"voucher_no": order.name})
	assert [(row.batch_no, row.qty) for row in entry.sb_entries] == [(batches[1], 5)]
	assert records.free_stock([pair]) == {pair: 0}
	frappe.db.set_value("Batch", batches[1], "disabled", 1)
	assert records.free_stock([pair]) == {pair: 0}
	frappe.db.set_value("Batch", batches[0], "expiry_date", add_days(today(), 9))
	assert records.free_stock([pair]) == {pair: 5}


def test_serial_numbers_are_reserved_once_and_delivered_to_their_order(reservations_on):
	item_code = batched_item(has_serial_no=1, serial_no_series="SOE-S-.#####")
	receive(item_code, 4)
	first, second = sales_order((item_code, 2, 20)), sales_order((item_code, 3, 20))
	assert (orders.reserved(first.name), orders.reserved(second.name)) == ({item_code: 2}, {item_code: 2})
	entries = frappe.get_all(
		"Serial and Batch Entry", {"parenttype": "Stock Reservation Entry", "docstatus": 1,
		"warehouse": WAREHOUSE, "serial_no": ("like", "SOE-S-%")}, pluck="serial_no", order_by="serial_no",
	)  # fmt: skip
	assert len(entries) == len(set(entries)) == 4
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note

	note = make_delivery_note(first.name, kwargs={"for_reserved_stock": True}).insert().submit()
	assert note.items[0].qty == 2
	assert (orders.reserved(first.name), orders.status(first.name)) == ({}, "Fully Reserved")
	assert records.free_stock([(item_code, WAREHOUSE)]) == {(item_code, WAREHOUSE): 0}
