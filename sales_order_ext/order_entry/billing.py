"""What of hours, materials and expenses becomes which row of an order: pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sales_order_ext.decimals import ZERO

LABOUR, MATERIAL, EXPENSE = "Timesheet", "Stock Entry", "Expense Claim"
KINDS = (LABOUR, MATERIAL, EXPENSE)


@dataclass(frozen=True)
class Charge:
	"""One hour entry, consumed material or claimed expense, priced in the order's currency."""

	kind: str
	document: str
	row: str
	what: str
	name: str
	day: date
	qty: Decimal
	rate: Decimal
	uom: str = ""
	by: str = ""


@dataclass(frozen=True)
class BilledLine:
	"""A row of the order to make, and the charges it bills."""

	kind: str
	what: str
	name: str
	uom: str
	qty: Decimal
	rate: Decimal
	charges: tuple[Charge, ...]


def lines(charges: Iterable[Charge]) -> list[BilledLine]:
	"""Return one line for each activity, item or expense at one price; every charge is in exactly one."""
	groups: dict[tuple, list[Charge]] = {}
	for charge in sorted(charges, key=lambda one: (KINDS.index(one.kind), one.what, one.day, one.row)):
		if charge.qty > 0:
			groups.setdefault((charge.kind, charge.what, charge.uom, charge.rate), []).append(charge)
	return [
		BilledLine(kind, what, group[0].name, uom, sum((one.qty for one in group), ZERO), rate, tuple(group))
		for (kind, what, uom, rate), group in groups.items()
	]


def period(line: BilledLine) -> tuple[date, date]:
	"""Return the first and the last day of what a line bills."""
	days = [charge.day for charge in line.charges]
	return min(days), max(days)


def first_rate(*rates: Decimal | None) -> Decimal:
	"""Return the first price that is set."""
	return next((rate for rate in rates if rate), ZERO)
