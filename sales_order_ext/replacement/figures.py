"""The figures a replacement takes over, as values: percentages, payment terms, reservations. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sales_order_ext.decimals import ZERO, rounded


@dataclass(frozen=True)
class Term:
	"""A row of a payment schedule and what has been paid on it."""

	name: str
	payment_term: str
	paid: Decimal = ZERO
	base_paid: Decimal = ZERO
	discounted: Decimal = ZERO


@dataclass(frozen=True)
class Reservation:
	"""An open reservation of a row, in stock units."""

	name: str
	reserved: Decimal
	delivered: Decimal = ZERO


def percent(parts: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
	"""Return how much of (whole, done) pairs is done, in percent; no row counts for more than its whole."""
	parts = [(abs(whole), abs(done)) for whole, done in parts]
	total = sum((whole for whole, _done in parts), ZERO)
	if not total:
		return ZERO
	return rounded(sum((min(part) for part in parts), ZERO) / total * 100, 6)


def progress_status(done: Decimal, keyword: str) -> str:
	"""Return Not / Partly / Fully Delivered (or Billed) as ERPNext words it."""
	if done < Decimal("0.001"):
		return f"Not {keyword}"
	return f"Fully {keyword}" if done >= Decimal("99.999999") else f"Partly {keyword}"


def carried_terms(old: Sequence[Term], new: Sequence[Term]) -> tuple[dict[str, Term], list[str]]:
	"""Return what was paid per row of the new schedule, and the payment terms that are no longer in it."""
	successors = same_terms(old, new)
	carried = {successors[term.name]: term for term in old if term.payment_term and term.name in successors}
	kept = {term.payment_term for term in new}
	lost = [term.payment_term for term in old if term.payment_term and term.payment_term not in kept]
	return carried, lost


def same_terms(old: Sequence[Term], new: Sequence[Term]) -> dict[str, str]:
	"""Return {row of the old schedule: row of the new one} of the same term, in their order.

	Rows without a term are one kind: the first follows to the first, and so on.
	"""
	free: dict[str, list[str]] = {}
	for term in new:
		free.setdefault(term.payment_term, []).append(term.name)
	return {term.name: free[term.payment_term].pop(0) for term in old if free.get(term.payment_term)}


def kept_reservations(entries: Sequence[Reservation], pending: Decimal) -> dict[str, Decimal]:
	"""Return the new reserved quantity of each entry: what it delivered and its share of what is pending.

	Oldest first; an entry left with nothing is to be cancelled.
	"""
	kept = {}
	for entry in entries:
		share = max(ZERO, min(entry.reserved - entry.delivered, pending))
		kept[entry.name] = entry.delivered + share
		pending -= share
	return kept
