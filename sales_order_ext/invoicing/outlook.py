"""What is expected to be invoiced on which day, for calendars and reports."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from frappe.utils import fmt_money, getdate, today

from sales_order_ext import preferences
from sales_order_ext.decimals import ZERO
from sales_order_ext.invoicing import calendar, forecast, grouping, records
from sales_order_ext.invoicing.facts import Expected, OrderFacts

MONTH = timedelta(days=30)


def expectations(filters: dict[str, Any], day: date) -> Iterator[tuple[OrderFacts, list[Expected]]]:
	"""Yield the orders that runs look at, with what is left of each to invoice by day."""
	orders = records.order_facts(records.candidates(filters))
	customers = records.customer_facts({order.key.customer for order in orders})
	later = {
		name: group.skip.facts["invoice_date"]
		for group in grouping.plan(orders, customers, day).carried
		for name in group.orders
	}
	for order in orders:
		yield order, forecast.expected(order, customers[order.key.customer], day, later.get(order.name))


def coming(start: date, end: date, company: str | None, customer: str | None) -> list[dict[str, Any]]:
	"""Return an all-day event per day, customer and currency, the company's currency left aside."""
	sums: dict[tuple, list[Any]] = {}
	for one in [company] if company else _companies():
		for order, days in expectations({"company": one, "customer": customer}, getdate(today())):
			for expected in days:
				if start <= expected.invoice_date <= end:
					key = (expected.invoice_date, order.key.customer, order.key.currency, one)
					total = sums.setdefault(key, [ZERO, ZERO, set()])
					total[0 if expected.delivered else 1] += expected.amount
					total[2].add(order.name)
	return [_event(*key, *values) for key, values in sorted(sums.items(), key=lambda item: item[0])]


def end_of_next_period(customer: str, day: date) -> date:
	"""Return the day from which a customer is invoiced again when their next invoice is left out."""
	schedule = records.customer_facts([customer])[customer].schedule
	if not schedule:
		return day + MONTH
	skipped = calendar.next_period(schedule, day - timedelta(days=1)).invoice_date
	return calendar.next_period(schedule, skipped).invoice_date


def _companies() -> Collection[str]:
	return [name for name in records.companies() if preferences.get(records.SWITCH, name)]


def _event(
	day: date,
	customer: str,
	currency: str,
	company: str,
	delivered: Decimal,
	promised: Decimal,
	orders: set[str],
) -> dict[str, Any]:
	amount = float(delivered + promised)
	return {
		"name": f"{day} {customer} {currency} {company}",
		"title": f"{customer}: {fmt_money(amount, currency=currency)}",
		"start": day,
		"end": day,
		"all_day": 1,
		"customer": customer,
		"company": company,
		"currency": currency,
		"amount": amount,
		"delivered_amount": float(delivered),
		"promised_amount": float(promised),
		"orders": sorted(orders),
	}
