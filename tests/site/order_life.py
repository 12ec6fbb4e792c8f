"""Where an order stands in its life, as it is stored, checked against what decides it."""

import frappe
from frappe.utils import getdate

from sales_order_ext.lifecycle import records
from tests.site.masters import SERVICE, sales_order


def life_cycle(order):
	"""The stored status and flag, which must equal those placed anew from the stored facts."""
	stored = frappe.db.get_value("Sales Order", order.name, ["soe_lifecycle_status", "soe_is_overdue"])
	placed = records.update([order.name], getdate())[order.name]
	assert stored == (placed.status, int(placed.is_overdue))
	return stored


def undated(**fields):
	return sales_order((SERVICE, 1, 100), order_type="Maintenance", delivery_date=None, **fields)
