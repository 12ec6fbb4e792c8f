"""Reads what was ordered, delivered, returned and invoiced of orders' rows, in one query a kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

import frappe
from frappe.query_builder.functions import Coalesce, Sum

from sales_order_ext.decimals import to_decimal
from sales_order_ext.invoicing.facts import Movement, RowFacts


def rows_by_order(orders: Iterable[frappe._dict]) -> dict[str, list[RowFacts]]:
	"""Return {order: its rows} of submitted orders (name, transaction_date and skip_delivery_note of each)."""
	by_name = {order.name: order for order in orders}
	table, item = frappe.qb.DocType("Sales Order Item"), frappe.qb.DocType("Item")
	query = frappe.qb.from_(table).left_join(item).on(item.name == table.item_code)
	query = query.select(table.name, table.parent, table.idx, table.item_code, table.qty, table.rate,
		table.amount, table.billed_amt, table.delivered_qty, table.delivered_by_supplier, table.delivery_date,
		item.is_stock_item)  # fmt: skip
	query = query.where(table.parent.isin(list(by_name)) & (table.docstatus == 1))
	rows = query.orderby(table.parent, table.idx).run(as_dict=True)
	names = [row.name for row in rows]
	moves, invoiced = _movements(names), _invoiced(names)
	bundles = _stock_bundles({row.item_code for row in rows if not row.is_stock_item})
	precision = frappe.get_precision("Sales Order Item", "qty")
	found: dict[str, list[RowFacts]] = defaultdict(list)
	for row in rows:
		order = by_name[row.parent]
		goods = row.is_stock_item or row.item_code in bundles or row.delivered_by_supplier
		if row.delivered_by_supplier:
			moves[row.name] = [Movement(to_decimal(row.delivered_qty, precision),
				order.transaction_date, order.transaction_date)]  # fmt: skip
		found[row.parent].append(
			RowFacts(
				name=row.name,
				idx=row.idx,
				item_code=row.item_code,
				qty=to_decimal(row.qty, precision),
				rate=to_decimal(row.rate),
				amount=to_decimal(row.amount),
				needs_delivery=bool(goods and not order.skip_delivery_note),
				movements=tuple(moves.get(row.name, ())),
				invoiced=to_decimal(invoiced.get(row.name), precision),
				billed_amount=to_decimal(row.billed_amt),
				due_on=row.delivery_date,
			)
		)
	return found


def _movements(rows: list[str]) -> dict[str, list[Movement]]:
	"""Return what was delivered and returned of order rows: by delivery notes and stock-moving invoices."""
	precision = frappe.get_precision("Sales Order Item", "qty")
	found: dict[str, list[Movement]] = defaultdict(list)
	for doctype in ("Delivery Note", "Sales Invoice"):
		for move in _moved(doctype, rows):
			counts_on = move.returned_on or move.posting_date
			qty = to_decimal(move.qty, precision)
			found[move.so_detail].append(Movement(qty, move.posting_date, counts_on, move.document))
	return found


def _moved(doctype: str, rows: list[str]) -> list[frappe._dict]:
	if not rows:
		return []
	parent, row = frappe.qb.DocType(doctype), frappe.qb.DocType(f"{doctype} Item")
	original = frappe.qb.DocType(doctype).as_("original")
	query = frappe.qb.from_(row).join(parent).on(parent.name == row.parent)
	query = query.left_join(original).on(original.name == parent.return_against)
	document = Coalesce(original.name, parent.name)
	query = query.select(row.so_detail, parent.posting_date, original.posting_date.as_("returned_on"),
		document.as_("document"), Sum(row.qty).as_("qty"))  # fmt: skip
	query = query.where(row.so_detail.isin(rows) & (parent.docstatus == 1))
	if doctype == "Sales Invoice":
		query = query.where(parent.update_stock == 1)
	query = query.groupby(row.so_detail, parent.posting_date, original.posting_date, document)
	return query.orderby(row.so_detail, parent.posting_date, document).run(as_dict=True)


def _invoiced(rows: Collection[str]) -> dict[str, float]:
	"""Return {order row: quantity} on invoices, drafts included.

	As in ERPNext, a credit note reopens the order's billing only where it says so
	("Update Billed Amount in Sales Order").
	"""
	if not rows:
		return {}
	parent, row = frappe.qb.DocType("Sales Invoice"), frappe.qb.DocType("Sales Invoice Item")
	query = frappe.qb.from_(row).join(parent).on(parent.name == row.parent)
	query = query.select(row.so_detail, Sum(row.qty))
	query = query.where(row.so_detail.isin(list(rows)) & (parent.docstatus < 2))
	query = query.where((parent.is_return == 0) | (parent.update_billed_amount_in_sales_order == 1))
	return dict(query.groupby(row.so_detail).orderby(row.so_detail).run())


def _stock_bundles(item_codes: set[str]) -> set[str]:
	"""Return those items that are product bundles with at least one stock item in them."""
	if not item_codes:
		return set()
	bundle, part = frappe.qb.DocType("Product Bundle"), frappe.qb.DocType("Product Bundle Item")
	item = frappe.qb.DocType("Item")
	query = frappe.qb.from_(bundle).join(part).on(part.parent == bundle.name)
	query = query.join(item).on(item.name == part.item_code).select(bundle.new_item_code).distinct()
	query = query.where(bundle.new_item_code.isin(list(item_codes)) & (item.is_stock_item == 1))
	return set(query.where(bundle.disabled == 0).orderby(bundle.new_item_code).run(pluck=True))
