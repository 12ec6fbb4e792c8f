"""The room's database access, and what other rooms may ask of it.

Invariant: no more is reserved than is free, and an order's stored reservation status and back-ordered
quantities are what its reservations and back orders say. Callers hold the locks of `transactions`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import frappe
from frappe.model.document import Document

from sales_order_ext import errors, preferences, transactions
from sales_order_ext.allocation import back_orders, holds, reservations, rules, shortening
from sales_order_ext.allocation.availability import free_stock, lines_of, stock_facts
from sales_order_ext.allocation.lost_demand import (
	BACK_ORDER_CANCELLED,
	OPPORTUNITY_LOST,
	QUOTATION_LOST,
	SHORTENED,
	LostRow,
)
from sales_order_ext.allocation.lost_demand import forget as forget_lost_demand
from sales_order_ext.allocation.lost_demand import record as record_lost_demand
from sales_order_ext.allocation.messages import MESSAGES
from sales_order_ext.allocation.reservations import order_rows
from sales_order_ext.allocation.rules import Stock
from sales_order_ext.decimals import ZERO, to_decimal
from sales_order_ext.order_type import records as order_types

__all__ = [
	"BACK_ORDER_CANCELLED",
	"OPPORTUNITY_LOST",
	"QUOTATION_LOST",
	"SHORTENED",
	"LostRow",
	"allocate_order",
	"cancel_back_orders",
	"check_reservable",
	"deliverable",
	"drop_holds",
	"follow_booking",
	"follow_changed_rows",
	"forget_lost_demand",
	"free_for_order",
	"free_stock",
	"lines_of",
	"lock_orders",
	"order_rows",
	"promises",
	"record_back_orders",
	"record_lost_demand",
	"refresh_document",
	"refresh_orders",
	"release_order",
	"reserve_order",
	"reserve_received",
	"shortages",
	"stock_facts",
	"switched_on",
]


def lock_orders(orders: Iterable[str], extra: Iterable[Stock] = ()) -> bool:
	"""Lock booked orders and the Bins of all their rows, sorted; return whether the view is new.

	The first thing an endpoint or job does that changes what orders are promised.
	"""
	names = set(orders)
	rows = frappe.get_all(
		"Sales Order Item", {"parent": ("in", names)}, ["item_code", "warehouse"], order_by="name"
	)
	parts = frappe.get_all(
		"Packed Item",
		{"parenttype": "Sales Order", "parent": ("in", names)},
		["item_code", "warehouse"],
		order_by="name",
	)
	pairs = {(row.item_code, row.warehouse) for row in rows + parts if row.warehouse} | set(extra)
	stock = {pair for pair in pairs if frappe.get_cached_value("Item", pair[0], "is_stock_item")}
	return transactions.lock_for(names, stock)


def allocate_order(order: str, reserve: bool, back_order: bool, documents: Collection[str] = ()) -> list[str]:
	"""Reserve what an order is short of as far as it is free, and put the rest on back order.

	Where reserving is left out, what is free now is not put on back order. What the order's own draft held
	(under its name or one of `documents`) is its own. Returns the back orders made.
	"""
	given = _give(order, reserve, documents)
	return record_back_orders(order, {} if reserve else given) if back_order else []


def reserve_order(order: str) -> dict[str, Decimal]:
	"""Reserve what an order is short of as far as it is free; return {row: stock units given now}."""
	return _give(order, True)


def _give(order: str, reserve: bool, documents: Collection[str] = ()) -> dict[str, Decimal]:
	rows = back_orders.hold_back(order, order_rows([order]).get(order, []))
	requests = rules.requests_for(rows)
	free = free_for_order(order, (request.stock for request in requests), documents)
	given = rules.allocate(requests, free, reservations.partial_allowed())
	if reserve and given:
		reservations.reserve(order, rows, given, free)
	return given


def free_for_order(
	order: str, stock: Iterable[Stock], documents: Collection[str] = ()
) -> dict[Stock, Decimal]:
	"""Return {pair: what can still be promised to an order} beyond what is reserved for it."""
	customer = frappe.db.get_value("Sales Order", order, "customer")
	return free_stock(stock, customer, {order, *documents})


def check_reservable(order: Document, allocate: bool) -> None:
	"""Throw unless stock can be reserved (or given back) for an order by hand."""
	facts = {
		"order": order.name,
		"booked": order.docstatus == 1,
		"closed": order.status in ("Closed", "On Hold"),
		"allocates": order_types.type_of(order).allocates or not allocate,
	}
	errors.throw_all(rules.reserve_violations(**facts), MESSAGES)


def drop_holds(documents: Iterable[str]) -> None:
	"""Give back what drafts hold."""
	holds.drop(documents)


def deliverable(order: str) -> dict[str, Decimal]:
	"""Return {row: stock units that can be delivered now} of an order's rows that need stock."""
	rows = back_orders.hold_back(order, order_rows([order]).get(order, []))
	bundles = reservations.bundles(order)
	parts = {stock for bundle in bundles for stock, _per in bundle.parts}
	return rules.deliverable(rows, bundles, free_for_order(order, {row.stock for row in rows} | parts))


def record_back_orders(order: str, available: Mapping[str, Decimal]) -> list[str]:
	"""Put on back order what an order is short of beyond what is `available` to its rows.

	Items that cannot be reordered never go on back order.
	"""
	rows = [
		replace(row, reserved=row.reserved + available.get(row.row, ZERO))
		for row in order_rows([order]).get(order, [])
		if not frappe.get_cached_value("Item", row.item_code, "soe_not_reorderable")
	]
	missing = rules.back_order_quantities(rows, back_orders.waiting([order]).get(order, []))
	return back_orders.record(order, rows, missing)


def shortages(order: str) -> dict[str, Decimal]:
	"""Return {row: stock units} that a booked order is short of and free stock does not give."""
	requests = rules.requests_for(order_rows([order]).get(order, []))
	given = rules.allocate(requests, free_for_order(order, (request.stock for request in requests)))
	return {one.row: one.qty - given.get(one.row, ZERO) for one in requests}


def reserve_received(order: str, received: Mapping[tuple[str, str], Decimal]) -> None:
	"""Reserve for an order what was received for it, {(row, warehouse): stock units}, even a part of a row.

	The caller holds the locks. What was bought for the order is its own, whatever is earmarked, held or kept in
	stock; what was received elsewhere than where the row takes it from stays free.
	"""
	rows = order_rows([order]).get(order, [])
	wanted = {row.row: min(row.short, received.get((row.row, row.warehouse), ZERO)) for row in rows}
	requests = [
		rules.Request(row.row, row.stock, wanted[row.row], row.step) for row in rows if wanted[row.row]
	]
	facts = stock_facts(request.stock for request in requests)
	free = {pair: rules.free_stock(one.actual, one.reserved, one.unusable) for pair, one in facts.items()}
	given = rules.allocate(requests, free)
	if given:
		reservations.reserve(order, rows, given, free)
		refresh_orders([order], frappe.db.get_value("Sales Order", order, "company"))


def release_order(order: str, rows: Iterable[str] | None = None) -> None:
	"""Give back what is reserved for an order, or for some of its rows."""
	reservations.release(order, rows)


def follow_booking(doc: Document, force: bool) -> None:
	"""An order has just been booked: keep what was cut off it as lost demand, and drop what its amended
	predecessor lost. With `force`, put on back order what its rows are to wait for though there is stock."""
	shortening.record_lost(doc)
	if doc.amended_from:
		forget_lost_demand(doc.doctype, doc.amended_from)
	if force and any(row.get("soe_force_back_order_qty") for row in doc.items):
		back_orders.record_forced(doc.name, order_rows([doc.name]).get(doc.name, []))


def follow_changed_rows(doc: Document, back_order: bool) -> None:
	"""The rows of a booked order were changed: with `back_order`, what no stock is there for waits too.

	Throws NotReorderableError where Update Items asks for more than can be had of an item.
	"""
	if doc.flags.ignore_validate_update_after_submit:  # ERPNext's Update Items sets it
		shortening.refuse_more(doc)
	if back_order and allocate_order(doc.name, reserve=False, back_order=True):
		refresh_document(doc)


def cancel_back_orders(order: str, lost: bool = False) -> None:
	"""Cancel whatever an order still waits for; with `lost`, the customer gave it up."""
	back_orders.cancel(order, lost)


def promises(order: str) -> dict[str, tuple[Decimal, date | None]]:
	"""Return {row of an order: (what waits, the last promised date; None where one of them has none)}."""
	rows = frappe.get_all(
		back_orders.DOCTYPE,
		filters={"sales_order": order, "status": ("in", back_orders.WAITING)},
		fields=["sales_order_item", "qty", "filled_qty", "promised_date"],
		order_by="creation, name",
	)
	found: dict[str, tuple[Decimal, date | None]] = {}
	for row in rows:
		qty, day = found.get(row.sales_order_item, (ZERO, date.min))
		day = max(day, row.promised_date) if day and row.promised_date else None
		found[row.sales_order_item] = (qty + to_decimal(row.qty) - to_decimal(row.filled_qty), day)
	return found


def delete_back_orders(order: str) -> None:
	"""Delete the back orders of an order that is being deleted."""
	back_orders.delete(order)


def refresh_orders(
	orders: Iterable[str], company: str, update_modified: bool = True, lost: bool = False
) -> dict[str, str]:
	"""Store the reservation status of a company's booked orders that changed; return {order: status}.

	Back orders follow their rows: filled where these are no longer short, less where they were shortened
	(kept as lost demand with `lost`). Each half behind its switch.
	"""
	rows = order_rows(orders)
	statuses = {order: rules.reservation_status(of_order) for order, of_order in rows.items()}
	if preferences.get("enable_stock_reservations", company):
		reservations.store_statuses(statuses, update_modified)
	if preferences.get("enable_back_orders", company):
		for order in back_orders.waiting(rows):
			back_orders.follow(order, rows[order], lost)
	return statuses


def forget_statuses(orders: Iterable[str]) -> None:
	"""Leave orders that need no stock any more without a reservation status and back-ordered quantities."""
	names = list(orders)
	reservations.store_statuses(dict.fromkeys(names, ""), update_modified=False)
	for order in names:
		back_orders.refresh_rows(order)


def follow_replacement(order: str) -> None:
	"""The back orders of a replaced order have just become those of `order`: its rows say so."""
	back_orders.refresh_rows(order)


def switched_on(doc: Document) -> bool:
	"""Return whether reservations or back orders are switched on for a document."""
	return preferences.any_on(transactions.STOCK_SWITCHES, doc.get("company"))


def refresh_document(doc: Document, lost: bool = False) -> None:
	"""Store a booked order's reservation status and back-ordered quantities, in the document as well."""
	statuses = refresh_orders([doc.name], doc.company, update_modified=False, lost=lost)
	if preferences.of(doc).enable_stock_reservations:
		doc.soe_reservation_status = statuses.get(doc.name, "")
	if preferences.of(doc).enable_back_orders:
		quantities = back_orders.quantities(doc.name)
		for row in doc.items:
			row.soe_back_ordered_qty = float(quantities.get(row.name, ZERO))
