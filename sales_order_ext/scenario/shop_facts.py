"""Between the shop's documents and the rooms' rules: facts for the rules, and what they decide."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sales_order_ext.allocation import rules as allocation
from sales_order_ext.decimals import ZERO
from sales_order_ext.invoicing.rules import term_of
from sales_order_ext.lifecycle import rules as lifecycle
from sales_order_ext.order_type import rules as order_types
from sales_order_ext.payment import rules as payment
from sales_order_ext.scenario import shop_allocation
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
		"invoiced": by_item([(line.item, line.invoiced - line.credited) for line in order.lines]),
		"with_returns": _with_returns(order),
		"reservation": _reservation(shop, order),
		"payment": _payment(shop, order),
		"life_cycle": _life_cycle(shop, order),
	}


def _with_returns(order: Order) -> Decimal:
	"""Return what is ordered less what is taken back, before taxes."""
	sold = sum((line.amount for line in order.lines), ZERO)
	return sold - sum((one.qty * one.line.rate for one in order.returns), ZERO) if order.returns else ZERO


def _reservation(shop: Shop, order: Order) -> str:
	if not shop.on("enable_stock_reservations") or (order.role and order.closed):
		return ""
	return allocation.reservation_status(shop_allocation.stock_rows(order))


def _payment(shop: Shop, order: Order) -> str:
	if not shop.on("enable_payment_status"):
		return ""
	net = sum((line.amount for line in order.lines), ZERO)
	invoiced = sum((line.invoiced * line.rate for line in order.lines), ZERO)
	facts = payment.OrderFacts(
		order.name, total(order.lines, shop.story.tax_rate), net, invoiced, order.advances,
		replaced=bool(order.role and order.closed),
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
