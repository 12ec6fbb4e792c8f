"""The payment status of an order as it is stored, checked against the ledgers."""

import frappe
from erpnext.controllers.accounts_controller import update_child_qty_rate

from sales_order_ext.payment import records

NOTHING = (0, "Not Paid")
FULLY = (100, "Fully Paid")


def part(percent):
	return (percent, "Partly Paid")


def payment(order):
	"""Return the stored percent and status, which must equal a measurement from the ledgers alone."""
	stored = frappe.db.get_value("Sales Order", order.name, ["soe_per_paid", "soe_payment_status"])
	measured = records.update([order.name])[order.name]
	assert stored == (float(measured.percent), measured.status)
	return stored


def update_items(order, **changes):
	row = order.reload().items[0]
	changed = {"docname": row.name, "item_code": row.item_code, "qty": row.qty, "rate": row.rate} | changes
	update_child_qty_rate("Sales Order", frappe.as_json([changed]), order.name)
