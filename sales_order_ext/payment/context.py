"""Reads what a payment needs to know: open orders and invoices, credits, accounts, rates, closed periods."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

import frappe
from erpnext.accounts.party import get_party_account
from erpnext.setup.utils import get_exchange_rate
from frappe.model.document import Document
from frappe.model.meta import get_field_precision

from sales_order_ext import access
from sales_order_ext.decimals import ZERO, rounded, to_decimal
from sales_order_ext.payment import credits, records
from sales_order_ext.payment.facts import (
	INVOICE,
	ORDER,
	AccountFacts,
	Known,
	OpenDocument,
	PaymentRequest,
	Till,
)

ORDER_FIELDS = [
	"name", "customer", "company", "docstatus", "status", "currency", "conversion_rate", "soe_is_cancelled",
	"transaction_date", "delivery_date", "grand_total", "rounded_total", "base_grand_total",
	"base_rounded_total", "advance_paid",
]  # fmt: skip
INVOICE_FIELDS = [
	"name", "customer", "company", "docstatus", "is_return", "outstanding_amount", "debit_to", "posting_date",
	"due_date", "grand_total", "currency", "party_account_currency",
]  # fmt: skip


def known(order: Document, request: PaymentRequest) -> Known:
	"""Return what the site knows about all that a request names."""
	till = till_of(order, request)
	names: dict[str, set[str]] = {ORDER: set(), INVOICE: set()}
	for row in request.references:
		names.setdefault(row.doctype, set()).add(row.name)
	names_of_credits = {row.name for row in request.credits}
	found = [*open_orders(names[ORDER], till), *open_invoices(names[INVOICE])]
	return Known(
		till=till,
		documents={(one.doctype, one.name): one for one in found},
		credits={(one.doctype, one.name, one.row): one for one in credits.facts(till, names_of_credits)}
		if names_of_credits
		else {},
		accounts={
			row.account: facts for row in request.deductions if (facts := account(row.account, till.company))
		},
		cost_centers=_cost_centers({row.cost_center for row in request.deductions}, till.company),
	)


def till_of(order: Document, request: PaymentRequest) -> Till:
	"""Return where the customer's account and the money meet, rates looked up where none are given."""
	company_currency = frappe.get_cached_value("Company", order.company, "default_currency")
	party = account(_party_account(order, request), order.company)
	paid_to = account(
		request.paid_to or default_account(order.company, request.mode_of_payment), order.company
	)
	money_currency = paid_to.currency if paid_to else company_currency
	precision = get_field_precision(
		frappe.get_meta("Payment Entry").get_field("paid_amount"), currency=party.currency
	)
	rates = [
		given or rate(currency, company_currency, request.posting_date)
		for given, currency in (
			(request.source_exchange_rate, party.currency),
			(request.target_exchange_rate, money_currency),
		)
	]
	deposit_to = request.deposit_to or frappe.get_cached_value(
		"Company", order.company, "default_bank_account"
	)
	deposit = account(deposit_to, order.company)
	deposit_rate = Decimal(1)
	if deposit:
		same = paid_to and paid_to.currency == deposit.currency
		deposit_rate = rates[1] if same else rate(deposit.currency, company_currency, request.posting_date)
	return Till(
		order.customer, order.company, party.name, party.currency, company_currency, *rates, precision,
		paid_to, deposit, deposit_rate,
	)  # fmt: skip


def account(name: str | None, company: str) -> AccountFacts | None:
	"""Return the facts of a ledger account, or None where there is none of that name."""
	fields = ["name", "account_currency", "account_type", "company", "is_group", "disabled"]
	row = name and frappe.db.get_value("Account", name, fields, as_dict=True)
	if not row:
		return None
	currency = row.account_currency or frappe.get_cached_value("Company", company, "default_currency")
	usable = row.company == company and not row.is_group and not row.disabled
	return AccountFacts(row.name, currency, row.account_type or "", usable)


def default_account(company: str, mode_of_payment: str = "") -> str | None:
	"""Return where a company's money goes by default: the mode's account, else its cash, else its bank."""
	filters = {"parent": mode_of_payment, "company": company}
	if mode_of_payment:
		found = frappe.db.get_value("Mode of Payment Account", filters, "default_account")
		if found:
			return found
	defaults = ("default_cash_account", "default_bank_account")
	return next(filter(None, (frappe.get_cached_value("Company", company, key) for key in defaults)), None)


def open_orders(names: Collection[str], till: Till) -> list[OpenDocument]:
	"""Return orders with what may still be paid ahead on them, in the currency of the customer's account."""
	if not names:
		return []
	rest = records.open_on_orders(names)
	rows = frappe.get_all(ORDER, {"name": ("in", sorted(names))}, ORDER_FIELDS, order_by="name asc")
	readable = access.readable_names(ORDER, names)
	return [
		OpenDocument(
			ORDER,
			row.name,
			row.customer,
			row.company,
			_open_on_order(row, rest.get(row.name, ZERO), till),
			readable=row.name in readable,
			stands=row.docstatus == 1 and row.status != "Closed" and not row.soe_is_cancelled,
		)
		for row in rows
	]


def open_invoices(names: Collection[str]) -> list[OpenDocument]:
	"""Return invoices with their outstanding amounts, in the currency of the customer's account."""
	if not names:
		return []
	rows = frappe.get_all(INVOICE, {"name": ("in", sorted(names))}, INVOICE_FIELDS, order_by="name asc")
	readable = access.readable_names(INVOICE, names)
	return [
		OpenDocument(
			INVOICE,
			row.name,
			row.customer,
			row.company,
			to_decimal(row.outstanding_amount, 9),
			account=row.debit_to,
			readable=row.name in readable,
			stands=row.docstatus == 1 and not row.is_return,
		)
		for row in rows
	]


def _open_on_order(row: frappe._dict, rest: Decimal, till: Till) -> Decimal:
	"""Return what ERPNext and the order's own rows both leave open, for an order in another currency too."""
	if row.currency != till.party_currency:
		if not till.source_rate:
			return ZERO
		rest = rounded(rest * to_decimal(row.conversion_rate) / till.source_rate, till.precision)
		total = to_decimal(row.base_rounded_total or row.base_grand_total)
	else:
		total = to_decimal(row.rounded_total or row.grand_total)
	return max(min(rest, rounded(total - to_decimal(row.advance_paid), till.precision)), ZERO)


def _party_account(order: Document, request: PaymentRequest) -> str:
	"""Return the account of the invoices to be paid, else the customer's."""
	invoices = [row.name for row in request.references if row.doctype == INVOICE]
	filters = {"name": ("in", invoices), "customer": order.customer, "company": order.company, "docstatus": 1}
	accounts = invoices and frappe.get_all(INVOICE, filters, pluck="debit_to", order_by="name asc", limit=1)
	return accounts[0] if accounts else get_party_account("Customer", order.customer, order.company)


def _cost_centers(names: Collection[str], company: str) -> frozenset[str]:
	filters = {"name": ("in", sorted(names)), "company": company, "is_group": 0, "disabled": 0}
	return frozenset(
		frappe.get_all("Cost Center", filters, pluck="name", order_by="name asc") if names else ()
	)


def rate(currency: str, company_currency: str, on: date) -> Decimal:
	"""Return the exchange rate of a day to the company's currency, 0 where there is none.

	Whoever needs a rate that is missing says so; ERPNext's message would come up for every account there is.
	"""
	if currency == company_currency:
		return Decimal(1)
	said = len(frappe.local.message_log)
	found = to_decimal(get_exchange_rate(currency, company_currency, str(on)) or 0)
	del frappe.local.message_log[said:]
	return found
