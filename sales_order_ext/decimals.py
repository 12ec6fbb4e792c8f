"""Exact numbers for rules: quantities and amounts as `Decimal`, rounded half to even as Frappe does."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

ZERO = Decimal(0)


def to_decimal(value: object, precision: int | None = None) -> Decimal:
	"""Return `value` (number, numeric text or None) as an exact decimal, rounded to `precision` places."""
	exact = ZERO if value in (None, "") else Decimal(str(value))
	return exact if precision is None else rounded(exact, precision)


def rounded(value: Decimal, precision: int) -> Decimal:
	"""Return `value` rounded half to even to `precision` places (Frappe's banker's rounding)."""
	return value.quantize(Decimal(1).scaleb(-precision), rounding=ROUND_HALF_EVEN)


def text(value: Decimal) -> str:
	"""Return `value` as a person writes it: 10, not 10.000 or 1E+1."""
	return format(value.normalize(), "f") if value else "0"
