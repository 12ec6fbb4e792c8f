"""Endpoints as the desk calls them: what it sends is taken, wrong types and wrong methods are refused."""

import frappe
import pytest
from frappe.handler import execute_cmd
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from tests.site.invoicing_helpers import schedule
from tests.site.masters import COMPANY, CUSTOMER, ITEM, sales_order


@pytest.fixture
def desk(monkeypatch):
	"""Return a function that calls one of our endpoints as a request with this HTTP method would."""

	def call(endpoint: str, http_method: str = "POST", **arguments: object) -> object:
		request = Request(EnvironBuilder(method=http_method).get_environ())
		monkeypatch.setattr(frappe.local, "request", request, raising=False)
		monkeypatch.setattr(frappe.local, "form_dict", frappe._dict(arguments))
		return execute_cmd(f"sales_order_ext.{endpoint}")

	return call


@pytest.mark.parametrize(
	"endpoint, arguments, wrong",
	[
		("fulfilment.api.overview", {"sales_order": ["SO-1"]}, "sales_order"),
		("fulfilment.api.feed", {"sales_order": "SO-1", "after": {"creation": ">"}}, "after"),
		("invoicing.api.preview", {"filters": 5}, "filters"),
		("lifecycle.api.mark_sent", {"sales_order": None}, "sales_order"),
		("order_entry.api.customer_history", {"customer": "A", "company": "B", "days": "many"}, "days"),
		("order_entry.api.copy_lines", {"sales_order": "SO-1", "rows": 1}, "rows"),
		("order_type.api.change_type", {"sales_order": {"docstatus": 1}, "order_type": "A"}, "sales_order"),
		("replacement.api.start", {"sales_order": ["like", "%"]}, "sales_order"),
		("won_quote.api.preview", {"quote_win": 1}, "quote_win"),
	],
)
def test_wrong_types_are_refused(desk, endpoint, arguments, wrong):
	with pytest.raises(frappe.FrappeTypeError, match=f"'{wrong}'"):
		desk(endpoint, **arguments)


def test_what_the_desk_sends_is_taken(desk, switch_on):
	switch_on("enable_invoice_terms", "enable_order_types")
	order = sales_order((ITEM, 2, 10), soe_invoice_term="Immediate")
	draft = sales_order((ITEM, 1, 10), submit=False)
	history = desk(
		"order_entry.api.customer_history", customer=CUSTOMER, company=COMPANY, days="7", search=""
	)
	assert history[0]["sales_order_item"] == order.items[0].name
	rows = frappe.as_json([{"sales_order_item": order.items[0].name, "qty": "3", "keep_price": 0}])
	assert len(desk("order_entry.api.copy_lines", sales_order=draft.name, rows=rows)["rows"]) == 1
	assert desk("order_type.api.convert_forward", orders="[]", order_type="Active Order")["converted"] == []
	filters = {"company": COMPANY, "orders": [order.name]}
	assert desk("invoicing.api.preview", filters=frappe.as_json(filters))[0]["amount"] == 20
	dates = {"from_date": "2026-02-01", "to_date": "2026-02-28"}
	assert len(desk("invoicing.api.schedule_dates", "GET", schedule=schedule().name, **dates)) == 1


def test_reading_requests_do_not_write(desk):
	order = sales_order((ITEM, 2, 10), submit=False)
	with pytest.raises(frappe.PermissionError):
		desk("order_entry.api.copy_lines", "GET", sales_order=order.name, rows="[]")


@pytest.mark.parametrize("endpoint", ["lifecycle.api.calendar_events", "replacement.api.calendar_events"])
def test_calendars_take_the_filters_of_the_list(desk, endpoint):
	"""The desk's filters say in a fifth place whether they are hidden."""
	order = sales_order((ITEM, 1, 10))
	span = {"start": "2000-01-01", "end": "2100-01-01"}
	listed = ["name", "=", order.name]
	for filters in ([["Sales Order", *listed, False]], [listed], {"name": order.name}):
		found = desk(endpoint, "GET", filters=frappe.as_json(filters), **span)
		assert [event["name"] for event in found] == [order.name]
