"""Sales Order Type: how orders of a kind behave, and what a new one is filled in with."""

from __future__ import annotations

import frappe
from frappe import _

from sales_order_ext.errors import OrderTypeError
from sales_order_ext.markup import as_html
from sales_order_ext.order_type.rules import PRESETS
from sales_order_ext.unfilled import Unfilled


class SalesOrderType(Unfilled):
	# An empty preset means none, not the user's own price list or warehouse.
	LEFT_EMPTY = (*PRESETS, "print_format")

	def validate(self) -> None:
		series = frappe.get_meta("Sales Order").get_naming_series_options()
		if self.naming_series and self.naming_series not in series:
			frappe.throw(
				_("{0} is not a naming series of Sales Orders. Choose one of: {1}").format(
					frappe.bold(as_html(self.naming_series)), ", ".join(series)
				),
				OrderTypeError,
			)
