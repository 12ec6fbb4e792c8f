"""What the payment dialog shows: the customer's open orders and invoices, credits, and where money can go."""

from __future__ import annotations

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from sales_order_ext.payment import context, credits
from sales_order_ext.payment.facts import ACTIONS, INVOICE, ORDER, PaymentRequest, Till
from sales_order_ext.payment.rules import NOT_PAID, PARTLY_PAID

# More open documents than a person looks through; those of the order itself come first.
MOST = 100


def context_of(order: Document) -> dict:
	"""Return the result of `api.payment_context`."""
	request = PaymentRequest(posting_date=getdate())
	till = context.till_of(order, request)
	company = frappe.get_cached_doc("Company", order.company)
	return {
		"sales_order": order.name,
		"company": order.company,
		"customer": order.customer,
		"customer_name": order.customer_name,
		"currency": order.currency,
		"company_currency": till.company_currency,
		"party_account": till.party_account,
		"party_account_currency": till.party_currency,
		"precision": till.precision,
		"source_exchange_rate": float(till.source_rate),
		"posting_date": str(request.posting_date),
		"soe_per_paid": order.soe_per_paid,
		"soe_payment_status": order.soe_payment_status,
		"documents": _documents(order, till),
		"credits": [_credit(row) for row in credits.rows(till)],
		"accounts": _accounts(order.company, till, request),
		"modes": _modes(order.company),
		"default_account": till.account and till.account.name,
		"deposit_to": till.deposit and till.deposit.name,
		"cost_center": company.cost_center,
		"deduction_account": company.write_off_account,
		"actions": list(ACTIONS),
	}


def _documents(order: Document, till: Till) -> list[dict]:
	own_invoices = _invoices_of(order.name)
	dates = {**_order_dates(order, till), **_invoice_dates(own_invoices, till)}
	orders = [name for doctype, name in dates if doctype == ORDER]
	invoices = [name for doctype, name in dates if doctype == INVOICE]
	found = [*context.open_invoices(invoices), *context.open_orders(orders, till)]
	rows = [
		{
			"reference_doctype": one.doctype,
			"reference_name": one.name,
			"date": str(dates[one.doctype, one.name][0]),
			"due_date": str(dates[one.doctype, one.name][1] or ""),
			"outstanding": float(one.outstanding),
			"of_this_order": one.name == order.name or one.name in own_invoices,
		}
		for one in found
		if one.stands and one.outstanding > 0 and one.account in ("", till.party_account)
	]
	return sorted(
		rows,
		key=lambda row: (not row["of_this_order"], row["due_date"] or row["date"], row["reference_name"]),
	)


def _order_dates(order: Document, till: Till) -> dict[tuple[str, str], tuple]:
	filters = {
		"customer": order.customer,
		"company": order.company,
		"docstatus": 1,
		"soe_payment_status": ("in", (NOT_PAID, PARTLY_PAID)),
		"currency": ("in", (till.party_currency, order.currency)),
		"name": ("!=", order.name),
	}
	fields = ["name", "transaction_date", "delivery_date"]
	found = frappe.get_list(ORDER, filters, fields, order_by="transaction_date asc, name asc", limit=MOST)
	return {(ORDER, row.name): (row.transaction_date, row.delivery_date) for row in [order, *found]}


def _invoice_dates(own: set[str], till: Till) -> dict[tuple[str, str], tuple]:
	filters = {
		"customer": till.customer,
		"company": till.company,
		"docstatus": 1,
		"outstanding_amount": (">", 0),
		"debit_to": till.party_account,
	}
	fields = ["name", "posting_date", "due_date"]
	if not frappe.has_permission(INVOICE, "read"):
		return {}
	found = frappe.get_list(INVOICE, filters, fields, order_by="due_date asc, name asc", limit=MOST)
	if own:
		found += frappe.get_list(
			INVOICE, {**filters, "name": ("in", sorted(own))}, fields, order_by="name asc"
		)
	return {(INVOICE, row.name): (row.posting_date, row.due_date) for row in found}


def _invoices_of(order: str) -> set[str]:
	filters = {"sales_order": order, "docstatus": 1}
	return set(frappe.get_all("Sales Invoice Item", filters, pluck="parent", order_by="parent asc"))


def _credit(row: frappe._dict) -> dict:
	return {
		"reference_doctype": row.reference_doctype,
		"reference_name": row.reference_name,
		"reference_row": row.reference_row or "",
		"posting_date": str(row.posting_date),
		"amount": row.amount,
		"remarks": row.remarks or "",
	}


def _accounts(company: str, till: Till, request: PaymentRequest) -> list[dict]:
	filters = {"company": company, "is_group": 0, "disabled": 0, "account_type": ("in", ("Bank", "Cash"))}
	fields = ["name as account", "account_currency as currency", "account_type"]
	rows = frappe.get_all("Account", filters, fields, order_by="account_type desc, name asc")
	currencies = {row.currency or till.company_currency for row in rows}
	rates = {one: float(context.rate(one, till.company_currency, request.posting_date)) for one in currencies}
	return [
		{**row, "currency": currency, "exchange_rate": rates[currency]}
		for row in rows
		for currency in [row.currency or till.company_currency]
	]


def _modes(company: str) -> list[dict]:
	mode, account = frappe.qb.DocType("Mode of Payment"), frappe.qb.DocType("Mode of Payment Account")
	return (
		frappe.qb.from_(account)
		.join(mode)
		.on(mode.name == account.parent)
		.select(mode.name.as_("mode_of_payment"), account.default_account.as_("account"))
		.where((account.company == company) & (mode.enabled == 1) & (account.default_account != ""))
		.orderby(mode.name)
		.run(as_dict=True)
	)
