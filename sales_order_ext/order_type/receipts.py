"""Receipts of what was bought for an order: it is reserved for the order, and let go when it goes back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import frappe
from frappe.model.document import Document

from sales_order_ext import preferences
from sales_order_ext.allocation import records as allocation
from sales_order_ext.decimals import ZERO, to_decimal
from sales_order_ext.order_type import records, rules

# Where a receipt's row names the row of the Purchase Order it receives.
ORDERED_ROW = {"Purchase Receipt": "purchase_order_item", "Purchase Invoice": "po_detail"}
PLACES = 6


def switched_on(doc: Document) -> bool:
	"""Return whether a document moves stock that may have been bought for orders of a type."""
	moves = doc.doctype == "Purchase Receipt" or bool(doc.get("update_stock"))
	on = preferences.of(doc)
	return bool(moves and on.enable_order_types and on.enable_stock_reservations)


def reserve(doc: Document) -> None:
	"""Reserve for each order what was received for it; after a return, what is left."""
	if doc.get("is_return"):
		return reserve_what_is_left(doc)
	for order, received in _received(doc).items():
		allocation.reserve_received(order, received)


def let_go(doc: Document) -> None:
	"""Give back what is reserved for the rows that a receipt was for."""
	for order, received in _received(doc).items():
		allocation.release_order(order, {row for row, _warehouse in received})


def reserve_what_is_left(doc: Document) -> None:
	"""Reserve anew for the orders that a receipt was for."""
	for order in _received(doc):
		allocation.allocate_order(order, reserve=True, back_order=False)
		allocation.refresh_orders([order], doc.company)


def _received(doc: Document) -> dict[str, dict[tuple[str, str], Decimal]]:
	"""Return {order: {(its row, warehouse): stock units}} of what a receipt brings for back-to-back rows."""
	field = ORDERED_ROW[doc.doctype]
	bought = {row.get(field) for row in doc.items if row.get(field)}
	owners = _bought_for(bought) if bought else {}
	found: dict[str, dict[tuple[str, str], Decimal]] = {}
	for row in doc.items:
		order, order_row = owners.get(row.get(field), (None, None))
		if order:
			received = found.setdefault(order, {})
			key = (order_row, row.warehouse)
			received[key] = received.get(key, ZERO) + abs(to_decimal(row.stock_qty, PLACES))
	return _back_to_back(found)


def _bought_for(bought: set[str]) -> dict[str, tuple[str, str]]:
	"""Return {Purchase Order Item: (sales order, its row)}, also of what a Material Request asked for."""
	ordered, asked = (frappe.qb.DocType(f"{name} Item") for name in ("Purchase Order", "Material Request"))
	rows = (
		frappe.qb.from_(ordered)
		.left_join(asked)
		.on(asked.name == ordered.material_request_item)
		.select(ordered.name, ordered.sales_order, ordered.sales_order_item)
		.select(asked.sales_order.as_("asked_order"), asked.sales_order_item.as_("asked_item"))
		.where(ordered.name.isin(sorted(bought)))
		.orderby(ordered.name)
	).run(as_dict=True)
	found = {
		row.name: (row.sales_order or row.asked_order, row.sales_order_item or row.asked_item) for row in rows
	}
	return {name: (order, item) for name, (order, item) in found.items() if order and item}


def _back_to_back(found: Mapping[str, dict]) -> dict[str, dict]:
	"""Leave out what was bought for rows that stand on stock, and for orders that reserve nothing."""
	if not found:
		return {}
	types = {name: kind for name, kind in records.types_of(found).items() if kind.allocates}
	sources = records.own_sources(types)
	kept: dict[str, dict] = {}
	for order, kind in types.items():
		for (row, warehouse), qty in found[order].items():
			source = rules.source_of(sources.get(row), kind, is_goods=True)
			if source == rules.BACK_TO_BACK:
				kept.setdefault(order, {})[row, warehouse] = qty
	return kept
