"""Handlers: lines that are no items, defaults, returns and charges, on the documents they stand on."""

from __future__ import annotations

from frappe.model.document import Document

from sales_order_ext import preferences
from sales_order_ext.order_entry import charges, defaults, lines, notices, returns


def before_validate_lines(doc: Document, method: str | None = None) -> None:
	"""Sales Order, Delivery Note, Sales Invoice: custom and text rows are complete before ERPNext looks."""
	lines.complete(doc)


def before_insert_of_result(doc: Document, method: str | None = None) -> None:
	"""Delivery Note, Sales Invoice: the order's texts stand where they stood."""
	if preferences.any_on(preferences.SWITCHES, doc.get("company")):
		lines.carry_texts(doc)


def on_update_preferences(doc: Document, method: str | None = None) -> None:
	"""Sales Order Ext Settings, Sales Order Preference: with the first switch the lines' items are there."""
	lines.offer_items()


def before_print(doc: Document, method: str | None = None, *arguments: object) -> None:
	lines.print_texts(doc)


def order_before_insert(doc: Document, method: str | None = None) -> None:
	"""A new order: what the preferences fill in where nothing was given."""
	if defaults.wanted(doc):
		defaults.fill_in(doc)


def order_before_validate(doc: Document, method: str | None = None) -> None:
	confirmation = doc.flags.soe_confirmation
	if confirmation and confirmation.first == doc.name:
		returns.take_over(doc, confirmation.original)
	lines.complete(returns.prepare(doc))
	charges.tidy(doc)


def order_before_update_after_submit(doc: Document, method: str | None = None) -> None:
	charges.tidy(doc)


def order_validate(doc: Document, method: str | None = None) -> None:
	returns.check(doc)


def order_before_cancel(doc: Document, method: str | None = None) -> None:
	returns.check_cancel(doc)


def order_replaced(original: str, replacement: Document, inverse: str) -> None:
	"""What the original processed of its returns counts for the replacement."""
	returns.settle(replacement)


def result_on_submit(doc: Document, method: str | None = None) -> None:
	"""Sales Invoice: the hours it bills are billed for ERPNext's timesheets too."""
	if preferences.any_on(preferences.SWITCHES, doc.get("company")):
		charges.mark_timesheets(doc)


def result_on_cancel(doc: Document, method: str | None = None) -> None:
	"""Delivery Note, Sales Invoice: what it returned, credited or billed is open again."""
	if preferences.any_on(preferences.SWITCHES, doc.get("company")):
		returns.reopen(doc)
		if doc.doctype == "Sales Invoice":
			charges.mark_timesheets(doc)


def order_on_update(doc: Document, method: str | None = None) -> None:
	"""Saved, as a draft or after submit: who follows the order hears what changed once this is committed."""
	notices.remember(doc)


def row_before_change(doc: Document, method: str | None = None) -> None:
	"""Sales Order Item stored for itself, as Update Items does."""
	if doc.parenttype == "Sales Order" and doc.parent:
		notices.remember_stored(doc.parent)
