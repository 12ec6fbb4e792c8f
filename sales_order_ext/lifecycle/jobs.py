"""Background work: days pass, and orders were there before life cycle status was switched on."""

from __future__ import annotations

from frappe.utils import getdate

from sales_order_ext import backfills, preferences
from sales_order_ext.lifecycle import records

SWITCH = "enable_lifecycle_status"


def mark_overdue() -> None:
	"""Daily: move the orders whose required date has passed from Due to Overdue."""
	companies = preferences.companies(SWITCH)
	if companies:
		records.mark_overdue(companies, getdate())


def backfill() -> int:
	"""Place all orders of the companies that have life cycle status on; return how many there were."""
	count = 0
	for _company, names in backfills.chunks(SWITCH, {}):
		records.update(names, getdate())
		count += len(names)
	return count
