"""Releases in several processes at once, while orders are being booked: nothing is given twice."""

import frappe
import pytest

from sales_order_ext.allocation import jobs
from sales_order_ext.preferences import SETTINGS
from tests.site import orders, races
from tests.site.masters import WAREHOUSE, sales_order
from tests.site.races import run, stock_up

ITEMS = races.ITEMS[:2]
SWITCHES = ("enable_order_types", "enable_stock_reservations", "enable_back_orders")
STOCK = 10


@pytest.fixture
def waiting(committed, monkeypatch):
	"""Six committed orders that wait for two of each item, of which ten have just come."""
	monkeypatch.setattr(jobs, "enqueue_fill", lambda *stock: None)
	frappe.get_doc(SETTINGS).update(dict.fromkeys(SWITCHES, 1)).save()
	stock_up(0)
	names = [order(index).submit().name for index in range(6)]
	stock_up(STOCK)
	return names


def order(index):
	"""Return a draft whose rows are in turn in one order and the other."""
	rows = [(item_code, 2, 20) for item_code in (ITEMS if index % 2 else ITEMS[::-1])]
	return sales_order(*rows, soe_order_type="Active Order", submit=False)


def test_releases_against_orders_being_booked(waiting, tmp_path):
	drafts = [order(index).name for index in range(3)]
	frappe.db.commit()
	said = run(
		tmp_path,
		*[[["fill", item_code, WAREHOUSE]] for item_code in ITEMS],
		*[[["release", {"filters": {"item_code": item_code}}]] for item_code in ITEMS],
		*[[["submit", "Sales Order", name]] for name in drafts],
	)
	assert [line["error"] for line in said] == [None] * 7
	released = [row for line in said if line["worker"] in (2, 3) for row in line["result"]["rows"]]
	assert not [row["message"] for row in released if row["reason"] == "failed"]
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
