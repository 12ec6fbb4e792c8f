"""The funnel: what became of opportunities, by period and owner."""

import frappe
import pytest

from sales_order_ext.sales_order_ext.report.opportunity_funnel.opportunity_funnel import execute, period_start
from sales_order_ext.won_quote import api
from tests.site.masters import COMPANY
from tests.site.wins import choose, opportunity, quotation, reason, row


def test_the_funnel_counts_each_opportunity_once(switch_on):
	switch_on("enable_procurement")
	owner = {"opportunity_owner": "Guest", "transaction_date": "2026-05-20", "probability": 40}
	won, quoted, bare, lost = (opportunity(**owner, opportunity_amount=500) for _ in range(4))
	quote = quotation(row(qty=10, rate=20), opportunity=won.name)
	quotation(row(qty=1, rate=20), opportunity=won.name)
	quotation(row(qty=5, rate=20), opportunity=quoted.name)
	api.finish(choose(api.start(quotation=quote.name), 4).name)
	won.reload().db_set("status", "Converted")
	api.lose(lost.name, [reason("Late")])
	period = {"company": COMPANY, "from_date": "2026-05-01", "to_date": "2026-06-30", "period": "Quarter"}
	columns, rows, _message, chart, totals = execute({**period, "owner": "Guest"})
	assert len(rows) == 1
	shown = {key: rows[0][key] for key in ("opportunities", "quoted", "won", "lost")}
	assert shown == {"opportunities": 4, "quoted": 2, "won": 1, "lost": 1}
	amounts = [rows[0][key] for key in ("quoted_amount", "ordered_amount", "forecast", "won_percent")]
	assert amounts == [300, 80, 40 + 200, 25]
	assert (rows[0]["period"].isoformat(), rows[0]["owner"]) == ("2026-04-01", "Guest")
	assert [one["values"] for one in chart["data"]["datasets"]] == [[4], [2], [1]]
	assert {one["fieldname"] for one in columns} >= set(rows[0])
	assert [one["value"] for one in totals] == [300, 80, 240]
	assert bare.status == "Open"


def test_a_lost_quotation_is_no_forecast(switch_on):
	switch_on("enable_procurement")
	owner = {"opportunity_owner": "Guest", "transaction_date": "2026-05-20", "probability": 50}
	deal = opportunity(**owner, opportunity_amount=100)
	quotation(row(qty=10, rate=20), opportunity=deal.name)
	period = {"company": COMPANY, "from_date": "2026-05-01", "to_date": "2026-05-31", "owner": "Guest"}

	def shown():
		[found] = execute({**period, "period": "Month"})[1]
		return found["quoted_amount"], found["forecast"]

	assert shown() == (200, 100)
	api.lose(deal.name, [reason("Late")])
	api.reopen_opportunity(deal.name)
	assert shown() == (200, 50)
	quotation(row(qty=8, rate=20), opportunity=deal.name)
	assert shown() == (200, 80)


@pytest.mark.parametrize("months, start", [(1, "2026-11-01"), (3, "2026-10-01"), (12, "2026-01-01")])
def test_periods(months, start):
	assert period_start(frappe.utils.getdate("2026-11-22"), months).isoformat() == start


def test_a_period_without_opportunities_draws_no_chart():
	_columns, rows, _message, chart, _totals = execute(
		{"company": COMPANY, "from_date": "1999-01-01", "to_date": "1999-01-31"}
	)
	assert (rows, chart["data"]) == ([], {})
