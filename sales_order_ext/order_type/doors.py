"""The doors: documents that deliver, invoice or pick an order. Each asks the order's type first."""

from __future__ import annotations

from collections.abc import Iterable

import frappe
from frappe.model.document import Document

from sales_order_ext import documents, errors
from sales_order_ext.order_type import records, rules
from sales_order_ext.order_type.messages import MESSAGES

ROW_FIELDS = ("so_detail", "sales_order_item")


def refuse(doc: Document, more: Iterable[str] = ()) -> None:
	"""Throw ProcessingBlockedError if the type of an order on the document forbids it.

	Returns undo what was allowed, and consolidated invoices repeat it, so they pass. A document for
	several orders counts as a batch.
	"""
	if doc.get("is_return") or doc.get("is_consolidated"):
		return
	orders = documents.orders_of(doc) | _orders_of_rows(doc) | set(more)
	batch = bool(frappe.flags.bulk_transaction) or len(orders) > 1
	found = [
		rules.processing_violation(order, kind, frappe._(doc.doctype), batch)
		for order, kind in records.types_of(orders).items()
	]
	errors.throw_all([one for one in found if one], MESSAGES)


def _orders_of_rows(doc: Document) -> set[str]:
	"""Return the orders of rows that name an order's row and not the order."""
	rows = [*(doc.get("items") or []), *(doc.get("locations") or [])]
	nameless = {
		row.get(field)
		for row in rows
		if not any(row.get(name) for name in documents.ORDER_FIELDS)
		for field in ROW_FIELDS
		if row.get(field)
	}
	if not nameless:
		return set()
	filters = {"name": ("in", sorted(nameless))}
	return set(frappe.get_all("Sales Order Item", filters, pluck="parent", order_by="name"))
