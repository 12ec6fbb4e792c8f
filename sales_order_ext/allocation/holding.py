"""What is kept for whom before anything is reserved: holds of drafts, earmarks, and the stock level kept.

Pure: no frappe. Invariant: the lines of a draft together hold no more of a stock than is free, and no line
more than it asks for. Quantities are in stock units.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal

from sales_order_ext.decimals import ZERO

Stock = tuple[str, str]
Part = tuple[Stock, Decimal]


@dataclass(frozen=True)
class StockFacts:
	"""An item in a warehouse: what lies there, and everything that takes from it.

	`unusable` lies in expired or disabled batches, `reserved` is open reservations, `held` live holds of
	others, `earmarked` is kept for other customers, `keep_level` is never sold below.
	"""

	actual: Decimal = ZERO
	reserved: Decimal = ZERO
	held: Decimal = ZERO
	earmarked: Decimal = ZERO
	keep_level: Decimal = ZERO
	unusable: Decimal = ZERO

	@property
	def free(self) -> Decimal:
		return max(self.free_before_earmarks - self.earmarked, ZERO)

	@property
	def free_before_earmarks(self) -> Decimal:
		"""What would be free if nothing were kept for other customers; below 0 where too much is taken."""
		return self.actual - self.reserved - self.held - self.keep_level - self.unusable

	@property
	def free_below_level(self) -> Decimal:
		"""What would be free if neither a stock level nor anything for other customers were kept."""
		return max(self.actual - self.reserved - self.held - self.unusable, ZERO)


@dataclass(frozen=True)
class Line:
	"""A row of a draft: `parts` are (stock, quantity per unit of the row), one for an item of its own.

	`step` is the smallest quantity that can be held; 0 where any fraction can.
	"""

	row: str
	qty: Decimal
	parts: tuple[Part, ...]
	step: Decimal = ZERO

	@property
	def needs(self) -> dict[Stock, Decimal]:
		"""Return {stock: quantity per unit}; a part may be named twice."""
		needs: dict[Stock, Decimal] = {}
		for stock, per in self.parts:
			needs[stock] = needs.get(stock, ZERO) + per
		return needs


def hold_lines(lines: Iterable[Line], free: Mapping[Stock, Decimal]) -> dict[str, Decimal]:
	"""Return {row: quantity held} for every line, first line first."""
	left = dict(free)
	held: dict[str, Decimal] = {}
	for line in lines:
		held[line.row] = qty = can_have(line, left)
		for stock, per in line.needs.items():
			left[stock] = left.get(stock, ZERO) - qty * per
	return held


def can_have(line: Line, free: Mapping[Stock, Decimal]) -> Decimal:
	"""Return how much of what a line asks for can be had of what is free."""
	sets = min([line.qty, *(free.get(stock, ZERO) / per for stock, per in line.needs.items())])
	return max(_in_steps(sets, line.step), ZERO) if line.parts else ZERO


def sets_free(line: Line, free: Mapping[Stock, Decimal]) -> Decimal:
	"""Return how many units of a line's item are free, whatever it asks for."""
	return min((max(free.get(stock, ZERO), ZERO) / per for stock, per in line.needs.items()), default=ZERO)


def parts_held(lines: Iterable[Line], held: Mapping[str, Decimal]) -> dict[tuple[str, Stock], Decimal]:
	"""Return {(row, stock): quantity to keep} of what rows hold, rows that hold nothing left out."""
	kept: dict[tuple[str, Stock], Decimal] = {}
	for line in lines:
		for stock, per in line.needs.items():
			qty = held.get(line.row, ZERO) * per
			if qty > 0:
				kept[line.row, stock] = kept.get((line.row, stock), ZERO) + qty
	return kept


@dataclass(frozen=True)
class Earmark:
	"""Stock kept for one customer, or for all customers of a group (`groups` are it and those below)."""

	name: str
	stock: Stock
	qty: Decimal
	since: datetime
	customer: str | None = None
	groups: frozenset[str] = frozenset()

	def is_for(self, customer: str | None, group: str | None) -> bool:
		if self.customer:
			return self.customer == customer
		return group in self.groups


@dataclass(frozen=True)
class Use:
	"""What an order of a customer has had of a stock: reserved or delivered from a reservation."""

	stock: Stock
	customer: str
	group: str
	qty: Decimal
	at: datetime


def earmarks_left(earmarks: Sequence[Earmark], uses: Iterable[Use]) -> dict[str, Decimal]:
	"""Return {earmark: what is left of it} after the customers' own orders took from it.

	A customer's own earmarks are used up before those of its group, older ones first.
	"""
	left = {one.name: one.qty for one in earmarks}
	ordered = in_order_of_use(earmarks)
	for use in sorted(uses, key=lambda use: use.at):
		rest = use.qty
		for one in ordered:
			if one.stock == use.stock and one.since <= use.at and one.is_for(use.customer, use.group):
				taken = min(rest, left[one.name])
				left[one.name] -= taken
				rest -= taken
	return left


def in_order_of_use(earmarks: Iterable[Earmark]) -> list[Earmark]:
	"""Return earmarks sorted: those of a customer before those of a group, older ones first."""
	return sorted(earmarks, key=lambda one: (not one.customer, one.since, one.name))


def earmarked_for_others(
	earmarks: Iterable[Earmark], left: Mapping[str, Decimal], customer: str | None, group: str | None
) -> dict[Stock, Decimal]:
	"""Return {stock: what is kept for others than a customer}. Nobody in particular has no earmarks."""
	kept: dict[Stock, Decimal] = {}
	for one in earmarks:
		if not (customer and one.is_for(customer, group)):
			kept[one.stock] = kept.get(one.stock, ZERO) + left[one.name]
	return kept


@dataclass(frozen=True)
class Change:
	"""A row of a draft that holds less than it asks for, and not what was said before."""

	row: str
	asked: Decimal
	held: Decimal
	before: Decimal


def changes(
	lines: Iterable[Line], before: Mapping[str, Decimal], held: Mapping[str, Decimal]
) -> list[Change]:
	"""Return the rows to tell the user about. `before` is {row: what it was said to hold}, new rows left out."""
	found = []
	for line in lines:
		now, said = held.get(line.row, ZERO), before.get(line.row)
		if now < line.qty and now != said:
			found.append(Change(line.row, line.qty, now, said or ZERO))
	return found


def _in_steps(qty: Decimal, step: Decimal) -> Decimal:
	return (qty / step).to_integral_value(ROUND_FLOOR) * step if step > 0 else qty
