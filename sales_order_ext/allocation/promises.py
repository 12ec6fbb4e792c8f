"""By when back orders are promised: kept true as purchases change, and told when a promise slips."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import frappe
from frappe import _
from frappe.desk.doctype.notification_settings.notification_settings import is_notifications_enabled
from frappe.utils import formatdate

from sales_order_ext.allocation import back_orders, planner, purchases, release
from sales_order_ext.allocation.planner import Waiting
from sales_order_ext.allocation.rules import Stock
from sales_order_ext.markup import as_html


def refresh(stock: Iterable[Stock]) -> None:
	"""Store the promised date of every back order that waits for these, and tell who is let down."""
	for pair in sorted(set(stock)):
		waiting = release.lines({"item_code": pair[0], "warehouse": pair[1]})
		dates = planner.promised_dates(waiting, purchases.incoming(pair)) if waiting else {}
		for one in waiting:
			day = dates[one.name]
			if day != one.promised:
				frappe.db.set_value(back_orders.DOCTYPE, one.name, "promised_date", day)
				if planner.slipped(one.promised, day):
					_tell(one, day)


def _tell(one: Waiting, day: date | None) -> None:
	"""Notify the owner of the order, who settled the date with the customer; e-mail as they have set it."""
	owner = frappe.db.get_value("Sales Order", one.order, "owner")
	if not frappe.db.get_value("User", owner, "enabled") or not is_notifications_enabled(owner):
		return
	if day:
		sentence = _("Sales Order {0}: {1} is now promised for {2}, not {3}.").format(
			one.order, one.stock[0], formatdate(day), formatdate(one.promised)
		)
	else:
		sentence = _("Sales Order {0}: {1} was promised for {2}; now too little of it is on order.").format(
			one.order, one.stock[0], formatdate(one.promised)
		)
	notification = frappe.new_doc("Notification Log")
	notification.update(
		{
			"type": "Alert",
			"subject": as_html(sentence),
			"for_user": owner,
			"document_type": "Sales Order",
			"document_name": one.order,
		}
	)
	notification.insert(ignore_permissions=True)
