"""Who may hold stock for which form, and who may give it back."""

from __future__ import annotations

import frappe
from frappe import _

from sales_order_ext import preferences
from sales_order_ext.allocation import drafts, holds
from sales_order_ext.errors import HoldError


def check_hold(
	document_key: str, item_code: str, warehouse: str, customer: str | None
) -> frappe._dict | None:
	"""Check that the user may hold this stock for this form; return the saved draft it belongs to, if any.

	A key that names no order is a form that was never saved: it belongs to whoever held for it first.
	"""
	frappe.has_permission("Warehouse", "read", warehouse, throw=True)
	company, is_group = frappe.get_cached_value("Warehouse", warehouse, ["company", "is_group"])
	preferences.require(drafts.SWITCH, company)
	if is_group:
		frappe.throw(
			_("{0} is a group of warehouses. Choose one of the warehouses in it.").format(warehouse),
			HoldError,
		)
	frappe.has_permission("Item", "read", item_code, throw=True)
	order = draft(document_key)
	if order is None:
		frappe.has_permission("Sales Order", "create", throw=True)
		if customer:
			frappe.has_permission("Customer", "read", customer, throw=True)
		if any(one.user != frappe.session.user for one in holds.of_documents([document_key])):
			frappe.throw(_("Somebody else's form has this key. Reload the page."), frappe.PermissionError)
	return order


def draft(document_key: str) -> frappe._dict | None:
	"""Return the saved draft of a key if the user may write it; None where no order has that name.

	Throws HoldError when the order is booked or cancelled.
	"""
	fields = ["name", "customer", "docstatus", "company"]
	order = frappe.db.get_value("Sales Order", document_key, fields, as_dict=True)
	if not order:
		return None
	frappe.has_permission("Sales Order", "write", order.name, throw=True)
	if order.docstatus:
		frappe.throw(
			_("Sales Order {0} is no draft any more. Reserve stock for it instead.").format(order.name),
			HoldError,
		)
	return order


def check_release(found: list[frappe._dict]) -> None:
	"""Check that the user may give these holds back: they are its own, or it manages holds."""
	foreign = [one.name for one in found if one.user != frappe.session.user]
	if not all(frappe.has_permission(holds.DOCTYPE, "delete", name) for name in foreign):
		frappe.throw(
			_("Only whoever holds this stock, or a manager, can release it."), frappe.PermissionError
		)
