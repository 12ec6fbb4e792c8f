"""Who gets what when stock can be given to back orders, and when the others may expect theirs.

Pure: the preview and the release are the same plan. Never more is given than is free; who comes first by
priority, then promised date, then age is served first, unless complete orders were asked to come first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal

from sales_order_ext.allocation.rules import OpenBackOrder, OrderRow, Stock
from sales_order_ext.decimals import ZERO

# Why a back order does not get all that it waits for.
NO_STOCK, PARTLY, NO_WHOLE_UNIT, ALL_OR_NOTHING = "no_stock", "partly", "no_whole_unit", "all_or_nothing"
NOT_NEEDED = "not_needed"

FIRST, USUAL, LAST = 1, 5, 9


@dataclass(frozen=True)
class Waiting:
	"""A back order as a release sees it; quantities in stock units.

	`held` says why it may get nothing now, whatever is free. One that is not `chosen` gets nothing in this
	release, yet its order is not complete without it. `step` is the smallest quantity that can be handed
	over; 0 where any fraction can.
	"""

	name: str
	order: str
	row: str
	stock: Stock
	open: Decimal
	since: datetime
	priority: int = USUAL
	promised: date | None = None
	customer: str = ""
	step: Decimal = ZERO
	held: str = ""
	chosen: bool = True

	@property
	def rank(self) -> tuple[int, date, datetime, str]:
		"""Return what it is sorted by: priority, promised date (none comes last), age."""
		return (self.priority, self.promised or date.max, self.since, self.name)


@dataclass(frozen=True)
class Outcome:
	"""What a back order gets, and why not all: a code, empty when it gets all."""

	waiting: Waiting
	given: Decimal
	reason: str = ""


@dataclass(frozen=True)
class Kept:
	"""What is left of an earmark: stock that is kept for some customers alone."""

	stock: Stock
	qty: Decimal
	customers: frozenset[str]


@dataclass
class Supply:
	"""What can be given: `free` before anything is kept for somebody, and what is `kept` of it for whom.

	Of what is kept for a customer, the first in the list is used up first.
	"""

	free: dict[Stock, Decimal]
	kept: list[Kept]

	def left_for(self, one: Waiting) -> Decimal:
		others = [kept.qty for kept in self.kept if kept.stock == one.stock and not self._for(kept, one)]
		return max(self.free.get(one.stock, ZERO) - sum(others, ZERO), ZERO)

	def take(self, one: Waiting, qty: Decimal) -> None:
		self.free[one.stock] -= qty
		for at, kept in enumerate(self.kept):
			if kept.stock == one.stock and self._for(kept, one):
				taken = min(kept.qty, qty)
				self.kept[at] = replace(kept, qty=kept.qty - taken)
				qty -= taken

	def copy(self) -> Supply:
		return Supply(dict(self.free), list(self.kept))

	@staticmethod
	def _for(kept: Kept, one: Waiting) -> bool:
		return one.customer in kept.customers


def plan(
	waiting: Sequence[Waiting],
	free: Mapping[Stock, Decimal],
	kept: Sequence[Kept] = (),
	partial: bool = True,
	complete_orders_first: bool = False,
) -> list[Outcome]:
	"""Return what each chosen back order gets, in the order in which they are served.

	`free` is what nobody has, `kept` what of it is earmarked for some customers. Without `partial` a back
	order gets all that it waits for or nothing.
	"""
	supply = Supply(dict(free), list(kept))
	served: list[Outcome] = []
	if complete_orders_first:
		served, supply = _complete_orders(waiting, supply, partial)
	done = {outcome.waiting.name for outcome in served}
	for one in sorted(waiting, key=lambda one: one.rank):
		if one.chosen and one.name not in done:
			served.append(_serve(one, supply, partial))
	return served


def _complete_orders(
	waiting: Sequence[Waiting], supply: Supply, partial: bool
) -> tuple[list[Outcome], Supply]:
	"""Serve the orders that can have everything they wait for; return the outcomes and what is left."""
	orders: dict[str, list[Waiting]] = {}
	for one in sorted(waiting, key=lambda one: one.rank):
		orders.setdefault(one.order, []).append(one)
	served: list[Outcome] = []
	for of_order in orders.values():
		if not all(one.chosen for one in of_order):
			continue
		rest = supply.copy()
		outcomes = [_serve(one, rest, partial) for one in of_order]
		if not any(outcome.reason for outcome in outcomes):
			served, supply = served + outcomes, rest
	return served, supply


def _serve(one: Waiting, supply: Supply, partial: bool) -> Outcome:
	"""Give one back order what it can have, and take it from what is left."""
	if one.held or one.open <= 0:
		return Outcome(one, ZERO, one.held or NOT_NEEDED)
	left = supply.left_for(one)
	if left <= 0:
		return Outcome(one, ZERO, NO_STOCK)
	qty = in_steps(min(one.open, left), one.step)
	if qty <= 0:
		return Outcome(one, ZERO, NO_WHOLE_UNIT)
	if qty < one.open and not partial:
		return Outcome(one, ZERO, ALL_OR_NOTHING)
	supply.take(one, qty)
	return Outcome(one, qty, PARTLY if qty < one.open else "")


def in_steps(qty: Decimal, step: Decimal) -> Decimal:
	"""Return a quantity cut to whole steps."""
	return (qty / step).to_integral_value(ROUND_FLOOR) * step if step > 0 else qty


@dataclass(frozen=True)
class Incoming:
	"""What an open purchase still brings, in stock units; `row` where it was bought for one order row."""

	qty: Decimal
	due: date
	row: str = ""


def promised_dates(waiting: Iterable[Waiting], incoming: Iterable[Incoming]) -> dict[str, date | None]:
	"""Return {back order: the day by which purchases bring all it waits for}, None where they do not.

	All are of one stock. What was bought for a row goes to that row, the rest by priority, then age;
	purchases in the order of their dates.
	"""
	supplies = sorted(incoming, key=lambda one: (one.due, one.row))
	left = [one.qty for one in supplies]
	lines = sorted(waiting, key=lambda one: (one.priority, one.since, one.name))
	missing = {one.name: one.open for one in lines}
	dates: dict[str, date | None] = {one.name: None for one in lines}
	for dedicated in (True, False):
		for one in lines:
			for at, supply in enumerate(supplies):
				if supply.row != (one.row if dedicated else ""):
					continue
				taken = min(left[at], missing[one.name])
				if taken > 0:
					left[at] -= taken
					missing[one.name] -= taken
					dates[one.name] = max(supply.due, dates[one.name] or supply.due)
	return {name: day if missing[name] <= 0 else None for name, day in dates.items()}


def slipped(before: date | None, now: date | None) -> bool:
	"""Return whether a promise was put off or taken back."""
	return bool(before) and (now is None or now > before)


def shortened_back_orders(rows: Iterable[OrderRow], waiting: Sequence[OpenBackOrder]) -> dict[str, Decimal]:
	"""Return {back order: quantity to take off} where rows were shortened or removed since.

	A back order knows how much its row ordered (`ordered`). What a row waits for beyond what it is short
	of was filled, as far as the row still orders as much; the rest is not wanted any more. The newest
	gives way first.
	"""
	by_row = {row.row: row for row in rows}
	surplus: dict[str, Decimal] = {}
	dropped: dict[str, Decimal] = {}
	for one in waiting:
		row = by_row.get(one.row)
		ordered, short = (row.ordered, row.short) if row else (ZERO, ZERO)
		surplus[one.row] = surplus.get(one.row, -short) + one.open
		then = ordered if one.ordered is None else one.ordered
		dropped[one.row] = max(dropped.get(one.row, ZERO), then - ordered if row else one.open)
	cuts: dict[str, Decimal] = {}
	for one in reversed(waiting):
		gone = one.row not in by_row
		qty = one.open if gone else min(one.open, surplus[one.row], dropped[one.row])
		if qty > 0:
			surplus[one.row] -= qty
			dropped[one.row] -= qty
			cuts[one.name] = qty
	return cuts
