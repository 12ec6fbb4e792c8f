"""Processing an order: deliver what it can have, invoice by its term, put the rest on back order."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from erpnext.selling.doctype.sales_order import sales_order as sales_orders
from frappe.model.document import Document
from frappe.utils import flt, getdate

from sales_order_ext import errors, preferences
from sales_order_ext.allocation import records as allocation
from sales_order_ext.decimals import to_decimal
from sales_order_ext.invoicing import records as invoicing
from sales_order_ext.order_entry import records as order_entry
from sales_order_ext.order_type import records, rules
from sales_order_ext.order_type.changes import state_of
from sales_order_ext.order_type.messages import MESSAGES


def process(order: Document) -> dict[str, object]:
	"""Deliver, invoice and back-order a booked order. The caller holds its locks and has checked rights.

	Returns the names under `delivery_note`, `sales_invoice` (None where there is none) and `back_orders`;
	of an order with returns also `return_delivery_notes` and `credit_notes`.
	"""
	errors.throw_all(rules.process_violations(state_of(order)), MESSAGES)
	note = deliver(order)
	invoice = invoicing.invoice_order(order.name, getdate())
	back_orders = back_order_rest(order)
	made = {"delivery_note": note, "sales_invoice": invoice, "back_orders": back_orders}
	return made | order_entry.process_returns(order)


def deliver(order: Document) -> str | None:
	"""Submit a Delivery Note of what is reserved for the order and of what is free beside it."""
	note = sales_orders.make_delivery_note(order.name, kwargs={"for_reserved_stock": True})
	if note.get("items"):
		_cut(note, allocation.deliverable(order.name))
	return note.insert().submit().name if note.get("items") else None


def back_order_rest(order: Document) -> list[str]:
	"""Put what is still owed on back order where the order's type does so on processing."""
	if not (preferences.of(order).enable_back_orders and records.type_of(order).back_orders_on_processing):
		return []
	return allocation.record_back_orders(order.name, {})


def _cut(note: Document, can_have: Mapping[str, Decimal]) -> None:
	"""Cut a mapped note to what each row can have (in stock units); lines that get nothing go.

	Lines of rows that need no stock go with the goods, or alone once no goods are owed. A row with
	reservations comes as one line for each of them; what is free beside them goes on the first.
	"""
	left = dict(can_have)
	for line in note.items:
		if line.so_detail in left:
			asked = to_decimal(line.qty) * _factor(line)
			given = min(asked, left[line.so_detail])
			left[line.so_detail] -= given
			line.qty = _in_line_units(given, line)
	for line in note.items:
		if line.qty and not line.serial_and_batch_bundle and left.get(line.so_detail):
			line.qty = _in_line_units(to_decimal(line.qty) * _factor(line) + left.pop(line.so_detail), line)
	kept = [line for line in note.items if line.qty]
	if can_have and not any(line.so_detail in can_have for line in kept):
		kept = []
	note.set("items", kept)
	for idx, line in enumerate(note.items, 1):
		line.idx = idx


def _factor(line: Document) -> Decimal:
	return to_decimal(line.conversion_factor) or Decimal(1)


def _in_line_units(qty: Decimal, line: Document) -> float:
	return flt(qty / _factor(line), line.precision("qty"))
