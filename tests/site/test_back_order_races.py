"""Real processes: background passes and a clerk's release against orders being booked, at the same stock."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import frappe
import pytest

from sales_order_ext.allocation import jobs
from sales_order_ext.preferences import SETTINGS
from tests.site import masters, orders
from tests.site.masters import WAREHOUSE, receive, sales_order

WORKER = Path(__file__).with_name("release_worker.py")
ITEMS = ("SOE-RELEASE-A", "SOE-RELEASE-B")
SWITCHES = ("enable_order_types", "enable_stock_reservations", "enable_back_orders")
STOCK = 10


@pytest.fixture
def waiting(monkeypatch):
	"""Six committed orders that wait for two of each item, of which ten have just come."""
	monkeypatch.setattr(jobs, "enqueue_fill", lambda *stock: None)
	stock_settings = frappe.db.get_single_value("Stock Settings", "enable_stock_reservation")
	frappe.get_doc(SETTINGS).update(dict.fromkeys(SWITCHES, 1)).save()
	for item_code in ITEMS:
		masters._ensure("Item", item_code, item_code=item_code, is_stock_item=1, **masters._item_defaults())
	names = [order(index).submit().name for index in range(6)]
	for item_code in ITEMS:
		receive(item_code, STOCK)
	frappe.db.commit()
	yield names
	frappe.db.rollback()
	frappe.get_doc(SETTINGS).update(dict.fromkeys(SWITCHES, 0)).save()
	frappe.db.set_single_value("Stock Settings", "enable_stock_reservation", stock_settings)
	remove_everything()
	frappe.db.commit()


def order(index):
	"""Return a draft whose rows are in turn in one order and the other."""
	rows = [(item_code, 2, 20) for item_code in (ITEMS if index % 2 else ITEMS[::-1])]
	return sales_order(*rows, soe_order_type="Active Order", submit=False)


def remove_everything():
	for doctype, child in (("Sales Order", "Sales Order Item"), ("Stock Entry", "Stock Entry Detail")):
		names = frappe.get_all(child, {"item_code": ("in", ITEMS)}, pluck="parent", order_by="name") or [""]
		for ledger in ("GL Entry", "Repost Item Valuation"):
			frappe.db.delete(ledger, {"voucher_no": ("in", names)})
		frappe.db.delete(child, {"parent": ("in", names)})
		frappe.db.delete(doctype, {"name": ("in", names)})
	for doctype in ("Stock Reservation Entry", "Back Order", "Stock Ledger Entry", "Bin"):
		frappe.db.delete(doctype, {"item_code": ("in", ITEMS)})


def run(*tasks):
	"""Run a process for each (what to do, argument), all starting together; return what went wrong."""
	start = str(time.time() + 20)
	processes = [
		subprocess.Popen(
			[sys.executable, str(WORKER), os.environ["SOE_SITE"], start, *task],
			stdout=subprocess.PIPE,
			stderr=subprocess.PIPE,
			text=True,
		)
		for task in tasks
	]
	errors = []
	for process in processes:
		out, error = process.communicate(timeout=240)
		assert process.returncode == 0, error
		errors += out.splitlines()
	frappe.db.rollback()
	return errors


def test_releases_against_orders_being_booked(waiting):
	drafts = [order(index).name for index in range(3)]
	frappe.db.commit()
	errors = run(
		*[("fill", f"{item_code}|{WAREHOUSE}") for item_code in ITEMS],
		("release", ITEMS[0]),
		("release", ITEMS[1]),
		*[("submit", name) for name in drafts],
	)
	assert errors == []
	names = waiting + drafts
	for item_code in ITEMS:
		given = [orders.reserved(name).get(item_code, 0) for name in names]
		assert sum(given) == orders.bin_of(item_code).reserved_stock == STOCK
		for name, qty in zip(names, given, strict=True):
			still = sum(row[1] - row[2] for row in orders.back_orders(name) if row[0] == item_code)
			assert (qty + still, qty <= 2) == (2, True)
			stored = {"parent": name, "item_code": item_code}
			assert frappe.db.get_value("Sales Order Item", stored, "soe_back_ordered_qty") == still
	assert {orders.status(name) for name in names} <= {"Fully Reserved", "Partially Reserved", "Not Reserved"}
