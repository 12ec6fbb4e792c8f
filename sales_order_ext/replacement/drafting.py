"""A draft replacement while it is edited: what it must keep, and what ERPNext must not hold against it."""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from sales_order_ext import preferences
from sales_order_ext.replacement import confirm, links, messages, records, rules


def keep_identity(doc: Document) -> None:
	"""Restore the fields that only this room writes, whatever a form or an import says."""
	if doc.flags.soe_starting:
		return
	before = doc.get_doc_before_save()
	for field in records.IDENTITY:
		kept = before.get(field) if before else None
		if (doc.get(field) or None) != (kept or None):
			doc.set(field, kept)
	if not doc.get("soe_replaced_order"):
		for row in doc.items:
			row.soe_replaced_row = None


def allow_and_check(doc: Document) -> None:
	"""Throw unless the user may replace and the draft keeps to the rules. A submit checks under locks."""
	if not (doc.flags.soe_starting or doc.flags.ignore_permissions):
		require_permission(doc)
	if doc._action != "submit":
		siblings = [records.order_of(one) for one in records.siblings_of(doc)]
		confirm.check(original_of(doc, siblings), records.order_of(doc), siblings)


def check_amounts(doc: Document) -> None:
	"""Throw if a row amounts to less than what is billed."""
	original = records.order_of(frappe.get_doc(records.ORDER, doc.soe_replaced_order))
	messages.throw_all(rules.billed_violations(original, records.order_of(doc)))


def original_of(doc: Document, siblings: list[rules.Order]) -> rules.Order:
	"""Return the facts of the draft's original; what uses its rows is looked up only if rows were dropped."""
	original = frappe.get_doc(records.ORDER, doc.soe_replaced_order)
	taken = {row.soe_replaced_row for row in doc.items}
	taken |= {row.replaced_row for one in siblings for row in one.rows}
	if {row.name for row in original.items} <= taken:
		return records.order_of(original)
	return records.order_of(original, links.documents_by_row(links.find(original.name)))


def require_permission(order: Document) -> None:
	"""Throw unless the acting user may replace the order."""
	if not records.is_allowed(order):
		role = preferences.of(order).replacement_role
		code = "not_permitted" if role else "not_permitted_native"
		messages.throw_all([rules.violation(code, role=role, order=order.name)])


def set_aside(doc: Document) -> None:
	"""Hide from ERPNext's checks what the original still uses: the customer's number, coupon, blanket order.

	At submit the blanket order is checked, as the original no longer counts; but rows that were picked
	must not be reserved by ERPNext, which would refuse: their pick list reserves.
	"""
	aside = [(doc, field, doc.get(field)) for field in ("po_no", "coupon_code") if doc.get(field)]
	for row in doc.items:
		if row.blanket_order and not doc.flags.soe_confirmation:
			aside += [(row, field, row.get(field)) for field in ("blanket_order", "against_blanket_order")]
		if row.picked_qty and row.reserve_stock and doc.flags.soe_confirmation:
			aside.append((row, "reserve_stock", 1))
	for target, field, _value in aside:
		target.set(field, None)
	doc.flags.soe_set_aside = aside


def give_back(doc: Document, *, but: tuple[str, ...] = ()) -> None:
	"""Put back what was set aside, now or, for the fields in `but`, at the next call."""
	aside = doc.flags.soe_set_aside or []
	for target, field, value in aside:
		if field not in but:
			target.set(field, value)
	doc.flags.soe_set_aside = [one for one in aside if one[1] in but]


def give_back_booked(doc: Document) -> None:
	"""Put back, in the database too, what had to wait until ERPNext had booked the order."""
	waiting = doc.flags.soe_set_aside or []
	give_back(doc)
	for target, field, value in waiting:
		target.db_set(field, value, update_modified=False)
