"""Processing and returns in the in-memory shop: what comes back, what of it is credited, what stays delivered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from sales_order_ext.decimals import ZERO
from sales_order_ext.order_entry import return_rules
from sales_order_ext.order_entry.rules import ITEMS, TEXT
from sales_order_ext.order_type import rules as order_types
from sales_order_ext.scenario import shop_allocation, shop_invoicing
from sales_order_ext.scenario.papers import Delivery, Invoice, Line, Order, ReturnLine, by_item, with_tax
from sales_order_ext.scenario.play import Document
from sales_order_ext.scenario.shop_steps import whole
from sales_order_ext.scenario.story import Return
from sales_order_ext.violations import violation

if TYPE_CHECKING:
	from sales_order_ext.scenario.shop import Shop

Parts = list[tuple[Line, Decimal]]


class ReturnSteps:
	"""The step that processes an order, its returns included."""

	@whole
	def process(self: Shop, order: Document) -> list[Document]:
		paper = self.papers[order.name]
		state = order_types.OrderState(paper.name, self.type_of(paper), closed=paper.closed)
		self.refuse("process", order_types.process_violations(state))
		delivered = self.hand_over_what_is_there(paper)
		made = [self.note(paper, delivered)] if delivered else []
		made += shop_invoicing.at_once(self, paper)
		if self.type_of(paper).back_orders_on_processing:
			shop_allocation.back_order(self, paper)
		return [*_take_back(self, paper), *made, order]


def ask(shop: Shop, order: Order, note: Delivery | None, rows: Sequence[Return]) -> None:
	"""Put on an order what it takes back of a delivery; refuse what the rules do not allow."""
	sold = {line.item: line for line, _qty in note.lines} if note else {}
	taken = [ReturnLine(note.name, sold[row.item], row.qty, row.reason) for row in rows if row.item in sold]
	facts = {line.name: _delivered(shop, note, line, qty) for line, qty in note.lines} if note else {}
	asked = [
		return_rules.ReturnRow(idx, one.line.name, one.qty, one.reason)
		for idx, one in enumerate(taken, start=1)
	]
	sells = any(line.item != ITEMS[TEXT] for line in order.lines)
	composition = shop.type_of(order).composition
	shop.refuse("returns", return_rules.check(composition, sells, (order.customer, "", ""), asked, facts))
	order.returns = taken


def _delivered(shop: Shop, note: Delivery, line: Line, qty: Decimal) -> return_rules.Delivered:
	waiting = [
		one.qty
		for order in shop.orders
		for one in order.returns
		if (one.note, one.line.name) == (note.name, line.name) and not one.processed
	]
	taken = note.back.get(line.name, ZERO) + sum(waiting, ZERO)
	return return_rules.Delivered(
		line.name, note.name, note.customer, "", "", True, qty, taken, line.rate, line.name
	)


def _take_back(shop: Shop, order: Order) -> list[Document]:
	"""Make the return deliveries and credit notes of an order."""
	back: dict[str, Parts] = {}
	credited: dict[tuple[str, bool], Parts] = {}
	for row in [one for one in order.returns if not one.processed]:
		line = row.line
		restock = bool(return_rules.CREDIT_REASONS[row.reason])
		parts, rest = return_rules.credits_for(row.qty, _invoiced(shop, line))
		if rest and not restock:
			shop.refuse("returns", [violation("not_invoiced", row=line.item, note=row.note)])
		for part in parts:
			credited.setdefault((part.invoice, restock), []).append((line, part.qty))
		if restock:
			back.setdefault(row.note, []).append((line, row.qty))
			line.moves += [(-rest, shop.today)] if rest else []
		row.processed = True
	notes = [_return_delivery(shop, shop.papers[note], back[note]) for note in sorted(back)]
	invoices = [_credit_note(shop, shop.papers[key[0]], credited[key]) for key in sorted(credited)]
	return [*notes, *invoices]


def _invoiced(shop: Shop, line: Line) -> Iterable[return_rules.Invoiced]:
	"""Return what is left to credit of a line, by invoice, the oldest first."""
	invoices = [paper for paper in shop.papers.values() if isinstance(paper, Invoice)]
	for paper in [one for one in invoices if not one.against]:
		over = [one for one in invoices if paper.name in (one.name, one.against)]
		qty = sum((row[2] for one in over for row in one.rows if row[1] == line.name), ZERO)
		yield return_rules.Invoiced(line.name, paper.name, qty)


def _return_delivery(shop: Shop, note: Delivery, rows: Parts) -> Document:
	for line, qty in rows:
		note.back[line.name] = note.back.get(line.name, ZERO) + qty
		if line.stock:
			shop.on_hand[line.item] += qty
	paper = Delivery("", by_item([(line.item, -qty) for line, qty in rows]))
	shop.add("DN", paper)
	return Document("Delivery Note", paper.name)


def _credit_note(shop: Shop, invoice: Invoice, rows: Parts) -> Document:
	"""Credit parts of an invoice: against what is due on it where that is enough, else as credit of its own."""
	order_of = {name: order for order, name, _qty in invoice.rows}
	net: dict[str, Decimal] = {}
	for line, qty in rows:
		line.credited += qty
		order = order_of[line.name]
		net[order] = net.get(order, ZERO) - qty * line.rate
	total = with_tax(sum(net.values(), ZERO), shop.story.tax_rate)
	paper = Invoice(
		"", [(order_of[line.name], line.name, -qty) for line, qty in rows], list(net.items()),
		by_item([(line.item, -qty) for line, qty in rows]), total, against=invoice.name,
	)  # fmt: skip
	if invoice.total - invoice.paid >= -total:
		invoice.paid -= total
		paper.paid = total
	shop.add("SINV", paper)
	return Document("Sales Invoice", paper.name)
