"""Where the rows of a won quotation come from, what is short, and what is bought for them.

Quantities are in the quotation row's unit. It decides as booking the order does, so that a preview is true.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sales_order_ext.decimals import ZERO
from sales_order_ext.won_quote import conversion
from sales_order_ext.won_quote.facts import (
	BACK_TO_BACK,
	DROP_SHIPMENT,
	STOCK,
	Choice,
	Market,
	QuoteRow,
	WinFacts,
)


@dataclass(frozen=True)
class Purchase:
	"""A document that buys for the order: a purchase order, or without a supplier a material request."""

	source: str
	supplier: str
	rows: tuple[tuple[QuoteRow, Decimal], ...]


def ordered(win: WinFacts) -> Iterator[tuple[QuoteRow, Choice]]:
	"""Yield the rows that go on the order with what is wanted of them, in the quotation's sequence."""
	for row, choice in conversion.chosen(win):
		if not conversion.is_subscribed(row, choice):
			yield row, choice


def source_of(win: WinFacts, row: QuoteRow, choice: Choice) -> str:
	"""Return where a row comes from: as chosen, else as the order's type says of stocked goods."""
	source = choice.source or (win.sourcing if row.is_stocked else "")
	if source == BACK_TO_BACK and not win.buys:
		return STOCK
	return source if source in (BACK_TO_BACK, DROP_SHIPMENT) else STOCK


def is_shipped(win: WinFacts, row: QuoteRow, choice: Choice) -> bool:
	"""Return whether a supplier ships a row to the customer, so that it needs no stock here."""
	return source_of(win, row, choice) == DROP_SHIPMENT


def supplier_of(row: QuoteRow, choice: Choice) -> str | None:
	"""Return who is to supply a row: the chosen supplier, else the usual one."""
	return choice.supplier or row.supplier


def shortage(win: WinFacts, row: QuoteRow, choice: Choice) -> Decimal:
	"""Return how much of a row is not free for the customer now; none of what needs no stock."""
	free = win.market.get(row.name, Market()).free
	if free is None or is_shipped(win, row, choice):
		return ZERO
	return max(choice.qty - free, ZERO)


def purchases(win: WinFacts) -> list[Purchase]:
	"""Return what booking the order buys: one document for each source and supplier, in the rows' sequence."""
	found: dict[tuple[str, str], list[tuple[QuoteRow, Decimal]]] = {}
	for row, choice in ordered(win) if win.buys else ():
		qty = _bought(win, row, choice)
		if qty:
			place = source_of(win, row, choice), supplier_of(row, choice) or ""
			found.setdefault(place, []).append((row, qty))
	return [Purchase(source, supplier, tuple(rows)) for (source, supplier), rows in found.items()]


def _bought(win: WinFacts, row: QuoteRow, choice: Choice) -> Decimal:
	source = source_of(win, row, choice)
	if source == BACK_TO_BACK and row.is_stocked:
		return shortage(win, row, choice)
	return choice.qty if source == DROP_SHIPMENT else ZERO


def back_ordered(win: WinFacts) -> list[QuoteRow]:
	"""Return the rows that booking the order puts on back order."""
	return [row for row, choice in ordered(win) if waits(win, row, choice)] if win.back_orders else []


def waits(win: WinFacts, row: QuoteRow, choice: Choice) -> bool:
	"""Return whether a row is short of stock that can be reordered; the parts of a bundle are no back order."""
	return row.is_stocked and not row.is_final and bool(shortage(win, row, choice))
