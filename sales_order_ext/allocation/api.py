"""What the desk and other programs may ask of the room: holding and reserving stock, and what waits for it."""

from typing import Any

import frappe
from frappe.model.document import Document

from sales_order_ext import again, errors, inputs, preferences
from sales_order_ext.allocation import (
	availability,
	back_orders,
	drafts,
	figures,
	hold_access,
	holds,
	ordering,
	records,
)
from sales_order_ext.allocation import release as releases
from sales_order_ext.allocation.messages import MESSAGES
from sales_order_ext.allocation.tables import number
from sales_order_ext.violations import violation

SWITCH = "enable_back_orders"


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def hold(
	document_key: str, row_key: str, item_code: str, warehouse: str, qty: float, customer: str | None = None
) -> dict[str, object]:
	"""Hold stock for a row of an order that is being typed; asking again changes the row's hold.

	`document_key` is the draft's name, or any text of the form's own while it has none; `qty` is in stock
	units. Returns `held`, `free` (what this row can have), `short`, and `others` (who holds how much until
	when: `user`, `qty`, `until`). Items without stock hold nothing and lack nothing.
	"""
	order = hold_access.check_hold(document_key, item_code, warehouse, customer)
	line = availability.line_of(row_key, item_code, warehouse, number(inputs.number(qty, "qty")))
	if not line:
		holds.delete(one.name for one in holds.of_documents([document_key], row_key))
		return {"held": 0.0, "free": 0.0, "short": 0.0, "others": []}
	customer = order.customer if order else customer
	return drafts.hold_row(document_key, line, customer, order.name if order else None)


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def release_holds(names: list[str] | str) -> dict[str, int]:
	"""Give back holds by name, for managers and for those whose they are. Returns how many were `released`."""
	frappe.has_permission(holds.DOCTYPE, "read", throw=True)
	wanted = {"name": ("in", inputs.names(names, "names"))}
	found = frappe.get_list(holds.DOCTYPE, wanted, ["name", "user"], order_by="name", limit_page_length=0)
	hold_access.check_release(found)
	holds.delete(one.name for one in found)
	return {"released": len(found)}


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def leave(document_key: str) -> None:
	"""A form is left: what was never saved is given back, a saved draft holds for its stored rows again."""
	frappe.has_permission("Sales Order", "read", throw=True)
	order = frappe.db.get_value("Sales Order", document_key, ["name", "docstatus", "company"], as_dict=True)
	if not order:
		found = holds.of_documents([document_key])
		holds.delete(one.name for one in found if one.user == frappe.session.user)
	elif order.docstatus == 0 and preferences.get(drafts.SWITCH, order.company):
		doc = frappe.get_doc("Sales Order", order.name)
		doc.check_permission("write")
		drafts.restore(doc)


@frappe.whitelist()
def held_rows(sales_order: str) -> dict[str, dict[str, object]]:
	"""Return {row of a saved draft: `held`, `free`, `short`, `others`} as `hold` says it; writes nothing."""
	order = frappe.get_doc("Sales Order", sales_order)
	order.check_permission("read")
	preferences.require(drafts.SWITCH, order.company)
	return drafts.rows_of(order) if order.docstatus == 0 else {}


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def reserve(sales_order: str) -> dict[str, object]:
	"""Reserve for a booked order what its rows are short of, as far as it is free.

	Locks before it reads, so nobody meets a deadlock. Returns `reserved` ({row: stock units given now}) and
	`reservation_status`.
	"""
	order = _to_reserve(sales_order, "create")
	given = records.reserve_order(order.name)
	return _told(order, {row: float(qty) for row, qty in given.items()})


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def unreserve(sales_order: str) -> dict[str, object]:
	"""Give back all that is reserved for a booked order. Returns `reserved` ({}) and `reservation_status`."""
	order = _to_reserve(sales_order, "cancel")
	records.release_order(order.name)
	return _told(order, {})


@frappe.whitelist()
def preview_release(filters: dict | str | None = None) -> dict[str, list[dict[str, Any]]]:
	"""Return what `release` with the same filters would give now, and why not more; write nothing.

	`rows`, in the order of service: `back_order`, `sales_order`, `sales_order_item`, `customer`, `item_code`,
	`warehouse`, `priority`, `promised_date`, `open` and `given` (stock units), `reason` (a code, empty where
	all is given) and `message`.
	"""
	frappe.has_permission(back_orders.DOCTYPE, "read", throw=True)
	asked = releases.clean(inputs.mapping(filters, "filters"))
	preferences.require(SWITCH, _company(asked))
	outcomes = releases.plan(releases.named(asked), bool(asked.get(releases.COMPLETE_FIRST)))
	return {"rows": [releases.shown(outcome) for outcome in outcomes]}


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def release(
	document_key: str | dict | None = None, row_key: str | None = None, filters: dict | str | None = None
) -> dict[str, Any]:
	"""With `document_key`: give back what a form holds, or one row of it; returns how many holds were
	`released`. Only who holds it, or a manager, may: others get PermissionError and nothing is released.

	With `filters`: reserve what is free for back orders, as `preview_release` shows it.
	Filters are `item_code`, `warehouse`, `sales_order`, `customer`, `company`, `mode`, `priority`, `reason`
	(a value or a list each), `back_orders` (names) and `complete_orders_first`. Back orders that are filled
	by hand are left out: see `release_manually`.
	"""
	if isinstance(document_key, str):
		return _release_holds(document_key, row_key)
	return _release_back_orders(filters or document_key)


def _release_holds(document_key: str, row_key: str | None) -> dict[str, int]:
	frappe.has_permission("Sales Order", "read", throw=True)
	found = holds.of_documents([document_key], row_key)
	hold_access.check_release(found)
	holds.delete(one.name for one in found)
	return {"released": len(found)}


def _release_back_orders(filters: dict | str | None) -> dict[str, list[dict[str, Any]]]:
	frappe.has_permission(back_orders.DOCTYPE, "write", throw=True)
	asked = releases.clean(inputs.mapping(filters, "filters"))
	preferences.require(SWITCH, _company(asked))
	return {"rows": releases.release(releases.named(asked), bool(asked.get(releases.COMPLETE_FIRST)))}


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def release_manually(back_orders: list[str] | str) -> dict[str, list[dict[str, Any]]]:
	"""Reserve what is free for these back orders, Manual or not; rows as of `preview_release`."""
	frappe.has_permission("Back Order", "write", throw=True)
	return {"rows": releases.release(_chosen(back_orders), by_hand=True)}


@frappe.whitelist()
def preview_manually(back_orders: list[str] | str) -> dict[str, list[dict[str, Any]]]:
	"""Return what `release_manually` would give; write nothing."""
	frappe.has_permission("Back Order", "read", throw=True)
	outcomes = releases.plan(_chosen(back_orders), by_hand=True)
	return {"rows": [releases.shown(outcome) for outcome in outcomes]}


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def order_shortage(back_orders: list[str] | str) -> dict[str, Any]:
	"""Request what these back orders wait for and is not requested or ordered for their rows yet.

	Returns `material_request` (the first, or None), `material_requests` (one for each company) and `skipped`
	(`back_order` and `message` each).
	"""
	frappe.has_permission("Material Request", "create", throw=True)
	return ordering.order_shortage(_chosen(back_orders))


@frappe.whitelist()
def open_value(filters: dict | list | str | None = None) -> dict[str, Any]:
	"""Return the net value of what is on back order, in the companies' currency, for a number card."""
	frappe.has_permission(back_orders.DOCTYPE, "read", throw=True)
	return {
		"value": figures.open_value(),
		"fieldtype": "Currency",
		"route": ["query-report", "Back Orders"],
	}


@frappe.whitelist()
def oldest_age(filters: dict | list | str | None = None) -> dict[str, Any]:
	"""Return the days that the oldest open back order has waited, for a number card."""
	frappe.has_permission(back_orders.DOCTYPE, "read", throw=True)
	return {"value": figures.oldest_age(), "fieldtype": "Int", "route": ["query-report", "Back Orders"]}


def _told(order: Document, given: dict[str, float]) -> dict[str, object]:
	statuses = records.refresh_orders([order.name], order.company)
	return {"reserved": given, "reservation_status": statuses.get(order.name, "")}


def _to_reserve(sales_order: str, right: str) -> Document:
	"""Check the rights and the switch, lock the order with its stock, and return it as it is now."""
	order = frappe.get_doc("Sales Order", sales_order)
	order.check_permission("write")
	frappe.has_permission("Stock Reservation Entry", right, throw=True)
	preferences.require("enable_stock_reservations", order.company)
	records.lock_orders([sales_order])
	order = frappe.get_doc("Sales Order", sales_order)
	records.check_reservable(order, allocate=right == "create")
	return order


def _chosen(names: list[str] | str) -> list[str]:
	"""Return those of the named back orders that are open and the user may see; throw when none is."""
	found = releases.named({"back_orders": inputs.names(names, "back_orders")})
	if not found:
		errors.throw([violation("nothing_named")], MESSAGES)
	preferences.require(SWITCH, frappe.db.get_value("Back Order", found[0], "company"))
	return found


def _company(asked: dict[str, Any]) -> str | None:
	company = asked.get("company")
	return company if isinstance(company, str) else None
