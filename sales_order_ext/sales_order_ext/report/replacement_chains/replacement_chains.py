"""Replacement Chains: each replaced order with its inverse and what replaced it, as a tree."""

from __future__ import annotations

from typing import Any

from frappe import _

from sales_order_ext.replacement import history


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict]]:
	"""Return columns and rows; `filters` may hold sales_order, customer, company, from_date and to_date."""
	return columns(), history.chains(filters or {})


def columns() -> list[dict[str, Any]]:
	"""Return the report's columns."""
	return [
		_column("sales_order", _("Sales Order"), "Link", "Sales Order", 240),
		_column("role", _("Role"), "Data", None, 110),
		_column("status", _("Status"), "Data", None, 140),
		_column("transaction_date", _("Date"), "Date", None, 110),
		_column("customer", _("Customer"), "Link", "Customer", 160),
		_column("grand_total", _("Grand Total"), "Currency", "currency", 130),
		_column("difference", _("Difference"), "Currency", "currency", 120),
		_column("replaced_by", _("Replaced By"), "Link", "User", 150),
		_column("replaced_on", _("Replaced On"), "Datetime", None, 150),
		_column("currency", _("Currency"), "Link", "Currency", 80),
	]


def _column(fieldname: str, label: str, fieldtype: str, options: str | None, width: int) -> dict[str, Any]:
	return {
		"fieldname": fieldname,
		"label": label,
		"fieldtype": fieldtype,
		"options": options,
		"width": width,
	}
