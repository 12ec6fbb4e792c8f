"""Approval of an order's rows by a role: who approved what, and when a row needs it again."""

from __future__ import annotations

from collections.abc import Collection

import frappe
from frappe.model.document import Document
from frappe.utils import flt, now_datetime

from sales_order_ext import errors, preferences
from sales_order_ext.fulfilment import rules
from sales_order_ext.fulfilment.messages import MESSAGES
from sales_order_ext.violations import Violation, violation

NUMBERS = ("Float", "Currency", "Percent")
BY, ON = "soe_approved_by", "soe_approved_on"
# A text line says something and sells nothing: there is nothing to approve.
TEXT = "Text"


def role_for(order: Document) -> str | None:
	"""Return the role whose approval the order's rows need, or None."""
	return preferences.of(order).row_approval_role


def may_approve(order: Document) -> bool:
	"""Return whether rows of the order are approved by a role that the acting user has."""
	role = role_for(order)
	return bool(role) and role in frappe.get_roles() and order.docstatus != 2


def one_by_one(order: Document) -> bool:
	"""Return whether rows need a role's approval and some row of the order has it, or had it once booked."""
	return bool(role_for(order)) and any(row.get(ON) for row in order.items)


def keep(order: Document) -> None:
	"""Let an approval stand only where it was given and what it was given for has not changed.

	What a client sends in these fields counts for nothing.
	"""
	before = order.get_doc_before_save()
	known = {row.name: row for row in before.items} if before else {}
	for row in order.items:
		old = known.get(row.name)
		stands = old and old.get(BY) and rules.approval_stands(_content(old), _content(row))
		booked = old and old.docstatus == 1
		row.update({BY: old.get(BY) if stands else None, ON: old.get(ON) if stands or booked else None})


def keep_row(row: Document) -> None:
	"""Take back the approval of a row that is saved by itself (Update Items) with another content.

	The time stays: it tells a row that waits again from one booked before approvals were asked for.
	"""
	before = row.get_doc_before_save()
	if row.get(BY) and before and not rules.approval_stands(_content(before), _content(row)):
		row.set(BY, None)


def require(order: Document, role: str) -> None:
	"""Approve the rows that wait if the acting user has the role; else throw RowsNotApprovedError."""
	waiting = [row for row in order.items if not row.get(BY) and row.get("soe_line_type") != TEXT]
	if not waiting:
		return
	if role not in frappe.get_roles():
		rows = ", ".join(str(row.idx) for row in waiting)
		errors.throw([violation("rows_not_approved", rows=rows, role=frappe._(role))], MESSAGES)
	for row in waiting:
		row.update({BY: frappe.session.user, ON: now_datetime()})


def approve(order: Document, rows: Collection[str]) -> dict[str, list[str]]:
	"""Approve rows of an order that the caller has locked; return the names `approved` and still `waiting`."""
	errors.throw_all(_refusals(order, rows), MESSAGES)
	stamp = {BY: frappe.session.user, ON: now_datetime()}
	approved = [row for row in order.items if row.name in rows and not row.get(BY)]
	for row in approved:
		row.db_set(stamp, update_modified=False)
	if approved:
		numbers = ", ".join(str(row.idx) for row in approved)
		order.add_comment("Edit", frappe._("approved row {0}").format(numbers))
	return {
		"approved": [row.name for row in approved],
		"waiting": [row.name for row in order.items if not row.get(BY) and row.get("soe_line_type") != TEXT],
	}


def _refusals(order: Document, rows: Collection[str]) -> list[Violation]:
	role = role_for(order)
	if not role:
		return [violation("no_approval_role")]
	if role not in frappe.get_roles():
		return [violation("not_an_approver", role=frappe._(role))]
	if order.docstatus == 2 or order.get("soe_is_cancelled"):
		return [violation("order_cancelled", order=order.name)]
	strangers = sorted(set(rows) - {row.name for row in order.items})
	return [violation("unknown_rows", order=order.name, rows=", ".join(strangers))] if strangers else []


def _content(row: Document) -> tuple[object, ...]:
	return tuple(
		flt(row.get(field), row.precision(field))
		if row.meta.get_field(field).fieldtype in NUMBERS
		else row.get(field)
		for field in rules.APPROVED_FIELDS
	)
