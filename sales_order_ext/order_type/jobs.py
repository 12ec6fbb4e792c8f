"""Background jobs of the room."""

from __future__ import annotations

import frappe
from frappe.utils import today

from sales_order_ext.order_type import changes, records, rules


def activate_forward_orders() -> None:
	"""Daily: change waiting orders whose day has come to the type they are to become.

	Each order is a transaction of its own; what fails is logged and tried again the next day.
	"""
	for row in records.waiting_since(today()):
		order_type = row.soe_activate_as or rules.INVOICE_ORDER
		result = changes.activate_each([row.name], order_type)
		for failure in result["failed"]:
			frappe.log_error(
				title=f"Sales Order {failure['sales_order']} was not activated",
				message=failure["error"],
				reference_doctype="Sales Order",
				reference_name=failure["sales_order"],
			)
		frappe.db.commit()
