"""Reads what the payment ledgers and payment rows say of invoices, for many at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import frappe
from frappe.query_builder.functions import Sum
from pypika.terms import Case

from sales_order_ext.decimals import to_decimal

# More places than any currency has: amounts are rounded once, by the rules.
EXACT = 9


def settled_by_others(invoices: list[str]) -> dict[str, Decimal]:
	"""Return {invoice: what payments and journals settled}; a credit note counts by its own total."""
	ledger = frappe.qb.DocType("Payment Ledger Entry")
	settles = (ledger.against_voucher_type == "Sales Invoice") & (ledger.voucher_type != "Sales Invoice")
	return _ledger_sums(ledger, ledger.against_voucher_no, invoices, settles, sign=-1)


def booked_by_themselves(invoices: list[str]) -> dict[str, Decimal]:
	"""Return {invoice: what it booked as receivable}: its total less what was paid on the invoice itself."""
	ledger = frappe.qb.DocType("Payment Ledger Entry")
	return _ledger_sums(ledger, ledger.voucher_no, invoices, ledger.voucher_type == "Sales Invoice", sign=1)


def _ledger_sums(ledger: Any, key: Any, names: list[str], criterion: Any, sign: int) -> dict[str, Decimal]:
	rows = (
		frappe.qb.from_(ledger)
		.select(key, Sum(ledger.amount_in_account_currency))
		.where(key.isin(names) & criterion)
		.where((ledger.delinked == 0) & (ledger.account_type == "Receivable"))
		.groupby(key)
		.orderby(key)
		.run()
	)
	return {name: sign * to_decimal(amount, EXACT) for name, amount in rows}


def advances(orders: list[str]) -> list[tuple[str, str, float]]:
	"""Return (order, currency, sum) of the advances of payments and journals that stand on orders, less refunds.

	Taken from their rows, for they are the same in all releases: some keep no ledger of advances, and some
	leave old entries in it when a payment's rest is allocated later.
	"""
	return [*_paid_ahead(orders), *_journalled_ahead(orders)]


def _paid_ahead(orders: list[str]) -> list[tuple[str, str, float]]:
	payment, row = frappe.qb.DocType("Payment Entry"), frappe.qb.DocType("Payment Entry Reference")
	comes_in = payment.payment_type == "Receive"
	amount = Case().when(comes_in, row.allocated_amount).else_(-row.allocated_amount)
	currency = (
		Case().when(comes_in, payment.paid_from_account_currency).else_(payment.paid_to_account_currency)
	).as_("currency")
	return (
		frappe.qb.from_(row)
		.join(payment)
		.on(payment.name == row.parent)
		.select(row.reference_name, currency, Sum(amount))
		.where((row.reference_doctype == "Sales Order") & row.reference_name.isin(orders))
		.where(payment.docstatus == 1)
		.groupby(row.reference_name, currency)
		.orderby(row.reference_name)
		.run()
	)


def _journalled_ahead(orders: list[str]) -> list[tuple[str, str, float]]:
	row = frappe.qb.DocType("Journal Entry Account")
	amount = row.credit_in_account_currency - row.debit_in_account_currency
	return (
		frappe.qb.from_(row)
		.select(row.reference_name, row.account_currency, Sum(amount))
		.where((row.reference_type == "Sales Order") & row.reference_name.isin(orders) & (row.docstatus == 1))
		.where(row.party_type == "Customer")
		.groupby(row.reference_name, row.account_currency)
		.orderby(row.reference_name)
		.run()
	)


def inherited(invoices: list[str]) -> dict[str, list[tuple[str, Decimal]]]:
	"""Return {invoice: [(order, amount)]} of what was paid ahead on orders and then allocated to the invoice.

	Older releases of ERPNext 15 do not note the order: the money is shared then like any other.
	"""
	found: dict[str, list[tuple[str, Decimal]]] = {}
	for doctype, amount in (
		("Payment Entry Reference", "allocated_amount"),
		("Journal Entry Account", "credit_in_account_currency"),
	):
		if not frappe.get_meta(doctype).has_field("advance_voucher_no"):
			continue
		row = frappe.qb.DocType(doctype)
		kind = row.reference_doctype if doctype == "Payment Entry Reference" else row.reference_type
		query = (
			frappe.qb.from_(row)
			.select(row.reference_name, row.advance_voucher_no, Sum(row[amount]))
			.where((kind == "Sales Invoice") & row.reference_name.isin(invoices) & (row.docstatus == 1))
			.where((row.advance_voucher_type == "Sales Order") & (row[amount] > 0))
			.groupby(row.reference_name, row.advance_voucher_no)
			.orderby(row.reference_name, row.advance_voucher_no)
		)
		for invoice, order, sum_of_rows in query.run():
			found.setdefault(invoice, []).append((order, to_decimal(sum_of_rows, EXACT)))
	return found
