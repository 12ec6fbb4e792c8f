"""Winning, losing, reopening and taking back on a real site, through the room's endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import frappe

from sales_order_ext.scenario.play import Document
from sales_order_ext.scenario.story import Row


def win(
	quote: Document,
	head: Mapping[str, Any],
	rows: tuple[Row, ...] | None,
	services: str | None,
	after: str | None,
) -> Document:
	"""Win a quotation, whole or the given rows of it; return the order."""
	from sales_order_ext.won_quote import api

	win = frappe.get_doc("Quote Win", api.start(quotation=quote.name).name)
	win.update(head)
	for line in win.items if rows is not None else ():
		qty = sum((row.qty for row in rows if row.item == line.item_code), Decimal(0))
		line.update({"include": int(qty > 0), "qty": float(qty) or line.qty})
	for line in win.items:
		if line.kind == "Service":
			line.convert_to = services or line.convert_to
	win.update({"post_sale_action": after or win.post_sale_action})
	win.save()
	return Document("Sales Order", api.finish(win.name)["sales_order"])


def lose(quote: Document | None, opportunity: Document | None, reason: str) -> list[Document]:
	"""Lose a quotation, or an opportunity with its open quotations; return what was lost."""
	from sales_order_ext.won_quote import api

	if quote:
		api.lose_quotation(quote.name, [reason])
		return [quote]
	lost = api.lose(opportunity.name, [reason])["quotations"]
	return [opportunity, *[Document("Quotation", name) for name in lost]]


def reopen(opportunity: Document) -> list[Document]:
	"""Open an opportunity that is over."""
	from sales_order_ext.won_quote import api

	api.reopen_opportunity(opportunity.name)
	return [opportunity]


def undo(order: Document) -> list[Document]:
	"""Take back the pass that made an order; return its quotation."""
	from sales_order_ext.won_quote import api

	win = frappe.db.get_value("Sales Order", order.name, "soe_quote_win")
	api.undo(win)
	return [Document("Quotation", frappe.db.get_value("Quote Win", win, "quotation"))]
