"""Stock Earmark: a quantity of an item in a warehouse kept for a customer or customer group until a date."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.utils import flt

from sales_order_ext.errors import EarmarkError
from sales_order_ext.unfilled import Unfilled


class StockEarmark(Unfilled):
	# It is for one of the two, and not for the group of new customers as well.
	LEFT_EMPTY = ("customer", "customer_group")

	def validate(self) -> None:
		if bool(self.customer) == bool(self.customer_group):
			frappe.throw(_("Name a customer or a customer group, one of the two."), EarmarkError)
		if flt(self.qty) <= 0:
			frappe.throw(_("Earmark a quantity above zero."), EarmarkError)
		if not frappe.get_cached_value("Item", self.item_code, "is_stock_item"):
			frappe.throw(_("{0} has no stock to earmark.").format(self.item_code), EarmarkError)
		if frappe.get_cached_value("Warehouse", self.warehouse, "is_group"):
			frappe.throw(
				_("{0} is a group of warehouses. Choose one of the warehouses in it.").format(self.warehouse),
				EarmarkError,
			)


def on_doctype_update() -> None:
	"""Index what free stock asks for."""
	frappe.db.add_index("Stock Earmark", ["item_code", "warehouse"])
