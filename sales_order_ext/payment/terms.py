"""Splits what is paid on a document over its payment terms, where its template wants payments per term."""

from __future__ import annotations

from typing import Any

import frappe

from sales_order_ext.decimals import to_decimal
from sales_order_ext.payment.facts import Reference


def parts(reference: Reference) -> list[dict[str, Any]]:
	"""Return the Payment Entry Reference rows for a document: one, or one a term, the earliest due first."""
	row = {"reference_doctype": reference.doctype, "reference_name": reference.name}
	rest, rows = reference.amount, []
	for term in _open_terms(reference):
		part = min(rest, to_decimal(term.outstanding, 9))
		if part > 0:
			rows.append({**row, "payment_term": term.payment_term, "allocated_amount": float(part)})
			rest -= part
	if rest > 0:
		rows.append({**row, "allocated_amount": float(rest)})
	return rows


def _open_terms(reference: Reference) -> list[frappe._dict]:
	template = frappe.db.get_value(reference.doctype, reference.name, "payment_terms_template")
	field = "allocate_payment_based_on_payment_terms"
	if not template or not frappe.get_cached_value("Payment Terms Template", template, field):
		return []
	return frappe.get_all(
		"Payment Schedule",
		{"parenttype": reference.doctype, "parent": reference.name, "outstanding": (">", 0)},
		["payment_term", "outstanding"],
		order_by="due_date asc, idx asc",
	)
