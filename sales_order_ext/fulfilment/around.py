"""What stands around an order's rows: payments, tickets, attachments, and the order of events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime, getdate

from sales_order_ext.fulfilment import rules
from sales_order_ext.fulfilment.records import ORDER, as_document

PAYMENT, TICKET = "Payment Entry", "Issue"
# The day on which a document says that it happened.
DAYS = ("posting_date", "transaction_date", "opening_date")
AMOUNTS = ("grand_total", "paid_amount", "opportunity_amount")


@dataclass(frozen=True)
class Surroundings:
	"""The files attached to an order, and what is shared with the user: (doctype, name)."""

	attachments: list[dict[str, Any]]
	shares: frozenset[tuple[str, str]]


def read_surroundings(order: str, doctypes: Iterable[str]) -> Surroundings:
	"""Return attachments, newest first, and the acting user's shares of these kinds of documents."""
	rows = frappe.db.sql(
		"""
		select 'file' kind, name, file_name label, file_url target, is_private flag, creation
		from `tabFile` where attached_to_doctype = %(order_doctype)s and attached_to_name = %(order)s
		union all
		select 'share', name, share_doctype, share_name, 0, creation from `tabDocShare`
		where `read` = 1 and share_doctype in %(doctypes)s
			and (user = %(user)s or (everyone = 1 and %(user)s != 'Guest'))
		order by creation desc
		""",
		{"order_doctype": ORDER, "order": order, "doctypes": tuple(doctypes), "user": frappe.session.user},
		as_dict=True,
	)
	files = [
		{
			"name": row.name,
			"file_name": row.label,
			"file_url": row.target,
			"is_private": row.flag,
			"creation": row.creation,
		}
		for row in rows
		if row.kind == "file"
	]
	return Surroundings(files, frozenset((row.label, row.target) for row in rows if row.kind == "share"))


def read_payments(order: str) -> list[Document]:
	"""Return the payments, not cancelled, that name the order or an invoice of it, oldest first."""
	payment, reference, line = (
		frappe.qb.DocType(name) for name in (PAYMENT, "Payment Entry Reference", "Sales Invoice Item")
	)
	invoices = frappe.qb.from_(line).select(line.parent).where(line.sales_order == order)
	found = (
		frappe.qb.from_(payment)
		.select(payment.star)
		.where(
			payment.name.isin(
				frappe.qb.from_(reference)
				.select(reference.parent)
				.where(
					((reference.reference_doctype == ORDER) & (reference.reference_name == order))
					| (
						(reference.reference_doctype == "Sales Invoice")
						& reference.reference_name.isin(invoices)
					)
				)
			)
		)
		.where(payment.docstatus < 2)
		.orderby(payment.posting_date)
		.orderby(payment.name)
		.run(as_dict=True)
	)
	return [as_document(PAYMENT, one) for one in found]


def read_tickets(order: Document) -> list[Document]:
	"""Return the tickets that the order came from or charges rows to, oldest first."""
	charged = {row.get("soe_charge_to") for row in order.items if row.get("soe_charge_to_doctype") == TICKET}
	names = sorted(charged | {order.get("soe_issue")} - {None, ""})
	if not names:
		return []
	ticket = frappe.qb.DocType(TICKET)
	query = frappe.qb.from_(ticket).select(ticket.star).where(ticket.name.isin(names))
	return [as_document(TICKET, one) for one in query.orderby(ticket.creation).run(as_dict=True)]


def event(document: Document) -> rules.Event:
	"""Return when a document happened."""
	day = next((document.get(field) for field in DAYS if document.get(field)), document.creation)
	return rules.Event(getdate(day), get_datetime(document.creation), document.doctype, document.name)


def timeline(documents: Iterable[Document]) -> list[dict[str, Any]]:
	"""Return each document once, in the order in which they happened, with its amount where it has one."""
	by_key = {(document.doctype, document.name): document for document in documents}
	return [
		{
			"date": str(one.on),
			"doctype": one.doctype,
			"name": one.name,
			"docstatus": document.docstatus,
			"status": document.get("status"),
			"is_return": bool(document.get("is_return")),
			"amount": next((document.get(field) for field in AMOUNTS if document.get(field)), None),
			"currency": document.get("currency") or document.get("paid_from_account_currency"),
		}
		for one in rules.timeline(event(document) for document in by_key.values())
		for document in (by_key[one.doctype, one.name],)
	]
