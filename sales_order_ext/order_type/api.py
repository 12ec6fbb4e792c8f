"""What the desk and other programs may ask of the room."""

import frappe
from frappe.model.document import Document

from sales_order_ext import again, inputs, preferences
from sales_order_ext.allocation import records as allocation
from sales_order_ext.order_type import changes, forecast, processing, records, rules, sourcing
from sales_order_ext.order_type import printing as printing_


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def change_type(sales_order: str, order_type: str) -> dict[str, str]:
	"""Give a booked order another type; what it reserves and has on back order follows.

	Returns the order's `order_type` and `reservation_status`.
	"""
	order = _locked(sales_order)
	changes.change(order, order_type)
	order.reload()
	return {
		"order_type": order.soe_order_type,
		"reservation_status": order.get("soe_reservation_status") or "",
	}


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def process(sales_order: str) -> dict[str, object]:
	"""Deliver what an order can have, invoice by its term, put the rest on back order, or nothing of it.

	Returns the names under `delivery_note`, `sales_invoice` (None where there is none) and `back_orders`.
	"""
	return processing.process(_locked(sales_order))


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def convert_forward(orders: list[str] | str, order_type: str) -> dict[str, list]:
	"""Activate several booked orders that wait (Forward, Reserve) as a type, each for itself.

	Returns `converted` (names) and `failed` (`sales_order` and `error` each).
	"""
	frappe.has_permission("Sales Order", "write", throw=True)
	preferences.require(records.SWITCH)
	return changes.activate_each(inputs.names(orders, "orders"), order_type)


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def source(sales_order: str) -> list[dict[str, str]]:
	"""Buy what a booked order is short of and nobody has bought for it; again after a purchase was cancelled.

	Returns `doctype` and `name` of each Purchase Order and Material Request made.
	"""
	return sourcing.source(_locked(sales_order))


@frappe.whitelist()
def describe(
	order_type: str | None = None, customer: str | None = None, company: str | None = None
) -> dict[str, object]:
	"""Say what a type does; without one, the type that an order of the customer gets.

	Returns `order_type`, `explanation` (sentences), `presets`, `blocked`, `waits`, `sourcing`,
	`document_kind`.
	"""
	frappe.has_permission("Sales Order", throw=True)
	preferences.require(records.SWITCH, company)
	return forecast.description(forecast.choice_of(order_type, customer, company))


@frappe.whitelist()
def preview_process(sales_order: str) -> dict[str, list]:
	"""Say what `process` would do: rows to `deliver` and to `back_order`, `notes`, `blockers`."""
	order = frappe.get_doc("Sales Order", sales_order)
	order.check_permission("read")
	preferences.require(records.SWITCH, order.company)
	return forecast.of_processing(order)


@frappe.whitelist()
def preview_change(sales_order: str, order_type: str) -> dict[str, list]:
	"""Say what `change_type` would do: `notes` and `blockers`."""
	order = frappe.get_doc("Sales Order", sales_order)
	order.check_permission("read")
	preferences.require(records.SWITCH, order.company)
	return forecast.of_change(order, records.load(order_type) or rules.UNTYPED)


@frappe.whitelist()
def supply(company: str, pairs: list[list[str]] | str) -> list[dict[str, object]]:
	"""Return what is on order at suppliers, and what forward orders want, by item and warehouse.

	`pairs` are [item code, warehouse]; those that the user may not read are left out. Each result has `item_code`, `warehouse`, `on_order`,
	`on_forward_order`, in stock units.
	"""
	frappe.has_permission("Sales Order", throw=True)
	preferences.require(records.SWITCH, company)
	found = [inputs.names(pair, "pairs") for pair in inputs.rows(pairs, "pairs")]
	return forecast.on_forward(company, [(pair[0], pair[1]) for pair in found if len(pair) == 2])


@frappe.whitelist()
def printing(sales_order: str) -> dict[str, object]:
	"""Say whether an order that was just saved is printed now: `print`, `print_format`, `printed`."""
	order = frappe.get_doc("Sales Order", sales_order)
	order.check_permission("read")
	return forecast.printing_of(order)


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def mark_printed(sales_order: str) -> dict[str, bool]:
	"""Mark an order as printed, if at least one of its rows can be supplied now. Returns `printed`."""
	order = frappe.get_doc("Sales Order", sales_order)
	order.check_permission("print")
	return {"printed": printing_.switched_on(order) and printing_.mark_printed(order)}


def _locked(sales_order: str) -> Document:
	"""Check the right to the order and the switch, lock it with its stock, and return it as it is now."""
	order = frappe.get_doc("Sales Order", sales_order)
	order.check_permission("write")
	preferences.require(records.SWITCH, order.company)
	allocation.lock_orders([sales_order])
	return frappe.get_doc("Sales Order", sales_order)
