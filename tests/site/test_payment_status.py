"""Payment status on a real site: when it is written, what is due, and what switching on measures."""

from decimal import Decimal

import frappe
import pytest

from sales_order_ext import backfills
from sales_order_ext.payment import jobs, records, settlement
from tests.site import money
from tests.site.masters import COMPANY, ITEM, OTHER_ITEM, SERVICE, sales_order
from tests.site.payment_status import FULLY, NOTHING, part, payment, update_items


def test_a_new_order_is_not_paid(payment_on):
	order = sales_order((SERVICE, 1, 100))
	assert (order.soe_per_paid, order.soe_payment_status) == NOTHING
	assert payment(order) == NOTHING


def test_a_draft_has_no_payment_status(payment_on):
	order = sales_order((SERVICE, 1, 100), submit=False)
	assert not frappe.db.get_value("Sales Order", order.name, "soe_payment_status")


def test_switched_off_nothing_is_written_or_asked(statements):
	order = sales_order((SERVICE, 1, 100))
	with statements() as run:
		money.pay(order, 40)
		money.pay(money.invoice(order), 60)
	assert not [query for query in run if "soe_payment_status`=" in query or "`soe_per_paid`=CASE" in query]
	assert not frappe.db.get_value("Sales Order", order.name, "soe_payment_status")


def test_a_cancelled_order_with_an_advance_is_not_paid(payment_on):
	order = sales_order((SERVICE, 1, 100))
	money.pay(order, 40)
	order.reload().cancel()
	assert payment(order) == NOTHING


@pytest.mark.parametrize("qty, expected", [(4, part(25)), (2, part(50)), (1, FULLY)])
def test_updating_items_changes_what_is_due(payment_on, qty, expected):
	order = sales_order((SERVICE, 2, 100))
	money.pay(order, 100)
	update_items(order, qty=qty)
	assert payment(order) == expected


def test_more_than_the_order_is_overpaid(payment_on):
	order = sales_order((SERVICE, 2, 100))
	money.pay(order)
	update_items(order, qty=1)
	assert payment(order) == (200, "Overpaid")


def test_what_was_credited_in_full_is_overpaid_until_it_is_refunded(payment_on):
	order = sales_order((SERVICE, 2, 100))
	sold = money.invoice(order)
	money.pay(sold)
	assert payment(order) == FULLY
	note = money.credit(sold, update_outstanding_for_self=1)
	assert payment(order) == (200, "Overpaid")
	assert records.measure([order.name])[order.name].percent == 200
	money.pay(note)
	assert payment(order) == FULLY


def test_a_form_opened_before_the_payment_does_not_save_the_older_percentage(payment_on):
	order = sales_order((SERVICE, 1, 100))
	invoice = money.invoice(order)
	form = frappe.get_doc("Sales Order", order.name)
	money.pay(invoice, 30)
	form.po_no = "4711"
	form.save()
	assert payment(order) == part(30)
	assert form.soe_payment_status == "Partly Paid"


def test_the_order_s_modification_time_is_left_alone(payment_on):
	order = sales_order((SERVICE, 1, 100))
	invoice = money.invoice(order)
	before = frappe.db.get_value("Sales Order", order.name, "modified")
	money.pay(invoice)
	assert frappe.db.get_value("Sales Order", order.name, "modified") == before
	assert payment(order) == FULLY


def test_what_no_document_event_covers_is_settled_before_the_commit(payment_on):
	order = sales_order((SERVICE, 1, 100))
	frappe.db.set_value("Sales Order", order.name, "soe_payment_status", "", update_modified=False)
	settlement.note("Sales Order", order.name)
	frappe.db.before_commit.run()
	assert payment(order) == NOTHING


def test_a_rollback_forgets_what_was_noted(payment_on):
	settlement.note("Sales Order", "anything")
	frappe.db.rollback()
	assert settlement.settle() == {}


def test_the_number_of_queries_does_not_grow(payment_on, statements):
	orders = [sales_order((SERVICE, 1, 100), (ITEM, 1, 10), (OTHER_ITEM, 1, 10)) for _ in range(4)]
	for order in orders[1:]:
		money.pay(order, 5)
		money.pay(money.invoice(order), 20)
	counts = []
	for some in (orders[1:2], orders):
		names = [order.name for order in some]
		records.update(names)
		frappe.db.sql("update `tabSales Order` set soe_payment_status = '' where name in %s", [names])
		with statements() as run:
			records.update(names)
		counts.append(len(run))
	assert counts[0] == counts[1] <= 12


def test_switching_on_measures_the_orders_that_are_there(switch_on, monkeypatch):
	paid, open_order = sales_order((SERVICE, 1, 100)), sales_order((SERVICE, 1, 100))
	draft = sales_order((SERVICE, 1, 100), submit=False)
	money.pay(paid)
	enqueued = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **arguments: enqueued.append(method))
	switch_on("enable_payment_status")
	switch_on("enable_payment_status")
	assert enqueued == ["sales_order_ext.payment.jobs.backfill"]
	monkeypatch.setattr(frappe.db, "commit", lambda: None)
	monkeypatch.setattr(backfills, "CHUNK", 1)
	assert jobs.backfill() >= 2
	assert payment(paid) == FULLY
	assert payment(open_order) == NOTHING
	assert not frappe.db.get_value("Sales Order", draft.name, "soe_payment_status")


def test_a_company_s_own_switch_measures_that_company(monkeypatch):
	enqueued = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **arguments: enqueued.append(method))
	row = {"doctype": "Sales Order Preference", "property": "enable_payment_status", "company": COMPANY}
	frappe.get_doc(row | {"value": "1"}).insert()
	assert enqueued == ["sales_order_ext.payment.jobs.backfill"]
	order = sales_order((SERVICE, 1, 100))
	assert payment(order) == NOTHING


def test_measured_amounts(payment_on):
	order = sales_order((SERVICE, 4, 25))
	money.pay(money.invoice(order, qty=1), 10)
	money.pay(order, 20)
	measured = records.update([order.name])[order.name]
	assert (measured.paid, measured.due) == (Decimal(30), Decimal(100))
