"""What people write about an order from its fulfilment view: notes, and answers where the question stands."""

from __future__ import annotations

import frappe
from frappe.core.doctype.communication.email import make
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.model.document import Document

from sales_order_ext import errors
from sales_order_ext.fulfilment.around import TICKET
from sales_order_ext.fulfilment.messages import MESSAGES
from sales_order_ext.violations import violation


def add(order: Document, text: str, about: tuple[str, str], documents: dict[str, tuple[str, ...]]) -> str:
	"""Write a note on the order, or on one of the `documents` of its feed; return the name of the entry.

	An opportunity gets a note of the CRM, a ticket an answer by e-mail to who raised it, the order a comment.
	"""
	doctype, name = about
	if not frappe.utils.strip_html(text).strip():
		errors.throw([violation("empty_note")], MESSAGES)
	if name not in documents.get(doctype, ()):
		facts = {"doctype": frappe._(doctype), "name": name, "order": order.name}
		errors.throw([violation("foreign_document", **facts)], MESSAGES)
	document = frappe.get_doc(doctype, name)
	document.check_permission("write" if doctype == "Opportunity" else "read")
	text = frappe.utils.sanitize_html(text, always_sanitize=True)
	if doctype == "Opportunity":
		document.append(
			"notes", {"note": text, "added_by": frappe.session.user, "added_on": frappe.utils.now()}
		)
		return document.save().notes[-1].name
	if doctype == TICKET:
		return _answer(document, text)
	return document.add_comment("Comment", text).name


def _answer(ticket: Document, text: str) -> str:
	"""Answer a ticket; sent where e-mail is set up and somebody raised it. Checks the right to e-mail it."""
	sends = bool(ticket.raised_by and EmailAccount.find_outgoing())
	answer = make(
		doctype=ticket.doctype,
		name=ticket.name,
		content=text,
		subject=ticket.subject,
		recipients=ticket.raised_by if sends else None,
		send_email=sends,
	)
	return answer["name"]
