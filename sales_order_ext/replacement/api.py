"""Cancel and replace for desk and programs: start, confirm, abandon, compare, follow the chain."""

from typing import Any, NoReturn

import frappe
from frappe.model.document import Document
from frappe.utils import today

from sales_order_ext import again, background, inputs, preferences, transactions
from sales_order_ext.replacement import (
	compare,
	delivery_plan,
	history,
	messages,
	parts,
	records,
	rules,
	successors,
)
from sales_order_ext.replacement import draft as drafts
from sales_order_ext.replacement.drafting import require_permission


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def start(sales_order: str) -> str:
	"""Return the name of the order's draft replacement, made now unless one is open."""
	original = _readable(sales_order)
	require_permission(original)
	preferences.require(records.SWITCH, original.company)
	root = rules.root_of(records.order_of(original))
	transactions.start_fresh()
	transactions.lock_rows(records.ORDER, {root, original.name})
	original = frappe.get_doc(records.ORDER, original.name)
	messages.throw_all(rules.start_violations(records.order_of(original)))
	return records.open_draft(original.name) or _make_draft(original, root)


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def split(sales_order: str, by: str = "rows", rows: list | str | None = None) -> list[str]:
	"""Divide the draft replacement (started now if there is none) into several; return their names.

	`by` "warehouse" makes one for each warehouse; "rows" moves the named rows (of the draft, or of the
	original) to one of their own. All are confirmed together.
	"""
	order = _readable(sales_order)
	require_permission(order)
	preferences.require(records.SWITCH, order.company)
	is_draft = order.soe_replaced_order and order.docstatus.is_draft()
	original = order.soe_replaced_order if is_draft else order.name
	name = order.name if is_draft else start(sales_order)
	transactions.start_fresh()
	transactions.lock_rows(records.ORDER, {rules.root_of(records.order_of(order)), original, name})
	draft = frappe.get_doc(records.ORDER, name)
	if not draft.docstatus.is_draft():
		_throw_already(draft.soe_replaced_order)
	wanted = inputs.names(rows, "rows")
	groups = parts.by_warehouse(draft) if by == "warehouse" else parts.chosen(draft, wanted)
	return parts.split(draft, groups)


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def take_off_quotation(sales_order: str, rows: list | str) -> str:
	"""Unlink rows of the draft replacement from their quotation, so that more may be ordered of them."""
	order = _readable(sales_order)
	require_permission(order)
	draft = _draft_of(order)
	wanted = set(inputs.names(rows, "rows"))
	for part in records.parts_with(draft):
		taken = [row for row in part.items if wanted & {row.name, row.soe_replaced_row}]
		for row in taken:
			row.update({"prevdoc_docname": None, "quotation_item": None})
		if taken:
			part.save(ignore_permissions=True)
	return draft.name


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def confirm(sales_order: str) -> dict[str, str | list[str]]:
	"""Book the draft replacement (named itself, or by its original); return the names of all orders.

	Of several drafts that replace one order all are booked: `replacement` is the one that was named, or
	the first, `replacements` are all.
	"""
	order = _readable(sales_order)
	require_permission(order)
	draft = _draft_of(order)
	workflow = draft.meta.get_workflow()
	if workflow:
		messages.throw_all([rules.violation("workflow", draft=draft.name, workflow=workflow)])
	try:
		draft.flags.ignore_permissions = True
		draft.submit()
	except (frappe.TimestampMismatchError, frappe.QueryDeadlockError):
		_explain_if_booked(draft.name)
		raise
	original = draft.soe_replaced_order
	return {
		"replacement": draft.name,
		"original": original,
		"inverse": rules.inverse_name(original),
		"replacements": successors.replacements_of(original),
	}


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def abandon(sales_order: str) -> str:
	"""Delete the draft replacement (named itself, or by its original), all parts of it.

	Return the original's name.
	"""
	order = _readable(sales_order)
	require_permission(order)
	draft = _draft_of(order)
	original = draft.soe_replaced_order
	transactions.start_fresh()
	transactions.lock_document(draft)
	if frappe.db.get_value(records.ORDER, draft.name, "docstatus"):
		_throw_already(original)
	with background.or_refused():
		for name in records.open_drafts(original):
			delivery_plan.forget(name)
			frappe.delete_doc(records.ORDER, name, ignore_permissions=True)
	return original


@frappe.whitelist()
def difference(sales_order: str) -> dict[str, Any]:
	"""Return old and new of a replacement, row by row, with the money effect; of a draft also warnings.

	Named by the original, several replacements are told as one.
	"""
	order = _readable(sales_order)
	if order.soe_replaced_order and not order.soe_replacement_order:
		_readable(order.soe_replaced_order)
		if order.docstatus.is_cancelled() and not successors.was_booked(order.name):
			messages.throw_all(
				[rules.violation("discarded", order=order.name, original=order.soe_replaced_order)]
			)
		return compare.compare([order])
	names = successors.replacements_of(order.name) if order.soe_replacement_order else ()
	names = names or records.open_drafts(order.name) or [_open_draft_of(order)]
	return compare.compare([_readable(name) for name in names])


@frappe.whitelist()
def chain(sales_order: str) -> list[dict[str, Any]]:
	"""Return the orders of the chain that this order belongs to, first to last."""
	order = _readable(sales_order)
	root = rules.root_of(records.order_of(order))
	return [
		{
			"name": row.name,
			"number": 0 if row.name == root else row.soe_replacement_no,
			"status": row.status,
			"is_cancelled": row.soe_is_cancelled,
			"inverse": row.soe_inverse_order,
			"replacement": row.soe_replacement_order,
			"transaction_date": row.transaction_date,
			"grand_total": row.grand_total,
			"currency": row.currency,
		}
		for row in history.chain(root)
	]


@frappe.whitelist()
def calendar_events(start: str, end: str, filters: str | list | dict | None = None) -> list[dict[str, Any]]:
	"""Return the calendar's events without orders that were replaced (their replacement is there)."""
	frappe.has_permission(records.ORDER, "read", throw=True)
	from erpnext.selling.doctype.sales_order.sales_order import get_events

	wanted = [
		*inputs.conditions(filters, "filters", records.ORDER),
		[records.ORDER, "soe_is_cancelled", "=", 0],
	]
	return get_events(start, end, frappe.as_json(wanted))


def _readable(sales_order: str) -> Document:
	order = frappe.get_doc(records.ORDER, sales_order)
	order.check_permission("read")
	return order


def _make_draft(original: Document, root: str) -> str:
	number = records.new_number(root)
	draft = drafts.build(original, number, today())
	draft.flags.soe_starting = True
	draft.insert(ignore_permissions=True, set_name=rules.replacement_name(root, number))
	drafts.restore_packed_warehouses(draft, original)
	drafts.copy_attachments(original.name, draft)
	return draft.name


def _draft_of(order: Document) -> Document:
	"""Return the draft that is meant, or throw why there is none."""
	if not order.soe_replaced_order or order.docstatus.is_submitted():
		if not records.open_draft(order.name):
			_explain_if_booked(order.name)
		return frappe.get_doc(records.ORDER, _open_draft_of(order))
	return order


def _open_draft_of(order: Document) -> str:
	name = records.open_draft(order.name)
	if not name:
		messages.throw_all([rules.violation("no_draft", order=order.name)])
	return name


def _explain_if_booked(name: str) -> None:
	"""Throw AlreadyReplacedError if the draft, or the order, has been confirmed: nothing is left to do."""
	transactions.start_fresh()
	row = transactions.lock_rows(
		records.ORDER, [name], ("docstatus", "soe_replaced_order", "soe_replacement_order")
	)
	if row and row[0].soe_replacement_order:
		_throw_already(name)
	if row and row[0].docstatus == 1 and row[0].soe_replaced_order:
		_throw_already(row[0].soe_replaced_order)


def _throw_already(original: str) -> NoReturn:
	"""Throw that the order is replaced, and by what, as committed now."""
	found = rules.start_violations(records.order_of(frappe.get_doc(records.ORDER, original)))
	messages.throw_all(found)
	raise AssertionError(found)
