"""What may be returned or credited, and how it is split: pure.

Invariant: no more of a delivered row comes back, or is credited, than was delivered; no more of an invoice
row is credited than was invoiced.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sales_order_ext.decimals import ZERO, text
from sales_order_ext.violations import Violation, violation

MIXED, RETURNS = "Mixed", "Returns"

# The reasons that come with the app: whether the goods go back to stock.
CREDIT_REASONS = {
	"Returned in Good Condition": 1,
	"Wrong Item Delivered": 1,
	"Returned Damaged": 0,
	"Lost in Transit": 0,
	"Price Correction": 0,
	"Goodwill": 0,
}


@dataclass(frozen=True)
class ReturnRow:
	"""A row of an order that takes something back."""

	idx: int
	delivered_row: str
	qty: Decimal
	reason: str
	restock: bool = False
	enabled: bool = True


@dataclass(frozen=True)
class Delivered:
	"""A row of a delivery: what may still come back of it."""

	row: str
	note: str
	customer: str
	company: str
	currency: str
	submitted: bool
	qty: Decimal
	taken: Decimal
	rate: Decimal
	order_row: str = ""


@dataclass(frozen=True)
class Invoiced:
	"""A row of an invoice over something delivered: what may still be credited of it."""

	row: str
	invoice: str
	qty: Decimal


@dataclass(frozen=True)
class Credit:
	"""Part of a return row, credited against one invoice row."""

	invoice: str
	row: str
	qty: Decimal


def check(
	composition: str,
	has_goods: bool,
	head: tuple[str, str, str],
	rows: Sequence[ReturnRow],
	delivered: Mapping[str, Delivered],
) -> list[Violation]:
	"""Return what is wrong with an order's return rows; `head` is its customer, company and currency."""
	if rows and composition not in (MIXED, RETURNS):
		return [violation("no_returns_here")]
	found = [violation("goods_on_returns")] if rows and has_goods and composition == RETURNS else []
	asked: dict[str, Decimal] = {}
	for row in rows:
		found += _check_row(row, delivered.get(row.delivered_row), head, asked)
	return found


def _check_row(
	row: ReturnRow, source: Delivered | None, head: tuple[str, str, str], asked: dict[str, Decimal]
) -> list[Violation]:
	if not source or not source.submitted:
		return [violation("not_delivered", row=row.idx)]
	if (source.customer, source.company, source.currency) != head:
		return [violation("other_customer", row=row.idx, note=source.note)]
	found = [] if row.enabled else [violation("reason_disabled", row=row.idx, reason=row.reason)]
	if row.qty <= 0:
		return [*found, violation("nothing_returned", row=row.idx)]
	asked[row.delivered_row] = asked.get(row.delivered_row, ZERO) + row.qty
	left = source.qty - source.taken
	if asked[row.delivered_row] > left:
		found.append(violation("more_than_delivered", row=row.idx, left=text(max(left, ZERO))))
	return found


def credits_for(qty: Decimal, invoiced: Iterable[Invoiced]) -> tuple[list[Credit], Decimal]:
	"""Return what to credit of which invoice rows, oldest first, and the quantity that nobody invoiced."""
	found = []
	for one in invoiced:
		part = min(qty, one.qty)
		if part > 0:
			found.append(Credit(one.invoice, one.row, part))
			qty -= part
	return found, qty


def share(fixed: Decimal, part: Decimal, whole: Decimal) -> Decimal:
	"""Return the part of a document's fixed discount that goes with a part of its amount."""
	return fixed * part / whole if whole else ZERO
