"""Cancel and replace in the in-memory shop: three orders out of one, and everything follows."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sales_order_ext.decimals import ZERO
from sales_order_ext.replacement import figures, rules
from sales_order_ext.scenario import shop_facts, shop_won_quote
from sales_order_ext.scenario.papers import Invoice, Line, Order
from sales_order_ext.scenario.story import Row

if TYPE_CHECKING:
	from sales_order_ext.scenario.shop import Shop


def replace(shop: Shop, original: Order, rows: tuple[Row, ...]) -> tuple[Order, Order]:
	"""Replace an order by one with the given quantities; return the replacement and the inverse."""
	shop.refuse("replace", rules.start_violations(_facts(original)))
	root = original.root or original.name
	chain = [order.number for order in shop.orders if (order.root or order.name) == root]
	number = rules.next_number(chain, root, shop.papers)
	draft = Order(
		rules.replacement_name(root, number), original.customer, shop.today, original.required,
		_new_lines(shop, original, rows), original.type, original.term,
		role=rules.REPLACEMENT, root=root, number=number,
	)  # fmt: skip
	shop.refuse("replace", rules.draft_violations(_facts(original), _facts(draft)))
	inverse = Order(
		rules.inverse_name(original.name), original.customer, shop.today, original.required,
		[_line(shop, line, -line.qty) for line in original.lines],
		original.type, original.term, role=rules.INVERSE, root=root, closed=True,
	)  # fmt: skip
	_move(shop, original, draft)
	original.closed, original.replaced_by = True, draft.name
	original.role = original.role or rules.ORIGINAL
	shop.papers |= {inverse.name: inverse, draft.name: draft}
	shop_facts.reserve(shop, draft)
	if original.quote:
		draft.quote = original.quote
		shop_won_quote.update_quote(shop, shop.papers[original.quote])
	return draft, inverse


def _new_lines(shop: Shop, original: Order, rows: tuple[Row, ...]) -> list[Line]:
	wanted = {row.item: row for row in rows}
	lines = []
	for line in original.lines:
		row = wanted.pop(line.item, None)
		qty = row.qty if row else line.qty
		if qty:
			new = _line(shop, line, qty)
			new.origin = line.name
			lines.append(new)
	return lines + [shop.line(row.item, row.qty, row.rate) for row in wanted.values()]


def _line(shop: Shop, line: Line, qty: Decimal) -> Line:
	"""Return a new line like another, won from the same row of the quotation."""
	new = shop.line(line.item, qty, line.rate)
	new.quoted = line.quoted
	return new


def _move(shop: Shop, original: Order, replacement: Order) -> None:
	"""Let deliveries, invoices, payments and reservations follow to the replacement."""
	successors = {line.origin: line for line in replacement.lines if line.origin}
	for line in original.lines:
		new = successors.get(line.name)
		if new:
			new.moves, new.invoiced = line.moves, line.invoiced
			kept = figures.kept_reservations(
				[figures.Reservation(line.name, line.reserved)], max(new.qty - line.delivered, ZERO)
			)
			new.reserved, new.waits = kept[line.name], line.waits
		line.moves, line.invoiced, line.reserved, line.waits = [], ZERO, ZERO, ZERO
	replacement.advances, original.advances = original.advances, ZERO
	for paper in shop.papers.values():
		if isinstance(paper, Invoice):
			_repoint(paper, original.name, replacement.name)


def _repoint(invoice: Invoice, old: str, new: str) -> None:
	invoice.rows = [(new if order == old else order, line, qty) for order, line, qty in invoice.rows]
	invoice.net = [(new if order == old else order, amount) for order, amount in invoice.net]


def _facts(order: Order) -> rules.Order:
	rows = tuple(
		rules.Row(
			name=line.name, item_code=line.item, qty=line.qty, idx=number, rate=line.rate, amount=line.amount,
			replaced_row=line.origin, delivered=line.delivered, billed=line.invoiced * line.rate,
			conversion_factor=Decimal(1),
		)
		for number, line in enumerate(order.lines, start=1)
	)  # fmt: skip
	return rules.Order(
		name=order.name, customer=order.customer, status=order.status, role=order.role, root=order.root,
		is_cancelled=bool(order.replaced_by), replaced_by=order.replaced_by, paid=order.advances, rows=rows,
	)  # fmt: skip
