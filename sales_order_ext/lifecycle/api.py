"""What the desk and other programs may ask of an order's life cycle."""

import frappe
from frappe.utils import getdate, now_datetime

from sales_order_ext import again, errors, inputs, preferences
from sales_order_ext.lifecycle import jobs, records, rules
from sales_order_ext.lifecycle.messages import MESSAGES

# More than a month's calendar can show.
MOST_EVENTS = 2000


@frappe.whitelist()
def calendar_events(start: str, end: str, filters: dict | list | str | None = None) -> list[dict]:
	"""Return the orders of a span for the calendar by required date.

	Dicts with `name`, `customer_name`, `delivery_date`, `soe_lifecycle_status`, `allDay`.
	"""
	frappe.has_permission("Sales Order", "read", throw=True)
	given = inputs.conditions(filters, "filters", "Sales Order")
	rows = records.calendar_rows(getdate(start), getdate(end), given, MOST_EVENTS)
	return [{**row, "allDay": 1, "convertToUserTz": 0} for row in rows]


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def mark_sent(sales_order: str) -> dict[str, str]:
	"""Note that an order was sent to its customer now, by other means than e-mail from here."""
	order = frappe.get_doc("Sales Order", sales_order)
	order.check_permission("write")
	preferences.require(jobs.SWITCH, order.company)
	errors.throw_all(rules.check_can_be_sent(order.name, records.state(order.name)), MESSAGES)
	sent_on = now_datetime()
	records.set_sent_on(order.name, sent_on)
	life_cycle = records.update([order.name], getdate())[order.name]
	return {
		"sales_order": order.name,
		"soe_sent_on": str(sent_on),
		"soe_lifecycle_status": life_cycle.status,
	}
