"""Sales Order Type: how orders of a kind behave, and what a new one is filled in with."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from sales_order_ext.errors import OrderTypeError
from sales_order_ext.markup import as_html
from sales_order_ext.order_type.rules import PRESETS


class SalesOrderType(Document):
	def _set_defaults(self) -> None:
		"""Fill in defaults, yet never the user's own price list or warehouse: an empty preset means none."""
		presets = {field: self.get(field) for field in (*PRESETS, "print_format")}
		super()._set_defaults()
		self.update(presets)

	def validate(self) -> None:
		series = frappe.get_meta("Sales Order").get_naming_series_options()
		if self.naming_series and self.naming_series not in series:
			frappe.throw(
				_("{0} is not a naming series of Sales Orders. Choose one of: {1}").format(
					frappe.bold(as_html(self.naming_series)), ", ".join(series)
				),
				OrderTypeError,
			)
