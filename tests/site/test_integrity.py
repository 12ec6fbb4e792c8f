"""The Integrity Check finds nothing on healthy data, everything that was tampered with, and repairs it."""

import frappe
import pytest
from frappe.utils import add_days, today

from sales_order_ext import integrity
from sales_order_ext.sales_order_ext.report.integrity_check import integrity_check
from tests.site import masters, money
from tests.site.masters import COMPANY, ITEM, SERVICE, receive, sales_order


@pytest.fixture
def orders(switch_on):
	switch_on(
		"enable_payment_status", "enable_lifecycle_status", "enable_stock_reservations", "enable_back_orders"
	)
	receive(ITEM, 3)
	integrity.repair()
	paid, short = sales_order((SERVICE, 1, 100)), sales_order((ITEM, 5, 10))
	money.pay(paid, 40)
	money.pay(money.invoice(paid))
	return paid, short


def found():
	return {(row["sales_order"], row["field"]) for row in integrity.differences(COMPANY)}


def test_nothing_is_found_on_healthy_data(orders):
	assert found() == set()
	assert integrity.differences() == []
	columns, rows, message = integrity_check.execute({"company": COMPANY})
	assert ([column["fieldname"] for column in columns], rows) == (list(integrity.KEYS), [])
	assert "Every order" in message


def test_what_was_tampered_with_is_found_and_repaired(orders):
	paid, short = orders
	wrong = {
		"soe_per_paid": 7,
		"soe_payment_status": "Overpaid",
		"soe_lifecycle_status": "Open",
		"soe_is_overdue": 1,
	}
	frappe.db.set_value("Sales Order", paid.name, wrong, update_modified=False)
	frappe.db.set_value(
		"Sales Order", short.name, "soe_reservation_status", "Not Reserved", update_modified=False
	)
	row = short.items[0].name
	frappe.db.set_value("Sales Order Item", row, "soe_back_ordered_qty", 99, update_modified=False)
	expected = {(paid.name, field) for field in wrong}
	expected |= {(short.name, "soe_reservation_status"), (short.name, "items.1.soe_back_ordered_qty")}
	assert found() == expected
	told = integrity_check.execute({})[1]
	assert len(told) == len(expected)
	assert {row["field"] for row in told} == {
		"Paid %", "Payment Status", "Life Cycle Status", "Overdue", "Reservation Status",
		"Row 1, Back Ordered Qty (Stock UOM)"}  # fmt: skip
	assert integrity.repair_now(COMPANY) == {"repaired": len(expected), "left": 0}
	assert found() == set()


def test_the_night_writes_what_differs_into_the_error_log(orders):
	paid, _short = orders
	before = frappe.db.count("Error Log")  # a table without transactions
	integrity.nightly()
	assert frappe.db.count("Error Log") == before
	frappe.db.set_value("Sales Order", paid.name, "soe_per_paid", 7, update_modified=False)
	integrity.nightly()
	assert paid.name in frappe.get_last_doc("Error Log").error
	assert found() == {(paid.name, "soe_per_paid")}


def test_a_day_that_was_missed_is_found(orders):
	_paid, short = orders
	yesterday = {"delivery_date": add_days(today(), -1)}
	frappe.db.set_value("Sales Order", short.name, yesterday, update_modified=False)
	assert found() == {(short.name, "soe_lifecycle_status"), (short.name, "soe_is_overdue")}


def test_what_is_switched_off_is_not_looked_at(orders, switch_on):
	paid, _short = orders
	frappe.db.set_value("Sales Order", paid.name, "soe_per_paid", 7, update_modified=False)
	switch_on(enable_payment_status=0)
	assert found() == set()


def test_repairing_is_for_system_managers():
	with masters.user("Sales Manager"), pytest.raises(frappe.PermissionError):
		integrity.repair_now()
