"""Payments as asked and as planned: what is settled is what was asked for, and nothing comes from nowhere."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.payment.checking import check, money, plan
from sales_order_ext.payment.facts import (
	AccountFacts,
	Credit,
	CreditUse,
	Deduction,
	Known,
	OpenDocument,
	PaymentRequest,
	Reference,
	Till,
)

D = Decimal
DAY = date(2026, 1, 2)
CASH = AccountFacts("Cash", "USD", "Cash")
BANK = AccountFacts("Bank", "USD", "Bank")
TILL = Till("Ann", "Co", "Debtors", "USD", "USD", D(1), D(1), 2, CASH, BANK)
ORDER = OpenDocument("Sales Order", "SO", "Ann", "Co", D(100))
INVOICE = OpenDocument("Sales Invoice", "SI", "Ann", "Co", D(50), account="Debtors")
CREDITS = [Credit("Payment Entry", "PE", D(30)), Credit("Sales Invoice", "CN", D(20))]
CREDITS.append(Credit("Journal Entry", "JE", D(10), "row"))
KNOWN = Known(
	TILL,
	{(one.doctype, one.name): one for one in (ORDER, INVOICE)},
	{(one.doctype, one.name, one.row): one for one in CREDITS},
	{"Fees": AccountFacts("Fees", "USD")},
	frozenset({"Main"}),
)
SO, SI = Reference("Sales Order", "SO", D(100)), Reference("Sales Invoice", "SI", D(50))
FEE = Deduction("Fees", D(2), "Main")


def request(*references, paid=None, **fields):
	total = sum((one.amount for one in references), D(0))
	paid = total if paid is None else D(paid)
	return PaymentRequest(DAY, references=references, paid_amount=paid, **fields)


def codes(asked, known=KNOWN):
	return [one.code for one in check(asked, known)]


def with_till(**fields):
	return replace(KNOWN, till=replace(TILL, **fields))


def with_fees(**fields):
	return replace(KNOWN, accounts={"Fees": replace(KNOWN.accounts["Fees"], **fields)})


def with_document(document):
	return replace(KNOWN, documents={(document.doctype, document.name): document})


@pytest.mark.parametrize(
	"asked",
	[
		request(SO, SI),
		request(SO, paid=130),
		request(paid=10),
		request(SO, paid=98, deductions=(FEE,)),
		request(SI, paid=20, credits=(CreditUse("Sales Invoice", "CN", D(20)), CreditUse("Journal Entry", "JE", D(10), "row"))),
		request(SO, paid=70, credits=(CreditUse("Payment Entry", "PE", D(30)),)),
		request(SO, paid=130, overpayment="Refund"),
		request(SO, action="Process and Deposit"),
	],
)  # fmt: skip
def test_what_is_possible(asked):
	assert codes(asked) == []


@pytest.mark.parametrize(
	"asked, known, code",
	[
		(request(), KNOWN, "nothing_to_pay"),
		(request(replace(SO, amount=D(0)), paid=5), KNOWN, "amount_not_positive"),
		(request(SO, paid=-1), KNOWN, "money_negative"),
		(request(SO, SO), KNOWN, "document_twice"),
		(request(replace(SO, name="?")), KNOWN, "document_unknown"),
		(request(SO), with_document(replace(ORDER, readable=False)), "document_unknown"),
		(request(SO), with_document(replace(ORDER, customer="Bob")), "document_of_another"),
		(request(SO), with_document(replace(ORDER, company="Other")), "document_of_another"),
		(request(SO), with_document(replace(ORDER, stands=False)), "document_not_open"),
		(request(SI), with_document(replace(INVOICE, account="Other")), "other_account"),
		(request(replace(SO, amount=D("100.01"))), KNOWN, "above_outstanding"),
		(request(replace(SO, amount=D("1.001")), paid=5), KNOWN, "too_many_places"),
		(request(SI, paid=20, credits=(CreditUse("Payment Entry", "?", D(30)),)), KNOWN, "credit_unknown"),
		(request(SI, paid=19, credits=(CreditUse("Payment Entry", "PE", D(31)),)), KNOWN, "above_credit"),
		(request(SI, paid=50, credits=(CreditUse("Payment Entry", "PE", D("0.001")),)), KNOWN, "too_many_places"),
		(request(SI, paid=48, credits=(CreditUse("Payment Entry", "PE", D(1)),) * 2), KNOWN, "document_twice"),
		(request(SO, paid=100, credits=(CreditUse("Sales Invoice", "CN", D(20)),)), KNOWN, "credit_left_over"),
		(request(SI, paid=0, credits=(CreditUse("Payment Entry", "PE", D(30)),), deductions=(FEE,)), KNOWN,
			"rows_without_money"),
		(request(SI, paid=48, deductions=(replace(FEE, account="?"),)), KNOWN, "account_unusable"),
		(request(SI, paid=48, deductions=(FEE,)), with_fees(currency="EUR"), "account_unsuitable"),
		(request(SI, paid=48, deductions=(FEE,)), with_fees(kind="Receivable"), "account_unsuitable"),
		(request(SI, paid=48, deductions=(replace(FEE, cost_center="?"),)), KNOWN, "cost_center_unusable"),
		(request(SI, deductions=(replace(FEE, amount=D(0)),)), KNOWN, "row_of_nothing"),
		(request(SO), with_till(account=None), "no_money_account"),
		(request(SO), with_till(account=replace(CASH, kind="Tax")), "no_money_account"),
		(request(SO), with_till(account=BANK), "no_reference_no"),
		(request(SO), with_till(target_rate=D(0)), "no_rate"),
		(request(SO, paid=0), with_till(source_rate=D(0)), "no_rate"),
		(request(SO, action="Process and Deposit"), with_till(deposit=None), "no_deposit_account"),
		(request(SO, action="Process and Deposit"), with_till(deposit=replace(BANK, usable=False)), "no_deposit_account"),
		(request(SO, action="Process and Deposit"), with_till(deposit=BANK, deposit_rate=D(0)), "no_rate"),
		(request(SO, paid=99), KNOWN, "too_little_money"),
		(request(SO, paid=200, overpayment="Refund"), with_till(account=replace(CASH, currency="EUR")),
			"refund_other_currency"),
	],
)  # fmt: skip
def test_what_is_refused(asked, known, code):
	assert codes(asked, known) == [code]


def test_money_in_another_currency_is_converted():
	till = replace(TILL, account=replace(CASH, currency="EUR"), target_rate=D("1.2"), source_rate=D(2))
	assert money(request(paid=50, deductions=(replace(FEE, amount=D(4)),)), till) == D("32.00")


AMOUNTS = st.decimals("0.01", "500", places=2)
CREDIT_USES = st.lists(
	st.builds(CreditUse, st.sampled_from(["Payment Entry", "Sales Invoice", "Journal Entry"]), st.uuids().map(str), AMOUNTS),
	max_size=4,
)  # fmt: skip
REFERENCES = st.lists(
	st.builds(Reference, st.sampled_from(["Sales Order", "Sales Invoice"]), st.uuids().map(str), AMOUNTS),
	max_size=4,
)


@given(REFERENCES, CREDIT_USES, AMOUNTS)
def test_a_plan_settles_what_was_asked_for(references, credits, paid):
	asked = request(*references, paid=paid, credits=tuple(credits))
	planned = plan(asked, TILL)
	for one in references:
		settled = [
			row.amount
			for row in (*planned.uses, *planned.references)
			if (row.doctype, row.name) == (one.doctype, one.name)
		]
		assert sum(settled) == one.amount
	for credit in credits:
		used = [use for use in planned.uses if use.credit == credit]
		assert sum(use.amount for use in used) <= credit.amount
		assert credit.doctype == "Payment Entry" or {use.doctype for use in used} <= {"Sales Invoice"}
	assert planned.left == paid - sum(one.amount for one in planned.references)
