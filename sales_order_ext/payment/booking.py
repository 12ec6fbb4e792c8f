"""Books a payment: credits used, money received, the rest kept or refunded, and the deposit.

Invariant: the orders concerned are locked and read afresh before anything is checked, nothing is written
before everything is checked, and a failure in the middle leaves nothing.
"""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from sales_order_ext import compat, errors, transactions
from sales_order_ext.payment import checking, context, credits, records, terms
from sales_order_ext.payment.facts import (
	INVOICE,
	JOURNAL_ENTRY,
	ORDER,
	PAYMENT_ENTRY,
	PROCESS_AND_DEPOSIT,
	REFUND,
	Known,
	PaymentRequest,
	Plan,
	Till,
)
from sales_order_ext.payment.messages import MESSAGES
from sales_order_ext.violations import violation

SAVEPOINT = "soe_add_payment"


def add(order: Document, request: PaymentRequest) -> dict:
	"""Book a payment on a booked order; return the result of `api.add_payment`."""
	_lock(order.name, request)
	known = context.known(order, request)
	errors.throw_all([*_order_stands(order.name), *_date_open(order, request)], MESSAGES)
	errors.throw_all(checking.check(request, known), MESSAGES)
	with transactions.all_or_nothing(SAVEPOINT):
		return _book(order, request, known)


def _lock(order: str, request: PaymentRequest) -> None:
	"""Lock the orders, then the invoices and credits, that the payment is about: clerks take turns."""
	named = [*request.references, *request.credits]
	names = {
		doctype: {one.name for one in named if one.doctype == doctype}
		for doctype in (ORDER, INVOICE, PAYMENT_ENTRY, JOURNAL_ENTRY)
	}
	transactions.lock_for({order, *names[ORDER], *records.orders_of_invoices(names[INVOICE])}, ())
	for doctype in (INVOICE, PAYMENT_ENTRY, JOURNAL_ENTRY):
		transactions.lock_rows(doctype, names[doctype])


def _order_stands(name: str) -> list:
	order = frappe.db.get_value(ORDER, name, ["docstatus", "soe_is_cancelled"], as_dict=True)
	stands = order.docstatus == 1 and not order.soe_is_cancelled
	return [] if stands else [violation("order_not_booked", order=name)]


def _date_open(order: Document, request: PaymentRequest) -> list:
	reason = compat.closed_for_payments(order.company, request.posting_date)
	return [violation("date_closed", reason=reason)] if reason else []


def _book(order: Document, request: PaymentRequest, known: Known) -> dict:
	plan, till = checking.plan(request, known.till), known.till
	used = credits.use(plan.uses, till)
	payment = _receive(request, plan, till) if request.paid_amount else None
	refund = None
	if payment and request.overpayment == REFUND and plan.left > 0:
		refund = _refund(payment, float(plan.left), request, till)
	transfer = None
	if payment and request.action == PROCESS_AND_DEPOSIT:
		transfer = _deposit(payment, refund, request, till)
	measured = records.update([order.name])[order.name]
	return {
		"sales_order": order.name,
		"payment_entry": payment and payment.name,
		"credits_used": used,
		"refund": refund and refund.name,
		"deposit": transfer and transfer.name,
		"unallocated_amount": float(plan.left) if payment and not refund else 0.0,
		"soe_per_paid": float(measured.percent),
		"soe_payment_status": measured.status,
	}


def _receive(request: PaymentRequest, plan: Plan, till: Till) -> Document:
	received = checking.received(request, till)
	payment = _new(request, till, "Receive")
	payment.update(
		{
			"paid_from": till.party_account,
			"paid_from_account_currency": till.party_currency,
			"paid_to": till.account.name,
			"paid_to_account_currency": till.account.currency,
			"paid_amount": float(received),
			"received_amount": float(request.paid_amount),
			"source_exchange_rate": float(till.source_rate),
			"target_exchange_rate": float(till.target_rate),
		}
	)
	for row in plan.references:
		for part in terms.parts(row):
			payment.append("references", part)
	cost_center = frappe.get_cached_value("Company", till.company, "cost_center")
	for row in request.deductions:
		payment.append(
			"deductions",
			{
				"account": row.account,
				"amount": float(row.amount),
				"cost_center": row.cost_center or cost_center,
				"description": row.description,
			},
		)
	return payment.insert().submit()


def _refund(payment: Document, amount: float, request: PaymentRequest, till: Till) -> Document:
	"""Pay back what was received too much, from the same account, and settle one with the other."""
	refund = _new(request, till, "Pay")
	refund.update(
		{
			"paid_from": till.account.name,
			"paid_to": till.party_account,
			"paid_from_account_currency": till.account.currency,
			"paid_to_account_currency": till.party_currency,
			"paid_amount": amount,
			"received_amount": amount,
			"source_exchange_rate": float(till.source_rate),
			"target_exchange_rate": float(till.source_rate),
		}
	)
	refund.insert().submit()
	credits.settle_with_payment(payment.name, PAYMENT_ENTRY, refund.name, amount, till)
	return refund


def _deposit(
	payment: Document, refund: Document | None, request: PaymentRequest, till: Till
) -> Document | None:
	"""Bring the money into the bank account where it is not there yet, and mark all of it as cleared."""
	cleared, transfer = [payment, refund], None
	kept = payment.received_amount - (refund.paid_amount if refund else 0)
	if till.account.kind != "Bank" and kept > 0:
		transfer = _new(request, till, "Internal Transfer")
		transfer.update(
			{
				"paid_from": till.account.name,
				"paid_to": till.deposit.name,
				"paid_from_account_currency": till.account.currency,
				"paid_to_account_currency": till.deposit.currency,
				"paid_amount": kept,
				"received_amount": kept * float(till.target_rate / till.deposit_rate),
				"source_exchange_rate": float(till.target_rate),
				"target_exchange_rate": float(till.deposit_rate),
				"reference_no": request.reference_no or payment.name,
				"reference_date": request.reference_date or request.posting_date,
			}
		)
		transfer.insert().submit()
		cleared.append(transfer)
	for document in filter(None, cleared):
		document.db_set("clearance_date", request.posting_date)
	return transfer


def _new(request: PaymentRequest, till: Till, payment_type: str) -> Document:
	is_transfer = payment_type == "Internal Transfer"
	return frappe.get_doc(
		{
			"doctype": PAYMENT_ENTRY,
			"payment_type": payment_type,
			"company": till.company,
			"posting_date": request.posting_date,
			"mode_of_payment": request.mode_of_payment or None,
			"party_type": None if is_transfer else "Customer",
			"party": None if is_transfer else till.customer,
			"reference_no": request.reference_no or None,
			"reference_date": request.reference_date,
			"custom_remarks": int(bool(request.remarks)),
			"remarks": request.remarks or None,
		}
	)
