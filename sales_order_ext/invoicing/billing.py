"""Keeps invoices made by hand and by runs from covering the same goods at the same time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

import frappe
from erpnext.controllers.status_updater import get_allowance_for
from frappe import _
from frappe.model.document import Document
from frappe.query_builder.functions import Max, Sum
from frappe.utils import cint

from sales_order_ext import transactions
from sales_order_ext.decimals import ZERO, to_decimal
from sales_order_ext.errors import DocumentChangedError
from sales_order_ext.invoicing.facts import BilledRow


def lock_orders(invoice: Document) -> None:
	"""Lock the invoice's orders, so that what is read from now on includes whatever was invoiced before."""
	orders = {row.sales_order for row in _order_rows(invoice)} - {None, ""}
	if not orders:
		return
	if not transactions.lock_for(orders, (), invoice):
		_refuse_old_view(invoice)


def rows_of(invoice: Document) -> list[BilledRow]:
	"""Return what the invoice asks for each order row, beside the other invoices, drafts included."""
	rows = _order_rows(invoice)
	if not rows:
		return []
	names = sorted({row.so_detail for row in rows})
	ordered = _ordered(names)
	others = _others(names, invoice.name)
	asked: dict[str, Decimal] = defaultdict(lambda: ZERO)
	for row in rows:
		asked[row.so_detail] += to_decimal(row.amount)
	return [
		BilledRow(
			idx=row.idx,
			item_code=row.item_code,
			order=row.sales_order,
			amount=asked[row.so_detail],
			others=others[row.so_detail][0],
			limit=_limit(row, ordered[row.so_detail]),
			invoice=others[row.so_detail][1],
		)
		for row in rows
		if row.so_detail in others and row.so_detail in ordered
	]


def _order_rows(invoice: Document) -> list[Document]:
	"""Return the rows to look at: not those of credit notes, of a run (it has the locks), of internal sales."""
	if invoice.is_return or invoice.flags.soe_locked or invoice.get("is_internal_customer"):
		return []
	return [row for row in invoice.items if row.so_detail]


def _ordered(names: Collection[str]) -> dict[str, frappe._dict]:
	fields = ["name", "item_code", "amount", "rate", "delivered_qty"]
	filters = {"name": ("in", list(names))}
	found = frappe.get_all("Sales Order Item", filters=filters, fields=fields, order_by="name")
	return {row.name: row for row in found}


def _others(names: Collection[str], invoice: str | None) -> dict[str, tuple[Decimal, str]]:
	"""Return {order row: (amount on other invoices less credit notes, the last of them)}."""
	rows = _other_rows(names, invoice).run()
	return {name: (to_decimal(amount), last) for name, amount, last in rows}


def _other_rows(names: Collection[str], invoice: str | None):
	row = frappe.qb.DocType("Sales Invoice Item")
	query = frappe.qb.from_(row).select(row.so_detail, Sum(row.amount), Max(row.parent))
	query = query.where(
		row.so_detail.isin(list(names)) & (row.docstatus < 2) & (row.parent != (invoice or ""))
	)
	return query.groupby(row.so_detail).orderby(row.so_detail)


def _limit(row: Document, ordered: frappe._dict) -> Decimal:
	"""Return what may be invoiced for an order row: all of it, or what is delivered for a delivery's row."""
	limit = to_decimal(ordered.amount)
	if row.get("dn_detail"):
		rate = max(to_decimal(ordered.rate), to_decimal(row.rate))
		limit = min(limit, to_decimal(ordered.delivered_qty) * rate)
	allowance = get_allowance_for(ordered.item_code, qty_or_amount="amount")[0]
	return limit * (1 + to_decimal(allowance) / 100)


def _refuse_old_view(invoice: Document) -> None:
	"""Where the transaction could not start afresh, refuse to go on if it cannot see what is committed."""
	names = sorted({row.so_detail for row in _order_rows(invoice)})
	row = frappe.qb.DocType("Sales Invoice Item")
	query = frappe.qb.from_(row).select(row.name, row.docstatus, row.amount)
	query = query.where(row.so_detail.isin(names) & (row.docstatus < 2)).orderby(row.name)
	seen = [(name, cint(docstatus), amount) for name, docstatus, amount in query.run()]
	if list(seen) != [
		(name, cint(docstatus), amount) for name, docstatus, amount in query.for_update().run()
	]:
		frappe.throw(
			_("Somebody else has just invoiced one of these orders. Reload and try again."),
			DocumentChangedError,
		)
