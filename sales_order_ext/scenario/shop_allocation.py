"""Allocation in the in-memory shop: reserving what is free, back orders, and releasing stock to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sales_order_ext.allocation import holding, planner
from sales_order_ext.allocation import rules as allocation
from sales_order_ext.decimals import ZERO
from sales_order_ext.scenario.papers import Order

if TYPE_CHECKING:
	from sales_order_ext.scenario.shop import Shop


def reserve(shop: Shop, order: Order) -> None:
	"""Reserve for an order what its type allows and what is free."""
	if not shop.on("enable_stock_reservations") or not shop.type_of(order).allocates:
		return
	requests = allocation.requests_for(stock_rows(order))
	given = allocation.allocate(requests, free_for(shop, order.customer))
	for line in order.lines:
		line.reserved += given.get(line.name, ZERO)
	back_order(shop, order)


def free_for(shop: Shop, customer: str) -> dict[holding.Stock, Decimal]:
	"""Return {(item, ""): what can still be promised to a customer}."""
	marks, left = _earmarks(shop)
	kept = holding.earmarked_for_others(marks, left, customer, "")
	return {
		stock: replace(facts, earmarked=kept.get(stock, ZERO)).free for stock, facts in _facts(shop).items()
	}


def _facts(shop: Shop) -> dict[holding.Stock, holding.StockFacts]:
	"""Return {(item, ""): what lies there and what takes from it, earmarks left out}."""
	levels = {item.code: item.keep_stock_level for item in shop.story.items}
	return {
		(item, ""): holding.StockFacts(qty, shop.reserved(item), keep_level=levels[item])
		for item, qty in shop.on_hand.items()
	}


def _earmarks(shop: Shop) -> tuple[list[holding.Earmark], dict[str, Decimal]]:
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
	return marks, holding.earmarks_left(marks, uses)


def stock_rows(order: Order) -> list[allocation.OrderRow]:
	"""Return the rows of an order that need stock."""
	return [
		allocation.OrderRow(line.name, line.item, "", line.qty, line.delivered, line.reserved)
		for line in order.lines
		if line.stock
	]


def back_order(shop: Shop, order: Order) -> None:
	"""Put on back order what an order of such a type has just been left short of."""
	if not shop.on("enable_back_orders"):
		return
	kind = shop.type_of(order)
	for line in order.lines:
		if kind.never_back_orders or not line.stock:
			line.waits = ZERO
		elif kind.back_orders_on_submit:
			line.waits = max(line.qty - line.delivered - line.reserved, ZERO)


def release(shop: Shop, complete_orders_first: bool) -> list[str]:
	"""Give what is free to what waits; return the names of the orders served, in the order of service."""
	waiting = [one for at, order in enumerate(shop.orders) for one in _waiting(shop, order, at)]
	free = {stock: facts.free_before_earmarks for stock, facts in _facts(shop).items()}
	marks, left = _earmarks(shop)
	kept = [planner.Kept(one.stock, left[one.name], frozenset({one.customer})) for one in marks]
	outcomes = planner.plan(waiting, free, kept, complete_orders_first=complete_orders_first)
	lines = {line.name: line for order in shop.orders for line in order.lines}
	for outcome in outcomes:
		lines[outcome.waiting.row].reserved += outcome.given
	return list(dict.fromkeys(outcome.waiting.order for outcome in outcomes if outcome.given))


def _waiting(shop: Shop, order: Order, at: int) -> list[planner.Waiting]:
	priority = int(shop.customers[order.customer].back_order_priority) or planner.USUAL
	return [
		planner.Waiting(
			name=line.name, order=order.name, row=line.name, stock=(line.item, ""), open=line.back_ordered,
			since=datetime(2000, 1, 1) + timedelta(seconds=at), priority=priority, customer=order.customer,
			held="order_closed" if order.closed else "",
		)
		for line in order.lines
		if line.back_ordered
	]  # fmt: skip
