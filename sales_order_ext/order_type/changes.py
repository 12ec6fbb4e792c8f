"""Changing the type of booked orders: what it reserves and what it puts on back order follows."""

from __future__ import annotations

from collections.abc import Iterable

import frappe
from frappe.model.document import Document

from sales_order_ext import errors, preferences
from sales_order_ext.allocation import records as allocation
from sales_order_ext.markup import as_html, as_text
from sales_order_ext.order_type import records, rules, sourcing
from sales_order_ext.order_type.messages import MESSAGES
from sales_order_ext.order_type.rules import OrderState, OrderType


def state_of(order: Document) -> OrderState:
	"""Return what the rules ask about an order."""
	return OrderState(
		order=order.name,
		order_type=records.type_of(order),
		submitted=order.docstatus == 1,
		closed=order.status in records.CLOSED,
	)


def change(order: Document, name: str) -> None:
	"""Give a booked order another type. The caller holds the locks of the order."""
	wanted = records.load(name)
	if not wanted:
		frappe.throw(
			frappe._("There is no Sales Order Type {0}. Choose one of the list.").format(as_html(name))
		)
	errors.throw_all(rules.change_violations(state_of(order), wanted), MESSAGES)
	records.set_type(order, wanted.name)
	sourcing.mark_booked(order, wanted)
	follow(order, wanted)
	sourcing.source(order)


def follow(order: Document, order_type: OrderType) -> None:
	"""Reserve, release and put on back order as the order's new type says."""
	on = preferences.of(order)
	if on.enable_stock_reservations and not order_type.allocates:
		allocation.release_order(order.name)
	if on.enable_back_orders and order_type.never_back_orders:
		allocation.cancel_back_orders(order.name)
	reserve = bool(on.enable_stock_reservations and order_type.allocates)
	back_order = bool(on.enable_back_orders and order_type.back_orders_on_submit)
	if reserve or back_order:
		allocation.allocate_order(order.name, reserve, back_order)
	allocation.refresh_orders([order.name], order.company)


def activate(order: Document, name: str) -> None:
	"""Change the type of an order that waits for it."""
	refused = rules.activation_violation(state_of(order))
	errors.throw_all([refused] if refused else [], MESSAGES)
	change(order, name)


def activate_each(names: Iterable[str], order_type: str) -> dict[str, list]:
	"""Activate several waiting orders, each in its own savepoint, all locked first.

	Returns `converted` (names) and `failed` (`sales_order` and `error` each).
	"""
	wanted = sorted(set(names))
	allocation.lock_orders(wanted)
	result: dict[str, list] = {"converted": [], "failed": []}
	for name in wanted:
		frappe.db.savepoint("soe_change_type")
		try:
			order = frappe.get_doc("Sales Order", name)
			order.check_permission("write")
			activate(order, order_type)
			result["converted"].append(name)
		except (frappe.ValidationError, frappe.PermissionError, frappe.DoesNotExistError) as error:
			frappe.db.rollback(save_point="soe_change_type")
			frappe.clear_last_message()
			result["failed"].append({"sales_order": name, "error": as_text(error)})
	return result
