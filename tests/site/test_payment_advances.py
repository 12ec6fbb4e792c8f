"""Advances on an order: by payment or journal entry, in an account of their own, inherited, taken back."""

import frappe

from tests.site import money
from tests.site.masters import COMPANY, SERVICE, sales_order
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


def test_advances_in_an_account_of_their_own(payment_on):
	account = money.advance_account()
	frappe.db.set_value(
		"Company",
		COMPANY,
		{"book_advance_payments_in_separate_party_account": 1, "default_advance_received_account": account},
	)
	frappe.clear_document_cache("Company", COMPANY)
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
