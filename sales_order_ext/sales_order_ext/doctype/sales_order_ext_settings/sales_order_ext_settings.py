"""Sales Order Ext Settings: every switch and value of the app, for the whole site."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from sales_order_ext.errors import NegativeStockError


class SalesOrderExtSettings(Document):
	def on_update(self) -> None:
		"""Switch on what ERPNext itself needs for a capability, and say so."""
		if self.enable_stock_reservations:
			enable_native_reservation()


def enable_native_reservation() -> None:
	"""Reservations are ERPNext's own Stock Reservation Entries: make sure Stock Settings allows them."""
	stock_settings = frappe.get_doc("Stock Settings")
	if stock_settings.enable_stock_reservation:
		return
	if stock_settings.allow_negative_stock:
		frappe.throw(
			_("Stock that may become negative cannot be reserved. Untick {0} in {1} first, then switch on {2}.").format(
				frappe.bold(_(stock_settings.meta.get_label("allow_negative_stock"))),
				frappe.utils.get_link_to_form("Stock Settings", "Stock Settings"),
				frappe.bold(_("Stock Reservations")),
			),
			NegativeStockError,
		)  # fmt: skip
	stock_settings.enable_stock_reservation = 1
	stock_settings.save()
	frappe.msgprint(_("Stock reservation was switched on in Stock Settings as well."), alert=True)
