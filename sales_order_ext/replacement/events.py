"""Sales Order: a draft replacement becomes the replacement; replaced orders stay as they are."""

from __future__ import annotations

from frappe.model.document import Document

from sales_order_ext.replacement import confirm, desk, drafting, guards, printing, records


def onload(doc: Document, method: str | None = None) -> None:
	"""Tell the form who replaces whom, and what a draft must keep."""
	facts = desk.facts_for_form(doc)
	if facts:
		doc.set_onload("soe_replacement", facts)


def before_insert(doc: Document, method: str | None = None) -> None:
	"""An amendment takes the next number of its order, also where a discarded replacement has it."""
	if doc.get("amended_from"):
		guards.free_name_for_amendment(doc.amended_from)


def before_validate(doc: Document, method: str | None = None) -> None:
	"""Keep what says who replaces whom; check a draft, and on submit take everything over."""
	drafting.keep_identity(doc)
	if not doc.get("soe_replaced_order"):
		return
	drafting.give_back(doc)
	if doc._action == "submit" and not doc.flags.soe_group:
		confirm.lock(doc)
	drafting.allow_and_check(doc)
	doc.flags.soe_confirmation = confirm.begin(doc) if doc._action == "submit" else None
	drafting.set_aside(doc)


def validate(doc: Document, method: str | None = None) -> None:
	"""After ERPNext's own checks: give back what they must not see; check amounts, carry figures."""
	if not doc.get("soe_replaced_order"):
		return
	drafting.give_back(doc, but=("reserve_stock",))
	if doc.flags.soe_confirmation:
		confirm.complete(doc.flags.soe_confirmation, doc)
	else:
		drafting.check_amounts(doc)


def on_submit(doc: Document, method: str | None = None) -> None:
	"""Complete a confirmation."""
	if doc.flags.soe_confirmation:
		drafting.give_back_booked(doc)
		confirm.finish(doc.flags.soe_confirmation, doc)
		doc.flags.soe_confirmation = None


def before_change(doc: Document, method: str | None = None) -> None:
	"""Refuse Close, Re-open and Hold of a replaced order."""
	before = doc.get_doc_before_save()
	if before and before.get("soe_is_cancelled") and doc.status != before.status:
		guards.refuse(before)


def before_row_change(doc: Document, method: str | None = None) -> None:
	"""Update Items changes rows one by one, without the order's own events: refuse for a replaced order."""
	guards.refuse_row(doc)


def before_update_after_submit(doc: Document, method: str | None = None) -> None:
	"""Refuse changing a replaced order."""
	guards.refuse(doc.get_doc_before_save() or doc)


def before_cancel(doc: Document, method: str | None = None) -> None:
	"""Refuse cancelling a replaced order, or one with an open replacement."""
	guards.refuse(doc.get_doc_before_save() or doc)
	guards.refuse_with_open_draft(doc)


def on_cancel(doc: Document, method: str | None = None) -> None:
	"""Let a replacement be cancelled although the original names it."""
	if doc.get("soe_replaced_order"):
		doc.ignore_linked_doctypes = (
			*(doc.get("ignore_linked_doctypes") or ()),
			"Sales Order",
			"Order Replacement",
		)


def before_insert_of_link(doc: Document, method: str | None = None) -> None:
	"""A document that would refer to orders: refuse those that have been replaced."""
	guards.refuse_replaced(doc)


def before_submit_of_link(doc: Document, method: str | None = None) -> None:
	"""The same when a draft is submitted: its order may have been replaced meanwhile."""
	guards.refuse_replaced(doc)


def before_insert_of_mail(doc: Document, method: str | None = None) -> None:
	"""Email Queue: the customer gets the order together with what changed in it."""
	printing.attach_orders(doc)


def on_update_preferences(doc: Document, method: str | None = None) -> None:
	"""Settings and Sales Order Preference: look again whether an order was replaced while the switch was on."""
	records.forget_any_replaced()
