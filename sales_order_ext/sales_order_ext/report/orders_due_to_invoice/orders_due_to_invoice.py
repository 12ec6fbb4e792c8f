"""Orders Due to Invoice: what is left of each order to invoice, on which day, and what it waits for."""

from collections import defaultdict
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate, today

from sales_order_ext import preferences
from sales_order_ext.invoicing import outlook

Row = dict[str, Any]


def execute(filters: dict[str, Any] | None = None) -> tuple:
	"""Return (columns, rows, message, chart), a row for each order and day."""
	filters = frappe._dict(filters or {})
	filters.company = filters.company or frappe.defaults.get_user_default("Company")
	if not filters.company:
		frappe.throw(_("Choose the company."))
	preferences.require("enable_invoice_terms", filters.company)
	rows = rows_of(filters)
	currency = frappe.get_cached_value("Company", filters.company, "default_currency")
	return columns(currency), rows, None, chart(rows, currency)


def rows_of(filters: frappe._dict) -> list[Row]:
	"""Return the rows: what is due by the day asked for, and with `show_waiting` what comes later."""
	day, found = getdate(filters.as_of or today()), []
	wanted = {
		field: filters.get(field) for field in ("company", "customer", "customer_group", "invoice_term")
	}
	for order, days in outlook.expectations(wanted, day):
		for expected in days:
			is_due = expected.delivered and expected.invoice_date <= day
			if is_due or filters.show_waiting:
				found.append(
					{
						"sales_order": order.name,
						"customer": order.key.customer,
						"transaction_date": order.transaction_date,
						"invoice_term": order.term,
						"invoice_date": expected.invoice_date,
						"state": _state(is_due, expected.delivered),
						"currency": order.key.currency,
						"amount": float(expected.amount),
						"base_amount": float(expected.base_amount),
					}
				)
	return sorted(found, key=lambda row: (row["invoice_date"], row["customer"], row["sales_order"]))


@frappe.whitelist()
def due_value(filters: dict | list | str | None = None) -> Row:
	"""Return the net amount due to be invoiced today, for a number card; nothing where terms are switched off."""
	frappe.has_permission("Sales Order", "read", throw=True)
	company = frappe.defaults.get_user_default("Company")
	is_on = company and preferences.get("enable_invoice_terms", company)
	value = sum(row["base_amount"] for row in rows_of(frappe._dict(company=company))) if is_on else 0
	return {"value": value, "fieldtype": "Currency", "route": ["query-report", "Orders Due to Invoice"]}


def columns(currency: str) -> list[Row]:
	return [
		_column("sales_order", _("Sales Order"), "Link", "Sales Order", 190),
		_column("customer", _("Customer"), "Link", "Customer", 160),
		_column("transaction_date", _("Order Date", context="Quote Win"), "Date", None, 110),
		_column("invoice_term", _("Invoice Term"), "Select", None, 210),
		_column("invoice_date", _("Invoice Date"), "Date", None, 110),
		_column("state", _("State"), "Data", None, 180),
		_column("amount", _("Net Amount"), "Currency", "currency", 120),
		_column("base_amount", _("Net Amount ({0})").format(currency), "Currency", None, 140),
		_column("currency", _("Currency"), "Link", "Currency", 80),
	]


def chart(rows: list[Row], currency: str) -> Row | None:
	"""Return bars of the net amounts per invoice date, delivered and promised."""
	if not rows:
		return None
	sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
	for row in rows:
		sums[str(row["invoice_date"])][row["state"]] += row["base_amount"]
	states = sorted({row["state"] for row in rows})
	return {
		"data": {
			"labels": [frappe.utils.formatdate(day) for day in sums],
			"datasets": [
				{"name": state, "values": [sums[day].get(state, 0) for day in sums]} for state in states
			],
		},
		"type": "bar",
		"fieldtype": "Currency",
		"options": currency,
		"currency": currency,
		"barOptions": {"stacked": 1},
	}


def _state(is_due: bool, delivered: bool) -> str:
	if is_due:
		return _("Due")
	return _("Waits for its date") if delivered else _("Waits for delivery")


def _column(fieldname: str, label: str, fieldtype: str, options: str | None, width: int) -> Row:
	return {
		"fieldname": fieldname,
		"label": label,
		"fieldtype": fieldtype,
		"options": options,
		"width": width,
	}
