"""What has been replaced stays as it is, and nothing new refers to it."""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from sales_order_ext import background, preferences
from sales_order_ext.replacement import links, messages, records, rules
from sales_order_ext.replacement.links import ORDER


def refuse(order: Document) -> None:
	"""Throw, naming the replacement, if the order has been replaced or reverses one that was."""
	if order.get("soe_is_cancelled"):
		messages.throw_all(rules.replaced_violations(records.flags_of(order)))


def refuse_row(row: Document) -> None:
	"""Throw if a booked row belongs to an order that has been replaced."""
	if row.docstatus and (preferences.get(records.SWITCH) or records.any_replaced()):
		messages.throw_all(
			[one for order in records.lock_flags([row.parent]) for one in rules.replaced_violations(order)]
		)


def refuse_with_open_draft(order: Document) -> None:
	"""Throw if the order has an open replacement: amending the order would want the draft's name."""
	if not preferences.of(order).enable_cancel_and_replace:
		return
	draft = records.open_draft(order.name)
	if draft:
		messages.throw_all([rules.violation("draft_open", order=order.name, draft=draft)])


def free_name_for_amendment(order: str) -> None:
	"""Delete discarded drafts that would have replaced the order: its amendment wants the name of one."""
	with background.or_refused():
		for name in records.discarded_drafts(order):
			frappe.delete_doc(ORDER, name, ignore_permissions=True, force=True)


def refuse_replaced(doc: Document) -> None:
	"""Throw if the document refers to a replaced order, as orders stand now; lock them until it is stored."""
	if not (preferences.of(doc).enable_cancel_and_replace or records.any_replaced()):
		return
	names = referred_orders(doc)
	if names:
		found = [one for order in records.lock_flags(names) for one in rules.replaced_violations(order)]
		messages.throw_all(found)


def referred_orders(doc: Document) -> set[str]:
	"""Return the sales orders that a document or its rows refer to."""
	names, known = set(), links.known()
	for row in (doc, *doc.get_all_children()):
		for link in known:
			if link.doctype == row.doctype and (not link.type_field or row.get(link.type_field) == ORDER):
				names.add(row.get(link.order_field))
	return {name for name in names if name}
