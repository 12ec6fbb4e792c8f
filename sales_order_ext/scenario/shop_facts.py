"""Between the shop's documents and the rooms' rules: facts for the rules, and what they decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sales_order_ext.allocation import holding
from sales_order_ext.allocation import rules as allocation
from sales_order_ext.decimals import ZERO
from sales_order_ext.invoicing import facts as invoicing
from sales_order_ext.invoicing import grouping
from sales_order_ext.invoicing.rules import term_of
from sales_order_ext.lifecycle import rules as lifecycle
from sales_order_ext.order_type import rules as order_types
from sales_order_ext.payment import rules as payment
from sales_order_ext.scenario import shop_release
from sales_order_ext.scenario.papers import Invoice, Order, Quote, by_item, tell, total
from sales_order_ext.scenario.play import Facts
from sales_order_ext.scenario.story import Row
from sales_order_ext.won_quote import facts as won_quote
from sales_order_ext.won_quote import outcome as won_quote_outcome
from sales_order_ext.won_quote import rules as won_quote_rules

if TYPE_CHECKING:
	from sales_order_ext.scenario.shop import Shop

CENTS = 2


def of(shop: Shop, paper: object) -> Facts:
	"""Return the facts of a document of the shop."""
	return _order(shop, paper) if isinstance(paper, Order) else tell(paper, shop.story.tax_rate)


def update_quote(shop: Shop, quote: Quote) -> None:
	"""Count what orders have of a quotation, inverses with their sign, and set its status."""
	lines = [line for order in shop.orders for line in order.lines if line.quoted]
	for line in quote.lines:
		ordered = sum((one.qty for one in lines if one.quoted == line.name), ZERO)
		apart = [order.subscribed.get(line.name, ZERO) for order in shop.orders]
		quote.ordered[line.name] = sum(apart, ordered)
	quote.status = won_quote_outcome.quotation_status(_quote_rows(shop, quote))


def undo(shop: Shop, order: Order) -> won_quote.UndoFacts:
	"""Return what has happened to an order since it was won."""
	papers = shop.papers.values()
	billed = [
		one for one in papers if isinstance(one, Invoice) and order.name in [row[0] for row in one.rows]
	]
	return won_quote.UndoFacts(
		order.name,
		deliveries=tuple(line.item for line in order.lines if line.delivered),
		invoices=tuple(one.name for one in billed),
		payments=("PE",) if order.advances else (),
		is_replaced=bool(order.replaced_by),
	)


def take_back(shop: Shop, order: Order) -> None:
	"""Remove an order that was won; its quotation is what the remaining orders make of it."""
	del shop.papers[order.name]
	quote = shop.papers[order.quote]
	update_quote(shop, quote)
	quote.status = won_quote_outcome.quotation_status_restored("", _quote_rows(shop, quote))


def _quote_rows(shop: Shop, quote: Quote) -> tuple[won_quote.QuoteRow, ...]:
	plans = {item.code: item.plan for item in shop.story.items}
	return tuple(
		won_quote.QuoteRow(
			name=line.name, item_code=line.item,
			kind=won_quote_rules.kind_of(line.stock, False, False, bool(plans[line.item])),
			quoted_qty=line.qty, ordered_qty=quote.ordered.get(line.name, ZERO), rate=line.rate,
			is_stocked=line.stock,
		)
		for line in quote.lines
	)  # fmt: skip


def win(
	shop: Shop, quote: Quote, rows: tuple[Row, ...] | None, services: str | None, after: str | None
) -> won_quote.WinFacts:
	"""Return the facts of winning a quotation, whole or the given rows of it; recurring rows have a plan."""
	lines = _quote_rows(shop, quote)
	facts = won_quote.QuoteFacts(quote.name, lines, status=quote.status, precision=CENTS)
	choices = won_quote_rules.default_choices(facts)
	if rows is not None:
		wanted = {row.item: row.qty for row in rows}
		choices = tuple(
			won_quote.Choice(line.name, wanted[line.item_code]) for line in lines if line.item_code in wanted
		)
	kinds = {line.name: line.kind for line in lines}
	become = {won_quote.RECURRING: won_quote.CONTRACT_CHARGE, won_quote.SERVICE: services}
	plan = won_quote.Plan("Monthly")
	choices = tuple(
		replace(one, plan=plan, convert_to=become.get(kinds[one.quotation_item]) or won_quote.SALES_ORDER)
		for one in choices
	)
	return won_quote.WinFacts(
		facts, choices, shop.today, shop.today + timedelta(days=7), enabled=shop.on("enable_procurement"),
		after=won_quote.AfterSale(after or won_quote.ORDER_ONLY),
	)  # fmt: skip


def order_type(shop: Shop, customer: str, own: str | None) -> str:
	"""Return a new order's type: its own, the customer's, the site's default."""
	if not shop.on("enable_order_types"):
		return ""
	seeds = {seed.name: seed for seed in order_types.SEEDS}
	names = (own, shop.customers[customer].order_type, shop.story.settings.get("default_order_type"))
	return order_types.default_type([*map(seeds.get, names), seeds[order_types.INVOICE_ORDER]]) or ""


def invoice_term(shop: Shop, order: Order, own: str | None) -> str:
	"""Return a new order's invoice term: its own, its type's, the customer's, the site's default."""
	if not shop.on("enable_invoice_terms"):
		return ""
	agreed = shop.customers[order.customer].invoice_term
	default = shop.story.settings.get("default_invoice_term")
	return term_of(own, shop.type_of(order).invoice_term, agreed, (), default)


def reserve(shop: Shop, order: Order) -> None:
	"""Reserve for an order what its type allows and what is free."""
	if not shop.on("enable_stock_reservations") or not shop.type_of(order).allocates:
		return
	requests = allocation.requests_for(stock_rows(order))
	given = allocation.allocate(requests, free_for(shop, order.customer))
	for line in order.lines:
		line.reserved += given.get(line.name, ZERO)
	shop_release.back_order(shop, order)


def free_for(shop: Shop, customer: str) -> dict[holding.Stock, Decimal]:
	"""Return {(item, ""): what can still be promised to a customer}."""
	begin = datetime.combine(shop.story.date or shop.today, time())
	marks = [
		holding.Earmark(str(number), (one.item, ""), one.qty, begin, one.customer)
		for number, one in enumerate(shop.story.earmarks)
	]
	uses = [
		holding.Use((line.item, ""), order.customer, "", line.reserved + line.delivered, begin)
		for order in shop.orders
		for line in order.lines
		if line.stock
	]
	kept = holding.earmarked_for_others(marks, holding.earmarks_left(marks, uses), customer, "")
	levels = {item.code: item.keep_stock_level for item in shop.story.items}
	return {
		(item, ""): holding.StockFacts(
			qty, shop.reserved(item), earmarked=kept.get((item, ""), ZERO), keep_level=levels[item]
		).free
		for item, qty in shop.on_hand.items()
	}


def stock_rows(order: Order) -> list[allocation.OrderRow]:
	"""Return the rows of an order that need stock."""
	return [
		allocation.OrderRow(line.name, line.item, "", line.qty, line.delivered, line.reserved)
		for line in order.lines
		if line.stock
	]


def invoice_plan(shop: Shop, as_of: date) -> invoicing.Plan:
	"""Return the invoices that a run makes on a day."""
	orders = [_invoicing_order(shop, order) for order in shop.orders if not order.role == "Inverse"]
	customers = {name: invoicing.CustomerFacts(name) for name in shop.customers}
	return grouping.plan(orders, customers, as_of)


def _invoicing_order(shop: Shop, order: Order) -> invoicing.OrderFacts:
	rows = tuple(
		invoicing.RowFacts(
			name=line.name, idx=number, item_code=line.item, qty=line.qty, rate=line.rate, amount=line.amount,
			needs_delivery=line.stock, invoiced=line.invoiced, billed_amount=line.invoiced * line.rate,
			movements=tuple(invoicing.Movement(qty, day, day) for qty, day in line.moves),
		)
		for number, line in enumerate(order.lines, start=1)
	)  # fmt: skip
	return invoicing.OrderFacts(
		order.name, invoicing.InvoiceKey("", order.customer, ""), order.term, order.day, rows,
		status=order.status, processing=shop.type_of(order).processing,
	)  # fmt: skip


def _order(shop: Shop, order: Order) -> Facts:
	return {
		"status": order.status,
		"type": order.type,
		"role": order.role,
		"total": total(order.lines, shop.story.tax_rate),
		"ordered": by_item([(line.item, line.qty) for line in order.lines]),
		"charged": by_item([(line.item, line.qty) for line in order.lines if line.charge]),
		"reserved": by_item([(line.item, line.reserved) for line in order.lines]),
		"back_ordered": by_item([(line.item, line.back_ordered) for line in order.lines]),
		"delivered": by_item([(line.item, line.delivered) for line in order.lines]),
		"invoiced": by_item([(line.item, line.invoiced) for line in order.lines]),
		"reservation": _reservation(shop, order),
		"payment": _payment(shop, order),
		"life_cycle": _life_cycle(shop, order),
	}


def _reservation(shop: Shop, order: Order) -> str:
	if not shop.on("enable_stock_reservations") or (order.role and order.closed):
		return ""
	return allocation.reservation_status(stock_rows(order))


def _payment(shop: Shop, order: Order) -> str:
	if not shop.on("enable_payment_status"):
		return ""
	net = sum((line.amount for line in order.lines), ZERO)
	invoiced = sum((line.invoiced * line.rate for line in order.lines), ZERO)
	facts = payment.OrderFacts(
		order.name, total(order.lines, shop.story.tax_rate), net, invoiced, order.advances,
		counts=not order.closed,
	)  # fmt: skip
	invoices = [
		payment.InvoiceFacts(paper.name, paper.total, paper.paid, tuple(paper.net))
		for paper in shop.papers.values()
		if isinstance(paper, Invoice)
	]
	return payment.measure(facts, invoices, CENTS).status


def _life_cycle(shop: Shop, order: Order) -> str:
	if not shop.on("enable_lifecycle_status"):
		return ""
	state = lifecycle.OrderState(
		submitted=True,
		replaced=bool(order.role and order.closed),
		closed=order.closed,
		per_billed=order.per_billed,
		required_date=order.required,
		owes_goods=any(line.stock and line.delivered < line.qty for line in order.lines),
	)
	return lifecycle.status(state, shop.today)
