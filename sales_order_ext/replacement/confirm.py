"""Confirming: the steps that turn a draft into the replacement while it is being submitted.

Before ERPNext validates: lock, check, close the original, store the inverse, move the links, carry the
figures. After it has computed the amounts: check them and carry what depends on them. After it has
booked: quotation, log and comments. All in the submit's transaction; any error undoes everything.
Where several drafts replace one order, submitting one of them submits the others with it.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from sales_order_ext import compat, transactions
from sales_order_ext.markup import as_html
from sales_order_ext.replacement import (
	comparison,
	delivery_plan,
	figures,
	inverse,
	links,
	log,
	messages,
	records,
	reservations,
	rules,
	schedule,
)
from sales_order_ext.replacement.confirmation import Confirmation

ROW_FIGURES = tuple(name for name in inverse.PROGRESS["Sales Order Item"] if name != "stock_reserved_qty")


def lock(draft: Document) -> None:
	"""Lock drafts and original before anything is read, so that all reads see what is committed by then.

	`start_submit` did so only if a locking switch is on; a replacement can be finished after it is off.
	"""
	original = draft.soe_replaced_order
	transactions.lock_for([draft.name, original, *records.open_drafts(original)], (), draft)


def begin(draft: Document) -> Confirmation:
	"""Before ERPNext validates the submit: take everything over from the original."""
	confirmation = draft.flags.soe_group
	if not confirmation:
		confirmation = lock_and_check(draft)
		close_original(confirmation)
		confirmation.inverse = inverse.insert(confirmation.original, draft.transaction_date)
		move_links(confirmation)
	carry_rows(confirmation, draft)
	if not draft.flags.soe_group:
		mark_original(confirmation)
	return confirmation


def complete(confirmation: Confirmation, draft: Document) -> None:
	"""After ERPNext has computed the amounts: check them, carry schedule, bundle parts and percentages."""
	original = confirmation.original
	facts = records.order_of(draft)
	messages.throw_all(rules.billed_violations(confirmation.facts, facts))
	if draft.name == confirmation.first:
		schedule.carry(original, draft, confirmation.references)
	carry_packed_rows(confirmation, draft)
	set_percentages(draft, facts)
	others = confirmation.others(draft)
	found = rules.warnings(confirmation.facts, facts, others)
	if not draft.flags.soe_group:
		found += confirmation.told + rules.left_behind(original.name, links.left_behind(original.name))
	if draft.name == confirmation.first:
		found += rules.first_part_warnings(confirmation.facts, facts, others)
	draft.flags.soe_warnings = [messages.sentence(warning) for warning in found]


def finish(confirmation: Confirmation, draft: Document) -> None:
	"""After ERPNext has booked the replacement: what depends on both orders, then the record of it all."""
	if not draft.flags.soe_group:
		submit_others(confirmation, draft)
		update_quotations(confirmation.original)
	if any(row.picked_qty for row in draft.items):
		draft.update_picking_status()
	if hasattr(draft, "set_advance_payment_status"):
		draft.set_advance_payment_status()
	write_log(confirmation, draft)
	records.forget_any_replaced()
	_tell(confirmation, draft)
	for hook in frappe.get_hooks("sales_order_replaced"):
		frappe.call(
			hook, original=confirmation.original.name, replacement=draft, inverse=confirmation.inverse.name
		)


def submit_others(confirmation: Confirmation, draft: Document) -> None:
	"""Book the other parts with this one: all are booked or none."""
	workflow = records.workflow_state_field(draft)
	for part in confirmation.parts:
		if part.name != draft.name:
			part.flags.soe_group = confirmation
			part.flags.soe_locked = True
			part.flags.ignore_permissions = draft.flags.ignore_permissions
			if workflow:
				part.set(workflow, draft.get(workflow))
			part.submit()


def write_log(confirmation: Confirmation, draft: Document) -> None:
	"""Store what this replacement took over, and what followed to it."""
	new, is_first = records.order_of(draft), draft.name == confirmation.first
	places = draft.precision("grand_total")
	old = comparison.share_of(confirmation.facts, new, confirmation.others(draft), is_first, places)
	log.write(confirmation.inverse, draft, old, new, confirmation.references_of(draft))


def lock_and_check(draft: Document) -> Confirmation:
	"""Lock order, rows, references and stock, in this order, and check the draft against what stands now."""
	original = records.lock_order(draft.soe_replaced_order)
	parts = records.parts_with(draft)
	references = links.find(original.name, lock=True)
	facts = records.paid_order_of(original, links.documents_by_row(references))
	news = [records.order_of(part) for part in parts]
	for new in news:
		check(facts, new, [one for one in news if one is not new])
	reservations.check_removed(facts, comparison.together(news[0], news[1:]), references)
	records.lock_stock(original, *parts)
	return Confirmation(original, facts, references, parts)


def check(original: rules.Order, draft: rules.Order, siblings: list[rules.Order]) -> None:
	"""Throw what speaks against `draft`, together with its siblings, replacing `original`."""
	messages.throw_all(rules.original_violations(original, draft))
	messages.throw_all(rules.draft_violations(original, draft, siblings))


def close_original(confirmation: Confirmation) -> None:
	"""Close the original as ERPNext does, and free what a closed order still holds."""
	original = confirmation.original
	original.flags.ignore_permissions = True
	original.update_status("Closed")
	original.update_blanket_order()
	if original.coupon_code:
		from erpnext.accounts.doctype.pricing_rule.utils import update_coupon_code_count

		update_coupon_code_count(original.coupon_code, "cancelled")


def move_links(confirmation: Confirmation) -> None:
	"""Point everything at the drafts and their rows; reservations of dropped rows are let go."""
	confirmation.successors = {
		row.soe_replaced_row: (part.name, row.name)
		for part in confirmation.parts
		for row in part.items
		if row.soe_replaced_row
	}
	confirmation.homes = {
		row.item_code: part.name
		for part in reversed(confirmation.parts)
		for row in (*part.packed_items, *part.items)
	}
	rows = {old: new for old, (_order, new) in confirmation.successors.items()}
	parts = [records.order_of(part) for part in confirmation.parts]
	confirmation.references, confirmation.told = delivery_plan.keep_fitting(
		confirmation.facts, parts, confirmation.references
	)
	confirmation.references, gone = reservations.split(confirmation.references, rows)
	reservations.release(gone)
	for part in confirmation.parts:
		links.move(confirmation.references_of(part), part.name, rows)


def carry_rows(confirmation: Confirmation, draft: Document) -> None:
	"""Carry the figures of each row to its successor, in memory: the submit in progress will store them."""
	original = confirmation.original
	old_rows = {row.name: row for row in original.items}
	for row in draft.items:
		old = old_rows.get(row.soe_replaced_row)
		figures = {name: old.get(name) if old else 0 for name in ROW_FIGURES if row.meta.has_field(name)}
		row.update(figures)
	reservations.fit(original, draft, confirmation.references_of(draft))
	draft.party_account_currency = original.party_account_currency or draft.party_account_currency
	if draft.name == confirmation.first:
		draft.advance_paid = original.advance_paid
		draft.auto_repeat = original.auto_repeat


def mark_original(confirmation: Confirmation) -> None:
	"""Empty the original's figures (the log keeps them) and mark it as replaced."""
	original, first = confirmation.original, confirmation.parts[0]
	table = frappe.qb.DocType(original.doctype)
	values = {field: 0 for field in inverse.PROGRESS[original.doctype] if original.meta.has_field(field)}
	values |= {
		"delivery_status": "Not Delivered",
		"billing_status": "Not Billed",
		"po_no": rules.released_number(original.po_no, first.name),
		**dict.fromkeys(("auto_repeat", "inter_company_order_reference")),
		"soe_is_cancelled": 1,
		"soe_replacement_order": first.name,
		"soe_inverse_order": confirmation.inverse.name,
		"soe_root_order": first.soe_root_order,
		"soe_replacement_role": original.soe_replacement_role or rules.ORIGINAL,
	}
	update = frappe.qb.update(table).where(table.name == original.name)
	for fieldname, value in values.items():
		update = update.set(table[fieldname], value)
	update.run()
	for doctype in ("Sales Order Item", "Packed Item", "Payment Schedule"):
		_clear_rows(doctype, original)
	frappe.clear_document_cache(original.doctype, original.name)


def _clear_rows(doctype: str, original: Document) -> None:
	meta, table = frappe.get_meta(doctype), frappe.qb.DocType(doctype)
	update = frappe.qb.update(table).where(table.parent == original.name)
	update = update.where(table.parenttype == original.doctype)
	for fieldname in inverse.PROGRESS[doctype]:
		if meta.has_field(fieldname):
			update = update.set(table[fieldname], 0)
	if doctype == "Sales Order Item":
		update = update.set(table.purchase_order, None)
	if doctype == "Payment Schedule":
		update = update.set(table.outstanding, table.payment_amount)
		if meta.has_field("base_outstanding"):
			update = update.set(table.base_outstanding, table.base_payment_amount)
	update.run()


def carry_packed_rows(confirmation: Confirmation, draft: Document) -> None:
	"""Carry figures and references of bundle parts; ERPNext has just (re)built the draft's parts."""
	successors = {row.soe_replaced_row: row.name for row in draft.items if row.soe_replaced_row}
	free: dict[tuple[str, str], list[Document]] = {}
	for part in draft.packed_items:
		free.setdefault((part.parent_detail_docname, part.item_code), []).append(part)
	names: dict[str, str] = {}
	for old in confirmation.original.packed_items:
		matches = free.get((successors.get(old.parent_detail_docname), old.item_code))
		if matches:
			part = matches.pop(0)
			part.name or part.set_new_name()
			part.update({name: old.get(name) for name in inverse.PROGRESS["Packed Item"] if old.get(name)})
			names[old.name] = part.name
		elif old.parent_detail_docname in successors and (flt(old.ordered_qty) or flt(old.picked_qty)):
			facts = {"item": old.item_code, "bundle": old.parent_item}
			messages.throw_all([rules.violation("packed_removed", **facts)])
	links.move_packed(confirmation.references_of(draft), names)


def set_percentages(draft: Document, facts: rules.Order) -> None:
	"""Set how much of the replacement is delivered and billed, and the status that follows."""
	delivered = figures.percent((row.qty, row.delivered) for row in facts.rows)
	billed = figures.percent((row.amount, row.billed) for row in facts.rows)
	draft.per_delivered, draft.per_billed = float(delivered), float(billed)
	draft.delivery_status = figures.progress_status(delivered, "Delivered")
	draft.billing_status = figures.progress_status(billed, "Billed")
	draft.set_status()


def update_quotations(original: Document) -> None:
	"""Let quotations know of rows that the replacement no longer has."""
	compat.update_ordered_quantities(original)
	for quotation in sorted({row.prevdoc_docname for row in original.items if row.prevdoc_docname}):
		frappe.get_doc("Quotation", quotation).set_status(update=True)


def _tell(confirmation: Confirmation, draft: Document) -> None:
	"""Leave a comment on all orders, and show what the user should know."""
	original, reverse = confirmation.original, confirmation.inverse
	draft.add_comment("Info", _("Replaces {0}.").format(original.name))
	if not draft.flags.soe_group:
		names = confirmation.names
		original.add_comment("Info", _("Cancelled and replaced by {0}.").format(names))
		reverse.add_comment("Info", _("Reverses {0}, replaced by {1}.").format(original.name, names))
	for warning in draft.flags.soe_warnings or ():
		frappe.msgprint(as_html(warning), indicator="orange", alert=True)
