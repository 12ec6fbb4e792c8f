"""What the desk asks while an order is typed. No switch of its own: nothing happens until it is called."""

from typing import Any

import frappe
from frappe.utils import add_days, getdate

from sales_order_ext import again, inputs
from sales_order_ext.order_entry import (
	charges,
	copying,
	defaults,
	history,
	records,
	return_facts,
	rules,
)
from sales_order_ext.order_entry.inputs import chosen_rows, order_filters, positive_days


@frappe.whitelist()
def customer_history(
	customer: str, company: str, days: int = 365, search: str | None = None
) -> list[dict[str, Any]]:
	"""Return what the customer bought, the item bought last first, with price and live stock.

	One entry per item: its last row (price, currency, date, quantity), in how many orders it was, and what
	is on hand and free, in the item's default warehouse or in all warehouses of the company. Who may not see
	the prices of orders gets none here.
	"""
	frappe.get_doc("Customer", customer).check_permission("read")
	since = add_days(getdate(), -positive_days(days))
	orders = history.customer_orders(customer, company, since)
	lines = history.lines(orders, (search or "").strip())
	stock = records.stock({line.last.item_code for line in lines if line.last.is_stocked}, company)
	priced = records.may_see(records.ORDER_ROW, "rate")
	return [_history_entry(line, stock.get(line.last.item_code), priced) for line in lines]


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def copy_lines(sales_order: str, rows: list | str) -> dict[str, Any]:
	"""Append rows to a draft order; return the order and the names of its new rows.

	A row names `sales_order_item` (a row sold before) or `item_code`, and `qty`; optionally `uom`,
	`warehouse`, and `keep_price` with or without a `rate`: without it the row sold before gives the price.
	"""
	order = copying.writable_order(sales_order)
	return copying.copy_chosen(order, chosen_rows(rows))


@frappe.whitelist()
def orders_to_copy(filters: dict | str | None = None) -> list[dict[str, Any]]:
	"""Return the newest orders to copy from: of any customer, that the user may read.

	Filters: customer, company, item_code, from_date, to_date, search (name, customer, purchase order),
	exclude (the order to copy to) and start (how many to leave out, for the next page of 50).
	"""
	return records.orders_to_copy(order_filters(filters))


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def copy_from_orders(sales_order: str, orders: list | str) -> dict[str, Any]:
	"""Append all rows of other orders to a draft, priced and taxed for it; return its new rows' names."""
	order = copying.writable_order(sales_order)
	return copying.copy_orders(order, list(dict.fromkeys(inputs.names(orders, "orders"))))


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def make_order_from_project(project: str, up_to: str | None = None) -> dict[str, Any]:
	"""Make the draft order over a project's unbilled hours, materials and expenses until a day (today).

	Returns the order's name and those of its rows. Each thing is billed by one standing order at most.
	"""
	source = frappe.get_doc("Project", project)
	source.check_permission("read")
	frappe.has_permission("Sales Order", "create", throw=True)
	return _made(charges.order_for_project(source, inputs.day(up_to, "up_to") or getdate()))


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def make_order_from_issue(issue: str) -> dict[str, Any]:
	"""Make the draft order over a ticket's unbilled hours and materials; like `make_order_from_project`."""
	source = frappe.get_doc("Issue", issue)
	source.check_permission("read")
	frappe.has_permission("Sales Order", "create", throw=True)
	return _made(charges.order_for_issue(source))


@frappe.whitelist()
def order_defaults(company: str, customer: str | None = None) -> dict[str, Any]:
	"""Return {field: value} that a new order of the acting user gets where it has nothing of its own."""
	frappe.has_permission("Sales Order", "create", throw=True)
	if customer:
		frappe.get_doc("Customer", customer).check_permission("read")
	if not defaults.for_company(company):
		return {}
	return {"delivery_date": getdate(), **defaults.head(company, customer)}


@frappe.whitelist()
def returnable_rows(
	customer: str, company: str, currency: str, search: str | None = None, sales_order: str | None = None
) -> list[dict[str, Any]]:
	"""Return the customer's delivered rows that may still come back, newest first."""
	frappe.has_permission("Delivery Note", "read", throw=True)
	frappe.get_doc("Customer", customer).check_permission("read")
	search = (search or "").strip()
	return return_facts.returnable(customer, company, currency, search, sales_order, history.ITEMS_SHOWN)


def _made(order: Any) -> dict[str, Any]:
	return {"sales_order": order.name, "rows": [row.name for row in order.items]}


def _history_entry(line: rules.HistoryLine, stock: dict[str, Any] | None, priced: bool) -> dict[str, Any]:
	last = line.last
	nothing = {"warehouse": None, "on_hand": 0.0, "free": 0.0} if last.is_stocked else {}
	return {
		"item_code": last.item_code,
		"item_name": last.item_name,
		"sales_order_item": last.name,
		"sales_order": last.order,
		"last_rate": float(last.rate) if priced else None,
		"currency": last.currency,
		"uom": last.uom,
		"last_date": last.sold_on,
		"last_qty": float(last.qty),
		"times_ordered": line.times_ordered,
		"warehouse": None,
		"on_hand": None,
		"free": None,
		**(stock or nothing),
	}
