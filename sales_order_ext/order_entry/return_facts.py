"""Reads what was delivered, returned, invoiced and credited of what an order takes back."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from itertools import count
from typing import Any

import frappe
from frappe.query_builder.functions import Sum
from pypika.queries import QueryBuilder

from sales_order_ext import access
from sales_order_ext.decimals import ZERO, to_decimal
from sales_order_ext.order_entry.return_rules import Delivered, Invoiced

RETURN_ROW = "Sales Order Return"


def delivered(
	rows: Collection[str], orders: Collection[str], *, locked: bool = False
) -> dict[str, Delivered]:
	"""Return {row: facts} of delivered rows; what booked orders but these take back of them counts as taken."""
	if not rows:
		return {}
	row, note = frappe.qb.DocType("Delivery Note Item"), frappe.qb.DocType("Delivery Note")
	query = frappe.qb.from_(row).join(note).on(note.name == row.parent).select(row.name, row.parent,
		row.qty, row.rate, row.so_detail, note.customer, note.company, note.currency, note.docstatus,
		note.is_return)  # fmt: skip
	found = query.where(row.name.isin(list(rows))).orderby(row.name).run(as_dict=True)
	taken = _returned(rows, locked)
	for name, qty in _asked_elsewhere(rows, orders, locked).items():
		taken[name] = taken.get(name, ZERO) + qty
	rates = _invoiced_rates(found)
	return {
		one.name: Delivered(
			row=one.name,
			note=one.parent,
			customer=one.customer,
			company=one.company,
			currency=one.currency,
			submitted=one.docstatus == 1 and not one.is_return,
			qty=to_decimal(one.qty),
			taken=taken.get(one.name, ZERO),
			rate=to_decimal(rates.get(one.name, one.rate)),
			order_row=one.so_detail or "",
		)
		for one in found
	}


def invoiced(delivered_row: Delivered) -> list[Invoiced]:
	"""Return the submitted invoice rows over a delivered row, oldest first, with what is left to credit.

	Read with locks, so that two who credit at once do not credit the same. Invoices made from the order
	rather than from the delivery are found by the order's row.
	"""
	row, invoice = frappe.qb.DocType("Sales Invoice Item"), frappe.qb.DocType("Sales Invoice")
	by_order = (row.so_detail == delivered_row.order_row) & (row.dn_detail.isnull() | (row.dn_detail == ""))
	mine = row.dn_detail == delivered_row.row
	query = frappe.qb.from_(row).join(invoice).on(invoice.name == row.parent)
	query = query.select(row.name, row.parent, row.qty).where(
		(mine | by_order) if delivered_row.order_row else mine
	)
	query = query.where((invoice.docstatus == 1) & (invoice.is_return == 0))
	found = query.orderby(invoice.posting_date, row.name).for_update().run(as_dict=True)
	credited = _credited([one.name for one in found])
	return [
		Invoiced(one.name, one.parent, to_decimal(one.qty) - credited.get(one.name, ZERO)) for one in found
	]


def returnable(
	customer: str, company: str, currency: str, search: str, order: str | None, limit: int
) -> list[dict[str, Any]]:
	"""Return the customer's delivered rows, newest first, of which something may still come back.

	Only of deliveries that the acting user may read.
	"""
	row, note = frappe.qb.DocType("Delivery Note Item"), frappe.qb.DocType("Delivery Note")
	query = frappe.qb.from_(row).join(note).on(note.name == row.parent).select(row.name, row.parent,
		row.item_code, row.item_name, row.uom, note.posting_date)  # fmt: skip
	query = query.where((note.customer == customer) & (note.company == company) & (note.docstatus == 1))
	query = query.where((note.is_return == 0) & (note.currency == currency) & (row.qty > 0))
	if search:
		like = "%" + search.replace("%", r"\%").replace("_", r"\_") + "%"
		query = query.where(row.item_code.like(like) | row.item_name.like(like) | row.parent.like(like))
	found = _readable(query.orderby(note.posting_date, order=frappe.qb.desc).orderby(row.name), limit)
	facts = delivered([one.name for one in found], [order or ""])
	rows = []
	for one in found:
		left = facts[one.name].qty - facts[one.name].taken
		if left > 0:
			rows.append({
				"delivery_note": one.parent, "delivery_note_item": one.name, "item_code": one.item_code,
				"item_name": one.item_name, "uom": one.uom, "posting_date": one.posting_date,
				"qty": float(left), "rate": float(facts[one.name].rate)})  # fmt: skip
	return rows


def _readable(query: QueryBuilder, limit: int) -> list[frappe._dict]:
	"""Return the first rows of deliveries that the acting user may read; a customer's may be very many."""
	found: list[frappe._dict] = []
	for start in count(0, limit):
		page = query.limit(limit).offset(start).run(as_dict=True)
		readable = access.readable_names("Delivery Note", {one.parent for one in page})
		found += [one for one in page if one.parent in readable]
		if len(page) < limit or len(found) >= limit:
			return found[:limit]
	raise AssertionError("unreachable")


def _returned(rows: Collection[str], locked: bool) -> dict[str, Decimal]:
	"""Return {delivered row: quantity} of submitted return deliveries."""
	row = frappe.qb.DocType("Delivery Note Item")
	query = frappe.qb.from_(row).select(row.dn_detail, row.qty)
	query = query.where(row.dn_detail.isin(list(rows)) & (row.docstatus == 1) & (row.qty < 0))
	query = query.orderby(row.name)
	found: dict[str, Decimal] = {}
	for name, qty in (query.for_update() if locked else query).run():
		found[name] = found.get(name, ZERO) - to_decimal(qty)
	return found


def _asked_elsewhere(rows: Collection[str], orders: Collection[str], locked: bool) -> dict[str, Decimal]:
	"""Return {delivered row: quantity} that other booked orders take back without a return delivery so far."""
	row, order = frappe.qb.DocType(RETURN_ROW), frappe.qb.DocType("Sales Order")
	query = frappe.qb.from_(row).join(order).on(order.name == row.parent)
	query = query.select(row.delivery_note_item, row.qty).where(order.soe_is_cancelled == 0)
	query = query.where(row.delivery_note_item.isin(list(rows)) & (row.docstatus == 1))
	query = query.where(
		row.parent.notin([*orders, ""]) & (row.returned_by.isnull() | (row.returned_by == ""))
	)
	query = query.orderby(row.name)
	found: dict[str, Decimal] = {}
	for name, qty in (query.for_update() if locked else query).run():
		found[name] = found.get(name, ZERO) + to_decimal(qty)
	return found


def _credited(rows: Collection[str]) -> dict[str, Decimal]:
	if not rows:
		return {}
	row, invoice = frappe.qb.DocType("Sales Invoice Item"), frappe.qb.DocType("Sales Invoice")
	query = frappe.qb.from_(row).join(invoice).on(invoice.name == row.parent)
	query = query.select(row.sales_invoice_item, Sum(row.qty))
	query = query.where(row.sales_invoice_item.isin(list(rows)))
	query = query.where((invoice.docstatus == 1) & (invoice.is_return == 1))
	found = query.groupby(row.sales_invoice_item).orderby(row.sales_invoice_item).for_update().run()
	return {name: -to_decimal(qty) for name, qty in found}


def _invoiced_rates(rows: list[frappe._dict]) -> dict[str, float]:
	"""Return {delivered row: price on its invoice}."""
	names, order_rows = [row.name for row in rows], [row.so_detail for row in rows if row.so_detail]
	table = frappe.qb.DocType("Sales Invoice Item")
	query = frappe.qb.from_(table).select(table.dn_detail, table.so_detail, table.rate)
	query = query.where((table.docstatus == 1) & (table.qty > 0))
	query = query.where(table.dn_detail.isin(names) | table.so_detail.isin(order_rows or [""]))
	by_delivery, by_order = {}, {}
	for delivery, order_row, rate in query.orderby(table.name).run():
		(by_delivery if delivery else by_order)[delivery or order_row] = rate
	found = {row.name: by_delivery.get(row.name, by_order.get(row.so_detail)) for row in rows}
	return {name: rate for name, rate in found.items() if rate is not None}
