"""Stock Reservation Entries: what orders are owed, what is free, and writing reservations.

A reservation is ERPNext's own document, validated by it; this module decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import groupby

import frappe
from frappe.query_builder.functions import Sum
from frappe.utils import now

from sales_order_ext.allocation.availability import SPENT
from sales_order_ext.allocation.rules import Bundle, OrderRow, Stock
from sales_order_ext.allocation.tables import number
from sales_order_ext.compat import open_reserved_qty
from sales_order_ext.decimals import ZERO

DOCTYPE = "Stock Reservation Entry"


def order_rows(orders: Iterable[str]) -> dict[str, list[OrderRow]]:
	"""Return {booked sales order: its rows that need stock}, in two queries; other orders are left out."""
	names = sorted(set(orders))
	if not names:
		return {}
	reserved = _reserved_of_rows(names)
	found: dict[str, list[OrderRow]] = {}
	for line in _stock_lines(names):
		rows = found.setdefault(line.parent, [])
		if line.row and line.is_stock_item and not line.delivered_by_supplier and line.warehouse:
			rows.append(_order_row(line, reserved.get(line.row, ZERO)))
	return found


def bundles(order: str) -> list[Bundle]:
	"""Return an order's rows of product bundles, by their stocked parts."""
	part, row, item = (frappe.qb.DocType(name) for name in ("Packed Item", "Sales Order Item", "Item"))
	lines = (
		frappe.qb.from_(part)
		.inner_join(row)
		.on(row.name == part.parent_detail_docname)
		.inner_join(item)
		.on(item.name == part.item_code)
		.select(part.item_code, part.warehouse, part.qty, row.uom, row.stock_qty, row.delivered_qty)
		.select(row.name.as_("row"), row.conversion_factor)
		.where((row.parent == order) & (item.is_stock_item == 1) & (row.delivered_by_supplier == 0))
		.orderby(row.idx, part.idx)
	).run(as_dict=True)
	return [_bundle(list(parts)) for _row, parts in groupby(lines, key=lambda line: line.row)]


def partial_allowed() -> bool:
	"""Return whether a row may be reserved in part: ERPNext's own setting decides."""
	return bool(frappe.db.get_single_value("Stock Settings", "allow_partial_reservation"))


def reserve(
	order: str, rows: Iterable[OrderRow], given: Mapping[str, Decimal], free: Mapping[Stock, Decimal]
) -> None:
	"""Submit a Stock Reservation Entry for each row that is given something of what was free.

	The caller holds the locks, and stores the order's status afterwards.
	"""
	header = frappe.db.get_value("Sales Order", order, ["company", "project"], as_dict=True)
	left = dict(free)
	for row in rows:
		if row.row not in given:
			continue
		entry = frappe.new_doc(DOCTYPE)
		entry.update(_entry(order, header, row, given[row.row], left[row.stock]))
		entry.flags.ignore_permissions = True
		entry.flags.soe_locked = True
		entry.submit()  # inserted and submitted in one go, which is half the work
		left[row.stock] -= given[row.row]


def release(order: str, rows: Iterable[str] | None = None) -> None:
	"""Cancel the reservations of an order (or of some rows) that still keep stock.

	The caller stores the order's status.
	"""
	of_rows = {} if rows is None else {"voucher_detail_no": ("in", sorted(rows))}
	entries = frappe.get_all(
		DOCTYPE,
		filters={
			"voucher_type": "Sales Order",
			"voucher_no": order,
			"docstatus": 1,
			"status": ("not in", SPENT),
			**of_rows,
		},
		pluck="name",
		order_by="creation, name",
	)
	for name in entries:
		entry = frappe.get_doc(DOCTYPE, name)
		entry.flags.ignore_permissions = True
		entry.flags.soe_locked = True
		entry.cancel()


def store_statuses(statuses: Mapping[str, str], update_modified: bool) -> None:
	"""Store the reservation status of those orders that have another one now, one statement per status."""
	if not statuses:
		return
	stored = frappe.get_all(
		"Sales Order",
		filters={"name": ("in", list(statuses))},
		fields=["name", "soe_reservation_status"],
		order_by="name",
	)
	changed: dict[str, list[str]] = {}
	for order in stored:
		status = statuses[order.name]
		if (order.soe_reservation_status or "") != status:
			changed.setdefault(status, []).append(order.name)
	for status, names in sorted(changed.items()):
		_store_status(names, status, update_modified)


def _store_status(names: list[str], status: str, update_modified: bool) -> None:
	order = frappe.qb.DocType("Sales Order")
	query = frappe.qb.update(order).set(order.soe_reservation_status, status)
	if update_modified:
		query = query.set(order.modified, now()).set(order.modified_by, frappe.session.user)
	query.where(order.name.isin(names)).run()
	for name in names:
		frappe.clear_document_cache("Sales Order", name)


def _entry(order: str, header: frappe._dict, row: OrderRow, qty: Decimal, available: Decimal) -> dict:
	item = frappe.get_cached_value(
		"Item", row.item_code, ["has_serial_no", "has_batch_no", "stock_uom"], as_dict=True
	)
	return {
		**item,
		"item_code": row.item_code,
		"warehouse": row.warehouse,
		"voucher_type": "Sales Order",
		"voucher_no": order,
		"voucher_detail_no": row.row,
		"available_qty": float(available),
		"voucher_qty": float(row.ordered),
		"reserved_qty": float(qty),
		"company": header.company,
		"project": header.project,
	}


def _bundle(parts: list[frappe._dict]) -> Bundle:
	line = parts[0]
	ordered = number(line.stock_qty)
	return Bundle(
		row=line.row,
		owed=ordered - number(number(line.delivered_qty) * _factor(line)),
		parts=tuple(((part.item_code, part.warehouse), number(part.qty) / ordered) for part in parts),
		step=_step(line),
	)


def _factor(line: frappe._dict) -> Decimal:
	return number(line.conversion_factor) or Decimal(1)


def _step(line: frappe._dict) -> Decimal:
	whole = frappe.db.get_value("UOM", line.uom, "must_be_whole_number", cache=True)
	return _factor(line) if whole else ZERO


def _order_row(line: frappe._dict, reserved: Decimal) -> OrderRow:
	return OrderRow(
		row=line.row,
		item_code=line.item_code,
		warehouse=line.warehouse,
		ordered=number(line.stock_qty),
		delivered=number(number(line.delivered_qty) * _factor(line)),
		reserved=reserved,
		step=_step(line),
	)


def _stock_lines(orders: list[str]) -> list[frappe._dict]:
	order, row, item = (frappe.qb.DocType(name) for name in ("Sales Order", "Sales Order Item", "Item"))
	return (
		frappe.qb.from_(order)
		.left_join(row)
		.on(row.parent == order.name)
		.left_join(item)
		.on(item.name == row.item_code)
		.select(
			order.name.as_("parent"),
			row.name.as_("row"),
			row.item_code,
			row.warehouse,
			row.uom,
			row.conversion_factor,
			row.stock_qty,
			row.delivered_qty,
			row.delivered_by_supplier,
			item.is_stock_item,
		)
		.where((order.docstatus == 1) & order.name.isin(orders))
		.orderby(order.name, row.idx)
	).run(as_dict=True)


def _reserved_of_rows(orders: list[str]) -> dict[str, Decimal]:
	entry = frappe.qb.DocType(DOCTYPE)
	rows = (
		frappe.qb.from_(entry)
		.select(entry.voucher_detail_no, Sum(open_reserved_qty(entry)))
		.where((entry.docstatus == 1) & (entry.voucher_type == "Sales Order") & entry.voucher_no.isin(orders))
		.groupby(entry.voucher_detail_no)
		.orderby(entry.voucher_detail_no)
	).run()
	return {row: number(qty) for row, qty in rows}
