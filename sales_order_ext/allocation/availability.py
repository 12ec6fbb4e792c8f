"""Free stock: what can still be promised of items in warehouses, and to whom. The only place that knows.

Two statements whatever the number of rows, and a few more only where stock is earmarked, lies in batches,
or is booked ahead. Writers hold the Bins' locks (`transactions.lock_for`) before they ask.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal

import frappe
from frappe.query_builder.custom import ConstantColumn
from frappe.query_builder.functions import Sum
from frappe.utils import now_datetime, nowdate, nowtime
from pypika.queries import QueryBuilder

from sales_order_ext import compat, transactions
from sales_order_ext.allocation import earmarks, holding
from sales_order_ext.allocation.holding import Stock, StockFacts
from sales_order_ext.allocation.tables import number, within
from sales_order_ext.compat import open_reserved_qty
from sales_order_ext.decimals import ZERO

SPENT = ("Delivered", "Cancelled", "Closed")


def free_stock(
	stock: Iterable[Stock],
	customer: str | None = None,
	documents: Collection[str] = (),
	order: str | None = None,
) -> dict[Stock, Decimal]:
	"""Return {(item code, warehouse): what can still be promised to a customer}, in stock units.

	The holds of `documents` (names or keys of drafts) and the reservations of `order` do not count. Without
	a customer everything that is earmarked is kept for others.
	"""
	return {pair: facts.free for pair, facts in stock_facts(stock, customer, documents, order).items()}


def stock_facts(
	stock: Iterable[Stock],
	customer: str | None = None,
	documents: Collection[str] = (),
	order: str | None = None,
) -> dict[Stock, StockFacts]:
	"""Return {(item code, warehouse): what lies there and what takes from it}; see `free_stock`."""
	pairs = sorted(set(stock))
	if not pairs:
		return {}
	found = _figures(pairs, order)
	held = _held(pairs, documents)
	earmarked = earmarks.kept_for_others(found["earmark"], customer) if found["earmark"] else {}
	batched = [pair for pair in pairs if found["batched"].get(pair)]
	unusable = _in_unusable_batches(batched) if batched else {}
	return {
		pair: StockFacts(
			actual=_actual(found, pair),
			reserved=found["reserved"].get(pair, ZERO),
			held=held.get(pair, ZERO),
			earmarked=earmarked.get(pair, ZERO),
			keep_level=found["keep"].get(pair, ZERO),
			unusable=unusable.get(pair, ZERO),
		)
		for pair in pairs
	}


def _figures(pairs: list[Stock], order: str | None) -> dict[str, dict[Stock, Decimal]]:
	"""Return {kind of figure: {pair: figure}}, all read in one statement."""
	query = _bins(pairs) * _reservations(pairs, order) * _booked_ahead(pairs) * earmarks.totals(pairs)
	wanted = set(pairs)
	found: dict[str, dict[Stock, Decimal]] = {
		kind: {} for kind in ("bin", "keep", "batched", "reserved", "ahead", "earmark")
	}
	for kind, item_code, warehouse, qty, keep, batched in query.run():
		pair = (item_code, warehouse)
		if pair in wanted:
			found[kind][pair] = number(qty)
			if kind == "bin":
				found["keep"][pair], found["batched"][pair] = number(keep), number(batched)
	return found


def _bins(pairs: list[Stock]) -> QueryBuilder:
	bin, item = frappe.qb.DocType("Bin"), frappe.qb.DocType("Item")
	return (
		frappe.qb.from_(bin)
		.inner_join(item)
		.on(item.name == bin.item_code)
		.select(ConstantColumn("bin"), bin.item_code, bin.warehouse, bin.actual_qty)
		.select(item.soe_keep_stock_level, item.has_batch_no)
		.where(within(bin, pairs))
	)


def _reservations(pairs: list[Stock], order: str | None) -> QueryBuilder:
	"""Return the query for what open reservations keep, of whatever document they are for."""
	entry = frappe.qb.DocType("Stock Reservation Entry")
	query = (
		frappe.qb.from_(entry)
		.select(ConstantColumn("reserved"), entry.item_code, entry.warehouse, Sum(open_reserved_qty(entry)))
		.select(ConstantColumn(0), ConstantColumn(0))
		.where(within(entry, pairs) & (entry.docstatus == 1) & entry.status.notin(SPENT))
		.groupby(entry.item_code, entry.warehouse)
	)
	if compat.has_open_reserved_index():
		query = query.force_index(compat.OPEN_RESERVED_INDEX)
	return query.where(entry.voucher_no != order) if order else query


def _booked_ahead(pairs: list[Stock]) -> QueryBuilder:
	entry = frappe.qb.DocType("Stock Ledger Entry")
	return (
		frappe.qb.from_(entry)
		.select(ConstantColumn("ahead"), entry.item_code, entry.warehouse, ConstantColumn(1))
		.select(ConstantColumn(0), ConstantColumn(0))
		.where(within(entry, pairs) & (entry.posting_date > nowdate()) & (entry.is_cancelled == 0))
		.groupby(entry.item_code, entry.warehouse)
	)


def _held(pairs: list[Stock], documents: Collection[str]) -> dict[Stock, Decimal]:
	"""Return {pair: what others hold}.

	A transaction that could not start afresh does not see holds made since it began: it reads with locks. It
	finds them by this index, for by another it would lock holds of stock whose Bins somebody else has.
	"""
	hold = frappe.qb.DocType("Stock Hold")
	query = (
		frappe.qb.from_(hold)
		.force_index("item_code_warehouse_index")
		.select(hold.item_code, hold.warehouse, hold.qty)
		.where(within(hold, pairs) & (hold.expires_at > now_datetime()))
	)
	if documents:
		query = query.where(hold.document_key.notin(sorted(documents)))
	held: dict[Stock, Decimal] = {}
	for item_code, warehouse, qty in (
		query if transactions.sees_current(pairs) else query.for_update()
	).run():
		held[item_code, warehouse] = held.get((item_code, warehouse), ZERO) + number(qty)
	return held


def _actual(found: dict[str, dict[Stock, Decimal]], pair: Stock) -> Decimal:
	"""Return what lies there now: the Bin's quantity, yet nothing that is booked for later."""
	from erpnext.stock.utils import get_stock_balance

	actual = found["bin"].get(pair, ZERO)
	if pair not in found["ahead"]:
		return actual
	return min(actual, number(get_stock_balance(*pair, nowdate(), nowtime())))


def _in_unusable_batches(pairs: list[Stock]) -> dict[Stock, Decimal]:
	"""Return {pair: what lies in expired or disabled batches and is not reserved out of them}."""
	entry, batch, ledger = (
		frappe.qb.DocType(name) for name in ("Serial and Batch Entry", "Batch", "Stock Ledger Entry")
	)
	over = (batch.disabled == 1) | (batch.expiry_date < nowdate())
	lying = (
		frappe.qb.from_(ledger)
		.inner_join(entry)
		.on(entry.parent == ledger.serial_and_batch_bundle)
		.inner_join(batch)
		.on(batch.name == entry.batch_no)
		.select(ledger.item_code, ledger.warehouse, Sum(entry.qty))
		.where(within(ledger, pairs) & (ledger.is_cancelled == 0) & over)
		.groupby(ledger.item_code, ledger.warehouse)
	)
	reservation = frappe.qb.DocType("Stock Reservation Entry")
	reserved = (
		frappe.qb.from_(reservation)
		.inner_join(entry)
		.on(entry.parent == reservation.name)
		.inner_join(batch)
		.on(batch.name == entry.batch_no)
		.select(reservation.item_code, reservation.warehouse, Sum(entry.delivered_qty - entry.qty))
		.where(within(reservation, pairs) & (reservation.docstatus == 1))
		.where(reservation.status.notin(SPENT) & over)
		.groupby(reservation.item_code, reservation.warehouse)
	)
	unusable: dict[Stock, Decimal] = {}
	for item_code, warehouse, qty in (lying * reserved).run():
		unusable[item_code, warehouse] = unusable.get((item_code, warehouse), ZERO) + number(qty)
	return {pair: max(qty, ZERO) for pair, qty in unusable.items()}


def line_of(row: str, item_code: str, warehouse: str, qty: Decimal) -> holding.Line | None:
	"""Return a row as a line that holds stock, a product bundle by its parts; None where it needs none."""
	return lines_of([(row, item_code, warehouse, qty)]).get(row)


def lines_of(rows: Iterable[tuple[str, str, str, Decimal]]) -> dict[str, holding.Line]:
	"""Return {row: line} of (row, item code, warehouse, quantity) rows that need stock."""
	rows = list(rows)
	bundles = _bundle_parts({item_code for _row, item_code, _warehouse, _qty in rows})
	lines: dict[str, holding.Line] = {}
	for row, item_code, warehouse, qty in rows:
		own = [(item_code, Decimal(1))] if _item(item_code).is_stock_item else []
		parts = tuple(((part, warehouse), per) for part, per in bundles.get(item_code, own))
		if parts and warehouse and qty > 0:
			lines[row] = holding.Line(row, qty, parts, _step(item_code))
	return lines


def _bundle_parts(items: set[str]) -> dict[str, list[tuple[str, Decimal]]]:
	bundled = sorted(item_code for item_code in items if not _item(item_code).is_stock_item)
	if not bundled:
		return {}
	bundle, part, item = (
		frappe.qb.DocType(name) for name in ("Product Bundle", "Product Bundle Item", "Item")
	)
	rows = (
		frappe.qb.from_(bundle)
		.inner_join(part)
		.on(part.parent == bundle.name)
		.inner_join(item)
		.on(item.name == part.item_code)
		.select(bundle.new_item_code, part.item_code, part.qty)
		.where(bundle.new_item_code.isin(bundled) & (bundle.disabled == 0) & (item.is_stock_item == 1))
		.orderby(bundle.name, part.idx)
	).run()
	parts: dict[str, list[tuple[str, Decimal]]] = {}
	for bundled_item, item_code, qty in rows:
		if qty:
			parts.setdefault(bundled_item, []).append((item_code, number(qty)))
	return parts


def _item(item_code: str) -> frappe._dict:
	return frappe.get_cached_value("Item", item_code, ["is_stock_item", "stock_uom"], as_dict=True)


def _step(item_code: str) -> Decimal:
	whole = frappe.db.get_value("UOM", _item(item_code).stock_uom, "must_be_whole_number", cache=True)
	return Decimal(1) if whole else ZERO
