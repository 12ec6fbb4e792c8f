"""One feed of what people wrote about an order: comments, notes, to-dos, and the messages of its tickets.

Newest first, in pages. A page ends in a cursor that names its last entry, so nothing is shown twice or
left out when new entries come in meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import frappe
from frappe.query_builder.functions import Coalesce
from pypika import Order
from pypika.terms import Criterion

from sales_order_ext import errors
from sales_order_ext.fulfilment import around, records, rules
from sales_order_ext.fulfilment.access import Reader
from sales_order_ext.fulfilment.messages import MESSAGES
from sales_order_ext.fulfilment.overview import READ_DOCTYPES
from sales_order_ext.fulfilment.records import ORDER
from sales_order_ext.violations import violation

PAGE = 20


@dataclass(frozen=True)
class About:
	"""What to read: about which documents ({doctype: names}), after which place, how much of each kind."""

	documents: Mapping[str, tuple[str, ...]]
	after: rules.Cursor | None
	limit: int


def page(name: str, after: str | None = None, size: int = PAGE) -> dict[str, Any]:
	"""Return `entries` older than the cursor `after`, and `after` for the next page (None at the end)."""
	cursor = _cursor(after)
	# One more shows whether there is a next page; the cursor's own entry is read again.
	about = About(documents(name), cursor, size + 2)
	entries = {
		rules.place(entry["at"], doctype, entry["name"]): {"doctype": doctype, **entry}
		for doctype, read in SOURCES.items()
		for entry in read(about)
	}
	shown, following = rules.next_page(entries, cursor, size)
	return {
		"entries": [{**entries[one], "at": one.at} for one in shown],
		"after": str(following) if following else None,
	}


def _cursor(after: str | None) -> rules.Cursor | None:
	cursor = rules.read_cursor(after) if after else None
	if after and not cursor:
		errors.throw([violation("unknown_page", after=after)], MESSAGES)
	return cursor


def documents(name: str) -> dict[str, tuple[str, ...]]:
	"""Return the order, its opportunities and its tickets, as far as the user may read them."""
	reader = Reader(READ_DOCTYPES)
	order = records.read_order(name)
	reader.require(order)
	lines = records.read_lines(order)
	related = {
		"Opportunity": records.read_origin(lines).opportunities.values(),
		around.TICKET: around.read_tickets(order),
	}
	readable = {
		doctype: tuple(one.name for one in found if reader.may_read(one))
		for doctype, found in related.items()
	}
	return {ORDER: (order.name,), **{doctype: names for doctype, names in readable.items() if names}}


def _comments(about: About) -> Iterable[frappe._dict]:
	comment = frappe.qb.DocType("Comment")
	return (
		frappe.qb.from_(comment)
		.select(
			comment.name,
			comment.creation.as_("at"),
			comment.comment_email.as_("user"),
			comment.content.as_("text"),
			comment.reference_doctype,
			comment.reference_name,
		)
		.where(comment.comment_type == "Comment")
		.where(_refers(comment.reference_doctype, comment.reference_name, about))
		.where(_older(comment.creation, comment.name, about))
		.orderby(comment.creation, comment.name, order=Order.desc)
		.limit(about.limit)
		.run(as_dict=True)
	)


def _notes(about: About) -> Iterable[frappe._dict]:
	"""Return the notes of the CRM, which stand on the opportunity."""
	note = frappe.qb.DocType("CRM Note")
	at = Coalesce(note.added_on, note.creation)
	return (
		frappe.qb.from_(note)
		.select(
			note.name,
			at.as_("at"),
			note.added_by.as_("user"),
			note.note.as_("text"),
			note.parenttype.as_("reference_doctype"),
			note.parent.as_("reference_name"),
		)
		.where(_refers(note.parenttype, note.parent, about))
		.where(_older(at, note.name, about))
		.orderby(at, note.name, order=Order.desc)
		.limit(about.limit)
		.run(as_dict=True)
	)


def _messages(about: About) -> Iterable[frappe._dict]:
	"""Return what was written in the tickets."""
	if around.TICKET not in about.documents:
		return []
	message = frappe.qb.DocType("Communication")
	return (
		frappe.qb.from_(message)
		.select(
			message.name,
			message.creation.as_("at"),
			message.sender.as_("user"),
			message.content.as_("text"),
			message.reference_doctype,
			message.reference_name,
		)
		.where(message.communication_type == "Communication")
		.where(message.reference_doctype == around.TICKET)
		.where(message.reference_name.isin(about.documents[around.TICKET]))
		.where(_older(message.creation, message.name, about))
		.orderby(message.creation, message.name, order=Order.desc)
		.limit(about.limit)
		.run(as_dict=True)
	)


def _todos(about: About) -> Iterable[frappe._dict]:
	"""Return the to-dos that the user may read: his own, or all for those who manage them."""
	older = {}
	if about.after:
		# Together: written before, or at the same moment with a name that comes before.
		older = {
			"filters": [["creation", "<=", about.after.at]],
			"or_filters": [["creation", "<", about.after.at], ["name", "<=", about.after.name]],
		}
	found = []
	for doctype, names in about.documents.items():
		refers = [["reference_type", "=", doctype], ["reference_name", "in", names]]
		found += frappe.get_list(
			"ToDo",
			filters=[*refers, *older.get("filters", [])],
			or_filters=older.get("or_filters"),
			fields=[
				"name",
				"creation as at",
				"assigned_by as user",
				"description as text",
				"reference_type as reference_doctype",
				"reference_name",
				"allocated_to",
				"status",
				"date",
			],
			order_by="creation desc, name desc",
			limit=about.limit,
		)
	return found


def _refers(doctype: Criterion, name: Criterion, about: About) -> Criterion:
	return Criterion.any((doctype == kind) & name.isin(names) for kind, names in about.documents.items())


def _older(at: Criterion, name: Criterion, about: About) -> Criterion:
	"""Return the condition that an entry stands after the cursor, or at the same time and name."""
	if not about.after:
		return Criterion.all()
	return (at < about.after.at) | ((at == about.after.at) & (name <= about.after.name))


SOURCES = {"Comment": _comments, "CRM Note": _notes, "Communication": _messages, "ToDo": _todos}
