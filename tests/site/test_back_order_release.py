"""Releases on a real site: the preview is what happens, whatever moved the stock."""

import frappe
import pytest

from sales_order_ext.allocation import api, arrivals, jobs
from sales_order_ext.errors import InvalidInputError, ReleaseError, SwitchedOffError
from tests.site import masters, orders
from tests.site.masters import COMPANY, ITEM, OTHER_CUSTOMER, OTHER_ITEM, WAREHOUSE, receive, sales_order

ACTIVE = "Active Order"
STOCK = (ITEM, WAREHOUSE)


@pytest.fixture
def announced(monkeypatch):
	"""Return the (item code, warehouse) pairs that jobs would be made for, once the test commits."""
	found = []
	monkeypatch.setattr(jobs, "enqueue_fill", lambda *stock: found.append(stock))

	def commit():
		found.clear()
		arrivals._announce()
		return found

	return commit


@pytest.fixture
def in_one_transaction(monkeypatch):
	"""Let jobs run without ending the test's transaction."""
	monkeypatch.setattr(frappe.db, "commit", lambda: None)


def wait(qty=2, **fields):
	"""Make an Active order of an item that there is nothing of; return its name."""
	return sales_order((ITEM, qty, 20), soe_order_type=ACTIVE, **fields).name


def back_order_of(order):
	return frappe.get_all("Back Order", {"sales_order": order}, pluck="name", order_by="name")[0]


def change(order, **values):
	frappe.get_doc("Back Order", back_order_of(order)).update(values).save()


def told(result):
	return [(row["sales_order"], row["given"], row["reason"]) for row in result["rows"]]


def test_the_preview_is_what_the_release_gives(types_on):
	first, second, third = wait(), wait(), wait()
	change(third, priority=1)
	receive(ITEM, 3)
	expected = [(third, 2, ""), (first, 1, "partly"), (second, 0, "no_stock")]
	shown = api.preview_release({"item_code": ITEM})
	assert told(shown) == expected
	assert orders.reserved(third) == {}
	assert api.release(filters={"item_code": ITEM}) == shown
	assert [orders.reserved(name).get(ITEM, 0) for name in (first, second, third)] == [1, 0, 2]
	assert orders.back_orders(first) == [(ITEM, 2, 1, "Partly Filled")]
	assert orders.back_orders(third) == [(ITEM, 2, 2, "Filled")]
	assert (orders.status(third), orders.status(first)) == ("Fully Reserved", "Partially Reserved")
	assert orders.bin_of(ITEM).reserved_stock == 3
	assert frappe.db.get_value("Sales Order Item", {"parent": first}, "soe_back_ordered_qty") == 1
	assert shown["rows"][2]["message"].startswith("Nothing is free")


def test_complete_orders_may_come_first(types_on):
	torn = sales_order((ITEM, 3, 20), (OTHER_ITEM, 1, 20), soe_order_type=ACTIVE).name
	whole = wait(3)
	receive(ITEM, 4)
	asked = {"item_code": ITEM, "complete_orders_first": 1}
	assert told(api.preview_release(frappe.as_json(asked))) == [(whole, 3, ""), (torn, 1, "partly")]
	assert told(api.release(asked)) == [(whole, 3, ""), (torn, 1, "partly")]
	assert orders.reserved(whole) == {ITEM: 3}


def test_a_release_is_filtered(types_on):
	mine, other = wait(), wait(customer=OTHER_CUSTOMER)
	receive(ITEM, 9)
	assert told(api.preview_release({"customer": OTHER_CUSTOMER, "item_code": ITEM})) == [(other, 2, "")]
	assert told(api.preview_release({"sales_order": [mine, other], "company": COMPANY})) == [
		(mine, 2, ""),
		(other, 2, ""),
	]
	assert told(api.release(filters={"back_orders": [back_order_of(other)]})) == [(other, 2, "")]
	assert orders.reserved(mine) == {}
	with pytest.raises(InvalidInputError, match="colour"):
		api.preview_release({"colour": "red"})


def test_manual_ones_closed_and_held_orders_get_nothing(types_on):
	manual, closed, held = wait(), wait(), wait()
	change(manual, mode="Manual")
	frappe.get_doc("Sales Order", closed).update_status("Closed")
	frappe.get_doc("Sales Order", held).update_status("On Hold")
	receive(ITEM, 9)
	assert told(api.release(filters={"item_code": ITEM})) == [
		(manual, 0, "manual"),
		(closed, 0, "order_closed"),
		(held, 0, "order_on_hold"),
	]
	names = [back_order_of(name) for name in (manual, closed)]
	assert told(api.release_manually(frappe.as_json(names))) == [(manual, 2, ""), (closed, 0, "order_closed")]
	assert orders.reserved(manual) == {ITEM: 2}
	with pytest.raises(ReleaseError, match="at least one"):
		api.release_manually([back_order_of(manual)])


def test_without_reservations_the_reason_is_said(types_on, switch_on):
	order = wait()
	switch_on(enable_stock_reservations=0)
	receive(ITEM, 2)
	assert told(api.release(filters={"item_code": ITEM})) == [(order, 0, "reservations_off")]
	switch_on(enable_back_orders=0)
	with pytest.raises(SwitchedOffError):
		api.preview_release()


def test_an_order_that_fails_says_why_and_the_others_are_served(types_on, monkeypatch):
	from sales_order_ext.allocation import reservations

	bad, good = wait(), wait()
	receive(ITEM, 9)
	reserve = reservations.reserve

	def failing(order, *arguments):
		reserve(order, *arguments)
		if order == bad:
			frappe.throw("No luck")

	monkeypatch.setattr(reservations, "reserve", failing)
	result = api.release(filters={"item_code": ITEM})
	assert told(result) == [(bad, 0, "failed"), (good, 2, "")]
	assert result["rows"][0]["message"] == "No luck"
	assert (orders.reserved(bad), orders.reserved(good)) == ({}, {ITEM: 2})
	assert orders.bin_of(ITEM).reserved_stock == 2


def test_only_who_may_write_back_orders_releases_them_and_only_those_they_see(types_on):
	order = wait()
	other = wait(customer=OTHER_CUSTOMER)
	receive(ITEM, 9)
	with masters.user("Sales User"):
		assert len(told(api.preview_release())) >= 2
		with pytest.raises(frappe.PermissionError):
			api.release(filters={"item_code": ITEM})
		with pytest.raises(frappe.PermissionError):
			api.release_manually([back_order_of(order)])
	with masters.user("Stock User"), pytest.raises(frappe.PermissionError):
		api.release(filters={})
	with masters.user("Sales User", "Sales Manager", allowed={"Customer": OTHER_CUSTOMER}):
		assert told(api.release(filters={"item_code": ITEM})) == [(other, 2, "")]


def came_by_receipt():
	receive(ITEM, 2)


def came_by_purchase():
	from erpnext.buying.doctype.purchase_order.purchase_order import make_purchase_receipt

	make_purchase_receipt(buy(2).name).insert().submit()


def came_by_invoice():
	invoice = frappe.get_doc(
		{"doctype": "Purchase Invoice", "company": COMPANY, "supplier": masters.SUPPLIER, "update_stock": 1}
	)
	invoice.append("items", {"item_code": ITEM, "qty": 2, "rate": 5, "warehouse": WAREHOUSE})
	invoice.insert().submit()


def came_by_counting():
	count = frappe.get_doc(
		{"doctype": "Stock Reconciliation", "company": COMPANY, "purpose": "Stock Reconciliation"}
	)
	count.append("items", {"item_code": ITEM, "warehouse": WAREHOUSE, "qty": 2, "valuation_rate": 5})
	opening = {"company": COMPANY, "account_type": "Temporary"}
	count.expense_account = frappe.db.get_value("Account", opening)
	count.insert().submit()


def came_by_transfer():
	receive(ITEM, 2, masters.OTHER_WAREHOUSE)
	move = frappe.get_doc(
		{"doctype": "Stock Entry", "stock_entry_type": "Material Transfer", "company": COMPANY}
	)
	row = {"item_code": ITEM, "qty": 2, "s_warehouse": masters.OTHER_WAREHOUSE, "t_warehouse": WAREHOUSE}
	move.append("items", row)
	move.insert().submit()


def buy(qty, days=3):
	order = frappe.get_doc({"doctype": "Purchase Order", "company": COMPANY, "supplier": masters.SUPPLIER})
	due = frappe.utils.add_days(frappe.utils.today(), days)
	line = {"item_code": ITEM, "qty": qty, "rate": 5, "warehouse": WAREHOUSE, "schedule_date": due}
	order.append("items", line)
	return order.insert().submit()


@pytest.mark.parametrize(
	"come", [came_by_receipt, came_by_purchase, came_by_invoice, came_by_counting, came_by_transfer]
)
def test_stock_that_comes_by_any_door_fills_what_waits(types_on, announced, in_one_transaction, come):
	order = wait()
	announced()
	come()
	assert announced() == [STOCK]
	jobs.fill(*STOCK)
	assert orders.reserved(order) == {ITEM: 2}
	assert orders.back_orders(order) == [(ITEM, 2, 2, "Filled")]
	came_by_receipt()
	assert announced() == []


def test_what_comes_back_fills_what_waits(types_on, announced, in_one_transaction):
	receive(ITEM, 2)
	first = wait()
	note = orders.delivery_note(first).insert().submit()
	order = wait()
	announced()
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return

	returned = make_sales_return(note.name).insert().submit()
	assert announced() == [STOCK]
	returned.cancel()
	assert announced() == []
	frappe.get_doc("Delivery Note", note.name).cancel()
	assert announced() == [STOCK]
	frappe.get_doc("Sales Order", first).cancel()
	assert announced() == [STOCK]
	jobs.fill(*STOCK)
	assert orders.reserved(order) == {ITEM: 2}


def test_the_background_serves_by_priority_and_leaves_manual_ones(types_on, in_one_transaction):
	first, second, manual = wait(), wait(), wait()
	change(second, priority=3)
	change(manual, priority=1, mode="Manual")
	receive(ITEM, 3)
	jobs.fill(*STOCK)
	assert [orders.reserved(name).get(ITEM, 0) for name in (first, second, manual)] == [1, 2, 0]


def test_what_no_movement_told_of_is_found_by_the_sweep(types_on, announced, in_one_transaction, monkeypatch):
	order = wait()
	announced()
	jobs.sweep()
	receive(ITEM, 2)
	frappe.local.soe_arrivals = None
	assert announced() == []
	found = []
	monkeypatch.setattr(jobs, "enqueue_fill", lambda *stock: found.append(stock))
	jobs.sweep()
	assert found == [STOCK]
	change(order, mode="Manual")
	found.clear()
	jobs.sweep()
	assert found == []


def test_a_failure_in_the_background_is_logged_and_ends_nothing_else(
	types_on, in_one_transaction, monkeypatch
):
	from sales_order_ext.allocation import release

	bad, good = wait(), wait()
	receive(ITEM, 9)
	give = release.give
	rolled_back = []
	monkeypatch.setattr(frappe.db, "rollback", lambda **_kwargs: rolled_back.append(1))
	monkeypatch.setattr(release, "give", lambda order, *more: 1 / 0 if order == bad else give(order, *more))
	jobs.fill(*STOCK)
	assert (rolled_back, orders.reserved(good)) == ([1], {ITEM: 2})
	assert frappe.db.exists("Error Log", {"reference_name": bad})
	found = []
	monkeypatch.setattr(jobs, "enqueue_fill", lambda *stock: found.append(stock))
	jobs.sweep()
	assert found == []
	frappe.cache.delete_value(jobs._failed_key(*STOCK))


@pytest.mark.parametrize(
	"statuses, expected",
	[({}, ["0"]), ({"0": "queued"}, []), ({"0": "started"}, ["1"]), ({"0": "started", "1": "queued"}, [])],
)
def test_one_job_waits_behind_the_one_that_runs(monkeypatch, statuses, expected):
	made = []
	monkeypatch.setattr(jobs, "get_job_status", lambda job_id: statuses.get(job_id[-1]))
	monkeypatch.setattr(frappe, "enqueue", lambda method, **options: made.append(options))
	jobs.enqueue_fill(*STOCK)
	assert [options["job_id"][-1] for options in made] == expected
	assert all(options["deduplicate"] for options in made)
