"""The report Orders Due to Invoice: what is due now, and what waits for its date or its delivery."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import add_days, getdate, today

from sales_order_ext.errors import SwitchedOffError
from sales_order_ext.sales_order_ext.report.orders_due_to_invoice import orders_due_to_invoice as report
from tests.site.invoicing_helpers import dated_order, deliver, give_schedule, order_c
from tests.site.masters import COMPANY, ITEM, OTHER_CUSTOMER, SERVICE


def test_due_and_waiting_amounts_with_a_chart(invoicing_on):
	order = order_c("After Delivery", delivery_date=add_days(today(), 3))
	deliver(order, {ITEM: 6})
	_columns, rows, _message, chart = report.execute({"company": COMPANY, "show_waiting": 1})
	mine = [(row["state"], getdate(row["invoice_date"]), row["amount"]) for row in rows
		if row["sales_order"] == order.name]  # fmt: skip
	assert mine == [("Due", getdate(), 680), ("Waits for delivery", getdate(add_days(today(), 3)), 600)]
	assert sum(sum(one["values"]) for one in chart["data"]["datasets"]) == sum(
		row["base_amount"] for row in rows
	)
	due = report.execute({"company": COMPANY})[1]
	assert {row["state"] for row in due} == {"Due"}


def test_what_is_below_the_minimum_waits_for_the_next_invoice_date(invoicing_on):
	give_schedule(OTHER_CUSTOMER, minimum_amount=500)
	order = dated_order("2026-01-20", (SERVICE, 1, 100), customer=OTHER_CUSTOMER)
	asked = {"company": COMPANY, "customer": OTHER_CUSTOMER, "as_of": "2026-01-31"}
	assert report.execute(asked)[1] == []
	[row] = [
		row for row in report.execute({**asked, "show_waiting": 1})[1] if row["sales_order"] == order.name
	]
	assert (row["state"], row["invoice_date"]) == ("Waits for its date", getdate("2026-02-28"))
	dated_order("2026-01-21", (SERVICE, 1, 400), customer=OTHER_CUSTOMER)
	assert [(row["state"], row["amount"]) for row in report.execute(asked)[1]] == [("Due", 100), ("Due", 400)]


def test_it_needs_its_switch():
	with pytest.raises(SwitchedOffError):
		report.execute(frappe._dict(company=COMPANY))
