"""Do the stored life cycle status and overdue flag of orders agree with what decides them?"""

from __future__ import annotations

from frappe.utils import getdate

from sales_order_ext import integrity, preferences
from sales_order_ext.lifecycle import jobs, records


def check(company: str | None) -> list[dict]:
	"""Return the differences of a company, or of all."""
	return [
		integrity.difference(*found)
		for name in preferences.companies(jobs.SWITCH, company)
		for orders in integrity.chunks({"company": name})
		for found in records.differences(orders, getdate())
	]


def repair(orders: list[str]) -> None:
	"""Place orders anew where life cycle status is on."""
	records.update(integrity.switched_on(orders, jobs.SWITCH), getdate())
