"""Which quantities of an order are to be invoiced now, and why: pure.

Invariant: over any sequence of deliveries, returns and invoices no term ever invoices more of a row than
the larger of what was ordered and what was delivered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sales_order_ext.decimals import ZERO, rounded, text
from sales_order_ext.invoicing import calendar
from sales_order_ext.invoicing.calendar import Schedule
from sales_order_ext.invoicing.facts import (
	AFTER_DELIVERY,
	AFTER_ORDER_DELIVERED,
	ALLOWED,
	BLOCKED,
	BY_SCHEDULE,
	DO_NOT_INVOICE,
	FROM_ORDER_ONLY,
	IMMEDIATE,
	TERMS,
	BilledRow,
	OrderFacts,
	RowFacts,
	RowToInvoice,
	Verdict,
)
from sales_order_ext.violations import Violation, violation

# The part of an amount by which roundings may differ.
TOLERANCE = Decimal("0.01")
HELD_STATUSES = {"Closed": "order_closed", "On Hold": "order_on_hold"}


def term_of(
	own: str | None,
	order_type: str | None,
	customer: str | None,
	groups: Iterable[str | None],
	default: str | None,
) -> str:
	"""Return an order's invoice term: the first named, from what is nearest the order to the site's default.

	`groups` are the terms of the customer's groups, nearest first.
	"""
	return next((term for term in (own, order_type, customer, *groups, default) if term), AFTER_DELIVERY)


def check_term(term: str | None, customer: str, schedule: str | None) -> list[Violation]:
	"""Return what keeps a customer, or an order of theirs, from having the term."""
	if term == BY_SCHEDULE and not schedule:
		return [violation("schedule_missing", customer=customer, term=term)]
	return []


def verdicts(order: OrderFacts, as_of: date, schedule: Schedule | None) -> list[Verdict]:
	"""Return, for every row, what is to be invoiced on `as_of` and why or why not."""
	block = order_block(order, schedule)
	if block:
		return [Verdict(row, ZERO, block) for row in order.rows]
	moment = _moment(order, as_of, schedule)
	goods = [_goods_verdict(order, row, moment) for row in order.rows if row.needs_delivery]
	services = [_service_verdict(order, row, goods, moment) for row in order.rows if not row.needs_delivery]
	found = sorted(goods + services, key=lambda verdict: verdict.row.idx)
	return _hold_free_rows(found)


def invoiceable(order: OrderFacts, as_of: date, schedule: Schedule | None) -> list[RowToInvoice]:
	"""Return the quantities of an order to invoice on `as_of`."""
	return [
		RowToInvoice(
			order.name,
			verdict.row.name,
			verdict.row.item_code,
			verdict.qty,
			rounded(verdict.qty * verdict.row.rate, order.amount_precision),
		)
		for verdict in verdicts(order, as_of, schedule)
		if verdict.qty
	]


def due_at_once(order: OrderFacts, as_of: date) -> list[RowToInvoice]:
	"""Return the quantities that processing an order from its own form invoices at once.

	By its term, or of what is delivered where it has none. Schedules are left to runs, and a type that is
	kept from batches is not kept from this.
	"""
	if order.term == BY_SCHEDULE:
		return []
	processing = ALLOWED if order.processing == FROM_ORDER_ONLY else order.processing
	seen = replace(order, term=order.term or AFTER_DELIVERY, processing=processing)
	return invoiceable(seen, as_of, None)


def order_block(order: OrderFacts, schedule: Schedule | None) -> Violation | None:
	"""Return why no batch invoices the order at all, or None."""
	if order.status in HELD_STATUSES:
		return violation(HELD_STATUSES[order.status], order=order.name)
	if order.processing == BLOCKED:
		return violation("type_blocked", order=order.name)
	if order.processing == FROM_ORDER_ONLY:
		return violation("type_from_order_only", order=order.name)
	if order.term not in TERMS:
		return violation("no_term", order=order.name)
	if order.term == DO_NOT_INVOICE:
		return violation("do_not_invoice", order=order.name)
	if order.term == BY_SCHEDULE and not schedule:
		return violation("schedule_missing", customer=order.key.customer, term=order.term)
	return None


def delivery_limit(term: str, as_of: date, schedule: Schedule | None) -> date:
	"""Return the last delivery date that counts on `as_of`."""
	if term != BY_SCHEDULE or not schedule:
		return as_of
	period = calendar.last_period(schedule, as_of)
	return period.cut_off if period else date.min


def delivered(row: RowFacts, as_of: date, limit: date) -> Decimal:
	"""Return the net quantity of the deliveries up to `limit`, less what came back of them until `as_of`."""
	return sum(
		(move.qty for move in row.movements if move.posted_on <= as_of and move.counts_on <= limit), ZERO
	)


def deliveries_of(row: RowFacts, qty: Decimal) -> list[str]:
	"""Return the deliveries that a quantity to invoice is of: the first that earlier invoices left over."""
	by_document: dict[str, Decimal] = {}
	for move in sorted(row.movements, key=lambda move: (move.counts_on, move.document)):
		if move.document:
			by_document[move.document] = by_document.get(move.document, ZERO) + move.qty
	found, start, end = [], row.invoiced, row.invoiced + qty
	reached = ZERO
	for document, delivered_qty in by_document.items():
		if delivered_qty > 0:
			if reached < end and reached + delivered_qty > start:
				found.append(document)
			reached += delivered_qty
	return found


def still_to_deliver(order: OrderFacts, as_of: date) -> Decimal:
	"""Return how much of the order's rows, taken together, has yet to be delivered."""
	return sum(
		(max(ZERO, row.qty - delivered(row, as_of, as_of)) for row in order.rows if row.needs_delivery), ZERO
	)


def fixed_amount_share(
	fixed: Decimal, total: Decimal, before: Decimal, now: Decimal, precision: int
) -> Decimal:
	"""Return the part of an order's fixed discount or charge that belongs to the invoice being made.

	`total` is the order's net amount, `before` what of it was invoiced earlier, `now` what is invoiced now.
	The parts of successive invoices add up to `fixed` exactly.
	"""
	if not total:
		return fixed
	return rounded(fixed * (before + now) / total, precision) - rounded(fixed * before / total, precision)


@dataclass(frozen=True)
class _Moment:
	"""What the rows of one order are judged by. `missing`: what the order's term still waits for."""

	as_of: date
	limit: date
	schedule: Schedule | None
	missing: Decimal


def _moment(order: OrderFacts, as_of: date, schedule: Schedule | None) -> _Moment:
	return _Moment(
		as_of=as_of,
		limit=delivery_limit(order.term, as_of, schedule),
		schedule=schedule if order.term == BY_SCHEDULE else None,
		missing=still_to_deliver(order, as_of) if order.term == AFTER_ORDER_DELIVERED else ZERO,
	)


def _goods_verdict(order: OrderFacts, row: RowFacts, moment: _Moment) -> Verdict:
	if order.term == IMMEDIATE:
		return _verdict(row, row.qty - row.invoiced)
	due = delivered(row, moment.as_of, moment.limit) - row.invoiced
	arrived = delivered(row, moment.as_of, moment.as_of)
	if moment.missing and arrived > row.invoiced:
		return _waits_for_rest(row, moment)
	if moment.schedule and due <= 0 < arrived - row.invoiced:
		return _waits_for_date(row, _first_delivery_after(row, moment), moment.schedule)
	if due <= 0 and row.qty > max(row.invoiced, arrived):
		return Verdict(row, ZERO, violation("not_delivered", qty=text(row.qty - arrived)))
	return _verdict(row, due)


def _service_verdict(order: OrderFacts, row: RowFacts, goods: Sequence[Verdict], moment: _Moment) -> Verdict:
	"""Decide a row that is never delivered: with the first goods invoice, or at once without goods.

	By a schedule, "at once" is the first invoice date whose cut-off is on or after the order's date.
	"""
	if moment.missing:
		return _waits_for_rest(row, moment)
	if goods and order.term != IMMEDIATE:
		if not any(verdict.qty or verdict.row.invoiced > 0 for verdict in goods):
			return Verdict(row, ZERO, violation("goes_with_goods"))
	elif moment.schedule and order.transaction_date > moment.limit:
		return _waits_for_date(row, order.transaction_date, moment.schedule)
	return _verdict(row, row.qty - row.invoiced)


def _waits_for_rest(row: RowFacts, moment: _Moment) -> Verdict:
	return Verdict(row, ZERO, violation("order_not_delivered", qty=text(moment.missing)))


def _waits_for_date(row: RowFacts, delivery_date: date, schedule: Schedule) -> Verdict:
	day = calendar.invoice_date_for(schedule, delivery_date)
	return Verdict(row, ZERO, violation("waits_for_schedule", invoice_date=day), day)


def _first_delivery_after(row: RowFacts, moment: _Moment) -> date:
	moves = [move for move in row.movements if move.posted_on <= moment.as_of]
	return min(move.counts_on for move in moves if move.counts_on > moment.limit)


def invoiced_twice(rows: Iterable[BilledRow]) -> list[Violation]:
	"""Return the rows that would be invoiced a second time.

	Rounding aside, ERPNext itself holds submitted invoices to the limit; this holds drafts to it as well.
	"""
	return [
		violation(
			"already_invoiced", idx=row.idx, item_code=row.item_code, order=row.order, invoice=row.invoice
		)
		for row in rows
		if row.others > 0 and row.amount + row.others > row.limit * (1 + TOLERANCE)
	]


def _verdict(row: RowFacts, due: Decimal) -> Verdict:
	"""Return the verdict on a row of which `due` would be invoiced by its term."""
	if not row.qty:
		return Verdict(row, ZERO, violation("no_quantity"))
	if due <= 0:
		return Verdict(row, ZERO, violation("invoiced", qty=text(row.invoiced)))
	if row.is_billed_in_full:
		return Verdict(row, ZERO, violation("billed_in_full"))
	return Verdict(row, due, violation("due", qty=text(due)))


def _hold_free_rows(found: list[Verdict]) -> list[Verdict]:
	"""Let rows without a price wait for a row with one: no invoice over nothing, unless all is free."""
	if any(verdict.qty and verdict.row.rate for verdict in found):
		return found
	if not any(verdict.row.rate for verdict in found):
		return found
	return [
		Verdict(verdict.row, ZERO, violation("free_of_charge")) if verdict.qty else verdict
		for verdict in found
	]
