"""Old and new side by side, also where one order is replaced by several parts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sales_order_ext.decimals import ZERO, rounded
from sales_order_ext.replacement.facts import Order, Row


@dataclass(frozen=True)
class Change:
	"""One line of the difference between an order and its replacement."""

	kind: str
	item_code: str
	old: Row | None
	new: Row | None

	@property
	def amount(self) -> Decimal:
		"""The money effect, before taxes."""
		return (self.new.amount if self.new else ZERO) - (self.old.amount if self.old else ZERO)


def pairs(original: Order, draft: Order) -> list[tuple[Row | None, Row | None]]:
	"""Return each row of the original with its successor, then the draft's new rows."""
	successors: dict[str, Row] = {}
	for row in draft.rows:
		if row.replaced_row:
			successors.setdefault(row.replaced_row, row)
	own = {row.name for row in original.rows}
	added = [(None, row) for row in draft.rows if row.replaced_row not in own]
	return [(row, successors.get(row.name)) for row in original.rows] + added


def difference(original: Order, draft: Order) -> list[Change]:
	"""Return old and new, row by row: Same, Changed, Removed, Added. Not of texts, which sell nothing."""
	return [
		Change(_kind(old, new), (new or old).item_code, old, new)
		for old, new in pairs(original, draft)
		if any(one and (one.qty or one.rate) for one in (old, new))
	]


def _kind(old: Row | None, new: Row | None) -> str:
	if old is None:
		return "Added"
	if new is None:
		return "Removed"
	same = goods(old) == goods(new) and (old.label, old.qty, old.rate) == (new.label, new.qty, new.rate)
	return "Same" if same else "Changed"


def together(draft: Order, siblings: Sequence[Order]) -> Order:
	"""Return the parts that replace one order as if they were one; the header is that of `draft`."""
	rows = draft.rows + tuple(row for one in siblings for row in one.rows)
	total = draft.total + sum((one.total for one in siblings), ZERO)
	return replace(draft, rows=rows, total=total) if siblings else draft


def share_of(original: Order, part: Order, others: Sequence[Order], is_first: bool, places: int) -> Order:
	"""Return what one of several parts replaces: the rows it took over, with their share of the total.

	The first part also answers for rows that nobody took, for what is paid and for what rounding leaves.
	"""
	if not others:
		return original
	taken = {row.replaced_row for one in others for row in one.rows}
	if is_first:
		rest = sum((_share(original, one, places) for one in others), ZERO)
		rows = tuple(row for row in original.rows if row.name not in taken)
		return replace(original, rows=rows, total=original.total - rest)
	own = {row.replaced_row for row in part.rows}
	rows = tuple(row for row in original.rows if row.name in own)
	return replace(original, rows=rows, total=_share(original, part, places), paid=ZERO)


def _share(original: Order, part: Order, places: int) -> Decimal:
	whole = sum((row.amount for row in original.rows), ZERO)
	own = {row.replaced_row for row in part.rows}
	amount = sum((row.amount for row in original.rows if row.name in own), ZERO)
	return rounded(original.total * amount / whole, places) if whole else ZERO


def goods(row: Row) -> tuple[str, str, Decimal]:
	"""Return what a row is about: item, unit and conversion factor."""
	return (row.item_code, row.uom, row.conversion_factor.normalize())
