"""Races of real processes over stock of their own: setting the scene, running, and what must hold after."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import frappe

from tests.site import masters, orders
from tests.site.masters import WAREHOUSE, sales_order

FORKS = Path(__file__).with_name("race_forks.py")
ITEMS = ("SOE-RACE-A", "SOE-RACE-B", "SOE-RACE-C")


def stock_up(qty: float) -> None:
	"""Have the items, and so much more committed stock of each."""
	for item_code in ITEMS:
		masters._ensure("Item", item_code, item_code=item_code, is_stock_item=1, **masters._item_defaults())
		if qty:
			masters.receive(item_code, qty)
	frappe.db.commit()


def run(tmp_path: Path, *workers: list[list], kill: dict[int, float] | None = None) -> list[dict]:
	"""Run one process per list of steps, all starting together; return what each step said.

	`kill` names workers that are killed (-9), and how many seconds after the start.
	"""
	task = tmp_path / "task.json"
	task.write_text(json.dumps({"site": os.environ["SOE_SITE"], "workers": workers, "kill": kill or {}}))
	frappe.db.commit()
	ran = subprocess.run(
		[sys.executable, str(FORKS), str(task)], capture_output=True, text=True, timeout=280, check=False
	)
	assert ran.returncode == 0, ran.stderr
	frappe.db.rollback()
	frappe.clear_cache(doctype="Bin")
	return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]


def drafts(count: int, items: tuple[str, ...], qty: float) -> list[str]:
	"""Make committed draft orders whose rows are in turn in one order and the other."""
	names = []
	for index in range(count):
		rows = [(item_code, qty, 20) for item_code in (items if index % 2 else items[::-1])]
		names.append(sales_order(*rows, submit=False).name)
	frappe.db.commit()
	return names


def reserved(item_code: str) -> float:
	"""Return what open reservations keep of an item."""
	rows = frappe.get_all(
		"Stock Reservation Entry",
		{"item_code": item_code, "docstatus": 1},
		["reserved_qty", "delivered_qty"],
		order_by="name",
	)
	return sum(row.reserved_qty - row.delivered_qty for row in rows)


def held(item_code: str) -> float:
	return sum(frappe.get_all("Stock Hold", {"item_code": item_code}, pluck="qty"))


def check_promises() -> None:
	"""Check that no more is promised than there is, and that everything stored about it is true."""
	for item_code in ITEMS:
		for order in {row.parent for row in check_stock(item_code)}:
			check_status(order)


def check_stock(item_code: str) -> list:
	"""Check what the Bin stores of an item; return the booked rows of it."""
	bin = orders.bin_of(item_code)
	assert bin.reserved_stock == reserved(item_code)
	assert reserved(item_code) + held(item_code) <= bin.actual_qty
	rows = frappe.get_all(
		"Sales Order Item",
		{"item_code": item_code, "docstatus": 1, "warehouse": WAREHOUSE},
		["parent", "stock_qty", "delivered_qty"],
		order_by="name",
	)
	assert bin.reserved_qty == sum(row.stock_qty - row.delivered_qty for row in rows)
	return rows


def check_status(name: str) -> None:
	"""Check that an order's stored status is what its reservations say."""
	owed = {}
	for row in frappe.get_all(
		"Sales Order Item", {"parent": name}, ["item_code", "stock_qty", "delivered_qty"], order_by="idx"
	):
		owed[row.item_code] = owed.get(row.item_code, 0) + row.stock_qty - row.delivered_qty
	got = orders.reserved(name)
	delivered = any(
		frappe.get_all("Sales Order Item", {"parent": name, "delivered_qty": (">", 0)}, pluck="name")
	)
	full = all(got.get(item_code, 0) >= qty for item_code, qty in owed.items())
	some = bool(got) or delivered
	expected = "Fully Reserved" if full else "Partially Reserved" if some else "Not Reserved"
	assert orders.status(name) == expected
