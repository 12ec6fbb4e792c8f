"""Reservations and back orders on a real site: what is promised, and that the order says so."""

import frappe
import pytest

from sales_order_ext.allocation import jobs, records
from sales_order_ext.errors import DocumentChangedError, StockNotAvailableError
from tests.site import orders
from tests.site.masters import (
	COMPANY,
	ITEM,
	OTHER_ITEM,
	OTHER_WAREHOUSE,
	SERVICE,
	WAREHOUSE,
	receive,
	sales_order,
)


@pytest.fixture
def reservations_on(switch_on):
	switch_on("enable_stock_reservations")


def test_every_order_reserves_where_order_types_are_off(reservations_on):
	receive(ITEM, 7)
	frappe.clear_messages()
	order = sales_order((ITEM, 5, 20), (SERVICE, 1, 50))
	assert orders.reserved(order.name) == {ITEM: 5}
	assert order.soe_reservation_status == orders.status(order.name) == "Fully Reserved"
	assert orders.bin_of(ITEM).reserved_stock == 5
	assert not order.soe_order_type
	assert not [one for one in frappe.message_log if "reserv" in one["message"].lower()]


def test_never_more_is_reserved_than_is_free(reservations_on):
	receive(ITEM, 7)
	first, second, third = (sales_order((ITEM, 3, 20)) for _ in range(3))
	assert [orders.reserved(one.name) for one in (first, second, third)] == [{ITEM: 3}, {ITEM: 3}, {ITEM: 1}]
	assert orders.status(third.name) == "Partially Reserved"
	fourth = sales_order((ITEM, 3, 20), (ITEM, 1, 20))
	assert (orders.reserved(fourth.name), orders.status(fourth.name)) == ({}, "Not Reserved")
	assert records.free_stock([(ITEM, WAREHOUSE)]) == {(ITEM, WAREHOUSE): 0}


def test_two_rows_of_an_item_share_what_is_free(reservations_on):
	receive(ITEM, 4)
	order = sales_order((ITEM, 3, 20), (ITEM, 3, 20))
	assert orders.reserved(order.name) == {ITEM: 4}


def test_all_or_nothing_per_row_where_erpnext_does_not_allow_parts(reservations_on):
	frappe.db.set_single_value("Stock Settings", "allow_partial_reservation", 0)
	receive(ITEM, 4)
	receive(OTHER_ITEM, 4)
	order = sales_order((ITEM, 5, 20), (OTHER_ITEM, 4, 20))
	assert orders.reserved(order.name) == {OTHER_ITEM: 4}
	assert orders.status(order.name) == "Partially Reserved"


def test_an_order_without_goods_has_no_reservation_status(reservations_on):
	order = sales_order((SERVICE, 1, 50))
	assert orders.status(order.name) == ""


def test_own_delivery_never_meets_reserved_for_others(reservations_on):
	receive(ITEM, 5)
	order, other = sales_order((ITEM, 3, 20)), sales_order((ITEM, 2, 20))
	note = orders.delivery_note(order.name).insert().submit()
	assert (orders.reserved(order.name), orders.status(order.name)) == ({}, "Fully Reserved")
	assert orders.bin_of(ITEM).reserved_stock == 2
	orders.invoice(other.name, update_stock=True).insert().submit()
	assert orders.bin_of(ITEM).actual_qty == orders.bin_of(ITEM).reserved_stock == 0
	note.cancel()
	assert (orders.reserved(order.name), orders.bin_of(ITEM).reserved_stock) == ({ITEM: 3}, 3)


def test_a_delivery_of_what_others_have_reserved_is_refused(reservations_on):
	receive(ITEM, 5)
	sales_order((ITEM, 4, 20))
	short = sales_order((ITEM, 3, 20))
	with pytest.raises(frappe.ValidationError):
		orders.delivery_note(short.name, SOE_GOOD_A=3).insert().submit()


def test_the_status_follows_entries_from_any_door(reservations_on):
	receive(ITEM, 5)
	order = sales_order((ITEM, 5, 20))
	order.reload()
	order.cancel_stock_reservation_entries()
	assert orders.status(order.name) == "Not Reserved"
	row = {"sales_order_item": order.items[0].name, "warehouse": WAREHOUSE, "qty_to_reserve": 2}
	frappe.get_doc("Sales Order", order.name).create_stock_reservation_entries(items_details=[row])
	assert (orders.reserved(order.name), orders.status(order.name)) == ({ITEM: 2}, "Partially Reserved")
	entry = frappe.get_last_doc("Stock Reservation Entry", {"voucher_no": order.name, "docstatus": 1})
	entry.reserved_qty = 5
	entry.save()
	assert orders.status(order.name) == "Fully Reserved"


def test_delivering_in_parts_and_returning_keep_the_status_true(reservations_on):
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return

	receive(ITEM, 5)
	order = sales_order((ITEM, 5, 20))
	note = orders.delivery_note(order.name, SOE_GOOD_A=2).insert().submit()
	assert (orders.reserved(order.name), orders.status(order.name)) == ({ITEM: 3}, "Fully Reserved")
	make_sales_return(note.name).insert().submit()
	assert orders.status(order.name) == "Partially Reserved"


def test_cancelling_an_order_gives_its_stock_back(reservations_on, switch_on):
	switch_on("enable_order_types", "enable_back_orders")
	receive(ITEM, 3)
	order = sales_order((ITEM, 5, 20), soe_order_type="Active Order")
	order.cancel()
	assert (orders.reserved(order.name), orders.status(order.name)) == ({}, "")
	assert orders.back_orders(order.name) == [(ITEM, 2, 0, "Cancelled")]
	assert orders.bin_of(ITEM).reserved_stock == 0


def test_an_order_can_be_cancelled_after_the_switches_went_off_again(reservations_on, switch_on):
	switch_on("enable_order_types", "enable_back_orders")
	receive(ITEM, 3)
	order = sales_order((ITEM, 5, 20), soe_order_type="Active Order")
	switch_on(enable_order_types=0, enable_back_orders=0, enable_stock_reservations=0)
	frappe.get_doc("Sales Order", order.name).cancel()
	assert orders.back_orders(order.name) == [(ITEM, 2, 0, "Cancelled")]
	assert orders.reserved(order.name) == {}


def test_changing_the_rows_of_a_booked_order_keeps_it_true(reservations_on, switch_on):
	from erpnext.controllers.accounts_controller import update_child_qty_rate

	receive(ITEM, 5)
	order = sales_order((ITEM, 3, 20))
	row = {"docname": order.items[0].name, "item_code": ITEM, "qty": 7, "rate": 20, "conversion_factor": 1}
	update_child_qty_rate("Sales Order", frappe.as_json([row]), order.name)
	assert (orders.reserved(order.name), orders.status(order.name)) == ({ITEM: 5}, "Partially Reserved")


def test_a_reservation_by_hand_is_cut_to_what_is_free_now(reservations_on, monkeypatch):
	from sales_order_ext import transactions

	receive(ITEM, 5)
	order = sales_order((ITEM, 5, 20))
	order.cancel_stock_reservation_entries()
	sales_order((ITEM, 3, 20))
	monkeypatch.setattr(transactions, "start_fresh", lambda doc=None: True)
	entry = frappe.new_doc("Stock Reservation Entry")
	entry.update(
		{
			"item_code": ITEM,
			"warehouse": WAREHOUSE,
			"voucher_type": "Sales Order",
			"voucher_no": order.name,
			"voucher_detail_no": order.items[0].name,
			"available_qty": 5,
			"voucher_qty": 5,
			"reserved_qty": 5,
			"company": COMPANY,
			"stock_uom": "Nos",
		}
	)
	again = frappe.copy_doc(entry)
	entry.insert().submit()
	assert orders.reserved(order.name) == {ITEM: 2}
	with pytest.raises(StockNotAvailableError, match="Only 0"):
		again.insert()


def test_stock_booked_for_a_later_day_is_not_promised_now(reservations_on):
	entry = frappe.get_doc("Stock Entry", receive(OTHER_ITEM, 2, OTHER_WAREHOUSE))
	later = frappe.copy_doc(entry)
	later.set_posting_time = 1
	later.posting_date = frappe.utils.add_days(frappe.utils.today(), 5)
	later.items[0].qty = 10
	later.insert().submit()
	assert records.free_stock([(OTHER_ITEM, OTHER_WAREHOUSE)]) == {(OTHER_ITEM, OTHER_WAREHOUSE): 2}


def test_back_orders_without_reservations_count_what_is_free(switch_on):
	switch_on("enable_order_types", "enable_back_orders")
	receive(ITEM, 3)
	order = sales_order((ITEM, 5, 20), soe_order_type="Active Order")
	assert orders.back_orders(order.name) == [(ITEM, 2, 0, "Open")]
	assert frappe.db.count("Stock Reservation Entry", {"voucher_no": order.name}) == 0
	assert not frappe.db.get_value("Sales Order", order.name, "soe_reservation_status")


def test_product_bundles_are_ordered_and_processed_as_before(reservations_on, switch_on):
	from sales_order_ext.order_type import api

	switch_on("enable_order_types")
	frappe.get_doc({"doctype": "Item", "item_code": "SOE-SET", "item_group": "Products", "stock_uom": "Nos",
		"is_stock_item": 0}).insert()  # fmt: skip
	bundle = frappe.get_doc({"doctype": "Product Bundle", "new_item_code": "SOE-SET"})
	bundle.append("items", {"item_code": ITEM, "qty": 2})
	bundle.append("items", {"item_code": OTHER_ITEM, "qty": 1})
	bundle.insert()
	receive(ITEM, 5)
	receive(OTHER_ITEM, 9)
	order = sales_order(("SOE-SET", 3, 100))
	assert (orders.reserved(order.name), orders.status(order.name)) == ({}, "")
	made = api.process(order.name)
	assert frappe.get_doc("Delivery Note", made["delivery_note"]).items[0].qty == 2


def test_old_orders_get_their_status_when_reservations_come_on(switch_on, monkeypatch):
	monkeypatch.setattr(frappe.db, "commit", lambda: None)
	enqueued = []
	receive(ITEM, 5)
	order, services = sales_order((ITEM, 5, 20)), sales_order((SERVICE, 1, 20))

	def enqueue(method: str, **options: object) -> None:
		if method.startswith("sales_order_ext."):
			enqueued.append((method, options))

	monkeypatch.setattr(frappe, "enqueue", enqueue)
	switch_on("enable_stock_reservations")
	assert [method for method, _ in enqueued] == ["sales_order_ext.allocation.jobs.backfill"]
	assert enqueued[0][1]["deduplicate"] and enqueued[0][1]["enqueue_after_commit"]
	switch_on("enable_stock_reservations")
	assert len(enqueued) == 1
	jobs.backfill()
	assert (orders.status(order.name), orders.status(services.name)) == ("Not Reserved", "")


def test_a_preference_that_switches_reservations_on_is_noticed_too(monkeypatch):
	enqueued = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **options: enqueued.append(method))
	row = {"doctype": "Sales Order Preference", "company": COMPANY}
	frappe.get_doc({**row, "property": "enable_back_orders", "value": "1"}).insert()
	assert not enqueued
	frappe.get_doc({**row, "property": "enable_stock_reservations", "value": "1"}).insert()
	assert enqueued == ["sales_order_ext.allocation.jobs.backfill"]


def test_an_old_view_of_the_stock_is_refused(reservations_on, monkeypatch):
	from sales_order_ext import transactions

	receive(ITEM, 5)
	order = sales_order((ITEM, 5, 20), submit=False)
	seen = transactions._bins

	def old_view(pairs):
		rows = seen(pairs).run(as_dict=True)
		query = frappe._dict(run=lambda as_dict: [frappe._dict(row, modified=None) for row in rows])
		return frappe._dict(query, for_update=lambda: frappe._dict(run=lambda as_dict: rows))

	monkeypatch.setattr(transactions, "_bins", old_view)
	with pytest.raises(DocumentChangedError, match="Try again"):
		order.submit()


def test_with_every_switch_off_nothing_is_written():
	receive(ITEM, 5)
	order = sales_order((ITEM, 5, 20))
	assert orders.reserved(order.name) == {}
	note = orders.delivery_note(order.name).insert().submit()
	note.cancel()
	order.reload()
	order.cancel()
	ours = {field: value for field, value in order.as_dict().items() if field.startswith("soe_")}
	assert not any(ours.values())
	assert not any(row.soe_back_ordered_qty for row in order.items)
	assert orders.back_orders(order.name) == []
