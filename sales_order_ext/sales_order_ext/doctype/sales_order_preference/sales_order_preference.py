"""Sales Order Preference: one switch or value for a company, a role or a user."""

from __future__ import annotations

import frappe
from frappe import _

from sales_order_ext import preferences
from sales_order_ext.errors import InvalidPreferenceError
from sales_order_ext.markup import as_html
from sales_order_ext.sales_order_ext.doctype.sales_order_ext_settings.sales_order_ext_settings import (
	enable_native_reservation,
)
from sales_order_ext.unfilled import Unfilled

SCOPE = ("company", "role", "user")


class SalesOrderPreference(Unfilled):
	# An empty scope means any, not the user's own company.
	LEFT_EMPTY = SCOPE

	def validate(self) -> None:
		self._check_scope()
		self._check_value()
		self._check_duplicate()

	def on_update(self) -> None:
		if (self.property, self.value) == ("enable_stock_reservations", "1"):
			enable_native_reservation()
		preferences.clear_cache()

	def on_trash(self) -> None:
		preferences.clear_cache()

	def _check_scope(self) -> None:
		if not any(self.get(field) for field in SCOPE):
			_refuse(
				_("Choose a company, a role or a user. What holds for everybody belongs in {0}.").format(
					frappe.bold(_(preferences.SETTINGS))
				)
			)

	def _check_value(self) -> None:
		if self.property not in preferences.PROPERTIES:
			_refuse(_("{0} is not a preference.").format(frappe.bold(as_html(self.property))))
		field = frappe.get_meta(preferences.SETTINGS).get_field(self.property)
		expected = _expected(field, self.value)
		if expected:
			_refuse(
				_("{0} cannot be {1}. Enter {2}.").format(
					frappe.bold(_(field.label)),
					frappe.bold(as_html(self.value) if self.value else _("empty", context="Value")),
					expected,
				)
			)

	def _check_duplicate(self) -> None:
		scope = {field: self.get(field) or ("is", "not set") for field in SCOPE}
		other = frappe.db.exists(
			self.doctype, {"property": self.property, "name": ("!=", self.name or ""), **scope}
		)
		if other:
			_refuse(
				_(
					"{0} already says this for the same company, role and user. Change that one instead."
				).format(frappe.utils.get_link_to_form(self.doctype, other))
			)


def _expected(field, value: str | None) -> str | None:
	"""Return what the field would accept, in words, or None when `value` is fine."""
	if field.fieldtype == "Check":
		return None if value in ("0", "1") else _("1 for on or 0 for off")
	if field.fieldtype == "Int":
		return None if (value or "").isdigit() else _("a whole number, zero or more")
	if field.fieldtype == "Select":
		options = [option for option in field.options.split("\n") if option]
		return (
			None if value in options else _("one of: {0}").format(", ".join(_(option) for option in options))
		)
	exists = value and frappe.db.exists(field.options, value)
	return None if exists else _("the name of an existing {0}").format(_(field.options))


def _refuse(message: str) -> None:
	frappe.throw(message, InvalidPreferenceError)
