"""Payments that are refused: with every reason, before anything is written, and to whom they are not allowed."""

import json

import frappe
import pytest
from frappe.utils import add_days, today

from sales_order_ext.errors import InvalidInputError, PaymentNotPossibleError, SwitchedOffError
from sales_order_ext.payment import api
from tests.site import masters, money
from tests.site.masters import COMPANY, OTHER_CUSTOMER, SERVICE, sales_order
from tests.site.payment_requests import add, bank_account, from_, to, written
from tests.site.payment_status import NOTHING, payment


@pytest.fixture
def order(payment_on):
	return sales_order((SERVICE, 1, 100))


REFUSED = {
	"nothing": ({}, "Nothing is to be paid"),
	"negative": ({"paid_amount": -5}, "below zero"),
	"unknown account": ({"paid_amount": 5, "paid_to": "Nowhere"}, "no bank or cash account"),
	"receivable account": ({"paid_amount": 5, "paid_to": "RECEIVABLE"}, "no bank or cash account"),
	"deposit into no bank": (
		{"paid_amount": 5, "action": "Process and Deposit", "deposit_to": "CASH"},
		"no bank account",
	),
	"deposit nowhere": (
		{"paid_amount": 5, "action": "Process and Deposit", "deposit_to": "None"},
		"no bank account",
	),
	"ledger row": (
		{"paid_amount": 5, "deductions": [{"account": "RECEIVABLE", "amount": 1}]},
		"one of customers or suppliers",
	),
	"fiscal year": ({"paid_amount": 5, "posting_date": "1999-01-01"}, "Fiscal Year"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_payload_that_is_refused(order, case):
	payload, message = REFUSED[case]
	for word, account in (("RECEIVABLE", money.receivable_account()), ("CASH", money.cash_account())):
		payload = json.loads(json.dumps(payload).replace(word, account))
	before = written()
	with pytest.raises(PaymentNotPossibleError, match=message):
		api.add_payment(order.name, payload)
	assert written() == before


@pytest.mark.parametrize(
	"payload, message",
	[
		('["money"]', "payload must be an object"),
		({"amount": 5}, "payload: amount is not known"),
		({"paid_amount": "many"}, "paid_amount: many is no number"),
		({"paid_amount": "NaN"}, "no number that a document can hold"),
		({"paid_amount": 10**30}, "no number that a document can hold"),
		({"posting_date": "soon"}, "posting_date: soon is no date"),
		({"remarks": ["said"]}, "remarks: .* is no text"),
		({"action": "Burn"}, "action: Burn is not possible"),
		({"references": {"amount": 5}}, "references must be a list"),
		({"references": [{"amount": 5}]}, "references: amount is not known"),
	],
)
def test_what_is_no_payment_is_refused(order, payload, message):
	before = written()
	with pytest.raises(InvalidInputError, match=message):
		api.add_payment(order.name, payload)
	assert written() == before


def test_rows_that_are_refused(order):
	theirs = sales_order((SERVICE, 1, 100), customer=OTHER_CUSTOMER)
	draft = sales_order((SERVICE, 1, 100), submit=False)
	missing = {"reference_doctype": "Sales Invoice", "reference_name": "NONE", "allocated_amount": 5}
	receipt = money.receive_money(10)
	invoice = money.invoice(sales_order((SERVICE, 1, 40)))
	note = money.credit(money.invoice(sales_order((SERVICE, 1, 7))))
	closed = sales_order((SERVICE, 1, 100))
	closed.update_status("Closed")
	euros = {"account": bank_account("EUR"), "amount": 1}
	before = written()
	for references, fields, message in (
		([missing], {}, "no order or invoice NONE"),
		([to(theirs, 5)], {}, "is not of"),
		([to(draft, 5)], {}, "draft"),
		([to(order, 101)], {}, "more than the 100 USD still open"),
		([to(invoice, 41)], {}, "more than the 40 USD still open"),
		([to(note, 7)], {}, "draft, cancelled, closed"),
		([to(closed, 5)], {}, "draft, cancelled, closed"),
		([to(order, 5)], {"deductions": [euros]}, "not kept in USD"),
		([to(order, 5), to(order, 5)], {}, "twice"),
		([to(order, -5)], {}, "above zero"),
		([to(order, 5.001)], {}, "decimal places"),
		([to(order, 50)], {"paid_amount": 40}, "10 USD more"),
		([to(order, 50)], {"credits": [from_(receipt, 11)]}, "more than the 10 USD left"),
		([to(order, 5)], {"credits": [from_(receipt, 10)], "paid_amount": 5}, "more of it is to be used"),
		([to(order, 5)], {"credits": [from_(theirs, 1)], "paid_amount": 5}, "no unused credit"),
		([], {"deductions": [{"account": "None", "amount": 1}], "paid_amount": 5}, "no account of"),
		([to(order, 5)], {"paid_to": bank_account(), "paid_amount": 5}, "reference number"),
	):
		with pytest.raises(PaymentNotPossibleError, match=message):
			add(order, *references, **{"paid_amount": 0 if "credits" in fields else 500, **fields})
	assert written() == before


def test_every_reason_is_named_at_once(order):
	with pytest.raises(PaymentNotPossibleError):
		add(order, to(order, 101), to(order, -1), paid_amount=5, paid_to="Nowhere")
	said = str(frappe.get_message_log()[-1])
	for reason in ("twice", "above zero", "still open", "no bank or cash account"):
		assert reason in said


def test_a_frozen_period_is_refused(order):
	# Version 16 keeps the day on the company.
	if frappe.get_meta("Company").has_field("accounts_frozen_till_date"):
		frappe.db.set_value("Company", COMPANY, "accounts_frozen_till_date", today())
	else:
		frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", today())
	before = written()
	with pytest.raises(PaymentNotPossibleError, match="later posting date"):
		add(order, to(order, 5), paid_amount=5)
	assert written() == before


def test_a_closed_accounting_period_is_refused(order):
	period = {"period_name": "Closed", "start_date": add_days(today(), -3), "end_date": add_days(today(), 3)}
	closed = [{"document_type": "Payment Entry", "closed": 1}]
	frappe.get_doc(
		{"doctype": "Accounting Period", "company": COMPANY, "closed_documents": closed, **period}
	).insert()
	before = written()
	with pytest.raises(PaymentNotPossibleError, match="later posting date"):
		add(order, to(order, 5), paid_amount=5)
	assert written() == before


def test_orders_that_do_not_stand_are_refused(payment_on):
	draft = sales_order((SERVICE, 1, 100), submit=False)
	with pytest.raises(PaymentNotPossibleError, match="not booked"):
		add(draft, to(draft, 5), paid_amount=5)


def test_a_failure_in_the_middle_leaves_nothing(order, monkeypatch):
	before = written()

	def fail(*_arguments):
		raise RuntimeError

	monkeypatch.setattr("sales_order_ext.payment.booking._refund", fail)
	with pytest.raises(RuntimeError):
		add(order, to(order, 100), paid_amount=130, overpayment="Refund")
	assert written() == before
	assert payment(order) == NOTHING


def test_rights(order):
	with masters.user("Sales User"):
		for call in (api.payment_context, lambda name: api.add_payment(name, {})):
			with pytest.raises(frappe.PermissionError):
				call(order.name)
	with masters.user("Accounts User", "Sales User"):
		assert add(order, to(order, 30), paid_amount=30)["soe_payment_status"] == "Partly Paid"


def test_documents_that_the_user_may_not_read_are_unknown(order):
	theirs = money.invoice(sales_order((SERVICE, 1, 100), customer=OTHER_CUSTOMER))
	with masters.user("Accounts User", "Sales User", allowed={"Customer": masters.CUSTOMER}):
		with pytest.raises(PaymentNotPossibleError, match="that you may read"):
			add(order, to(theirs, 30), paid_amount=30)


def test_switched_off():
	order = sales_order((SERVICE, 1, 100))
	with pytest.raises(SwitchedOffError, match="Payment Status"):
		add(order, to(order, 5), paid_amount=5)
