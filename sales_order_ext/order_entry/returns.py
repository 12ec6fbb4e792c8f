"""Return rows of an order: checked against deliveries, and processed through ERPNext's own returns.

Goods that come back make a return delivery; what was invoiced of them is credited. What is only credited
moves no stock. The order that the goods came from is opened for delivery again only by a reason that says
so, or where nothing was invoiced yet and the goods therefore must not be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from sales_order_ext import errors, preferences, transactions
from sales_order_ext.decimals import to_decimal
from sales_order_ext.errors import DocumentChangedError, ReturnRowError
from sales_order_ext.order_entry import return_documents, return_facts, return_rules
from sales_order_ext.order_entry.lines import TEXT
from sales_order_ext.order_entry.messages import MESSAGES
from sales_order_ext.order_entry.return_rules import Credit, Delivered, ReturnRow
from sales_order_ext.order_type import records as order_types
from sales_order_ext.violations import violation

TAKEN_OVER = ("delivery_note", "delivery_note_item", "item_code", "item_name", "qty", "uom", "rate", "amount",
	"credit_reason", "returned_by", "credited_by", "processed")  # fmt: skip
Part = tuple[Document, Delivered, list[Credit], bool]


def prepare(order: Document) -> Document:
	"""Give an order of returns alone what ERPNext's orders must not be without: a row, here a text, and a date."""
	if order.get("soe_returns") and not order.get("items"):
		order.append("items", {"soe_line_type": TEXT, "description": _("Returned goods")})
		order.delivery_date = order.get("delivery_date") or getdate(order.get("transaction_date"))
	return order


def check(order: Document) -> None:
	"""Validate the return rows of a draft; fill in what they say of the delivery, and the totals."""
	rows = order.get("soe_returns")
	if preferences.of(order).enable_order_types:
		order.soe_composition = order_types.type_of(order).composition
	if not rows and order.get("soe_returns_total"):
		order.update({"soe_returns_total": 0, "soe_total_with_returns": 0})
	if not rows or order.docstatus > 1 or order.get("soe_is_cancelled"):
		return
	rows = [row for row in rows if not row.processed]
	facts = return_facts.delivered({row.delivery_note_item for row in rows}, _chain(order))
	goods = any(row.get("soe_line_type") != TEXT for row in order.items)
	head = (order.customer, order.company, order.currency)
	found = return_rules.check(order_types.type_of(order).composition, goods, head, _values(rows), facts)
	errors.throw_all(found, MESSAGES)
	_fill_in(order, rows, facts)


def process(order: Document) -> dict[str, list[str]]:
	"""Make the return deliveries and credit notes of what is not processed; {} where nothing is.

	Returns their names under `return_delivery_notes` and `credit_notes`. The caller holds the order's lock.
	"""
	rows = [row for row in order.get("soe_returns") or [] if not row.processed]
	if not rows:
		return {}
	facts = _locked_facts(order, rows)
	parts = [_part(row, facts[row.delivery_note_item]) for row in rows]
	notes = _return_goods([part for part in parts if part[3] and not part[0].returned_by])
	invoices = _credit([part for part in parts if not part[0].credited_by])
	for row in rows:
		row.db_set({"returned_by": row.returned_by, "credited_by": row.credited_by, "processed": 1})
	_settle(order)
	return {"return_delivery_notes": notes, "credit_notes": invoices}


def reopen(document: Document) -> None:
	"""A return delivery or credit note is cancelled: the order's rows that it processed are open again."""
	if not document.get("is_return"):
		return
	field = "returned_by" if document.doctype == "Delivery Note" else "credited_by"
	rows = frappe.get_all(
		return_facts.RETURN_ROW, {field: document.name}, ["name", "parent"], order_by="name asc"
	)
	for row in rows:
		frappe.db.set_value(return_facts.RETURN_ROW, row.name, {field: None, "processed": 0})
	for name in sorted({row.parent for row in rows}):
		_settle(frappe.get_doc("Sales Order", name))


def take_over(order: Document, original: Document) -> None:
	"""An order is being replaced: what it has processed of its returns stays as it is, and processed."""
	waiting = list(order.get("soe_returns"))
	for done in original.get("soe_returns"):
		if not (done.processed or done.returned_by or done.credited_by):
			continue
		key = (done.delivery_note_item, done.credit_reason)
		row = next((one for one in waiting if (one.delivery_note_item, one.credit_reason) == key), None)
		if row:
			waiting.remove(row)
		row = row or order.append("soe_returns", {})
		row.update({field: done.get(field) for field in TAKEN_OVER})


def settle(order: Document) -> None:
	"""A replacement is booked: one of returns alone is complete if the original had processed them."""
	if order.get("soe_returns"):
		_settle(order)


def check_cancel(order: Document) -> None:
	"""Refuse to cancel an order whose returns are processed."""
	made = [
		row.get(field) for row in order.get("soe_returns") or [] for field in ("returned_by", "credited_by")
	]
	if any(made):
		names = ", ".join(sorted({name for name in made if name}))
		errors.throw([violation("returns_processed", documents=names)], MESSAGES)


def _chain(order: Document) -> list[str]:
	"""Return the order and the one that it replaces: what both take back is the same."""
	return [name for name in (order.name, order.get("soe_replaced_order")) if name]


def _values(rows: Sequence[Document]) -> list[ReturnRow]:
	reasons = {row.credit_reason: _reason(row.credit_reason) for row in rows if row.credit_reason}
	return [
		ReturnRow(
			idx=row.idx,
			delivered_row=row.delivery_note_item or "",
			qty=to_decimal(row.qty),
			reason=row.credit_reason or "",
			restock=bool(reasons.get(row.credit_reason) and reasons[row.credit_reason].restock),
			enabled=bool(reasons.get(row.credit_reason) and reasons[row.credit_reason].enabled),
		)
		for row in rows
	]


def _reason(name: str) -> Document:
	return frappe.get_cached_doc("Credit Reason", name)


def _fill_in(order: Document, rows: Sequence[Document], facts: dict[str, Delivered]) -> None:
	names = list({row.delivery_note_item for row in rows})
	fields = ["name", "parent", "item_code", "item_name", "uom"]
	filters = {"name": ("in", names)}
	known = {
		one.name: one for one in frappe.get_all("Delivery Note Item", filters, fields, order_by="name asc")
	}
	for row in rows:
		source = known[row.delivery_note_item]
		row.update({"delivery_note": source.parent, "item_code": source.item_code,
			"item_name": source.item_name, "uom": source.uom})  # fmt: skip
		row.rate = float(facts[row.delivery_note_item].rate)
		row.amount = float(to_decimal(-row.qty * row.rate, row.precision("amount")))
	order.soe_returns_total = sum(row.amount for row in order.soe_returns)
	order.soe_total_with_returns = order.total + order.soe_returns_total


def _locked_facts(order: Document, rows: Sequence[Document]) -> dict[str, Delivered]:
	"""Lock the deliveries; return the facts as committed now, refused where this view is older."""
	names = sorted({row.delivery_note_item for row in rows})
	transactions.lock_rows("Delivery Note", {row.delivery_note for row in rows})
	facts = return_facts.delivered(names, [order.name], locked=True)
	if facts != return_facts.delivered(names, [order.name]):
		frappe.throw(
			_("Somebody else has just returned some of these goods. Reload and try again."),
			DocumentChangedError,
		)
	waiting = [row for row in rows if not row.returned_by and not row.credited_by]
	found = [
		one
		for one in return_rules.check(
			return_rules.MIXED, True, (order.customer, order.company, order.currency), _values(waiting), facts
		)
		if one.code != "reason_disabled"
	]
	errors.throw_all(found, MESSAGES)
	return facts


def _part(row: Document, source: Delivered) -> Part:
	"""Return how a row is processed: what is credited against which invoice, and whether goods come back."""
	restock = bool(_reason(row.credit_reason).restock)
	parts, rest = return_rules.credits_for(to_decimal(row.qty), return_facts.invoiced(source))
	if rest and not restock and not row.credited_by:
		errors.throw([violation("not_invoiced", row=row.idx, note=source.note)], MESSAGES)
	return row, source, parts, restock


def _return_goods(parts: Sequence[Part]) -> list[str]:
	by_note: dict[str, list[Part]] = defaultdict(list)
	for part in parts:
		by_note[part[1].note].append(part)
	made = []
	for note in sorted(by_note):
		name = return_documents.return_delivery(note, [
			return_documents.Back(source.row, to_decimal(row.qty), sum((one.qty for one in credited), to_decimal(0)),
				_reason(row.credit_reason))
			for row, source, credited, _restock in by_note[note]])  # fmt: skip
		for row, *_others in by_note[note]:
			row.returned_by = name
		made.append(name)
	return made


def _credit(parts: Sequence[Part]) -> list[str]:
	"""Credit per invoice; what comes back apart from what is only credited, as ERPNext bills deliveries."""
	by_invoice: dict[tuple[str, bool], list[Credit]] = defaultdict(list)
	rows: dict[tuple[str, bool], list[Document]] = defaultdict(list)
	for row, _source, credited, restock in parts:
		for one in credited:
			by_invoice[one.invoice, restock].append(one)
			rows[one.invoice, restock].append(row)
	made = []
	for invoice, restock in sorted(by_invoice):
		name = return_documents.credit_note(invoice, by_invoice[invoice, restock], restock)
		for row in rows[invoice, restock]:
			row.credited_by = name
		made.append(name)
	return made


def _settle(order: Document) -> None:
	"""An order of returns alone is complete once all are processed, and open before."""
	if order.soe_is_cancelled or any(row.get("soe_line_type") != TEXT for row in order.items):
		return
	done = 100 if all(row.processed for row in order.soe_returns) else 0
	order.db_set({"per_delivered": done, "per_billed": done})
	order.set_status(update=True)


__all__ = ["ReturnRowError", "check", "check_cancel", "prepare", "process", "reopen", "settle", "take_over"]
