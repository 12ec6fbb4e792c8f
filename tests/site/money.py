"""Deliveries, invoices and payments of orders, made as a clerk makes them."""

from __future__ import annotations

import frappe
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note, make_sales_invoice

from tests.site.masters import COMPANY, CUSTOMER


def deliver(order, qty: float | None = None):
	"""Deliver an order, `qty` of each row where given; return the submitted delivery note."""
	note = make_delivery_note(order.name)
	for row in note.items if qty is not None else ():
		row.qty = qty
	return note.insert().submit()


def invoice(*orders, qty: float | None = None, submit: bool = True, **fields):
	"""Make one invoice of all orders' rows; return it, submitted unless told otherwise."""
	document = None
	for order in orders:
		document = make_sales_invoice(order.name, target_doc=document)
	for row in document.items if qty is not None else ():
		row.qty = qty
	document.update(fields)
	document.insert()
	return document.submit() if submit else document


def credit(sales_invoice, qty: float | None = None, **fields):
	"""Make a submitted credit note for an invoice, `qty` of each row where given."""
	note = make_sales_return(sales_invoice.name)
	for row in note.items if qty is not None else ():
		row.qty = -qty
	note.update(fields)
	return note.insert().submit()


def pay(document, amount: float | None = None, submit: bool = True):
	"""Receive (for a credit note: refund) money for an order or invoice; submitted unless told otherwise."""
	payment = get_payment_entry(document.doctype, document.name, bank_account=cash_account())
	if amount is not None:
		payment.paid_amount = payment.received_amount = amount
		payment.references[0].allocated_amount = amount
	payment.update({"reference_no": "Transfer", "reference_date": frappe.utils.today()})
	payment.insert()
	return payment.submit() if submit else payment


def receive_money(amount: float, customer: str = CUSTOMER):
	"""Receive money of a customer for nothing in particular; return the submitted payment."""
	payment = frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": "Receive",
			"company": COMPANY,
			"party_type": "Customer",
			"party": customer,
			"paid_from": receivable_account(),
			"paid_to": cash_account(),
			"paid_amount": amount,
			"received_amount": amount,
			"source_exchange_rate": 1,
			"target_exchange_rate": 1,
		}
	)
	return payment.insert().submit()


def journal(amount: float, account: str, document=None, customer: str = CUSTOMER):
	"""Credit a customer by journal entry, for an order or invoice where given; return it, submitted."""
	credited = {
		"account": receivable_account(),
		"party_type": "Customer",
		"party": customer,
		"credit_in_account_currency": amount,
		"cost_center": cost_center(),
	}
	if document:
		is_advance = "Yes" if document.doctype == "Sales Order" else "No"
		credited |= {
			"reference_type": document.doctype,
			"reference_name": document.name,
			"is_advance": is_advance,
		}
	debited = {"account": account, "debit_in_account_currency": amount, "cost_center": cost_center()}
	entry = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"company": COMPANY,
			"posting_date": frappe.utils.today(),
			"accounts": [debited, credited],
		}
	)
	return entry.insert().submit()


def unreconcile(voucher) -> None:
	"""Take a payment or journal entry off everything it is allocated to."""
	document = frappe.get_doc(
		{
			"doctype": "Unreconcile Payment",
			"company": COMPANY,
			"voucher_type": voucher.doctype,
			"voucher_no": voucher.name,
		}
	)
	document.add_references()
	document.insert().submit()


def reconcile(sales_invoice, voucher, amount: float) -> None:
	"""Allocate an unallocated payment or credit note to an invoice with the reconciliation tool."""
	tool = frappe.get_doc("Payment Reconciliation")
	tool.update(
		{
			"company": COMPANY,
			"party_type": "Customer",
			"party": sales_invoice.customer,
			"receivable_payable_account": sales_invoice.debit_to,
		}
	)
	tool.get_unreconciled_entries()
	invoices = [row.as_dict() for row in tool.invoices if row.invoice_number == sales_invoice.name]
	payments = [row.as_dict() for row in tool.payments if row.reference_name == voucher.name]
	invoices[0]["outstanding_amount"] = min(amount, invoices[0]["outstanding_amount"])
	tool.allocate_entries({"invoices": invoices, "payments": payments})
	tool.reconcile()


def cash_account() -> str:
	return frappe.get_cached_value("Company", COMPANY, "default_cash_account")


def receivable_account() -> str:
	return frappe.get_cached_value("Company", COMPANY, "default_receivable_account")


def write_off_account() -> str:
	return frappe.get_cached_value("Company", COMPANY, "write_off_account")


def cost_center() -> str:
	return frappe.get_cached_value("Company", COMPANY, "cost_center")


def advance_account() -> str:
	"""Return an account for advances received, made when missing."""
	name = frappe.db.get_value("Account", {"company": COMPANY, "account_name": "Advances Received"})
	if name:
		return name
	parent = frappe.db.get_value(
		"Account",
		{"company": COMPANY, "root_type": "Liability", "is_group": 1, "parent_account": ("is", "set")},
	)
	account = {
		"doctype": "Account",
		"account_name": "Advances Received",
		"company": COMPANY,
		"parent_account": parent,
		"root_type": "Liability",
		"account_type": "Receivable",
	}
	return frappe.get_doc(account).insert().name


def euro_customer() -> tuple[str, str]:
	"""Make a customer whose account is kept in euros; return the customer and the account."""
	parent = frappe.db.get_value("Account", receivable_account(), "parent_account")
	fields = {"account_type": "Receivable", "account_currency": "EUR", "parent_account": parent}
	account = frappe.get_doc(
		{"doctype": "Account", "account_name": "Debtors Euro", "company": COMPANY, **fields}
	)
	accounts = [{"company": COMPANY, "account": account.insert().name}]
	customer = {"doctype": "Customer", "customer_name": "Euro Buyer", "accounts": accounts}
	return frappe.get_doc({**customer, "default_currency": "EUR"}).insert().name, account.name
