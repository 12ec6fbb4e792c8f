"""What a customer bought before, item by item: found by the database, however many orders there are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import frappe
from frappe.query_builder.functions import Max
from pypika.analytics import DenseRank, RowNumber
from pypika.queries import QueryBuilder, Table
from pypika.terms import Case

from sales_order_ext.order_entry.records import NOT_UNDONE, ORDER, ORDER_ROW, rows_query, sold_row
from sales_order_ext.order_entry.rules import HistoryLine

MAX_ORDERS = 1000
ITEMS_SHOWN = 200


def customer_orders(customer: str, company: str, since: date) -> list[str]:
	"""Return the newest of the customer's submitted orders that the user may read."""
	return frappe.get_list(
		ORDER,
		filters={
			**NOT_UNDONE,
			"docstatus": 1,
			"customer": customer,
			"company": company,
			"transaction_date": (">=", since),
		},
		pluck="name",
		order_by="transaction_date desc, creation desc",
		limit=MAX_ORDERS,
	)


def lines(orders: Collection[str], search: str = "") -> list[HistoryLine]:
	"""Return a line for each item of the orders that can still be sold, the item sold last first.

	The database finds each item's last row, and counts: the orders may be hundreds, and only `ITEMS_SHOWN`
	rows leave it. Gifts, custom and text lines do not count.
	"""
	if not orders:
		return []
	order, row = frappe.qb.DocType(ORDER), frappe.qb.DocType(ORDER_ROW)
	place, nth_order = RowNumber().over(row.item_code), DenseRank().over(row.item_code).orderby(order.name)
	for field in (order.transaction_date, order.creation, order.name):
		place = place.orderby(field, order=frappe.qb.desc)
	sold = _sellable(order, row, orders, search).select(
		row.name, order.transaction_date, order.creation, place.orderby(row.idx).as_("place"),
		nth_order.as_("nth_order"), row.item_code)  # fmt: skip
	last = Max(Case().when(sold.place == 1, sold.name))
	found = (
		frappe.qb.from_(sold)
		.select(last.as_("last"), Max(sold.nth_order))
		.groupby(sold.item_code)
		.orderby(Max(sold.transaction_date), order=frappe.qb.desc)
		.orderby(Max(sold.creation), order=frappe.qb.desc)
		.orderby(last)
		.limit(ITEMS_SHOWN)
		.run()
	)
	names = [name for name, _times in found]
	rows = {one.name: one for one in rows_query().where(row.name.isin(names or [""])).run(as_dict=True)}
	return [HistoryLine(sold_row(rows[name]), times) for name, times in found]


def _sellable(order: Table, row: Table, orders: Collection[str], search: str) -> QueryBuilder:
	"""Return the query over rows of these orders whose items can still be sold and fit what is searched for."""
	item = frappe.qb.DocType("Item")
	query = frappe.qb.from_(row).join(order).on(row.parent == order.name)
	query = query.join(item).on(item.name == row.item_code)
	query = query.where((row.parenttype == ORDER) & order.name.isin(list(orders)) & (item.disabled == 0))
	query = query.where(row.soe_line_type.isnull() | (row.soe_line_type == ""))
	query = query.where((row.is_free_item == 0) & (row.qty > 0))
	if search:
		like = "%" + search.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
		query = query.where(row.item_code.like(like) | row.item_name.like(like))
	return query
