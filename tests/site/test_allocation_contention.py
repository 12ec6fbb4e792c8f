"""Sixteen processes at the same stock: never more promised than there is, nobody meets a deadlock, and nobody
is refused who could be served. The same when some of them are killed in the middle."""

import random

import frappe
import pytest

from sales_order_ext.preferences import SETTINGS
from tests.site import orders, races
from tests.site.masters import WAREHOUSE
from tests.site.races import ITEMS, check_promises, drafts, held, reserved, run

PROCESSES = 16
STOCK = 20


@pytest.fixture
def race(committed):
	"""Committed stock with reservations and soft allocation on."""
	switch(enable_stock_reservations=1, enable_soft_allocation=1)
	races.stock_up(STOCK)


def switch(**switches: int) -> None:
	frappe.get_doc(SETTINGS).update(switches).save()
	frappe.db.commit()


def failed(said: list[dict]) -> list[str]:
	return [line["error"] for line in said if line["error"]]


def submits(names: list[str]) -> list[list[list]]:
	return [[["submit", "Sales Order", name]] for name in names]


def holding(key: str, item_code: str, qty: float) -> list:
	arguments = {"document_key": key, "row_key": item_code, "item_code": item_code, "warehouse": WAREHOUSE}
	return ["hold", arguments | {"qty": qty}]


@pytest.mark.parametrize("items", [ITEMS[:1], ITEMS])
def test_the_last_units_go_out_once(race, tmp_path, items):
	switch(enable_soft_allocation=0)
	names = drafts(PROCESSES, items, 2)
	assert failed(run(tmp_path, *submits(names))) == []
	check_promises()
	assert [reserved(item_code) for item_code in items] == [STOCK] * len(items)


def test_holds_against_submits(race, tmp_path):
	"""Eight forms type while eight drafts, which hold already, are submitted."""
	names = drafts(8, ITEMS, 2)
	assert [held(item_code) for item_code in ITEMS] == [16] * 3
	typing = [
		[holding(f"race-form-{n}", item, 3) for item in (ITEMS if n % 2 else ITEMS[::-1])] for n in range(8)
	]
	said = run(tmp_path, *submits(names), *typing)
	assert failed(said) == []
	check_promises()
	for item_code in ITEMS:
		assert (reserved(item_code), held(item_code)) == (16, 4)
	assert {orders.status(name) for name in names} == {"Fully Reserved"}


def test_drafts_saved_and_deleted_holds_at_once(race, tmp_path):
	"""Sixteen drafts of the same items are changed at once, twice each."""
	names = drafts(PROCESSES, ITEMS[:2], 1)
	said = run(tmp_path, *[[["save", name, 2], ["save", name, 1]] for name in names])
	assert failed(said) == []
	check_promises()
	assert [held(item_code) for item_code in ITEMS[:2]] == [PROCESSES] * 2


def test_deliveries_against_releases_and_reserving(race, tmp_path):
	switch(enable_soft_allocation=0)
	booked = drafts(10, ITEMS, 2)
	for name in booked:
		frappe.get_doc("Sales Order", name).submit()
	notes = [orders.delivery_note(name).insert().name for name in booked[:4]]
	waiting = drafts(6, ITEMS, 2)
	for name in waiting:
		frappe.get_doc("Sales Order", name).submit()
	assert {orders.status(name) for name in waiting} == {"Not Reserved"}
	said = run(
		tmp_path,
		*[[["submit", "Delivery Note", name]] for name in notes],
		*[[["unreserve", {"sales_order": name}]] for name in booked[4:10]],
		*[[["reserve", {"sales_order": name}]] for name in waiting],
	)
	assert failed(said) == []
	check_promises()
	assert [orders.bin_of(item_code).actual_qty for item_code in ITEMS] == [STOCK - 8] * 3
	again = run(tmp_path, *[[["reserve", {"sales_order": name}]] for name in waiting])
	assert failed(again) == []
	check_promises()
	assert [reserved(item_code) for item_code in ITEMS] == [STOCK - 8] * 3


def test_killed_in_the_middle(race, tmp_path):
	"""Half of the processes are killed (-9) somewhere on their way: each did all or nothing."""
	dice = random.Random(4)
	names = drafts(PROCESSES, ITEMS, 1)
	kill = {worker: 0.05 + dice.random() * 2 for worker in range(0, PROCESSES, 2)}
	said = run(tmp_path, *submits(names), kill=kill)
	assert failed(said) == []
	survivors = {names[line["worker"]] for line in said}
	assert survivors >= {name for worker, name in enumerate(names) if worker not in kill}
	check_promises()
	for name in names:
		booked = frappe.db.get_value("Sales Order", name, "docstatus")
		assert orders.reserved(name) == (dict.fromkeys(ITEMS, 1) if booked else {})
		assert booked or name not in survivors
	left = [name for name in names if not frappe.db.get_value("Sales Order", name, "docstatus")]
	assert failed(run(tmp_path, *submits(left or names[:0]))) == []
	check_promises()
	assert [(reserved(item_code), held(item_code)) for item_code in ITEMS] == [(PROCESSES, 0)] * 3


def test_killed_while_delivering_giving_back_and_typing(race, tmp_path):
	"""The same with deliveries, orders that give back what they had, new orders, and forms that type."""
	dice = random.Random(5)
	booked, new = drafts(8, ITEMS, 2), drafts(4, ITEMS, 1)
	for name in booked:
		frappe.get_doc("Sales Order", name).submit()
	notes = [orders.delivery_note(name).insert().name for name in booked[:4]]
	steps = [
		*[[["submit", "Delivery Note", name]] for name in notes],
		*[[["unreserve", {"sales_order": name}]] for name in booked[4:]],
		*submits(new),
		*[[holding(f"race-form-{n}", item, 1) for item in ITEMS] for n in range(4)],
	]
	kill = {worker: 0.05 + dice.random() * 2 for worker in range(0, PROCESSES, 2)}
	said = run(tmp_path, *steps, kill=kill)
	assert failed(said) == []
	assert {line["worker"] for line in said} >= set(range(1, PROCESSES, 2))
	check_promises()
	whole = dict.fromkeys(ITEMS, 2)
	for name, note in zip(booked[:4], notes, strict=True):
		delivered = frappe.db.get_value("Delivery Note", note, "docstatus")
		assert orders.reserved(name) == ({} if delivered else whole)
	assert all(orders.reserved(name) in ({}, whole) for name in booked[4:])
	for name in new:
		done = frappe.db.get_value("Sales Order", name, "docstatus")
		assert orders.reserved(name) == (dict.fromkeys(ITEMS, 1) if done else {})
