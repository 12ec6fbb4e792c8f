"""Payments on an order's invoices: in parts, shared by orders, credited, reconciled, written off."""

import frappe
import pytest

from tests.site import money
from tests.site.masters import SERVICE, sales_order, tax_account
from tests.site.payment_requests import add, entry, to
from tests.site.payment_status import FULLY, NOTHING, part, payment


def test_invoice_paid_in_parts_then_cancelled(payment_on):
	order = sales_order((SERVICE, 1, 100))
	invoice = money.invoice(order)
	assert payment(order) == NOTHING
	money.pay(invoice, 30)
	assert payment(order) == part(30)
	rest = money.pay(invoice.reload())
	assert payment(order) == FULLY
	rest.cancel()
	assert payment(order) == part(30)


def test_cancelling_a_paid_invoice_unlinks_its_payment(payment_on):
	order = sales_order((SERVICE, 1, 100))
	invoice = money.invoice(order)
	money.pay(invoice, 30)
	invoice.reload().cancel()
	assert payment(order) == NOTHING


def test_grouped_invoice_is_shared_by_the_orders_parts_of_it(payment_on):
	small, large = sales_order((SERVICE, 1, 100)), sales_order((SERVICE, 1, 200))
	invoice = money.invoice(small, large)
	money.pay(invoice, 150)
	assert payment(small) == part(50)
	assert payment(large) == part(50)
	money.pay(invoice.reload())
	assert payment(small) == payment(large) == FULLY


def test_one_payment_for_two_orders_and_an_invoice(payment_on):
	orders = [sales_order((SERVICE, 1, 100)) for _ in range(3)]
	invoice = money.invoice(orders[2])
	entry = money.receive_money(1)
	entry = frappe.copy_doc(entry)
	entry.update({"docstatus": 0, "paid_amount": 120, "received_amount": 120})
	for document, amount in ((orders[0], 50), (orders[1], 20), (invoice, 30)):
		entry.append(
			"references",
			{
				"reference_doctype": document.doctype,
				"reference_name": document.name,
				"allocated_amount": amount,
			},
		)
	entry.insert().submit()
	assert [payment(order) for order in orders] == [part(50), part(20), part(30)]
	money.unreconcile(entry.reload())
	assert [payment(order) for order in orders] == [NOTHING] * 3


def test_taxes_are_part_of_what_is_due(payment_on):
	tax = {"charge_type": "On Net Total", "account_head": tax_account(), "rate": 7, "description": "Tax"}
	order = sales_order((SERVICE, 3, 33.33), taxes=[tax])
	invoice = money.invoice(order)
	money.pay(invoice, 100)
	assert payment(order) == part(pytest.approx(100 / 106.99 * 100))
	money.pay(invoice.reload())
	assert payment(order) == FULLY


@pytest.mark.parametrize("for_itself", [0, 1])
def test_a_credit_note_reduces_what_is_due(payment_on, for_itself):
	order = sales_order((SERVICE, 4, 25))
	invoice = money.invoice(order)
	money.pay(invoice, 50)
	note = money.credit(invoice, qty=1, update_outstanding_for_self=for_itself)
	assert payment(order) == part(pytest.approx(66.666667))
	note.reload().cancel()
	assert payment(order) == part(50)


def test_a_credit_note_after_full_payment_overpays_until_it_is_refunded(payment_on):
	order = sales_order((SERVICE, 4, 25))
	invoice = money.invoice(order)
	money.pay(invoice)
	note = money.credit(invoice, qty=1, update_outstanding_for_self=1)
	assert payment(order) == (pytest.approx(133.333333), "Overpaid")
	money.pay(note)
	assert payment(order) == FULLY


def test_a_credit_note_reconciled_with_another_order_s_invoice(payment_on):
	credited, other = sales_order((SERVICE, 1, 100)), sales_order((SERVICE, 1, 100))
	invoice, open_invoice = money.invoice(credited), money.invoice(other)
	money.pay(invoice)
	note = money.credit(invoice, update_outstanding_for_self=1)
	assert payment(credited) == (200, "Overpaid")
	money.reconcile(open_invoice, note, 100)
	assert payment(credited) == payment(other) == FULLY


def test_reconciliation_tool_and_unreconcile(payment_on):
	order = sales_order((SERVICE, 1, 100))
	invoice = money.invoice(order)
	receipt = money.receive_money(80)
	assert payment(order) == NOTHING
	money.reconcile(invoice, receipt, 30)
	assert payment(order) == part(30)
	money.reconcile(invoice, receipt, 20)
	assert payment(order) == part(50)
	money.unreconcile(receipt.reload())
	assert payment(order) == NOTHING


def test_cancelling_a_reconciled_payment(payment_on):
	order = sales_order((SERVICE, 1, 100))
	receipt = money.receive_money(80)
	money.reconcile(money.invoice(order), receipt, 30)
	receipt.reload().cancel()
	assert payment(order) == NOTHING


def test_reconciling_a_journal_entry(payment_on):
	order = sales_order((SERVICE, 1, 100))
	invoice = money.invoice(order)
	money.reconcile(invoice, money.journal(70, money.cash_account()), 70)
	assert payment(order) == part(70)


def test_a_write_off_settles_the_rest(payment_on):
	order = sales_order((SERVICE, 1, 100))
	invoice = money.invoice(order)
	money.pay(invoice, 95)
	write_off = money.journal(5, money.write_off_account(), invoice)
	assert payment(order) == FULLY
	write_off.reload().cancel()
	assert payment(order) == part(95)


def test_invoices_in_another_currency_than_their_ledger(payment_on):
	setting = "allow_multi_currency_invoices_against_single_party_account"
	frappe.db.set_single_value("Accounts Settings", setting, 1)
	order = sales_order((SERVICE, 1, 100), currency="EUR", conversion_rate=1.2)
	assert order.base_grand_total == 120
	invoice = money.invoice(order, conversion_rate=1.5)
	money.pay(invoice, 75)
	assert payment(order) == part(50)
	advance_order = sales_order((SERVICE, 1, 100), currency="EUR", conversion_rate=1.2)
	money.journal(30, money.cash_account(), advance_order)
	assert payment(advance_order) == part(25)


def test_an_exchange_difference_is_neither_paid_nor_owed(payment_on):
	customer, account = money.euro_customer()
	order = sales_order((SERVICE, 1, 100), customer=customer, currency="EUR", conversion_rate=1.2)
	invoice = money.invoice(order)
	assert (invoice.debit_to, invoice.base_grand_total) == (account, 120)
	answer = add(order, to(invoice, 40), paid_amount=60, source_exchange_rate=1.5)
	assert payment(order) == part(40)
	assert entry(answer["payment_entry"]).references[0].exchange_gain_loss == 12
	assert frappe.db.exists(
		"Journal Entry Account", {"reference_name": answer["payment_entry"], "docstatus": 1}
	)
	add(order, to(invoice, 60), paid_amount=60, source_exchange_rate=1)
	assert payment(order) == FULLY
	assert invoice.reload().outstanding_amount == 0
	entry(answer["payment_entry"]).cancel()
	assert payment(order) == part(60)


def test_a_pos_invoice_pays_itself(payment_on):
	order = sales_order((SERVICE, 1, 100))
	money.invoice(
		order,
		is_pos=1,
		payments=[{"mode_of_payment": "Cash", "account": money.cash_account(), "amount": 100}],
	)
	assert payment(order) == FULLY
