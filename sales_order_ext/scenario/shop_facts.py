"""Between the shop's documents and the rooms' rules: facts for the rules, and what they decide."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from sales_order_ext.allocation import holding
from sales_order_ext.allocation import rules as allocation
from sales_order_ext.decimals import ZERO
from sales_order_ext.invoicing.rules import term_of
from sales_order_ext.lifecycle import rules as lifecycle
from sales_order_ext.order_type import rules as order_types
from sales_order_ext.payment import rules as payment
from sales_order_ext.scenario import shop_release
from sales_order_ext.scenario.papers import Invoice, Order, by_item, tell, total
from sales_order_ext.scenario.play import Facts

if TYPE_CHECKING:
	from sales_order_ext.scenario.shop import Shop

CENTS = 2


def of(shop: Shop, paper: object) -> Facts:
	"""Return the facts of a document of the shop."""
	return _order(shop, paper) if isinstance(paper, Order) else tell(paper, shop.story.tax_rate)


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
