"""Processing and returns on a real site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import frappe

from sales_order_ext.scenario.play import Document
from sales_order_ext.scenario.site_steps import atomic
from sales_order_ext.scenario.story import Return

if TYPE_CHECKING:
	from sales_order_ext.scenario.site import Site

MADE = (("return_delivery_notes", "Delivery Note"), ("credit_notes", "Sales Invoice"))
ALSO = (("delivery_note", "Delivery Note"), ("sales_invoice", "Sales Invoice"))


class ReturnSteps:
	"""The step that processes an order, its returns included."""

	@atomic
	def process(self: Site, order: Document) -> list[Document]:
		from sales_order_ext.order_type import api

		done = api.process(order.name)
		documents = [Document(kind, name) for key, kind in MADE for name in done.get(key, ())]
		return [*documents, *[Document(kind, done[key]) for key, kind in ALSO if done[key]], order]


def returns_of(delivery: Document | None, rows: Sequence[Return]) -> list[dict]:
	"""Return the rows of an order that take something back of a delivery."""
	lines = frappe.get_doc(delivery.kind, delivery.name).items if delivery else []
	sold = {line.item_code: line.name for line in lines}
	return [
		{"delivery_note_item": sold[row.item], "qty": float(row.qty), "credit_reason": row.reason}
		for row in rows
		if row.item in sold
	]
