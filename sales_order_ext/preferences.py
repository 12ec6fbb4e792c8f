"""The only reader of Sales Order Ext Settings and Sales Order Preference.

The desk gets the answers, already resolved, through boot data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cint

from sales_order_ext.errors import SwitchedOffError
from sales_order_ext.precedence import PreferenceRow, most_specific

SETTINGS = "Sales Order Ext Settings"
PREFERENCE = "Sales Order Preference"
CACHE_KEY = "sales_order_ext:preferences"

SWITCHES = (
	"enable_procurement",
	"enable_order_types",
	"enable_stock_reservations",
	"enable_soft_allocation",
	"enable_back_orders",
	"enable_invoice_terms",
	"enable_cancel_and_replace",
	"enable_payment_status",
	"enable_lifecycle_status",
	"enable_order_notifications",
)
VALUES = (
	"default_order_type",
	"default_invoice_term",
	"hold_minutes",
	"draft_hold_hours",
	"back_order_mode",
	"post_sale_issue_type",
	"external_quotes",
	"print_on_save",
	"invoice_batch_workers",
	"submit_scheduled_invoices",
	"replacement_role",
	"order_entry_defaults",
	"notification_role",
	"row_approval_role",
)
PROPERTIES = SWITCHES + VALUES
# Values that are checks or integers.
NUMBERS = (
	"hold_minutes",
	"draft_hold_hours",
	"invoice_batch_workers",
	"external_quotes",
	"submit_scheduled_invoices",
	"order_entry_defaults",
)


@dataclass(frozen=True)
class Preferences:
	"""The preferences of one company and user."""

	company: str | None = None
	user: str | None = None

	def __getattr__(self, property: str) -> Any:
		if property not in PROPERTIES:
			raise AttributeError(property)
		return get(property, self.company, self.user)


def of(doc: Document) -> Preferences:
	"""Return the preferences that hold for a document: its company and the acting user."""
	return Preferences(company=doc.get("company"))


def get(property: str, company: str | None = None, user: str | None = None) -> Any:
	"""Return the value of a switch (0 or 1) or value, most specific row first.

	`user` defaults to the acting user. Raises KeyError for a property that is not in `PROPERTIES`.
	"""
	if property not in PROPERTIES:
		raise KeyError(property)
	rows = _rows()
	if rows:
		user = user or frappe.session.user
		row = most_specific(rows, property, company, user, frappe.get_roles(user))
		if row:
			return cast(property, row.value)
	return cast(property, frappe.get_cached_doc(SETTINGS).get(property))


def require(switch: str, company: str | None = None) -> None:
	"""Throw SwitchedOffError, naming the switch, unless it is on."""
	if not get(switch, company):
		label = frappe._(frappe.get_meta(SETTINGS).get_label(switch))
		frappe.throw(
			frappe._("{0} is switched off. Switch it on in {1} to use it.").format(
				frappe.bold(label), frappe.utils.get_link_to_form(SETTINGS, SETTINGS)
			),
			SwitchedOffError,
		)


def companies(switch: str, company: str | None = None) -> list[str]:
	"""Return the companies, or the one asked about, that have a switch on."""
	names = [company] if company else frappe.get_all("Company", pluck="name", order_by="name asc")
	return [name for name in names if get(switch, name)]


def any_on(switches: Iterable[str], company: str | None = None) -> bool:
	"""Return whether at least one of the switches is on."""
	return any(get(switch, company) for switch in switches)


def switches_on(doc: Document, switch: str) -> bool:
	"""Return whether saving `doc`, the Settings or a Sales Order Preference, has just turned a switch on."""
	if doc.doctype == SETTINGS:
		return bool(doc.get(switch)) and doc.has_value_changed(switch)
	changed = doc.has_value_changed("value") or doc.has_value_changed("property")
	return doc.property == switch and bool(cast(switch, doc.value)) and changed


def maybe_on(switch: str) -> bool:
	"""Return whether a switch may be on for somebody, from caches alone: no statement where it is off."""
	settings = frappe.get_cached_doc(SETTINGS).get(switch)
	return bool(settings) or any(row.property == switch and cast(switch, row.value) for row in _rows())


def any_switch_on() -> bool:
	"""Return whether any switch is on for anybody: in the settings or in any preference."""
	settings = frappe.get_doc(SETTINGS)
	rows = frappe.get_all(
		PREFERENCE, {"property": ("in", SWITCHES), "value": "1"}, pluck="name", order_by="name", limit=1
	)
	return bool(rows) or any(settings.get(switch) for switch in SWITCHES)


def on_for_anybody(switch: str) -> bool:
	"""Return whether a switch is on for anybody: in the settings or in any preference."""
	filters = {"property": switch, "value": "1"}
	return bool(frappe.db.get_single_value(SETTINGS, switch) or frappe.db.exists(PREFERENCE, filters))


def cast(property: str, value: object) -> Any:
	"""Return a stored value in the type of its field: int for checks and integers, else text or None."""
	if property in SWITCHES or property in NUMBERS:
		return cint(value)
	return value or None


def extend_bootinfo(bootinfo: dict) -> None:
	"""Give the desk the user's answers: without a company, and for each company that has rows of its own."""
	companies = sorted({row.company for row in _rows() if row.company})
	bootinfo["sales_order_ext"] = {
		"user": {property: get(property) for property in PROPERTIES},
		"companies": {
			company: {property: get(property, company) for property in PROPERTIES} for company in companies
		},
	}


def clear_cache() -> None:
	"""Forget the cached rows, now and again when the transaction ends either way.

	Until then nothing is cached: were the connection lost, others would find what was never committed.
	"""
	frappe.flags.soe_preferences_change = True
	frappe.cache.delete_value(CACHE_KEY)
	frappe.db.after_commit.add(_forget)
	frappe.db.after_rollback.add(_forget)


def _forget() -> None:
	frappe.flags.soe_preferences_change = False
	frappe.cache.delete_value(CACHE_KEY)


def _rows() -> list[PreferenceRow]:
	"""Return all preference rows, from the cache that Sales Order Preference clears when it changes."""
	changing = frappe.flags.soe_preferences_change
	rows = _load_rows() if changing else frappe.cache.get_value(CACHE_KEY, _load_rows)
	return [PreferenceRow(*row) for row in rows]


def _load_rows() -> list[tuple[str, ...]]:
	fields = ["property", "value", "company", "role", "user", "creation"]
	rows = frappe.get_all(PREFERENCE, fields=fields, order_by="creation asc, name asc", as_list=True)
	return [tuple(str(value or "") for value in row) for row in rows]
