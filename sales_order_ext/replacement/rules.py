"""Cancel and replace, as values: who may be replaced, what a replacement must keep, what moves to it.

Invariant: original + inverse sum to nothing, and everything that was delivered, billed, ordered or paid
has exactly one row of the replacement to follow to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from sales_order_ext.decimals import ZERO, text
from sales_order_ext.replacement.comparison import goods, pairs, together
from sales_order_ext.replacement.facts import Order, Row
from sales_order_ext.violations import Violation, violation

ORIGINAL, REPLACEMENT, INVERSE = "Original", "Replacement", "Inverse"
INVERSE_MARK = "*R*"
# Changing these would make deliveries, invoices and payments those of another order.
FIXED_ALWAYS = ("company",)
FIXED_WHEN_LINKED = ("customer", "currency", "project")


def root_of(order: Order) -> str:
	"""Return the first order of the chain that `order` belongs to."""
	return order.root or order.name


def next_number(numbers: Iterable[int], root: str, taken: Collection[str] = ()) -> int:
	"""Return the number of a chain's next replacement, given those in use and any names taken."""
	number = max(numbers, default=0) + 1
	while replacement_name(root, number) in taken:
		number += 1
	return number


def replacement_name(root: str, number: int) -> str:
	"""Return the name of the chain's replacement with that number: SO-0007-1."""
	return f"{root}-{number}"


def inverse_name(original: str) -> str:
	"""Return the name of the order that reverses `original`: SO-0007*R*."""
	return f"{original}{INVERSE_MARK}"


def released_number(po_no: str | None, replacement: str) -> str | None:
	"""Return the customer's order number as a replaced order keeps it.

	ERPNext allows a number on one order only, whenever that order is changed; the replacement has it now.
	"""
	return f"{po_no} > {replacement}"[:140] if po_no else po_no


def state_of(order: Order) -> str:
	"""Return a fingerprint of what a replacement was copied from; progress does not change it."""
	rows = [
		(row.name, row.item_code, text(row.qty), row.uom, text(row.conversion_factor), text(row.rate))
		for row in sorted(order.rows, key=lambda row: row.name)
	]
	return hashlib.sha256(repr((order.company, order.customer, order.currency, rows)).encode()).hexdigest()


def may_replace(roles: Collection[str], replacement_role: str | None, native: Mapping[str, bool]) -> bool:
	"""Return whether a user may replace an order: by the role where one is set, else by native rights."""
	if replacement_role:
		return replacement_role in roles
	return all(native.get(right) for right in ("cancel", "create", "submit"))


def start_violations(order: Order) -> list[Violation]:
	"""Return why `order` cannot be replaced."""
	if order.role == INVERSE:
		return [violation("inverse", order=order.name)]
	if order.is_cancelled:
		return replaced_violations(order, "already_replaced")
	if order.docstatus != 1:
		return [violation("not_booked", order=order.name)]
	if order.status in ("Closed", "On Hold"):
		return [violation("not_open", order=order.name, status=order.status)]
	return [violation("subcontracted", order=order.name)] if order.subcontracted else []


def original_violations(original: Order, draft: Order) -> list[Violation]:
	"""Return why `draft` can no longer replace `original`, as the original stands now."""
	if original.is_cancelled:
		return replaced_violations(original, "already_replaced")
	if original.docstatus != 1 or original.status in ("Closed", "On Hold"):
		return [violation("original_not_open", order=original.name, draft=draft.name)]
	if draft.replaced_state and draft.replaced_state != state_of(original):
		return [violation("original_changed", order=original.name, draft=draft.name)]
	return []


def draft_violations(original: Order, draft: Order, siblings: Sequence[Order] = ()) -> list[Violation]:
	"""Return what `draft` may not change against the live facts of `original`, rows and header.

	`siblings` are the other parts, where one order is replaced by several.
	"""
	whole = together(draft, siblings)
	return (
		_header_violations(original, draft)
		+ _link_violations(original, whole)
		+ _row_violations(original, whole)
	)


def _header_violations(original: Order, draft: Order) -> list[Violation]:
	linked = bool(original.paid) or any(row.progress or row.documents for row in original.rows)
	fixed = FIXED_ALWAYS + (FIXED_WHEN_LINKED if linked else ())
	return [
		violation("header_changed", order=original.name, field=field, value=getattr(original, field))
		for field in fixed
		if (getattr(original, field) or "") != (getattr(draft, field) or "")
	]


def _link_violations(original: Order, draft: Order) -> list[Violation]:
	own = {row.name for row in original.rows}
	seen: set[str] = set()
	found = []
	for row in draft.rows:
		if not row.replaced_row:
			continue
		if row.replaced_row not in own:
			found.append(violation("foreign_row", row=row.idx, order=original.name))
		elif row.replaced_row in seen:
			found.append(violation("duplicate_row", row=row.idx, item=row.label))
		seen.add(row.replaced_row)
	return found


def _row_violations(original: Order, draft: Order) -> list[Violation]:
	found = []
	for old, new in pairs(original, draft):
		if old is None:
			continue
		if new is None or not new.qty:
			found += _removed_violations(old, original.currency)
			continue
		if new.qty < old.delivered:
			facts = {"row": new.idx, "item": old.label, "qty": text(new.qty)}
			found.append(violation("below_delivered", delivered=text(old.delivered), **facts))
		if (old.progress or old.documents) and goods(old) != goods(new):
			found.append(violation("goods_changed", row=new.idx, item=old.label, uom=old.uom))
	return found


def _removed_violations(old: Row, currency: str) -> list[Violation]:
	facts = {"row": old.idx, "item": old.label}
	quantities = [done for kind, done in old.progress.items() if kind != "billed"]
	if quantities:
		return [violation("row_removed", qty=text(max(quantities)), **facts)]
	if old.billed:
		return [violation("row_billed", billed=old.billed, currency=currency, **facts)]
	if old.documents:
		return [violation("row_linked", documents=", ".join(old.documents), **facts)]
	return []


def billed_violations(original: Order, draft: Order) -> list[Violation]:
	"""Return the rows whose new amount, once computed, is less than what is already billed."""
	return [
		violation(
			"below_billed",
			row=new.idx,
			item=new.label,
			amount=new.amount,
			billed=old.billed,
			currency=draft.currency,
		)
		for old, new in pairs(original, draft)
		if old and new and old.billed > ZERO and new.amount < old.billed
	]


def warnings(original: Order, draft: Order, siblings: Sequence[Order] = ()) -> list[Violation]:
	"""Return what is allowed but should be known before the replacement is confirmed."""
	found = []
	total = together(draft, siblings).total
	for old, new in pairs(original, draft):
		if not old or not new:
			continue
		stock_qty = new.qty * new.conversion_factor
		for kind in ("ordered", "work_order", "picked"):
			if stock_qty < getattr(old, kind):
				facts = {"row": new.idx, "item": new.label, "done": text(getattr(old, kind))}
				found.append(violation(f"below_{kind}", qty=text(stock_qty), **facts))
	if original.paid > total:
		facts = {"paid": original.paid, "total": total, "currency": draft.currency}
		found.append(violation("over_advance", **facts))
	if original.inter_company and _sold(original) != _sold(draft):
		found.append(violation("inter_company_differs", order=original.name, draft=draft.name))
	return found


def first_part_warnings(original: Order, first: Order, siblings: Sequence[Order] = ()) -> list[Violation]:
	"""Return what should be known of the first of several parts: all that is paid in advance goes to it."""
	if not siblings or original.advance <= first.total:
		return []
	facts = {"paid": original.advance, "total": first.total, "currency": first.currency}
	return [violation("advance_on_first", draft=first.name, **facts)]


def outdated_plans(
	original: Order, draft: Order, planned: Mapping[str, Decimal], anew: Collection[str]
) -> tuple[set[str], list[Violation]]:
	"""Return the rows whose planned deliveries do not fit the draft's rows, and what to tell of them.

	`planned` is {row of the original: quantity}; `anew` are rows of the draft with a plan of their own.
	"""
	gone, told = set(), []
	for old, new in pairs(original, draft):
		if not old or old.name not in planned:
			continue
		if not new or new.name in anew:
			gone.add(old.name)
		elif (goods(old), old.warehouse) != (goods(new), new.warehouse) or new.qty < planned[old.name]:
			gone.add(old.name)
			told.append(violation("plan_dropped", row=new.idx, item=new.label))
	return gone, told


def _sold(order: Order) -> list[tuple]:
	return [(*goods(row), row.qty, row.rate) for row in order.rows]


def left_behind(order: str, doctypes: Sequence[str]) -> list[Violation]:
	"""Return what still names the replaced order, because nobody said that it follows."""
	return [violation("left_behind", order=order, documents=", ".join(doctypes))] if doctypes else []


def replaced_violations(order: Order, code: str = "replaced") -> list[Violation]:
	"""Return why nothing may be done with an order that has been replaced, or that reverses one."""
	if not order.is_cancelled:
		return []
	if order.replaced_by:
		return [violation(code, order=order.name, replacement=order.replaced_by)]
	return [violation("replacement_cancelled", order=order.name, replacement=order.cancelled_replacement)]


def quotation_excess(rows: Iterable[Row], left: Mapping[str, Decimal]) -> list[Violation]:
	"""Return the rows that order more than their quotation has left ({row: quantity in stock units})."""
	return [
		violation("above_quotation", row=row.idx, item=row.label, left=text(left[row.name]))
		for row in rows
		if row.name in left and row.qty * row.conversion_factor > left[row.name]
	]
