"""Real processes at the same stock: never more promised than there is, and nobody meets a deadlock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import frappe
import pytest

from sales_order_ext.preferences import SETTINGS
from tests.site import masters, orders
from tests.site.masters import WAREHOUSE, receive, sales_order

WORKER = Path(__file__).with_name("race_worker.py")
PROCESSES = 8
STOCK = 10
ITEMS = ("SOE-RACE-A", "SOE-RACE-B")
OURS = ("Stock Reservation Entry", "Delivery Note", "Sales Order", "Stock Entry")


@pytest.fixture
def race():
	"""Committed stock of two items with reservations on; everything is taken away afterwards."""
	stock_settings = frappe.db.get_single_value("Stock Settings", "enable_stock_reservation")
	frappe.get_doc(SETTINGS).update({"enable_stock_reservations": 1}).save()
	for item_code in ITEMS:
		masters._ensure("Item", item_code, item_code=item_code, is_stock_item=1, **masters._item_defaults())
		receive(item_code, STOCK)
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.get_doc(SETTINGS).update({"enable_stock_reservations": 0}).save()
	frappe.db.set_single_value("Stock Settings", "enable_stock_reservation", stock_settings)
	_remove_everything()
	frappe.db.commit()


def _remove_everything() -> None:
	"""Delete what the race made, by the items it used. Their Bins go too, so the next race starts at nothing."""
	for doctype in OURS:
		child = {"Sales Order": "Sales Order Item", "Stock Entry": "Stock Entry Detail"}.get(doctype)
		child = child or f"{doctype} Item"
		if doctype == "Stock Reservation Entry":
			frappe.db.delete(doctype, {"item_code": ("in", ITEMS)})
			continue
		names = frappe.get_all(child, {"item_code": ("in", ITEMS)}, pluck="parent", order_by="name")
		for ledger in ("GL Entry", "Repost Item Valuation"):
			frappe.db.delete(ledger, {"voucher_no": ("in", names or [""])})
		frappe.db.delete(child, {"parent": ("in", names or [""])})
		frappe.db.delete(doctype, {"name": ("in", names or [""])})
	for doctype in ("Stock Ledger Entry", "Bin"):
		frappe.db.delete(doctype, {"item_code": ("in", ITEMS)})


def run(tmp_path: Path, *workers: list[tuple[str, str, str]]) -> dict[str, str | None]:
	"""Run one process per list of steps, all starting together; return {document: error or None}."""
	start = time.time() + 15
	processes = []
	for index, steps in enumerate(workers):
		task = tmp_path / f"{index}.json"
		task.write_text(json.dumps({"site": os.environ["SOE_SITE"], "start": start, "steps": steps}))
		command = [sys.executable, str(WORKER), str(task)]
		processes.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
	results: dict[str, str | None] = {}
	for process in processes:
		out, error = process.communicate(timeout=240)
		assert process.returncode == 0, error
		results |= {line["name"]: line["error"] for line in map(json.loads, out.splitlines())}
	frappe.db.rollback()
	return results


def drafts(count: int, items: tuple[str, ...], qty: int) -> list[str]:
	"""Make committed draft orders whose rows are in turn in one order and the other."""
	names = []
	for index in range(count):
		rows = [(item_code, qty, 20) for item_code in (items if index % 2 else items[::-1])]
		names.append(sales_order(*rows, submit=False).name)
	frappe.db.commit()
	return names


def check_stock(items: tuple[str, ...], names: list[str]) -> dict[str, float]:
	"""Check that the Bins say what the reservations say, and return {item: reserved quantity}."""
	totals = {}
	for item_code in items:
		totals[item_code] = sum(orders.reserved(name).get(item_code, 0) for name in names)
		stored = orders.bin_of(item_code)
		assert stored.reserved_stock == totals[item_code]
		assert totals[item_code] <= stored.actual_qty
		waiting = frappe.get_all(
			"Sales Order Item",
			{"item_code": item_code, "docstatus": 1, "warehouse": WAREHOUSE},
			["stock_qty", "delivered_qty"],
			order_by="name",
		)
		assert stored.reserved_qty == sum(row.stock_qty - row.delivered_qty for row in waiting)
	return totals


@pytest.mark.parametrize("items", [ITEMS[:1], ITEMS])
def test_orders_for_the_last_units(race, tmp_path, items):
	names = drafts(PROCESSES, items, 2)
	results = run(tmp_path, *[[("submit", "Sales Order", name)] for name in names])
	assert results == dict.fromkeys(names)
	assert check_stock(items, names) == dict.fromkeys(items, STOCK)
	for name in names:
		got = orders.reserved(name)
		full = all(got.get(item_code) == 2 for item_code in items)
		expected = "Fully Reserved" if full else "Partially Reserved" if got else "Not Reserved"
		assert orders.status(name) == expected


def test_pressing_reserve_at_the_same_time(race, tmp_path):
	frappe.get_doc(SETTINGS).update({"enable_stock_reservations": 0}).save()
	names = drafts(PROCESSES, ITEMS, 2)
	for name in names:
		frappe.get_doc("Sales Order", name).submit()
	frappe.get_doc(SETTINGS).update({"enable_stock_reservations": 1}).save()
	frappe.db.commit()
	results = run(tmp_path, *[[("reserve", "Sales Order", name)] for name in names])
	# ERPNext's button reads with locks of its own before ours are taken, so two may meet in a deadlock:
	# one is turned away with nothing written, and pressing again serves it.
	turned_away = [name for name, error in results.items() if error and "Deadlock" in error]
	assert not [
		error
		for name, error in results.items()
		if error and name not in turned_away and "not free" not in error and "Only" not in error
	]
	check_stock(ITEMS, names)
	again = run(tmp_path, [("reserve", "Sales Order", name) for name in turned_away])
	assert not [
		error for error in again.values() if error and "not free" not in error and "Only" not in error
	]
	assert check_stock(ITEMS, names) == dict.fromkeys(ITEMS, STOCK)


def test_deliveries_against_reservations(race, tmp_path):
	booked = drafts(4, ITEMS, 2)
	for name in booked:
		frappe.get_doc("Sales Order", name).submit()
	notes = [orders.delivery_note(name).insert().name for name in booked]
	names = drafts(4, ITEMS, 2)
	results = run(
		tmp_path,
		*[[("submit", "Delivery Note", name)] for name in notes],
		*[[("submit", "Sales Order", name)] for name in names],
	)
	assert results == dict.fromkeys([*notes, *names])
	assert check_stock(ITEMS, booked + names) == dict.fromkeys(ITEMS, STOCK - 8)
	assert [orders.bin_of(item_code).actual_qty for item_code in ITEMS] == [STOCK - 8] * 2
