"""On which days an order will be invoiced, and for how much, if everything is delivered as promised: pure.

Invariant: the amounts of an order's days add up to what is left of it to invoice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sales_order_ext.decimals import ZERO, rounded
from sales_order_ext.invoicing import calendar, rules
from sales_order_ext.invoicing.calendar import Schedule
from sales_order_ext.invoicing.facts import (
	AFTER_ORDER_DELIVERED,
	BY_SCHEDULE,
	IMMEDIATE,
	CustomerFacts,
	Expected,
	OrderFacts,
	RowFacts,
)


def expected(
	order: OrderFacts, customer: CustomerFacts, today: date, not_before: date | None = None
) -> list[Expected]:
	"""Return what is left of an order, by the day on which a run invoices it; none where no batch does.

	What is not delivered yet counts for the day it is promised for, or today where that is past. `not_before`:
	the day that an invoice too small for today waits for.
	"""
	schedule = customer.schedule if order.term == BY_SCHEDULE else None
	if rules.order_block(order, customer.schedule):
		return []
	days: dict[tuple[date, bool], Decimal] = defaultdict(lambda: ZERO)
	for day, amount, delivered in _parts(order, schedule, today):
		days[max(day, today, not_before or today, customer.held_until or today), delivered] += amount
	return [
		Expected(
			invoice_date=day,
			amount=rounded(amount, order.amount_precision),
			base_amount=rounded(amount * order.conversion_rate, order.amount_precision),
			delivered=delivered,
		)
		for (day, delivered), amount in sorted(days.items())
		if amount
	]


def _parts(order: OrderFacts, schedule: Schedule | None, today: date) -> Iterator[tuple[date, Decimal, bool]]:
	"""Yield (earliest day, net amount, whether it is delivered) of what is left of each row."""
	rows = [row for row in order.rows if not row.is_billed_in_full]
	goods = [part for row in rows if row.needs_delivery for part in _goods(order, row, schedule, today)]
	if order.term == AFTER_ORDER_DELIVERED and any(not delivered for _day, _amount, delivered in goods):
		last = max(day for day, _amount, _delivered in goods)
		goods = [(last, amount, False) for _day, amount, _delivered in goods]
	yield from goods
	begun = any(row.needs_delivery and row.invoiced > 0 for row in order.rows)
	for row in rows:
		left = max(ZERO, row.qty - row.invoiced) * row.rate
		if not row.needs_delivery and left:
			yield _service(order, schedule, today, [] if begun else goods, left)


def _goods(
	order: OrderFacts, row: RowFacts, schedule: Schedule | None, today: date
) -> Iterator[tuple[date, Decimal, bool]]:
	if order.term == IMMEDIATE:
		yield today, max(ZERO, row.qty - row.invoiced) * row.rate, True
		return
	arrived = rules.delivered(row, today, today)
	yield from _delivered(row, max(ZERO, arrived - row.invoiced), schedule, today)
	coming = max(ZERO, row.qty - max(arrived, row.invoiced))
	if coming:
		yield _by(schedule, max(row.due_on or today, today)), coming * row.rate, False


def _delivered(
	row: RowFacts, due: Decimal, schedule: Schedule | None, today: date
) -> Iterator[tuple[date, Decimal, bool]]:
	"""Yield what is delivered and not invoiced, the latest deliveries first."""
	by_day: dict[date, Decimal] = defaultdict(lambda: ZERO)
	for move in row.movements:
		if move.posted_on <= today:
			by_day[move.counts_on] += move.qty
	for day in sorted(by_day, reverse=True):
		taken = min(due, max(ZERO, by_day[day]))
		due -= taken
		if taken:
			yield _by(schedule, day), taken * row.rate, True


def _service(
	order: OrderFacts,
	schedule: Schedule | None,
	today: date,
	goods: list[tuple[date, Decimal, bool]],
	amount: Decimal,
) -> tuple[date, Decimal, bool]:
	"""Return when a row that is never delivered is invoiced: with the order's first goods, if it has any."""
	if goods and order.term != IMMEDIATE:
		day, _amount, delivered = min(goods)
		return day, amount, delivered
	has_goods = any(row.needs_delivery for row in order.rows)
	return (today if has_goods else _by(schedule, order.transaction_date)), amount, True


def _by(schedule: Schedule | None, day: date) -> date:
	return calendar.invoice_date_for(schedule, day) if schedule else day
