"""Invoices inherit what was paid ahead on their orders: the right share of each, and nobody else's."""

import frappe
import pytest

from tests.site import money
from tests.site.masters import SERVICE, sales_order
from tests.site.payment_requests import add, to
from tests.site.payment_status import FULLY, part, payment


@pytest.fixture
def order(payment_on):
	return sales_order((SERVICE, 4, 25))


def test_a_later_invoice_takes_over_what_was_paid(order):
	add(order, to(order, 40), paid_amount=40)
	invoice = money.invoice(order)
	assert (invoice.total_advance, invoice.reload().outstanding_amount) == (40, 60)
	assert payment(order) == part(40)


def test_parts_take_over_no_more_than_they_cost(order):
	add(order, to(order, 60), paid_amount=60)
	first, second = money.invoice(order, qty=2), money.invoice(order, qty=2)
	assert [one.reload().outstanding_amount for one in (first, second)] == [0, 40]
	assert payment(order) == part(60)


def test_a_grouped_invoice_takes_each_order_s_own(order):
	other = sales_order((SERVICE, 1, 50))
	add(other, to(other, 50), paid_amount=50)
	add(order, to(order, 30), paid_amount=30)
	invoice = money.invoice(order, other)
	assert sorted(row.allocated_amount for row in invoice.advances) == [30, 50]
	assert invoice.reload().outstanding_amount == 70
	assert (payment(order), payment(other)) == (part(30), FULLY)


def test_a_draft_that_changes_is_filled_anew(order):
	add(order, to(order, 60), paid_amount=60)
	draft = money.invoice(order, submit=False)
	assert draft.total_advance == 60
	draft.items[0].qty = 1
	draft.save()
	assert (draft.total_advance, draft.payment_schedule[0].payment_amount) == (25, 0)


def test_a_draft_made_before_the_payment_takes_it_over_when_submitted(order):
	draft = money.invoice(order, submit=False)
	add(order, to(order, 40), paid_amount=40)
	assert draft.submit().reload().outstanding_amount == 60


def test_an_invoice_that_inherited_is_credited_like_any_other(order):
	add(order, to(order, 40), paid_amount=40)
	invoice = money.invoice(order)
	note = money.credit(invoice, qty=2)
	assert (note.grand_total, note.advances) == (-invoice.grand_total / 2, [])
	assert payment(order) == part(80)


def test_a_clerk_may_leave_the_payments_on_the_orders(order):
	add(order, to(order, 40), paid_amount=40)
	invoice = money.invoice(order, soe_leave_order_payments=1)
	assert (invoice.advances, invoice.reload().outstanding_amount) == ([], 100)


def test_what_a_clerk_pulled_from_elsewhere_stays(order):
	add(order, to(order, 80), paid_amount=80)
	receipt = money.receive_money(50)
	draft = money.invoice(order, submit=False)
	row = {"reference_type": "Payment Entry", "reference_name": receipt.name, "advance_amount": 50}
	draft.append("advances", {**row, "allocated_amount": 50, "ref_exchange_rate": 1})
	draft.save()
	assert sorted(one.allocated_amount for one in draft.advances) == [50, 50]
	draft.submit()
	assert payment(order)[1] == "Overpaid"


def test_switched_off_nothing_is_inherited():
	order = sales_order((SERVICE, 4, 25))
	money.pay(order, 40)
	assert money.invoice(order).advances == []
	assert frappe.db.get_value("Sales Order", order.name, "soe_payment_status") in (None, "")
