"""Opportunities and quotations in the in-memory shop: quoted, won, lost, reopened, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sales_order_ext.decimals import ZERO
from sales_order_ext.scenario.papers import Invoice, Opportunity, Order, Quote, opportunity_status
from sales_order_ext.scenario.story import Row
from sales_order_ext.won_quote import conversion, facts, outcome, rules

if TYPE_CHECKING:
	from sales_order_ext.scenario.shop import Shop

CENTS = 2


def quote(shop: Shop, customer: str, rows: tuple[Row, ...], deal: Opportunity | None) -> Quote:
	"""Submit a quotation; its opportunity is quoted, also where an order of before it was reopened is there."""
	paper = Quote("", customer, shop.lines(rows), opportunity=deal.name if deal else "")
	shop.add("QTN", paper)
	if deal:
		_follow_quotes(shop, deal)
		if deal.status == facts.CONVERTED and not _ordered_since(shop, deal):
			deal.status = facts.QUOTED
	return paper


def win(
	shop: Shop,
	paper: Quote,
	rows: tuple[Row, ...] | None,
	services: str | None,
	after: str | None,
	order_type: str | None,
	invoice_term: str | None,
) -> Order:
	"""Win a quotation, whole or the given rows of it."""
	plan = _plan(shop, paper, rows, services, after)
	shop.refuse("win", rules.blockers(plan, shop.today))
	taken = []
	for row in outcome.order_rows(plan):
		line = shop.line(row.item_code, row.qty, row.rate)
		line.quoted, line.charge = row.quotation_item, row.charge_to or ""
		taken.append(line)
	order = shop.book(paper.customer, taken, order_type, invoice_term)
	order.quote = paper.name
	for row, choice in conversion.chosen(plan):
		if conversion.is_subscribed(row, choice):
			order.subscribed[row.name] = choice.qty
	update_quote(shop, paper)
	if paper.opportunity:
		deal = shop.papers[paper.opportunity]
		order.deal_before, deal.status = deal.status, outcome.opportunity_status_after(plan)
	return order


def lose(shop: Shop, paper: Quote, reason: str) -> None:
	"""Lose one quotation."""
	ordered = [paper.name] if rules.has_orders(paper.status) else []
	shop.refuse("lose", rules.lose_blockers(paper.opportunity, paper.status, ordered, [reason]))
	paper.status = "Lost"
	if paper.opportunity:
		_follow_quotes(shop, shop.papers[paper.opportunity])


def lose_deal(shop: Shop, deal: Opportunity, reason: str) -> list[Quote]:
	"""Lose an opportunity; return its open quotations, which are lost with it."""
	quotes = _quotes(shop, deal)
	ordered = [one.name for one in quotes if rules.has_orders(one.status)]
	shop.refuse("lose", rules.lose_blockers(deal.name, deal.status, ordered, [reason]))
	lost = [one for one in quotes if one.status != "Lost"]
	for one in lost:
		one.status = "Lost"
	deal.status = "Lost"
	return lost


def reopen(shop: Shop, deal: Opportunity) -> None:
	"""Open an opportunity that is over; what it has ordered so far does not close it any more."""
	if rules.needs_reopening(facts.OpportunityFacts(deal.name, deal.status)):
		open_ones = [one for one in _quotes(shop, deal) if one.status not in ("Lost", "Ordered")]
		deal.status = rules.reopened_status(bool(open_ones))
		deal.settled = _orders(shop, deal)


def undo(shop: Shop, order: Order) -> Quote:
	"""Take an order that was won back; quotation and opportunity are what the remaining orders make of them."""
	shop.refuse("undo", rules.undo_blockers(_undo_facts(shop, order)))
	del shop.papers[order.name]
	paper = shop.papers[order.quote]
	update_quote(shop, paper)
	paper.status = outcome.quotation_status_restored("", _quote_rows(shop, paper))
	if paper.opportunity:
		deal = shop.papers[paper.opportunity]
		_follow_quotes(shop, deal)
		deal.status = deal.status if deal.status == facts.CONVERTED else order.deal_before
	return paper


def update_quote(shop: Shop, paper: Quote) -> None:
	"""Count what orders have of a quotation, inverses with their sign, and set its status."""
	lines = [line for order in shop.orders for line in order.lines if line.quoted]
	for line in paper.lines:
		ordered = sum((one.qty for one in lines if one.quoted == line.name), ZERO)
		apart = [order.subscribed.get(line.name, ZERO) for order in shop.orders]
		paper.ordered[line.name] = sum(apart, ordered)
	paper.status = outcome.quotation_status(_quote_rows(shop, paper))


def _follow_quotes(shop: Shop, deal: Opportunity) -> None:
	deal.status = opportunity_status(_quotes(shop, deal), deal.status)


def _quotes(shop: Shop, deal: Opportunity) -> list[Quote]:
	return [one for one in shop.papers.values() if isinstance(one, Quote) and one.opportunity == deal.name]


def _orders(shop: Shop, deal: Opportunity) -> list[str]:
	quotes = {one.name for one in _quotes(shop, deal) if one.status == facts.ORDERED}
	return [order.name for order in shop.orders if order.quote in quotes]


def _ordered_since(shop: Shop, deal: Opportunity) -> bool:
	return bool(set(_orders(shop, deal)) - set(deal.settled))


def _undo_facts(shop: Shop, order: Order) -> facts.UndoFacts:
	"""Return what has happened to an order since it was won."""
	papers = shop.papers.values()
	billed = [
		one for one in papers if isinstance(one, Invoice) and order.name in [row[0] for row in one.rows]
	]
	return facts.UndoFacts(
		order.name,
		deliveries=tuple(line.item for line in order.lines if line.delivered),
		invoices=tuple(one.name for one in billed),
		payments=("PE",) if order.advances else (),
		is_replaced=bool(order.replaced_by),
	)


def _quote_rows(shop: Shop, paper: Quote) -> tuple[facts.QuoteRow, ...]:
	plans = {item.code: item.plan for item in shop.story.items}
	return tuple(
		facts.QuoteRow(
			name=line.name, item_code=line.item,
			kind=rules.kind_of(line.stock, False, False, bool(plans[line.item])),
			quoted_qty=line.qty, ordered_qty=paper.ordered.get(line.name, ZERO), rate=line.rate,
			is_stocked=line.stock,
		)
		for line in paper.lines
	)  # fmt: skip


def _deal_facts(shop: Shop, paper: Quote) -> facts.OpportunityFacts | None:
	if not paper.opportunity:
		return None
	deal = shop.papers[paper.opportunity]
	return facts.OpportunityFacts(deal.name, deal.status, _ordered_since(shop, deal))


def _plan(
	shop: Shop, paper: Quote, rows: tuple[Row, ...] | None, services: str | None, after: str | None
) -> facts.WinFacts:
	"""Return the facts of winning a quotation, whole or the given rows of it; recurring rows have a plan."""
	lines = _quote_rows(shop, paper)
	quote = facts.QuoteFacts(
		paper.name, lines, status=paper.status, precision=CENTS, opportunity=_deal_facts(shop, paper)
	)
	choices = rules.default_choices(quote)
	if rows is not None:
		wanted = {row.item: row.qty for row in rows}
		choices = tuple(
			facts.Choice(line.name, wanted[line.item_code]) for line in lines if line.item_code in wanted
		)
	kinds = {line.name: line.kind for line in lines}
	become = {facts.RECURRING: facts.CONTRACT_CHARGE, facts.SERVICE: services}
	plan = facts.Plan("Monthly")
	choices = tuple(
		replace(one, plan=plan, convert_to=become.get(kinds[one.quotation_item]) or facts.SALES_ORDER)
		for one in choices
	)
	return facts.WinFacts(
		quote, choices, shop.today, shop.today + timedelta(days=7), enabled=shop.on("enable_procurement"),
		after=facts.AfterSale(after or facts.ORDER_ONLY),
	)  # fmt: skip
