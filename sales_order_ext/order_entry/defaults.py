"""What a new order gets where it has nothing of its own. Whatever was given, by hand or by a type, stays."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from sales_order_ext import preferences

# The desk shows the defaults before the order is stored; what its user then empties stays empty.
SHOWN = "soe_defaults_shown"


def wanted(order: Document) -> bool:
	"""Return whether a new order is to be filled in: not where it takes the place of another."""
	if order.get("soe_replaced_order") or order.get("amended_from"):
		return False
	return for_company(order.get("company"))


def for_company(company: str | None) -> bool:
	"""Return whether the company's orders are filled in for the acting user."""
	on = preferences.any_on(preferences.SWITCHES, company)
	return bool(on and preferences.get("order_entry_defaults", company))


def fill_in(order: Document) -> None:
	"""Fill in a new order before it is named."""
	dates = [order.get("delivery_date"), *(row.get("delivery_date") for row in order.get("items"))]
	if _needs_date(order) and not any(dates):
		order.delivery_date = max(getdate(order.get("transaction_date")), getdate())
	if order.get(SHOWN):
		return
	for field, value in head(order.get("company"), order.get("customer")).items():
		if not order.get(field):
			order.set(field, value)
	for row in order.get("items"):
		if not row.get("warehouse") and row.get("item_code") and order.get("set_warehouse"):
			row.warehouse = order.set_warehouse


def _needs_date(order: Document) -> bool:
	"""Return whether ERPNext asks for a delivery date; an order that goes without stays without."""
	return order.get("order_type") == "Sales" and not order.get("skip_delivery_note")


def head(company: str | None, customer: str | None) -> dict[str, Any]:
	"""Return {field: default} of what there is a default for, the delivery date aside."""
	found: dict[str, Any] = {"set_warehouse": warehouse(company)}
	if customer:
		billing, shipping = addresses(customer)
		found |= {"customer_address": billing, "shipping_address_name": shipping}
	if not customer or not _has_sales_team(customer):
		person = sales_person()
		found["sales_team"] = [{"sales_person": person, "allocated_percentage": 100}] if person else None
	return {field: value for field, value in found.items() if value}


def _has_sales_team(customer: str) -> bool:
	return bool(frappe.db.exists("Sales Team", {"parenttype": "Customer", "parent": customer}))


def warehouse(company: str | None) -> str | None:
	"""Return the acting user's default warehouse, where it is one of the company's."""
	own = frappe.defaults.get_defaults(frappe.session.user)
	for name in (frappe.defaults.get_user_default("Warehouse"), own.get("Warehouse"), own.get("warehouse")):
		standing = {"name": name, "company": company, "is_group": 0, "disabled": 0}
		if name and isinstance(name, str) and frappe.db.exists("Warehouse", standing):
			return name
	return None


def sales_person() -> str | None:
	"""Return the sales person that the acting user is, by the employee record."""
	employees = frappe.get_all(
		"Employee", {"user_id": frappe.session.user, "status": "Active"}, pluck="name", order_by="name asc"
	)
	people = (
		frappe.get_all(
			"Sales Person",
			{"employee": ("in", employees), "enabled": 1, "is_group": 0},
			pluck="name",
			order_by="name asc",
			limit=1,
		)
		if employees
		else []
	)
	return people[0] if people else None


def addresses(customer: str) -> tuple[str | None, str | None]:
	"""Return a customer's (invoice address, delivery address), each falling back on the other."""
	link, address = frappe.qb.DocType("Dynamic Link"), frappe.qb.DocType("Address")
	rows = (
		frappe.qb.from_(link)
		.join(address)
		.on(address.name == link.parent)
		.select(address.name, address.address_type, address.is_primary_address, address.is_shipping_address)
		.where((link.parenttype == "Address") & (link.link_doctype == "Customer"))
		.where((link.link_name == customer) & (address.disabled == 0))
		.orderby(address.creation, address.name)
		.run(as_dict=True)
	)
	preferred = frappe.get_cached_value("Customer", customer, "customer_primary_address")
	billing = _first(
		rows,
		lambda row: row.name == preferred,
		lambda row: row.is_primary_address,
		lambda row: row.address_type == "Billing",
		lambda row: not row.is_shipping_address and row.address_type != "Shipping",
	)
	shipping = _first(rows, lambda row: row.is_shipping_address, lambda row: row.address_type == "Shipping")
	return billing or shipping, shipping or billing


def _first(rows: list[frappe._dict], *fits: Any) -> str | None:
	return next((row.name for fit in fits for row in rows if fit(row)), None)
