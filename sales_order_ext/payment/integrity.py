"""Does the stored payment of orders agree with the ledgers?"""

from __future__ import annotations

from sales_order_ext import integrity, preferences
from sales_order_ext.payment import jobs, records


def check(company: str | None) -> list[dict]:
	"""Return the differences of a company, or of all."""
	return [
		integrity.difference(*found)
		for name in preferences.companies(jobs.SWITCH, company)
		for orders in integrity.chunks({"company": name, "docstatus": (">", 0)})
		for found in records.differences(orders)
	]


def repair(orders: list[str]) -> None:
	"""Measure orders anew where payment status is on."""
	records.update(integrity.switched_on(orders, jobs.SWITCH))
