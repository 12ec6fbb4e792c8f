"""Where Frappe/ERPNext 15 and 16, or releases of MariaDB, differ: one function each, found by probing for the thing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import reduce
from inspect import signature
from operator import sub

import frappe
from frappe.model.document import Document
from frappe.utils.caching import site_cache
from pypika.queries import Table
from pypika.terms import Term

from sales_order_ext.markup import as_text

OPEN_RESERVED_INDEX = "soe_open_reserved"
REQUESTED_TERM = "Payment Reference"


def closed_for_payments(company: str, on: date) -> str:
	"""Return ERPNext's sentence why no payment can be booked on a day, or nothing where it can.

	Version 16 keeps the date up to which accounts are frozen on the company.
	"""
	from erpnext.accounts import general_ledger
	from erpnext.accounts.utils import get_fiscal_year

	entry = frappe._dict(posting_date=on, company=company, voucher_type="Payment Entry")
	freezing = general_ledger.check_freezing_date
	arguments = (on, company) if "company" in signature(freezing).parameters else (on,)
	try:
		get_fiscal_year(on, company=company)
		general_ledger.validate_accounting_period([entry])
		general_ledger.validate_against_pcv(False, on, company)
		freezing(*arguments)
	except frappe.ValidationError as error:
		frappe.clear_last_message()
		return as_text(error)
	return ""


def open_reserved_qty(entry: Table) -> Term:
	"""Return the query term for what a Stock Reservation Entry still keeps."""
	return reduce(sub, [entry[field] for field in open_reserved_fields()])


def open_reserved_fields() -> list[str]:
	"""Return the field of what a Stock Reservation Entry keeps, and those of what went from it.

	Version 15 knows what was delivered of it; version 16 also what was transferred or consumed.
	"""
	meta = frappe.get_meta("Stock Reservation Entry")
	used = [field for field in ("delivered_qty", "transferred_qty", "consumed_qty") if meta.has_field(field)]
	return ["reserved_qty", *used]


@site_cache(ttl=600)
def has_open_reserved_index() -> bool:
	"""Return whether our index is there: code may be newer than the last migrate."""
	return bool(frappe.db.has_index("tabStock Reservation Entry", OPEN_RESERVED_INDEX))


def update_ordered_quantities(order: Document) -> None:
	"""Let the quotations of an order count what is ordered of them, where ERPNext keeps that figure."""
	if getattr(order, "status_updater", None):
		order.update_qty()


def add_ordered_qty(quotation_item: str, qty: float) -> None:
	"""Count a quantity of a quotation's row as ordered, where ERPNext keeps that figure."""
	if not frappe.get_meta("Quotation Item").has_field("ordered_qty"):
		return
	ordered = frappe.db.get_value("Quotation Item", quotation_item, "ordered_qty") or 0
	frappe.db.set_value("Quotation Item", quotation_item, "ordered_qty", ordered + qty, update_modified=False)


def let_locks_read_what_is_new() -> None:
	"""Let locks of this connection, until it is closed, read rows that changed after its view was fixed.

	So they always do in MariaDB up to 11.5. Later ones refuse such a row, the counter of a series among others,
	and want the transaction done again.
	"""
	told = getattr(frappe.local, "soe_told_to_read_what_is_new", None)
	if told and told is frappe.db._conn:
		return
	found = frappe.db.sql("show variables like 'innodb_snapshot_isolation'")
	if [value for _name, value in found] == ["ON"]:
		frappe.db.sql("set session innodb_snapshot_isolation = off")
	frappe.local.soe_told_to_read_what_is_new = frappe.db._conn


def forgets_a_document(function: Callable) -> bool:
	"""Return whether a callback is the one by which Frappe forgets a changed document's cached values."""
	return getattr(function, "__qualname__", "").startswith(frappe.clear_document_cache.__name__)


def requests_name_terms() -> bool:
	"""Return whether the rows of a Payment Request name rows of a payment schedule, as later releases of 16 do."""
	return frappe.db.table_exists(REQUESTED_TERM) and frappe.db.has_column(REQUESTED_TERM, "payment_schedule")
