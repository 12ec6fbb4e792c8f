"""Invoice runs in the in-memory shop: what is due by the rules, invoiced in their groups."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sales_order_ext.decimals import ZERO
from sales_order_ext.invoicing import facts as invoicing
from sales_order_ext.invoicing import grouping, rules
from sales_order_ext.scenario.papers import Invoice, Order, by_item, with_tax
from sales_order_ext.scenario.play import Document

if TYPE_CHECKING:
	from sales_order_ext.scenario.shop import Shop


def run(shop: Shop, as_of: date) -> list[Document]:
	"""Submit the invoices that are due on a day; return them and their orders."""
	made = []
	for group in _plan(shop, as_of).groups:
		if not group.skip:
			made += _invoice(shop, group.rows)
	return made


def at_once(shop: Shop, order: Order) -> list[Document]:
	"""Submit the invoice that processing an order makes, by its term; return it, or nothing."""
	facts = _invoicing_order(shop, order)
	by_term = facts if shop.on("enable_invoice_terms") else replace(facts, term="")
	rows = rules.due_at_once(by_term, shop.today)
	return _invoice(shop, rows)[:1] if rows else []


def _invoice(shop: Shop, rows: tuple) -> list[Document]:
	"""Submit one invoice over quantities to invoice; return it and its orders."""
	lines = {line.name: line for order in shop.orders for line in order.lines}
	net: dict[str, Decimal] = {}
	for row in rows:
		lines[row.row].invoiced += row.qty
		net[row.order] = net.get(row.order, ZERO) + row.amount
	paper = Invoice(
		"",
		[(row.order, row.row, row.qty) for row in rows],
		list(net.items()),
		by_item([(row.item_code, row.qty) for row in rows]),
		with_tax(sum(net.values(), ZERO), shop.story.tax_rate),
	)
	shop.add("SINV", paper)
	return [Document("Sales Invoice", paper.name), *[Document("Sales Order", order) for order in net]]


def _plan(shop: Shop, as_of: date) -> invoicing.Plan:
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
