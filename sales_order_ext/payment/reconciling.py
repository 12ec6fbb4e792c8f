"""Payments that are submitted already and are allocated to orders and invoices later.

Invariant: two clerks who allocate to one invoice at the same moment take turns, and never settle more of it
than is open.
"""

from __future__ import annotations

from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document

from sales_order_ext import transactions
from sales_order_ext.decimals import ZERO, to_decimal
from sales_order_ext.errors import DocumentChangedError
from sales_order_ext.payment import records
from sales_order_ext.payment.facts import INVOICE, ORDER

Amounts = dict[tuple[str, str], Decimal]


def lock(doc: Document, table: str, doctype_field: str, name_field: str) -> None:
	"""Lock the orders and invoices that a saved payment is newly allocated to.

	Throws DocumentChangedError where they were paid in the meantime.
	"""
	new = _newly_allocated(doc, table, doctype_field, name_field)
	invoices = sorted(name for doctype, name in new if doctype == INVOICE)
	orders = {name for doctype, name in new if doctype == ORDER}
	if not new:
		return
	orders.update(records.orders_of_invoices(invoices))
	fresh = transactions.lock_for(orders, (), doc)
	current = transactions.lock_rows(INVOICE, invoices, ["outstanding_amount"])
	outstanding = {row.name: to_decimal(row.outstanding_amount) for row in current}
	for name in invoices:
		if fresh:
			changed = new[INVOICE, name] > outstanding[name]
		else:
			seen = frappe.db.get_value(INVOICE, name, "outstanding_amount")
			changed = to_decimal(seen) != outstanding[name]
		if changed:
			_refuse(name)


def _newly_allocated(doc: Document, table: str, doctype_field: str, name_field: str) -> Amounts:
	"""Return {(DocType, name): amount} that the document settles beyond what it did before."""
	before = doc.get_doc_before_save()
	now, then = (_allocated(one, table, doctype_field, name_field) if one else {} for one in (doc, before))
	grown = {key: amount - then.get(key, ZERO) for key, amount in now.items()}
	return {key: amount for key, amount in grown.items() if amount > 0}


def _allocated(doc: Document, table: str, doctype_field: str, name_field: str) -> Amounts:
	found: Amounts = {}
	for row in doc.get(table):
		key = (row.get(doctype_field), row.get(name_field))
		if key[0] in (ORDER, INVOICE):
			amount = row.get("allocated_amount") or row.get("credit_in_account_currency")
			found[key] = found.get(key, ZERO) + to_decimal(amount, 9)
	return found


def _refuse(invoice: str) -> None:
	frappe.throw(
		_("{0} was paid by somebody else in the meantime. Get the entries anew and allocate again.").format(
			frappe.bold(invoice)
		),
		DocumentChangedError,
	)
