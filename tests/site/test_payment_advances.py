"""Advances on an order: by payment or journal entry, in an account of their own, inherited, taken back."""

import frappe
import pytest

from tests.site import money
from tests.site.masters import COMPANY, CUSTOMER, SERVICE, sales_order
from tests.site.payment_requests import add, entry, from_, to
from tests.site.payment_status import FULLY, NOTHING, part, payment


def test_advance_by_payment_entry_and_its_cancellation(payment_on):
	order = sales_order((SERVICE, 1, 100))
	advance = money.pay(order, 40)
	assert payment(order) == part(40)
	second = money.pay(order, 60)
	assert payment(order) == FULLY
	second.cancel()
	assert payment(order) == part(40)
	advance.reload().cancel()
	assert payment(order) == NOTHING


def test_advance_by_journal_entry_and_its_cancellation(payment_on):
	order = sales_order((SERVICE, 1, 100))
	entry = money.journal(25, money.cash_account(), order)
	assert payment(order) == part(25)
	entry.reload().cancel()
	assert payment(order) == NOTHING


def test_an_immutable_ledger_keeps_both_entries_of_a_cancelled_advance(payment_on):
	frappe.db.set_single_value("Accounts Settings", "enable_immutable_ledger", 1)
	order = sales_order((SERVICE, 1, 100))
	money.pay(order, 40).cancel()
	assert payment(order) == NOTHING
	invoice = money.invoice(order)
	money.pay(invoice, 30).cancel()
	assert payment(order) == NOTHING


@pytest.fixture
def advances_apart(payment_on):
	"""Have the company book advances in an account of their own; return the account."""
	account = money.advance_account()
	apart = {
		"book_advance_payments_in_separate_party_account": 1,
		"default_advance_received_account": account,
	}
	frappe.db.set_value("Company", COMPANY, apart)
	frappe.clear_document_cache("Company", COMPANY)
	return account


def balance(account):
	"""Return what an account's entries of the tests' customer add up to, debit less credit."""
	filters = {"account": account, "party": CUSTOMER, "is_cancelled": 0}
	rows = frappe.get_all("GL Entry", filters, ["debit", "credit"], order_by="name asc")
	return sum(row.debit - row.credit for row in rows)


def test_advances_in_an_account_of_their_own(advances_apart):
	account = advances_apart
	order = sales_order((SERVICE, 1, 100))
	advance = money.pay(order, 40)
	assert advance.paid_from == account
	assert payment(order) == part(40)
	invoice = money.invoice(order, submit=False)
	invoice.set_advances()
	invoice.save().submit()
	assert invoice.reload().outstanding_amount == 60
	assert payment(order) == part(40)
	advance.reload().cancel()
	assert payment(order) == NOTHING


def test_advance_unreconciled(payment_on):
	order = sales_order((SERVICE, 1, 100))
	advance = money.pay(order, 40)
	money.unreconcile(advance)
	assert payment(order) == NOTHING


def test_an_invoice_that_inherits_the_advance_leaves_the_status_as_it_was(payment_on):
	order = sales_order((SERVICE, 1, 100))
	money.pay(order, 40)
	invoice = money.invoice(order, submit=False)
	invoice.set_advances()
	invoice.save().submit()
	assert invoice.reload().outstanding_amount == 60
	assert payment(order) == part(40)
	money.pay(invoice)
	assert payment(order) == FULLY


def test_credits_in_an_account_of_their_own_are_used_and_refunded(advances_apart):
	account, order = advances_apart, sales_order((SERVICE, 1, 100))
	answer = add(order, to(order, 40), paid_amount=90)
	received = entry(answer["payment_entry"])
	assert (received.paid_from, received.unallocated_amount) == (account, 50)
	other, invoice = sales_order((SERVICE, 1, 30)), money.invoice(sales_order((SERVICE, 1, 20)))
	add(order, to(other, 30), to(invoice, 20), credits=[from_(received, 50)])
	assert (payment(order), payment(other)) == (part(40), FULLY)
	assert invoice.reload().outstanding_amount == received.reload().unallocated_amount == 0
	taken_over = money.invoice(other)
	assert taken_over.reload().outstanding_amount == 0
	assert payment(other) == FULLY
	refunded = add(order, to(order, 60), paid_amount=75, overpayment="Refund")
	assert payment(order) == FULLY
	assert entry(refunded["payment_entry"]).unallocated_amount == 0
	assert balance(account) == -100
