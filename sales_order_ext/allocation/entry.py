"""A Stock Reservation Entry made by hand or by ERPNext itself, not by this app."""

from __future__ import annotations

from frappe.model.document import Document

from sales_order_ext import errors
from sales_order_ext.allocation import records, reservations, rules
from sales_order_ext.allocation.messages import MESSAGES
from sales_order_ext.allocation.tables import number
from sales_order_ext.decimals import text
from sales_order_ext.violations import violation


def lock_and_recheck(doc: Document) -> None:
	"""Lock the whole order's stock; where that showed newer figures, cut the entry to what is free.

	Whoever made the entry looked at stock before it was locked. Locking all rows of the order at the
	first entry keeps the order of locks for the entries that follow in the same request.
	"""
	fresh = records.lock_orders([doc.voucher_no], [(doc.item_code, doc.warehouse)])
	if not fresh:
		return
	stock = (doc.item_code, doc.warehouse)
	wanted = rules.Request(doc.voucher_detail_no, stock, number(doc.reserved_qty))
	free = records.free_for_order(doc.voucher_no, [stock])
	given = rules.allocate([wanted], free, reservations.partial_allowed())
	if not given:
		facts = {"item_code": doc.item_code, "warehouse": doc.warehouse, "order": doc.voucher_no}
		refused = violation("not_free", free=text(free[stock]), qty=text(wanted.qty), **facts)
		errors.throw([refused], MESSAGES)
	doc.available_qty = float(free[stock])
	doc.reserved_qty = float(given[doc.voucher_detail_no])
