"""Handlers: reserve when an order is booked, and keep its status true after every change of stock."""

from __future__ import annotations

from frappe.model.document import Document
from frappe.utils import flt

from sales_order_ext import backfills, documents, preferences
from sales_order_ext.allocation import arrivals, drafts, entry, records, shortening
from sales_order_ext.order_type import records as order_types


def order_before_validate(doc: Document, method: str | None = None) -> None:
	"""Last of the handlers: rows have what their order's type gives them. Booking locks the stock first: what
	cannot be reordered is cut to what can be had, or refused."""
	action, on = doc.get("_action"), preferences.of(doc)
	if action == "submit" and on.enable_back_orders:
		shortening.shorten_or_refuse(doc)
	if action == "save" and on.enable_soft_allocation:
		drafts.lock(doc)


def order_validate(doc: Document, method: str | None = None) -> None:
	if doc.docstatus < 2 and preferences.of(doc).enable_back_orders:
		shortening.check_forced(doc)
	if doc.get("_action") == "save" and preferences.of(doc).enable_soft_allocation:
		drafts.hold(doc)


def order_before_submit(doc: Document, method: str | None = None) -> None:
	"""Let the order's type decide what is reserved, so that ERPNext does not reserve beside us."""
	if preferences.of(doc).enable_stock_reservations:
		doc.reserve_stock = 0
		for row in doc.items:
			row.reserve_stock = int(bool(row.is_stock_item) and order_types.type_of(doc).allocates)


def order_on_submit(doc: Document, method: str | None = None) -> None:
	if not records.switched_on(doc):
		return
	order_type, on = order_types.type_of(doc), preferences.of(doc)
	reserve = bool(on.enable_stock_reservations and order_type.allocates)
	back_order = bool(on.enable_back_orders and order_type.back_orders_on_submit)
	if on.enable_back_orders:
		records.follow_booking(doc, force=not order_type.never_back_orders)
	if reserve or back_order:
		records.allocate_order(doc.name, reserve, back_order, drafts.keys_of(doc))
	records.refresh_document(doc)


def order_gives_holds_back(doc: Document, method: str | None = None) -> None:
	"""`on_submit` after reserving, `on_trash` and `on_discard`: what the draft held is its own no more."""
	if preferences.of(doc).enable_soft_allocation:
		records.drop_holds(drafts.keys_of(doc))


def order_on_update_after_submit(doc: Document, method: str | None = None) -> None:
	if records.switched_on(doc):
		records.refresh_document(doc, lost=True)
		if preferences.of(doc).enable_back_orders:
			records.follow_changed_rows(doc, order_types.type_of(doc).back_orders_on_submit)


def order_on_cancel(doc: Document, method: str | None = None) -> None:
	"""ERPNext cancels the reservations; what the order waited for goes with it, whatever the switches."""
	if any(row.get("soe_back_ordered_qty") for row in doc.items):
		records.cancel_back_orders(doc.name, lost=True)
	if doc.get("soe_reservation_status"):
		doc.db_set("soe_reservation_status", "", update_modified=False)


def order_on_trash(doc: Document, method: str | None = None) -> None:
	if doc.docstatus == 2 and preferences.of(doc).enable_back_orders:
		records.delete_back_orders(doc.name)


def order_replaced(original: str, replacement: Document, inverse: str) -> None:
	"""What was reserved has moved to the replacement; the others need no stock any more."""
	records.forget_statuses([original, inverse])
	records.follow_replacement(replacement.name)


def delivery_on_submit(doc: Document, method: str | None = None) -> None:
	if records.switched_on(doc):
		records.refresh_orders(documents.orders_of(doc), doc.company)


def delivery_on_cancel(doc: Document, method: str | None = None) -> None:
	if records.switched_on(doc):
		records.refresh_orders(documents.orders_of(doc), doc.company)


def entry_before_insert(doc: Document, method: str | None = None) -> None:
	"""A reservation by hand: lock before anything is written, and promise only what is free now."""
	if not doc.flags.soe_locked and doc.voucher_type == "Sales Order" and records.switched_on(doc):
		entry.lock_and_recheck(doc)


def entry_on_change(doc: Document, method: str | None = None) -> None:
	"""After submit, cancel and update of a Stock Reservation Entry, from any door but our own."""
	if not doc.flags.soe_locked and doc.voucher_type == "Sales Order" and records.switched_on(doc):
		records.refresh_orders([doc.voucher_no], doc.company)


def entry_on_cancel(doc: Document, method: str | None = None) -> None:
	"""What a reservation lets go of may serve others."""
	if preferences.of(doc).enable_back_orders:
		arrivals.note([(doc.item_code, doc.warehouse)])


def stock_on_submit(doc: Document, method: str | None = None) -> None:
	"""Stock Ledger Entry: whatever moved the stock. A reconciliation tells its quantity only later."""
	came = flt(doc.actual_qty) > 0 or doc.voucher_type == "Stock Reconciliation"
	if came and preferences.of(doc).enable_back_orders:
		arrivals.note([(doc.item_code, doc.warehouse)])


def purchase_on_change(doc: Document, method: str | None = None) -> None:
	"""A purchase order was booked, changed, held, closed or cancelled: dates may be others now."""
	if doc.docstatus and preferences.of(doc).enable_back_orders:
		arrivals.note((row.item_code, row.warehouse) for row in doc.items if row.warehouse)


def preferences_on_update(doc: Document, method: str | None = None) -> None:
	"""Settings or a Sales Order Preference: when reservations come on, old orders get their status."""
	if preferences.switches_on(doc, "enable_stock_reservations"):
		backfills.enqueue("sales_order_ext.allocation.jobs.backfill")
