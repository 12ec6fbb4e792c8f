"""Handlers: every order has a type; what its type forbids is refused at every door, what it orders is done."""

from __future__ import annotations

from frappe.model.document import Document

from sales_order_ext import errors, preferences
from sales_order_ext.order_type import doors, kinds, printing, receipts, records, rules, sourcing
from sales_order_ext.order_type.messages import MESSAGES


def order_before_insert(doc: Document, method: str | None = None) -> None:
	"""A new order: its type, and what the type fills in, before it is named."""
	if preferences.of(doc).enable_order_types:
		doc.soe_order_type = doc.get("soe_order_type") or records.default_type(doc)
		records.fill_in(doc, records.type_of(doc))


def order_before_validate(doc: Document, method: str | None = None) -> None:
	"""A draft and a submit: the order has a type, and rows that a supplier ships say so."""
	printing.keep_mark(doc)
	if preferences.of(doc).enable_order_types:
		doc.soe_order_type = doc.get("soe_order_type") or records.default_type(doc)
		sourcing.mark_draft(doc, records.type_of(doc))


def order_validate(doc: Document, method: str | None = None) -> None:
	if preferences.of(doc).enable_order_types:
		refused = rules.type_violation(records.type_of(doc))
		errors.throw_all([refused] if refused else [], MESSAGES)


def order_on_submit(doc: Document, method: str | None = None) -> None:
	"""Booked, and reserved as its type says: buy what is short, then make what its document kind says."""
	if preferences.of(doc).enable_order_types:
		sourcing.source(doc)
		kinds.book(doc)


def order_before_cancel(doc: Document, method: str | None = None) -> None:
	"""What the order asked to be bought, and nobody has bought yet, is cancelled with it."""
	if preferences.of(doc).enable_order_types:
		sourcing.withdraw(doc)


def order_before_update_after_submit(doc: Document, method: str | None = None) -> None:
	printing.keep_mark(doc)


def order_before_print(doc: Document, method: str | None = None, *settings: object) -> None:
	if printing.switched_on(doc):
		printing.prepare(doc)


def door_before_mapping(doc: Document, method: str | None = None, *mapped: object) -> None:
	"""Delivery Note, Sales Invoice, Pick List made from an order: refused before anybody fills them in."""
	source = mapped[0]
	if source.doctype == "Sales Order" and preferences.of(source).enable_order_types:
		doors.refuse(doc, {source.name})


def door_validate(doc: Document, method: str | None = None) -> None:
	"""Delivery Note, Sales Invoice, POS Invoice, Pick List, also where validation is skipped (bulk tools)."""
	if preferences.of(doc).enable_order_types:
		doors.refuse(doc)


def receipt_before_submit(doc: Document, method: str | None = None) -> None:
	"""A return to the supplier takes away what may be reserved."""
	if doc.get("is_return") and receipts.switched_on(doc):
		receipts.let_go(doc)


def receipt_on_submit(doc: Document, method: str | None = None) -> None:
	"""Purchase Receipt, Purchase Invoice: what was bought for an order is reserved for it."""
	if receipts.switched_on(doc):
		receipts.reserve(doc)


def receipt_before_cancel(doc: Document, method: str | None = None) -> None:
	"""What leaves again is let go of first; ERPNext would refuse to take reserved stock away."""
	if receipts.switched_on(doc):
		receipts.let_go(doc)


def receipt_on_cancel(doc: Document, method: str | None = None) -> None:
	"""The orders get what is left."""
	if receipts.switched_on(doc):
		receipts.reserve_what_is_left(doc)
