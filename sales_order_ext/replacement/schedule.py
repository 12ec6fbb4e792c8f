"""What was paid or requested on the terms of a payment schedule follows to the same terms of the replacement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import frappe
from frappe.model.document import Document

from sales_order_ext import compat
from sales_order_ext.decimals import to_decimal
from sales_order_ext.replacement import figures
from sales_order_ext.replacement.links import Reference, switched

PAYMENT_REFERENCE = "Payment Entry Reference"
REQUEST = "Payment Request"


def carry(original: Document, draft: Document, references: Sequence[Reference]) -> None:
	"""Carry what was paid per term, in memory; payments of terms that are gone no longer name a term."""
	old, new = _terms(original), _terms(draft)
	carried, lost = figures.carried_terms(old, new)
	for row in draft.payment_schedule:
		term = carried.get(row.name)
		paid, base_paid, discounted = (term.paid, term.base_paid, term.discounted) if term else (0, 0, 0)
		row.update({"paid_amount": float(paid), "discounted_amount": float(discounted)})
		row.outstanding = row.payment_amount - row.paid_amount - row.discounted_amount
		if row.meta.has_field("base_paid_amount"):
			row.base_paid_amount = float(base_paid)
			row.base_outstanding = row.base_payment_amount - row.base_paid_amount
	if lost:
		_forget_terms(_names(references, PAYMENT_REFERENCE), lost)
	_move_requests(_names(references, REQUEST), [term.name for term in old], figures.same_terms(old, new))


def _names(references: Sequence[Reference], doctype: str) -> list[str]:
	return [reference.name for reference in references if reference.link.doctype == doctype]


def _terms(order: Document) -> list[figures.Term]:
	terms = []
	for row in order.payment_schedule:
		row.name or row.set_new_name()
		paid = {
			"paid": to_decimal(row.get("paid_amount"), row.precision("paid_amount")),
			"base_paid": to_decimal(row.get("base_paid_amount")),
			"discounted": to_decimal(row.get("discounted_amount"), row.precision("discounted_amount")),
		}
		terms.append(figures.Term(row.name, row.payment_term or "", **paid))
	return terms


def _forget_terms(payment_references: Sequence[str], lost: Sequence[str]) -> None:
	"""ERPNext refuses to cancel a payment of a term that its order does not have."""
	if payment_references:
		table = frappe.qb.DocType(PAYMENT_REFERENCE)
		update = frappe.qb.update(table).set(table.payment_term, None)
		update.where(table.name.isin(payment_references) & table.payment_term.isin(lost)).run()


def _move_requests(requests: Sequence[str], old: Sequence[str], successors: Mapping[str, str]) -> None:
	"""Where a request names the schedule's rows, let it name the new ones; none where a term is gone."""
	if not (requests and old and compat.requests_name_terms()):
		return
	table = frappe.qb.DocType(compat.REQUESTED_TERM)
	new = {name: successors.get(name) for name in old}
	update = frappe.qb.update(table).set(table.payment_schedule, switched(table.payment_schedule, new))
	update.where(table.parent.isin(requests) & table.payment_schedule.isin(old)).run()
