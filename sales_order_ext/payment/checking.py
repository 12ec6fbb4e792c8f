"""Whether a payment can be booked as asked, and how its money and credits meet the documents. Pure.

Invariant: what a plan settles of a document is exactly what was asked for it, no credit is used beyond its
amount, and money plus general ledger rows less what they settle is what is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from sales_order_ext.decimals import ZERO, rounded, text
from sales_order_ext.payment.facts import (
	INVOICE,
	PAYMENT_ENTRY,
	PROCESS_AND_DEPOSIT,
	REFUND,
	CreditUse,
	Known,
	PaymentRequest,
	Plan,
	Reference,
	Till,
	Use,
)
from sales_order_ext.violations import Violation, violation

# Entries on these accounts want a customer or supplier, which a general ledger row does not name.
PARTY_KINDS = ("Receivable", "Payable")


def check(request: PaymentRequest, known: Known) -> list[Violation]:
	"""Return every reason why a payment cannot be booked as asked."""
	found = [
		*_nothing(request),
		*_documents(request, known),
		*_credits(request, known),
		*_deductions(request, known),
		*_money(request, known.till),
	]
	return found or _balance(request, known.till)


def received(request: PaymentRequest, till: Till) -> Decimal:
	"""Return the money of a request in the currency of the customer's account."""
	if not till.account or till.account.currency == till.party_currency:
		return rounded(request.paid_amount, till.precision)
	return rounded(request.paid_amount * till.target_rate / till.source_rate, till.precision)


def money(request: PaymentRequest, till: Till) -> Decimal:
	"""Return the money and general ledger rows of a request in the currency of the customer's account."""
	deducted = sum((row.amount for row in request.deductions), ZERO)
	return received(request, till) + rounded(deducted / till.source_rate, till.precision)


def plan(request: PaymentRequest, till: Till) -> Plan:
	"""Spread credits and money over the documents, in the sequence given.

	Credit notes and journal entries settle invoices only, so they go first.
	"""
	rest = [[one.doctype, one.name, one.amount] for one in request.references]
	uses: list[Use] = []
	for credit in sorted(request.credits, key=lambda one: one.doctype == PAYMENT_ENTRY):
		uses += _spread(credit, rest)
	settled = tuple(Reference(*one) for one in rest if one[2] > 0)
	left = money(request, till) - sum((one.amount for one in settled), ZERO)
	return Plan(tuple(uses), settled, left)


def _spread(credit: CreditUse, rest: list[list]) -> Iterator[Use]:
	amount = credit.amount
	for one in rest:
		part = min(amount, one[2])
		if part > 0 and (credit.doctype == PAYMENT_ENTRY or one[0] == INVOICE):
			amount -= part
			one[2] -= part
			yield Use(credit, one[0], one[1], part)


def _nothing(request: PaymentRequest) -> Iterator[Violation]:
	if not request.references and not request.paid_amount:
		yield violation("nothing_to_pay")
	for row in (*request.references, *request.credits):
		if row.amount <= 0:
			yield violation("amount_not_positive", document=row.name)
	if request.paid_amount < 0:
		yield violation("money_negative")


def _documents(request: PaymentRequest, known: Known) -> Iterator[Violation]:
	counted = Counter((row.doctype, row.name) for row in request.references)
	for key, times in counted.items():
		if times > 1:
			yield violation("document_twice", document=key[1])
	for row in request.references:
		yield from _document(row, known)


def _document(row: Reference, known: Known) -> Iterator[Violation]:
	document, till = known.documents.get((row.doctype, row.name)), known.till
	if not document or not document.readable:
		yield violation("document_unknown", document=row.name)
	elif (document.customer, document.company) != (till.customer, till.company):
		yield violation(
			"document_of_another", document=row.name, customer=till.customer, company=till.company
		)
	elif not document.stands:
		yield violation("document_not_open", document=row.name)
	elif document.account and document.account != till.party_account:
		yield violation("other_account", document=row.name, account=document.account, used=till.party_account)
	elif row.amount > document.outstanding:
		yield violation(
			"above_outstanding",
			document=row.name,
			amount=text(row.amount),
			outstanding=text(document.outstanding),
			currency=till.party_currency,
		)
	elif row.amount != rounded(row.amount, till.precision):
		yield violation("too_many_places", document=row.name, places=till.precision)


def _credits(request: PaymentRequest, known: Known) -> Iterator[Violation]:
	counted = Counter((row.doctype, row.name, row.row) for row in request.credits)
	for key, times in counted.items():
		credit = known.credits.get(key)
		used = sum((row.amount for row in request.credits if (row.doctype, row.name, row.row) == key), ZERO)
		if times > 1:
			yield violation("document_twice", document=key[1])
		elif not credit:
			yield violation("credit_unknown", document=key[1], customer=known.till.customer)
		elif used > credit.amount:
			yield violation(
				"above_credit", document=key[1], amount=text(used), available=text(credit.amount),
				currency=known.till.party_currency,
			)  # fmt: skip
		elif used != rounded(used, known.till.precision):
			yield violation("too_many_places", document=key[1], places=known.till.precision)


def _deductions(request: PaymentRequest, known: Known) -> Iterator[Violation]:
	if request.deductions and not request.paid_amount:
		yield violation("rows_without_money")
	for number, row in enumerate(request.deductions, start=1):
		account = known.accounts.get(row.account)
		if not account or not account.usable:
			yield violation("account_unusable", account=row.account, company=known.till.company)
		elif account.currency != known.till.company_currency or account.kind in PARTY_KINDS:
			yield violation("account_unsuitable", account=row.account, currency=known.till.company_currency)
		elif row.cost_center and row.cost_center not in known.cost_centers:
			yield violation("cost_center_unusable", cost_center=row.cost_center, company=known.till.company)
		elif not row.amount:
			yield violation("row_of_nothing", row=number)


def _money(request: PaymentRequest, till: Till) -> Iterator[Violation]:
	if till.source_rate <= 0 or (request.paid_amount and till.target_rate <= 0):
		yield violation("no_rate", date=request.posting_date)
	if not request.paid_amount:
		return
	if not till.account or not till.account.usable or till.account.kind not in ("Bank", "Cash"):
		yield violation("no_money_account", account=request.paid_to or "?", company=till.company)
	elif till.account.kind == "Bank" and not (request.reference_no and request.reference_date):
		yield violation("no_reference_no", account=till.account.name)
	if request.action == PROCESS_AND_DEPOSIT:
		if not _can_deposit(till):
			yield violation("no_deposit_account", company=till.company)
		elif till.deposit_rate <= 0 and till.account and till.account.kind != "Bank":
			yield violation("no_rate", date=request.posting_date)


def _can_deposit(till: Till) -> bool:
	bank = till.deposit or till.account
	return bool(bank and bank.usable and bank.kind == "Bank")


def _balance(request: PaymentRequest, till: Till) -> list[Violation]:
	planned = plan(request, till)
	used: dict[tuple[str, str, str], Decimal] = {}
	for use in planned.uses:
		key = (use.credit.doctype, use.credit.name, use.credit.row)
		used[key] = used.get(key, ZERO) + use.amount
	found = [
		violation("credit_left_over", document=credit.name)
		for credit in request.credits
		if used.get((credit.doctype, credit.name, credit.row), ZERO) != credit.amount
	]
	if planned.left < 0:
		found.append(violation("too_little_money", amount=text(-planned.left), currency=till.party_currency))
	if request.overpayment == REFUND and planned.left > 0 and till.account.currency != till.party_currency:
		found.append(violation("refund_other_currency", currency=till.party_currency))
	return found
