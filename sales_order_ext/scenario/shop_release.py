"""Back orders in the in-memory shop: how they arise, and releasing stock to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sales_order_ext.allocation import planner
from sales_order_ext.allocation import rules as allocation
from sales_order_ext.decimals import ZERO
from sales_order_ext.scenario.papers import Order

if TYPE_CHECKING:
	from sales_order_ext.scenario.shop import Shop


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
	free = {(item, ""): allocation.free_stock(qty, shop.reserved(item)) for item, qty in shop.on_hand.items()}
	outcomes = planner.plan(waiting, free, complete_orders_first=complete_orders_first)
	lines = {line.name: line for order in shop.orders for line in order.lines}
	for outcome in outcomes:
		lines[outcome.waiting.row].reserved += outcome.given
	return list(dict.fromkeys(outcome.waiting.order for outcome in outcomes if outcome.given))


def _waiting(shop: Shop, order: Order, at: int) -> list[planner.Waiting]:
	priority = int(shop.customers[order.customer].back_order_priority) or planner.USUAL
	return [
		planner.Waiting(
			name=line.name, order=order.name, row=line.name, stock=(line.item, ""), open=line.back_ordered,
			since=datetime(2000, 1, 1) + timedelta(seconds=at), priority=priority,
			held="order_closed" if order.closed else "",
		)
		for line in order.lines
		if line.back_ordered
	]  # fmt: skip
