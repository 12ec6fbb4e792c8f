"""Items that cannot be reordered: an order gets what can be had of them, shortened, or is refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder.functions import Sum
from frappe.utils import flt, getdate, today

from sales_order_ext import errors
from sales_order_ext.allocation import drafts, lost_demand, rules
from sales_order_ext.allocation.availability import free_stock
from sales_order_ext.allocation.messages import MESSAGES
from sales_order_ext.allocation.tables import number
from sales_order_ext.compat import open_reserved_qty
from sales_order_ext.decimals import ZERO, text
from sales_order_ext.violations import Violation, violation


def shorten_or_refuse(doc: Document) -> None:
	"""While an order is being booked, its stock locked: cut the rows that ask for it to what can be had.

	Throws NotReorderableError, with the quantity that can be had, for rows that do not ask for it.
	"""
	rows = [row for row in doc.items if _is_final(row)]
	if not rows:
		return
	can_have = available(doc, rows)
	refused, cut = [], []
	for row in rows:
		if can_have[row.idx] < _stock_qty(row):
			nothing = row.soe_shorten_to_available and len(doc.items) == 1 and not can_have[row.idx]
			if not row.soe_shorten_to_available or nothing:
				refused.append(_refusal(row, can_have[row.idx]))
			else:
				cut.append(row)
	errors.throw_all(refused, MESSAGES)
	doc.flags.soe_shortened = [_cut(doc, row, can_have[row.idx]) for row in cut]
	if cut and not doc.items:
		errors.throw([_refusal(row, ZERO) for row in cut], MESSAGES)


def available(doc: Document, rows: list[Document]) -> dict[int, Decimal]:
	"""Return {row number: stock units that the row can have}: delivered, reserved for it, or free."""
	own = {} if doc.is_new() else _reserved(doc.name)
	has = {row.idx: number(row.delivered_qty) * _factor(row) + own.get(row.name, ZERO) for row in rows}
	requests = [
		rules.Request(str(row.idx), (row.item_code, row.warehouse), _missing(row, has), _step(row))
		for row in rows
	]
	free = free_stock({request.stock for request in requests}, doc.customer, drafts.keys_of(doc))
	given = rules.allocate(requests, free)
	return {row.idx: has[row.idx] + given.get(str(row.idx), ZERO) for row in rows}


def record_lost(doc: Document) -> None:
	"""Keep what was cut off a booked order as lost demand."""
	rows = doc.flags.pop("soe_shortened", None) or []
	lost_demand.record([replace(row, reference_name=doc.name) for row in rows])


def refuse_more(doc: Document) -> None:
	"""After the rows of a booked order were changed: refuse more than can be had of such items."""
	rows = [row for row in doc.items if _is_final(row)]
	can_have = available(doc, rows) if rows else {}
	refused = [_refusal(row, can_have[row.idx]) for row in rows if can_have[row.idx] < _stock_qty(row)]
	errors.throw_all(refused, MESSAGES)


def check_forced(doc: Document) -> None:
	"""Throw where more is forced on back order than is ordered."""
	found = []
	for row in doc.items:
		forced = number(row.get("soe_force_back_order_qty"))
		if forced > 0 and forced > _stock_qty(row):
			facts = {"row": row.idx, "item_code": row.item_code, "qty": text(_stock_qty(row))}
			found.append(violation("forced_too_much", forced=text(forced), **facts))
	errors.throw_all(found, MESSAGES)


def _is_final(row: Document) -> bool:
	"""Whether a row asks our stock for an item that cannot be reordered."""
	if not row.item_code or not row.warehouse or row.get("delivered_by_supplier"):
		return False
	item = frappe.get_cached_value(
		"Item", row.item_code, ["is_stock_item", "soe_not_reorderable"], as_dict=True
	)
	return bool(item and item.is_stock_item and item.soe_not_reorderable)


def _cut(doc: Document, row: Document, can_have: Decimal) -> lost_demand.LostRow:
	"""Cut a row to what it can have, or take it off; return what the customer does not get."""
	missing = _stock_qty(row) - can_have
	rate = flt(row.base_net_rate) or flt(row.rate) * flt(doc.conversion_rate or 1)
	lost = lost_demand.LostRow(
		cause=lost_demand.SHORTENED, company=doc.company, posting_date=getdate(today()),
		reference_doctype=doc.doctype, reference_name=doc.name, reference_row=row.name, qty=missing,
		amount=number(missing / _factor(row) * number(rate)), item_code=row.item_code,
		item_name=row.item_name, warehouse=row.warehouse, customer=doc.customer, party_name=doc.customer_name,
	)  # fmt: skip
	before = text(number(row.qty))
	if can_have:
		row.qty = flt(can_have / _factor(row), row.precision("qty"))
	else:
		doc.remove(row)
	frappe.msgprint(
		_("Row {0}: {1} was shortened from {2} to {3}.").format(
			row.idx, frappe.bold(row.item_code), before, text(number(row.qty)) if can_have else "0"
		),
		indicator="orange",
		alert=True,
	)
	return lost


def _refusal(row: Document, can_have: Decimal) -> Violation:
	facts = {
		"row": row.idx,
		"item_code": row.item_code,
		"warehouse": row.warehouse,
		"qty": text(number(row.qty)),
		"uom": row.uom or row.stock_uom,
	}
	if not can_have:
		return violation("nothing_to_be_had", **facts)
	return violation("not_reorderable", available=text(number(can_have / _factor(row))), **facts)


def _missing(row: Document, has: dict[int, Decimal]) -> Decimal:
	return max(_stock_qty(row) - has[row.idx], ZERO)


def _stock_qty(row: Document) -> Decimal:
	return number(number(row.qty) * _factor(row))


def _factor(row: Document) -> Decimal:
	return number(row.conversion_factor) or Decimal(1)


def _step(row: Document) -> Decimal:
	return _factor(row) if frappe.db.get_value("UOM", row.uom, "must_be_whole_number", cache=True) else ZERO


def _reserved(order: str) -> dict[str, Decimal]:
	"""Return {row: what is reserved for it}, also of a replacement that is not booked yet."""
	entry = frappe.qb.DocType("Stock Reservation Entry")
	rows = (
		frappe.qb.from_(entry)
		.select(entry.voucher_detail_no, Sum(open_reserved_qty(entry)))
		.where((entry.docstatus == 1) & (entry.voucher_type == "Sales Order") & (entry.voucher_no == order))
		.groupby(entry.voucher_detail_no)
		.orderby(entry.voucher_detail_no)
	).run()
	return {row: number(qty) for row, qty in rows}
