"""Opportunity Funnel: opportunities, quoted, won and ordered, by period and owner, with a weighted forecast.

An opportunity counts in the period of its own date, whenever it was quoted or won. Amounts are net, in the
company's currency.
"""

from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Max, Sum
from frappe.utils import add_months, flt, getdate, today

MONTHS = {"Month": 1, "Quarter": 3, "Year": 12}
COUNTS = ("opportunities", "quoted", "won", "lost")
AMOUNTS = ("amount", "quoted_amount", "ordered_amount", "forecast")
OVER = ("Lost", "Closed", "Converted")
# Quotations that nothing is expected of any more.
GONE = ("Lost", "Ordered", "Expired")


def execute(filters: dict[str, Any] | None = None) -> tuple[list, list, None, dict, list]:
	"""Return columns, rows, no message, the chart by period, and the totals."""
	filters = frappe._dict(filters or {})
	rows = funnel(filters)
	return columns(), rows, None, chart(rows), summary(rows, filters.company)


def funnel(filters: frappe._dict) -> list[dict[str, Any]]:
	"""Return a row per period and owner, oldest period first."""
	opportunities = _opportunities(filters)
	names = [one.name for one in opportunities]
	quoted, ordered = _quoted(names), _ordered(names)
	rows: dict[tuple[date, str], dict[str, Any]] = {}
	for one in opportunities:
		start = period_start(getdate(one.transaction_date), MONTHS.get(filters.period, 1))
		owner = one.opportunity_owner or ""
		new = {"period": start, "owner": owner, **dict.fromkeys((*COUNTS, *AMOUNTS), 0)}
		row = rows.setdefault((start, owner), new)
		offered, open_offer = quoted.get(one.name, (0, 0))
		expected = _expected(one)
		row["opportunities"] += 1
		row["quoted"] += int(one.name in quoted)
		row["won"] += int(one.name in ordered)
		row["lost"] += int(one.status == "Lost")
		row["amount"] += expected
		row["quoted_amount"] += offered
		row["ordered_amount"] += flt(ordered.get(one.name))
		row["forecast"] += 0 if one.status in OVER else (open_offer or expected) * flt(one.probability) / 100
	for row in rows.values():
		row["won_percent"] = 100 * row["won"] / row["opportunities"]
	return [rows[key] for key in sorted(rows)]


@frappe.whitelist()
def won_rate(filters: dict | list | str | None = None) -> dict[str, Any]:
	"""Return the part of the last twelve months' opportunities that were ordered, for a number card."""
	frappe.has_permission("Opportunity", "read", throw=True)
	company = frappe.defaults.get_user_default("Company")
	year = frappe._dict(company=company, from_date=add_months(today(), -12), to_date=today())
	rows = funnel(year)
	seen = sum(row["opportunities"] for row in rows)
	value = 100 * sum(row["won"] for row in rows) / seen if seen else 0
	return {"value": value, "fieldtype": "Percent", "route": ["query-report", "Opportunity Funnel"]}


def period_start(day: date, months: int) -> date:
	"""Return the first day of the period of so many months that a day is in."""
	return date(day.year, (day.month - 1) // months * months + 1, 1)


def _opportunities(filters: frappe._dict) -> list[frappe._dict]:
	"""Return what the user may see."""
	wanted: dict[str, Any] = {
		"company": filters.company,
		"transaction_date": ("between", [filters.from_date, filters.to_date]),
	}
	if filters.owner:
		wanted["opportunity_owner"] = filters.owner
	fields = ["name", "transaction_date", "opportunity_owner", "status", "probability"]
	fields += ["base_opportunity_amount", "opportunity_amount", "conversion_rate", "base_total"]
	return frappe.get_list(
		"Opportunity", filters=wanted, fields=fields, order_by="transaction_date asc, name asc"
	)


def _expected(opportunity: frappe._dict) -> float:
	"""Return what an opportunity is worth; ERPNext fills the company's amount in only where it has rows."""
	own = flt(opportunity.opportunity_amount) * (flt(opportunity.conversion_rate) or 1)
	return flt(opportunity.base_opportunity_amount) or own or flt(opportunity.base_total)


def _quoted(names: list[str]) -> dict[str, tuple[float, float]]:
	"""Return {opportunity: net amounts of its largest quotation, and of the largest that is still open}.

	Rival quotations add up to nothing.
	"""
	if not names:
		return {}
	quotation = frappe.qb.DocType("Quotation")
	amount, is_over = quotation.base_net_total, quotation.status.isin(GONE)
	query = frappe.qb.from_(quotation).groupby(quotation.opportunity)
	query = query.select(quotation.opportunity, Max(amount), Max(Case().when(is_over, 0).else_(amount)))
	query = query.where((quotation.docstatus == 1) & quotation.opportunity.isin(names))
	return {name: (flt(largest), flt(largest_open)) for name, largest, largest_open in query.run()}


def _ordered(names: list[str]) -> dict[str, float]:
	"""Return {opportunity: net amount of its quotations' submitted orders}, inverse orders deducted."""
	if not names:
		return {}
	quotation, row = frappe.qb.DocType("Quotation"), frappe.qb.DocType("Sales Order Item")
	query = frappe.qb.from_(row).join(quotation).on(quotation.name == row.prevdoc_docname)
	query = query.select(quotation.opportunity, Sum(row.base_net_amount))
	query = query.where((row.docstatus == 1) & quotation.opportunity.isin(names))
	return {name: amount for name, amount in query.groupby(quotation.opportunity).run() if amount}


def columns() -> list[dict[str, Any]]:
	"""Return the columns."""
	labels = {
		"opportunities": _("Opportunities"),
		"quoted": _("Quoted"),
		"won": _("Won"),
		"lost": _("Lost"),
		"amount": _("Expected"),
		"quoted_amount": _("Quoted Amount"),
		"ordered_amount": _("Ordered Amount"),
		"forecast": _("Forecast"),
	}
	found = [
		{"fieldname": "period", "label": _("Period From"), "fieldtype": "Date", "width": 110},
		{"fieldname": "owner", "label": _("Owner"), "fieldtype": "Link", "options": "User", "width": 180},
	]
	for field in (*COUNTS, *AMOUNTS):
		kind = "Int" if field in COUNTS else "Currency"
		found.append({"fieldname": field, "label": labels[field], "fieldtype": kind, "width": 120})
	return [*found, {"fieldname": "won_percent", "label": _("Won %"), "fieldtype": "Percent", "width": 90}]


def chart(rows: list[dict[str, Any]]) -> dict[str, Any]:
	"""Return the chart: opportunities, quoted and won by period; one without data where there are none."""
	if not rows:
		return {"data": {}, "type": "bar", "fieldtype": "Int"}
	periods = sorted({row["period"] for row in rows})
	labels = {"opportunities": _("Opportunities"), "quoted": _("Quoted"), "won": _("Won")}
	datasets = [
		{
			"name": label,
			"values": [sum(row[field] for row in rows if row["period"] == one) for one in periods],
		}
		for field, label in labels.items()
	]
	data = {"labels": [frappe.utils.formatdate(one, "MMM yyyy") for one in periods], "datasets": datasets}
	return {"data": data, "type": "bar", "fieldtype": "Int"}


def summary(rows: list[dict[str, Any]], company: str | None) -> list[dict[str, Any]]:
	"""Return the totals above the report."""
	currency = frappe.get_cached_value("Company", company, "default_currency") if company else None
	labels = {"quoted_amount": _("Quoted"), "ordered_amount": _("Ordered"), "forecast": _("Forecast")}
	return [
		{
			"label": label,
			"value": sum(row[field] for row in rows),
			"datatype": "Currency",
			"currency": currency,
			"indicator": "Green" if field == "ordered_amount" else "Blue",
		}
		for field, label in labels.items()
	]
