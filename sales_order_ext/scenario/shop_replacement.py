"""Cancel and replace in the in-memory shop: an inverse and one order or several, and everything follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from sales_order_ext.decimals import ZERO
from sales_order_ext.replacement import figures, rules
from sales_order_ext.scenario import shop_allocation, shop_won_quote
from sales_order_ext.scenario.papers import Invoice, Line, Order
from sales_order_ext.scenario.story import Groups, Row
from sales_order_ext.violations import violation

if TYPE_CHECKING:
	from sales_order_ext.scenario.shop import Shop


def replace(shop: Shop, original: Order, rows: tuple[Row, ...], split: Groups) -> list[Order]:
	"""Replace an order by one with the given quantities, or by several; return them and the inverse.

	`split` names, for each further order, the items whose lines go to it.
	"""
	shop.refuse("replace", rules.start_violations(_facts(original)))
	root = original.root or original.name
	chain = [order.number for order in shop.orders if (order.root or order.name) == root]
	number = rules.next_number(chain, root, shop.papers)
	drafts = [
		Order(
			rules.replacement_name(root, number + step), original.customer, shop.today, original.required,
			lines, original.type, original.term, role=rules.REPLACEMENT, root=root, number=number + step,
		)
		for step, lines in enumerate(_groups(shop, original, rows, split))
	]  # fmt: skip
	parts = [_facts(draft) for draft in drafts]
	shop.refuse("replace", rules.draft_violations(_facts(original), parts[0], parts[1:]))
	inverse = Order(
		rules.inverse_name(original.name), original.customer, shop.today, original.required,
		[_line(shop, line, -line.qty) for line in original.lines],
		original.type, original.term, role=rules.INVERSE, root=root, closed=True,
	)  # fmt: skip
	_move(shop, original, drafts)
	original.closed, original.replaced_by = True, ", ".join(draft.name for draft in drafts)
	original.role = original.role or rules.ORIGINAL
	shop.papers |= {paper.name: paper for paper in (inverse, *drafts)}
	for draft in drafts:
		shop_allocation.reserve(shop, draft)
		draft.quote = original.quote
	if original.quote:
		shop_won_quote.update_quote(shop, shop.papers[original.quote])
	return [*drafts, inverse]


def _groups(shop: Shop, original: Order, rows: tuple[Row, ...], split: Groups) -> list[list[Line]]:
	"""Return the new lines by order: what no group asks for goes to the first."""
	rest = _new_lines(shop, original, rows)
	groups = []
	for items in split:
		groups.append([line for line in rest if line.item in items])
		rest = [line for line in rest if line.item not in items]
		if not (groups[-1] and rest):
			shop.refuse("replace", [violation("one_part", order=original.name)])
	return [rest, *groups]


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


def _move(shop: Shop, original: Order, drafts: Sequence[Order]) -> None:
	"""Let deliveries, invoices and reservations follow their line, and payments the first order."""
	successors = {line.origin: (draft, line) for draft in drafts for line in draft.lines if line.origin}
	for line in original.lines:
		if line.name in successors:
			_draft, new = successors[line.name]
			new.moves, new.invoiced = line.moves, line.invoiced
			kept = figures.kept_reservations(
				[figures.Reservation(line.name, line.reserved)], max(new.qty - line.delivered, ZERO)
			)
			new.reserved, new.waits = kept[line.name], line.waits
		line.moves, line.invoiced, line.reserved, line.waits = [], ZERO, ZERO, ZERO
	drafts[0].advances, original.advances = original.advances, ZERO
	rates = {line.name: line.rate for line in original.lines}
	targets = {line: draft.name for line, (draft, _new) in successors.items()}
	for paper in shop.papers.values():
		if isinstance(paper, Invoice):
			_repoint(paper, original.name, targets, rates)


def _repoint(invoice: Invoice, old: str, targets: Mapping[str, str], rates: Mapping[str, Decimal]) -> None:
	"""Let an invoice's rows of an order name what each went to, with the net amounts that follow."""
	net = {order: amount for order, amount in invoice.net if order != old}
	for order, line, qty in invoice.rows:
		if order == old:
			net[targets[line]] = net.get(targets[line], ZERO) + qty * rates[line]
	invoice.rows = [
		(targets[line] if order == old else order, line, qty) for order, line, qty in invoice.rows
	]
	invoice.net = list(net.items())


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
