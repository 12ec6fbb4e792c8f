"""Invoices inherit what was paid ahead on their orders, each order's money for its own share of the invoice.

ERPNext's own table of advances carries it. What a clerk pulled from elsewhere stays; a ticked box on the
invoice leaves the payments on the orders.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import frappe
from frappe.model.document import Document

from sales_order_ext.decimals import ZERO, to_decimal
from sales_order_ext.payment import rules
from sales_order_ext.payment.facts import PAYMENT_ENTRY

Key = tuple[str, str, str]


def release(invoice: Document) -> None:
	"""Take back what a draft inherited before ERPNext checks it: its rows may cost less now.

	A credit note gets copies of its invoice's rows that refer to nothing, which ERPNext refuses.
	"""
	if invoice.is_return:
		invoice.set("advances", [row for row in invoice.advances if row.reference_name])
	elif invoice.docstatus < 2 and _wanted(invoice) and any(row.sales_order for row in invoice.items):
		invoice.set("advances", [row for row in invoice.advances if not _is_of_an_order(row)])


def inherit(invoice: Document) -> None:
	"""Fill a draft invoice's advances from its orders' payments, and recalculate what they change."""
	shares = _shares(invoice)
	if not shares or not _wanted(invoice):
		return
	entries = {_key(entry): entry for entry in invoice.get_advance_entries(include_unallocated=False)}
	paid = [
		rules.Advance(key, entry.against_order, to_decimal(entry.amount, 9)) for key, entry in entries.items()
	]
	others = [row for row in invoice.advances if _key(row) not in entries]
	taken = sum((to_decimal(row.allocated_amount, 9) for row in others), ZERO)
	inherited = rules.inherited(paid, shares, taken)
	if inherited == {
		_key(row): to_decimal(row.allocated_amount, 9) for row in invoice.advances if row not in others
	}:
		return
	invoice.set("advances", others)
	for key, amount in inherited.items():
		invoice.append("advances", _row(invoice, entries[key], float(amount)))
	invoice.calculate_taxes_and_totals()
	invoice.set_advance_gain_or_loss()
	invoice.set_payment_schedule()


def _wanted(invoice: Document) -> bool:
	left_alone = invoice.soe_leave_order_payments or invoice.allocate_advances_automatically
	return not (left_alone or invoice.is_return or invoice.is_pos)


def _shares(invoice: Document) -> Mapping[str, Decimal]:
	"""Return {order: its share of the invoice}, in the currency of the customer's account."""
	orders = {row.sales_order for row in invoice.items if row.sales_order}
	if not orders:
		return {}
	prefix = "" if invoice.party_account_currency == invoice.currency else "base_"
	total = invoice.get(f"{prefix}rounded_total") or invoice.get(f"{prefix}grand_total")
	precision = invoice.precision("allocated_amount", "advances") or 2
	weights: dict[str, Decimal] = {}
	for row in invoice.items:
		order = row.sales_order or ""
		weights[order] = weights.get(order, ZERO) + to_decimal(row.net_amount, 9)
	shares = rules.share(to_decimal(total, precision), list(weights.items()), precision)
	return {order: amount for order, amount in shares.items() if order in orders}


def _is_of_an_order(row: Any) -> bool:
	"""Return whether a row of advances is a payment's row; what a payment has unallocated stands in no row."""
	return row.reference_type == PAYMENT_ENTRY and bool(row.reference_row)


def _key(row: Any) -> Key:
	return row.reference_type, row.reference_name, row.reference_row or ""


def _row(invoice: Document, entry: frappe._dict, amount: float) -> dict[str, Any]:
	"""Return the row as ERPNext's own `set_advances` makes it."""
	return {
		"doctype": "Sales Invoice Advance",
		"reference_type": entry.reference_type,
		"reference_name": entry.reference_name,
		"reference_row": entry.reference_row,
		"remarks": entry.remarks,
		"advance_amount": entry.amount,
		"allocated_amount": amount,
		"ref_exchange_rate": entry.exchange_rate,
		"difference_posting_date": invoice.posting_date,
		"account": entry.get("paid_from"),
	}
