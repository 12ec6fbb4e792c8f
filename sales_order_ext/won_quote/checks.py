"""Stock, prices and credit of a won quotation: what stands in the way, what to know, what follows.

Amounts are compared in the company's currency, quantities in the quotation row's unit.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sales_order_ext.decimals import ZERO, text
from sales_order_ext.violations import Violation, violation
from sales_order_ext.won_quote import conversion, sourcing
from sales_order_ext.won_quote.facts import (
	BACK_TO_BACK,
	CHARGES,
	DROP_SHIPMENT,
	STANDARD,
	STOCK,
	Choice,
	Market,
	QuoteRow,
	WinFacts,
)
from sales_order_ext.won_quote.outcome import order_rows

# What follows a row of the wizard, by code; `messages.FOLLOWING` says it in words.
SUBSCRIBE, CHARGE, SHIP_DIRECT, BUY, RESERVE, BACK_ORDER, DELIVER, WAIT, ORDER = (
	"subscribe",
	"charge",
	"ship_direct",
	"buy",
	"reserve",
	"back_order",
	"deliver",
	"wait",
	"order",
)


def blockers(win: WinFacts) -> list[Violation]:
	"""Return why credit, prices or stock forbid the order."""
	found = []
	credit = _credit(win)
	if credit and not win.credit.may_exceed:
		found.append(credit)
	if win.floor_is_kept:
		found += _below_floor(win, "price_too_low")
	numbers = {choice.quotation_item: number for number, choice in enumerate(win.choices, 1)}
	for row, choice in sourcing.ordered(win):
		found += _source_blockers(win, numbers[row.name], row, choice)
	return found


def _source_blockers(win: WinFacts, number: int, row: QuoteRow, choice: Choice) -> Iterable[Violation]:
	item = {"row": number, "item": row.item_code}
	if sourcing.is_shipped(win, row, choice) and not sourcing.supplier_of(row, choice):
		yield violation("supplier_missing", **item)
	short = sourcing.shortage(win, row, choice)
	if row.is_final and short:
		yield violation("not_reorderable", **item, qty=text(choice.qty), available=text(choice.qty - short))


def warnings(win: WinFacts) -> list[Violation]:
	"""Return what to know of credit, prices and stock, though nothing of it forbids the order."""
	found = []
	credit = _credit(win)
	if credit and win.credit.may_exceed:
		found.append(credit)
	if win.kind != STANDARD and not win.has_types:
		found.append(violation("kind_without_types", kind=win.kind))
	if not win.floor_is_kept:
		found += _below_floor(win, "margin_below_valuation")
	for row, choice in conversion.chosen(win):
		found += _row_warnings(win, row, choice)
	return found


def _credit(win: WinFacts) -> Violation | None:
	if not win.credit:
		return None
	total = sum((row.amount for row in order_rows(win)), ZERO) * win.total_factor
	owed = win.credit.outstanding + total
	if owed <= win.credit.limit:
		return None
	return violation("credit_limit", owed=text(owed.quantize(Decimal("0.01"))), limit=text(win.credit.limit))


def _below_floor(win: WinFacts, code: str) -> Iterable[Violation]:
	for row, _choice in conversion.chosen(win):
		market = win.market.get(row.name)
		if market and row.rate and market.rate < market.floor:
			yield violation(code, item=row.item_code, rate=text(market.rate), floor=text(market.floor))


def _row_warnings(win: WinFacts, row: QuoteRow, choice: Choice) -> Iterable[Violation]:
	market = win.market.get(row.name, Market())
	if not row.rate:
		yield violation("price_missing", item=row.item_code)
	elif market.price_expired:
		yield violation("price_expired", item=row.item_code)
	subscribed = conversion.is_subscribed(row, choice)
	if subscribed and choice.plan and choice.plan.rate is not None and choice.plan.rate != row.rate:
		facts = {"plan": choice.plan.name, "price": text(choice.plan.rate), "rate": text(row.rate)}
		yield violation("plan_price_differs", item=row.item_code, **facts)
	short = sourcing.shortage(win, row, choice)
	if short and not row.is_final and sourcing.source_of(win, row, choice) == STOCK:
		yield violation("shortage", item=row.item_code, short=text(short), free=text(market.free))
	if choice.source == BACK_TO_BACK and not win.buys:
		yield violation("nothing_bought", item=row.item_code)


def following(win: WinFacts, row: QuoteRow, choice: Choice) -> tuple[str, Decimal]:
	"""Return the action that follows a row (a code of this module) and the quantity it is short of."""
	if conversion.is_subscribed(row, choice):
		return SUBSCRIBE, ZERO
	if choice.convert_to in CHARGES:
		return CHARGE, ZERO
	source = sourcing.source_of(win, row, choice)
	if source == DROP_SHIPMENT:
		return SHIP_DIRECT, ZERO
	if win.market.get(row.name, Market()).free is None:
		return ORDER, ZERO
	short = sourcing.shortage(win, row, choice)
	if not short:
		return (RESERVE if win.reserves and row.is_stocked else DELIVER), ZERO
	if source == BACK_TO_BACK and row.is_stocked:
		return BUY, short
	return (BACK_ORDER if win.back_orders and sourcing.waits(win, row, choice) else WAIT), short
