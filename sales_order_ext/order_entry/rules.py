"""What may be copied onto a draft order, and what a customer's past says.

Copied rows carry what was ordered, never what became of it: prices are calculated anew unless the clerk
keeps the old one, and taxes are always the target's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sales_order_ext.decimals import ZERO
from sales_order_ext.violations import Violation, violation

MAX_ROWS = 500

# Rows that are no goods: the items that they stand on.
TEXT, CUSTOM = "Text", "Custom"
ITEMS = {TEXT: "soe-text", CUSTOM: "soe-custom"}


@dataclass(frozen=True)
class Target:
	"""The order that rows are copied onto."""

	name: str
	company: str
	currency: str
	is_draft: bool = True


@dataclass(frozen=True)
class SoldRow:
	"""A row of an order: what was sold, when, at which price."""

	name: str
	order: str
	company: str
	currency: str
	sold_on: date
	item_code: str
	item_name: str
	qty: Decimal
	uom: str
	rate: Decimal
	description: str = ""
	warehouse: str = ""
	line_type: str = ""
	is_free: bool = False
	is_stocked: bool = True


@dataclass(frozen=True)
class ChosenRow:
	"""What a clerk ticked: a row sold before (`source`) or just an item, how much, and whether the price stays."""

	number: int
	qty: Decimal
	item_code: str = ""
	source: str = ""
	uom: str = ""
	warehouse: str = ""
	rate: Decimal | None = None
	keep_price: bool = False


@dataclass(frozen=True)
class NewLine:
	"""A row to append. No `rate`: ERPNext finds the price."""

	item_code: str
	qty: Decimal
	uom: str = ""
	warehouse: str = ""
	item_name: str = ""
	description: str = ""
	line_type: str = ""
	rate: Decimal | None = None


@dataclass(frozen=True)
class HistoryLine:
	"""What a customer's orders say about one item: the last row, and how many orders had the item."""

	last: SoldRow
	times_ordered: int


def check_target(target: Target) -> list[Violation]:
	"""Return what forbids appending rows to the order."""
	return [] if target.is_draft else [violation("not_draft", order=target.name)]


def check_chosen(
	target: Target, chosen: Sequence[ChosenRow], sources: Mapping[str, SoldRow]
) -> list[Violation]:
	"""Return what is wrong with the chosen rows; `sources` are the rows that exist and may be read."""
	found = [*check_target(target), *_check_count(len(chosen))]
	for row in chosen:
		found += _check_row(target, row, sources)
	return found


def lines_from_chosen(
	target: Target, chosen: Iterable[ChosenRow], sources: Mapping[str, SoldRow]
) -> list[NewLine]:
	"""Return the rows to append for rows that `check_chosen` found nothing wrong with."""
	lines = []
	for row in chosen:
		source = sources.get(row.source)
		line = _line(target, source) if source else NewLine(row.item_code, row.qty)
		lines.append(
			replace(
				line,
				qty=row.qty,
				uom=row.uom or line.uom,
				warehouse=row.warehouse or line.warehouse,
				rate=_kept_rate(row, source),
			)
		)
	return lines


def check_orders(
	target: Target, orders: Sequence[str], readable: Iterable[str], rows: Sequence[SoldRow]
) -> list[Violation]:
	"""Return what forbids copying the orders; `readable` are those that exist, may be read and were not undone."""
	known = set(readable)
	found = check_target(target)
	if not orders:
		found.append(violation("no_orders"))
	found += [violation("order_not_copyable", order=name) for name in orders if name not in known]
	if target.name in orders:
		found.append(violation("copy_of_itself", order=target.name))
	return found or _check_count(len(_copied(rows)))


def lines_from_orders(target: Target, rows: Iterable[SoldRow]) -> list[NewLine]:
	"""Return the rows to append for all rows of the orders, without gifts: pricing rules give them anew."""
	return [_line(target, row) for row in _copied(rows)]


def check_kept(lines: Sequence[NewLine], rates: Sequence[Decimal]) -> list[Violation]:
	"""Return the rows whose kept price was overruled; `rates` are those of the saved rows."""
	return [
		violation("price_not_kept", item_code=line.item_code, kept=line.rate, rate=rate)
		for line, rate in zip(lines, rates, strict=True)
		if line.rate is not None and line.rate != rate
	]


def _copied(rows: Iterable[SoldRow]) -> list[SoldRow]:
	return [row for row in rows if (row.qty > 0 or row.line_type) and not row.is_free]


def _line(target: Target, source: SoldRow) -> NewLine:
	"""Return a new row of what was sold; a warehouse goes along within its company only.

	A custom line is in no price list: it keeps its price, in the same currency.
	"""
	keeps_price = source.line_type and source.currency == target.currency
	return NewLine(
		item_code=source.item_code,
		qty=source.qty,
		uom=source.uom,
		warehouse=source.warehouse if source.company == target.company else "",
		item_name=source.item_name,
		description=source.description,
		line_type=source.line_type,
		rate=source.rate if keeps_price else None,
	)


def _kept_rate(row: ChosenRow, source: SoldRow | None) -> Decimal | None:
	if not row.keep_price:
		return None
	return row.rate if row.rate is not None or not source else source.rate


def _check_count(count: int) -> list[Violation]:
	if not count:
		return [violation("no_rows")]
	return [violation("too_many_rows", count=count, most=MAX_ROWS)] if count > MAX_ROWS else []


def _check_row(target: Target, row: ChosenRow, sources: Mapping[str, SoldRow]) -> list[Violation]:
	source = sources.get(row.source)
	found = []
	if row.source and not source:
		found.append(violation("source_not_found", row=row.number, source=row.source))
	elif not row.item_code and not source:
		found.append(violation("no_item", row=row.number))
	elif source and row.item_code and row.item_code != source.item_code:
		found.append(violation("other_item", row=row.number, item_code=row.item_code, sold=source.item_code))
	if row.qty <= 0:
		found.append(violation("no_quantity", row=row.number))
	return found + (_check_price(target, row, source) if row.keep_price else [])


def _check_price(target: Target, row: ChosenRow, source: SoldRow | None) -> list[Violation]:
	if row.rate is not None:
		return [violation("negative_price", row=row.number)] if row.rate < ZERO else []
	if not source:
		return [violation("no_price", row=row.number)]
	if source.currency != target.currency:
		return [violation("other_currency", row=row.number, currency=source.currency, wanted=target.currency)]
	if row.uom and row.uom != source.uom:
		return [violation("other_uom", row=row.number, uom=row.uom, sold=source.uom)]
	return []


def place_texts(
	rows: Sequence[str], orders: Iterable[Sequence[str]], texts: Collection[str]
) -> list[int | str]:
	"""Return a document's rows (by position) and the texts (by name) that go between them.

	`rows` are the order rows that the document's rows bring ("" for none); `orders` the rows of each order
	in sequence, of which `texts` are text lines. A text goes above the rows that follow it up to the next
	text, where the document has any of them; texts that end an order stand below its last row.
	"""
	above: dict[int, list[str]] = {}
	below: dict[int, list[str]] = {}
	for order in orders:
		brought: list[int] = []
		for headings, names in _sections(order, texts):
			places = [place for place, row in enumerate(rows) if row in names]
			brought += places
			if places:
				above.setdefault(min(places), []).extend(headings)
			elif brought and not names:
				below.setdefault(max(brought), []).extend(headings)
	found: list[int | str] = []
	for place in range(len(rows)):
		found += [*above.get(place, []), place, *below.get(place, [])]
	return found


def _sections(order: Sequence[str], texts: Collection[str]) -> list[tuple[list[str], list[str]]]:
	"""Return an order's rows as (texts, rows below them)."""
	found: list[tuple[list[str], list[str]]] = [([], [])]
	for name in order:
		if name not in texts:
			found[-1][1].append(name)
			continue
		if found[-1][1]:
			found.append(([], []))
		found[-1][0].append(name)
	return found
