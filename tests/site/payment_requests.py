"""What a caller of `add_payment` sends, and what it made."""

from __future__ import annotations

import frappe

from sales_order_ext.payment import api
from tests.site.masters import COMPANY


def to(document, amount):
	return {
		"reference_doctype": document.doctype,
		"reference_name": document.name,
		"allocated_amount": amount,
	}


def from_(document, amount, row=""):
	return {
		"reference_doctype": document.doctype,
		"reference_name": document.name,
		"reference_row": row,
		"amount": amount,
	}


def add(order, *references, **fields):
	return api.add_payment(order.name, {"references": list(references), **fields})


def bank_account(currency="USD"):
	name = f"Test Bank {currency}"
	found = frappe.db.get_value("Account", {"company": COMPANY, "account_name": name})
	parent = {"company": COMPANY, "account_type": "Bank", "is_group": 1}
	fields = {"account_name": name, "company": COMPANY, "account_type": "Bank", "account_currency": currency}
	fields["parent_account"] = frappe.db.get_value("Account", parent)
	return found or frappe.get_doc({"doctype": "Account", **fields}).insert().name


def entry(name):
	return frappe.get_doc("Payment Entry", name)


def written():
	"""Return how many documents and entries there are that a payment writes."""
	doctypes = ("Payment Entry", "Journal Entry", "GL Entry", "Payment Ledger Entry")
	return [frappe.db.count(doctype) for doctype in doctypes]
