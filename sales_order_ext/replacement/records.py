"""The room's database access: orders as facts, chains, locks, and who may replace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

import frappe
from erpnext.controllers.status_updater import get_allowance_for
from frappe.model.document import Document
from frappe.query_builder.functions import Sum
from frappe.utils import flt

from sales_order_ext import compat, preferences, transactions
from sales_order_ext.decimals import ZERO, to_decimal
from sales_order_ext.payment import records as payment_records
from sales_order_ext.replacement.facts import Order, Row
from sales_order_ext.replacement.links import LOG, ORDER
from sales_order_ext.replacement.rules import may_replace, next_number, replacement_name
from sales_order_ext.replacement.successors import ends_of, was_booked

SWITCH = "enable_cancel_and_replace"
REPLACED_KEY = "sales_order_ext:order_replaced"
IDENTITY = (
	"soe_replacement_role",
	"soe_is_cancelled",
	"soe_replacement_no",
	"soe_root_order",
	"soe_replaced_order",
	"soe_replacement_order",
	"soe_canceled_order",
	"soe_inverse_order",
	"soe_replaced_state",
)


def order_of(doc: Document, documents: Mapping[str, tuple[str, ...]] | None = None) -> Order:
	"""Return an order as facts; `documents` names what uses each of its rows."""
	return Order(
		name=doc.name,
		company=doc.company or "",
		customer=doc.customer or "",
		currency=doc.currency or "",
		project=doc.project or "",
		docstatus=int(doc.docstatus),
		status=doc.status or "",
		role=doc.get("soe_replacement_role") or "",
		root=doc.get("soe_root_order") or "",
		**_whereabouts(doc),
		replaces=doc.get("soe_replaced_order") or "",
		replaced_state=doc.get("soe_replaced_state") or "",
		subcontracted=bool(doc.get("is_subcontracted")),
		inter_company=bool(doc.get("inter_company_order_reference")),
		total=to_decimal(doc.get("rounded_total") or doc.get("grand_total"), doc.precision("grand_total")),
		paid=to_decimal(doc.get("advance_paid"), doc.precision("advance_paid")),
		advance=_advance_of(doc),
		rows=tuple(_row_of(row, (documents or {}).get(row.name, ())) for row in doc.items),
	)


def _advance_of(doc: Document) -> Decimal:
	"""Return what is paid on the order itself, in its currency; nothing where that is known in another."""
	is_own = (doc.get("party_account_currency") or doc.currency) == doc.currency
	return to_decimal(doc.get("advance_paid") if is_own else 0, doc.precision("advance_paid"))


def _row_of(row: Document, documents: tuple[str, ...]) -> Row:
	def number(field: str):
		return to_decimal(row.get(field), row.precision(field))

	return Row(
		name=row.name or "",
		idx=row.idx,
		item_code=row.item_code or "",
		item_name=row.item_name or "",
		qty=number("qty"),
		uom=row.uom or "",
		conversion_factor=number("conversion_factor"),
		rate=number("rate"),
		amount=number("amount"),
		warehouse=row.warehouse or "",
		replaced_row=row.get("soe_replaced_row") or "",
		delivered=number("delivered_qty"),
		billed=number("billed_amt"),
		ordered=max(number("ordered_qty"), to_decimal(row.get("requested_qty"))),
		work_order=number("work_order_qty"),
		picked=number("picked_qty"),
		planned=number("production_plan_qty"),
		reserved=number("stock_reserved_qty"),
		documents=documents,
	)


def is_allowed(doc: Document) -> bool:
	"""Return whether the acting user may replace the order."""
	role = preferences.of(doc).replacement_role
	native = {
		"cancel": doc.has_permission("cancel"),
		"create": frappe.has_permission(ORDER, "create"),
		"submit": doc.has_permission("submit"),
	}
	return bool(doc.has_permission("read")) and may_replace(frappe.get_roles(), role, native)


def lock_order(name: str) -> Document:
	"""Lock an order with its rows and return it as committed now."""
	return frappe.get_doc(ORDER, name, for_update=True)


def lock_stock(*orders: Document) -> None:
	"""Lock the Bins of the orders' rows and bundle parts, in sorted order."""
	rows = [row for order in orders for row in (*order.items, *order.packed_items)]
	stock = {(row.item_code, row.warehouse) for row in rows if row.item_code and row.warehouse}
	stocked = _stock_items({item_code for item_code, _warehouse in stock})
	transactions.lock_bins(sorted(pair for pair in stock if pair[0] in stocked))


def _stock_items(item_codes: Iterable[str]) -> set[str]:
	filters = {"name": ("in", sorted(item_codes)), "is_stock_item": 1}
	return set(frappe.get_all("Item", filters=filters, pluck="name", order_by="name"))


def paid_order_of(doc: Document, documents: Mapping[str, tuple[str, ...]] | None = None) -> Order:
	"""Return a booked order as facts, with all that is paid (advances, and payments of its invoices) and
	what is still reserved: on version 15 its rows count what was delivered of it as well."""
	measured = payment_records.measure([doc.name]).get(doc.name)
	facts = order_of(doc, documents)
	if any(row.reserved for row in facts.rows):
		left = _still_reserved(doc.name)
		facts = replace(
			facts, rows=tuple(replace(row, reserved=left.get(row.name, ZERO)) for row in facts.rows)
		)
	return replace(facts, paid=measured.paid) if measured else facts


def _still_reserved(order: str) -> dict[str, Decimal]:
	"""Return {row: what is reserved for it and not delivered yet, in stock units}."""
	entry = frappe.qb.DocType("Stock Reservation Entry")
	query = frappe.qb.from_(entry).select(entry.voucher_detail_no, Sum(compat.open_reserved_qty(entry)))
	query = query.where((entry.voucher_type == ORDER) & (entry.voucher_no == order) & (entry.docstatus == 1))
	return {row: to_decimal(qty, 9) for row, qty in query.groupby(entry.voucher_detail_no).run()}


def open_draft(original: str) -> str | None:
	"""Return the name of the order's (first) open replacement, if there is one."""
	return next(iter(open_drafts(original)), None)


def open_drafts(original: str) -> list[str]:
	"""Return the names of the order's open replacements, first to last; several after a split."""
	filters = {"soe_replaced_order": original, "docstatus": 0}
	return frappe.get_all(ORDER, filters, pluck="name", order_by="soe_replacement_no asc, name asc")


def quotation_left(original: Document, draft: Document) -> dict[str, Decimal]:
	"""Return {row of the draft: what its quotation has left for it, in stock units}, for quoted rows."""
	if not frappe.get_meta("Quotation Item").has_field("ordered_qty"):
		return {}
	own = {row.quotation_item: row.stock_qty for row in original.items if row.quotation_item}
	quoted = frappe.get_all(
		"Quotation Item",
		{"name": ("in", [row.quotation_item for row in draft.items if row.quotation_item])},
		["name", "item_code", "stock_qty", "ordered_qty"],
		order_by="name asc",
	)
	left = {}
	for row in quoted:
		allowed = flt(row.stock_qty) * (100 + get_allowance_for(row.item_code)[0]) / 100
		left[row.name] = to_decimal(allowed - flt(row.ordered_qty) + flt(own.get(row.name)), 6)
	return {row.name: left[row.quotation_item] for row in draft.items if row.quotation_item in left}


def discarded_drafts(original: str) -> list[str]:
	"""Return the drafts that were to replace an order and were discarded (version 16) instead of deleted."""
	if not (preferences.get(SWITCH) or any_replaced()):
		return []
	filters = {"soe_replaced_order": original, "docstatus": 2}
	names = frappe.get_all(ORDER, filters, pluck="name", order_by="name")
	return [name for name in names if not was_booked(name)]


def siblings_of(draft: Document) -> list[Document]:
	"""Return the other drafts that replace the same order."""
	if draft.flags.soe_parts is not None:
		return draft.flags.soe_parts
	names = open_drafts(draft.soe_replaced_order)
	return [frappe.get_doc(ORDER, name) for name in names if name != draft.name]


def parts_with(draft: Document) -> list[Document]:
	"""Return all drafts that replace the order of `draft`, itself among them, first to last."""
	return sorted([draft, *siblings_of(draft)], key=lambda part: (part.soe_replacement_no, part.name))


def new_number(root: str) -> int:
	"""Return the chain's next number. To be called while the root's row is locked."""
	rows = frappe.get_all(
		ORDER, filters={"soe_root_order": root}, fields=["name", "soe_replacement_no"], order_by="name"
	)
	number = next_number([row.soe_replacement_no or 0 for row in rows], root)
	while frappe.db.exists(ORDER, replacement_name(root, number)):
		number += 1
	return number


def lock_flags(names: Iterable[str]) -> list[Order]:
	"""Lock orders and return what a guard asks: whether each has been replaced, and by which."""
	fields = ("soe_is_cancelled", "soe_replacement_order", "soe_canceled_order")
	orders = []
	for row in transactions.lock_rows(ORDER, names, fields):
		orders.append(flags_of(row))
	return orders


def flags_of(order: Document | frappe._dict) -> Order:
	"""Return what a guard asks of an order: whether it has been replaced, and by which."""
	return Order(name=order.name, **_whereabouts(order))


def _whereabouts(order: Document | frappe._dict) -> dict[str, bool | str]:
	"""Return whether an order has been replaced, and what is worked on instead."""
	if not order.get("soe_is_cancelled"):
		return {"is_cancelled": False}
	living, cancelled = ends_of(order.get("soe_canceled_order") or order.name)
	if not (living or cancelled):
		# Replaced since this transaction began to read: the locked row alone says by what.
		living = [order.get("soe_replacement_order") or order.get("soe_canceled_order") or ""]
	named = {"replaced_by": ", ".join(living), "cancelled_replacement": ", ".join(cancelled)}
	return {"is_cancelled": True, **named}


def any_replaced() -> bool:
	"""Return whether this site has replaced an order yet; without a statement where the switch is off.

	That it has not is believed only while nobody can: a cache that was away might not have heard of the first one.
	"""
	known = frappe.cache.get_value(REPLACED_KEY)
	if known is None or (not known and preferences.maybe_on(SWITCH)):
		known = int(bool(frappe.db.exists(LOG, {})))
		frappe.cache.set_value(REPLACED_KEY, known)
	return bool(known)


def forget_any_replaced() -> None:
	"""Ask the database again, now and when the transaction has ended either way."""
	for moment in (frappe.db.after_commit, frappe.db.after_rollback):
		moment.add(_forget_any_replaced)
	_forget_any_replaced()


def _forget_any_replaced() -> None:
	frappe.cache.delete_value(REPLACED_KEY)


def workflow_state_field(doc: Document) -> str | None:
	"""Return the field of a document's workflow state; None where no workflow is active."""
	workflow = doc.meta.get_workflow()
	return frappe.get_cached_value("Workflow", workflow, "workflow_state_field") if workflow else None
