"""Quotes of another tool: taken in once, won like any other, and shown at their ticket."""

import frappe
import pytest

from sales_order_ext.errors import ExternalQuoteError, InvalidInputError, SwitchedOffError
from sales_order_ext.won_quote import api
from tests.site.masters import COMPANY, CUSTOMER, ITEM
from tests.site.wins import order_of, user_with


@pytest.fixture
def external(switch_on):
	switch_on("enable_procurement", external_quotes=1)


def payload(**fields):
	rows = [{"item_code": ITEM, "qty": 3, "rate": 12.5}]
	known = {"source": "Configurator", "idempotency_key": "C-1", "company": COMPANY, "customer": CUSTOMER}
	return {**known, "items": rows, **fields}


def test_a_quote_is_taken_in_once_and_won(external):
	issue = frappe.get_doc({"doctype": "Issue", "subject": "Needs chairs", "customer": CUSTOMER}).insert()
	frappe.set_user(user_with("External Quote Import"))
	first = api.import_external_quote(frappe.as_json(payload(issue=issue.name)))
	again = api.import_external_quote(payload(issue=issue.name))
	frappe.set_user("Administrator")
	assert (first["created"], again["created"]) == (True, False)
	assert first["quotation"] == again["quotation"]
	quote = frappe.get_doc("Quotation", first["quotation"])
	assert (quote.docstatus, quote.party_name, quote.soe_external_quote) == (
		1,
		CUSTOMER,
		first["external_quote"],
	)
	assert [(row.qty, row.rate) for row in quote.items] == [(3, 12.5)]
	win = api.start(quotation=quote.name)
	api.finish(win.name)
	assert order_of(win).soe_issue == issue.name
	assert frappe.get_all("Sales Order", {"soe_issue": issue.name}, pluck="name") == [order_of(win).name]


def test_a_key_is_not_used_for_another_quote(external):
	first = api.import_external_quote(payload())
	with pytest.raises(ExternalQuoteError, match=first["external_quote"]):
		api.import_external_quote(payload(po_no="7"))
	assert api.import_external_quote(payload(idempotency_key="C-2"))["created"]


@pytest.mark.parametrize(
	"wrong, told",
	[
		({"customer": ""}, "customer"),
		({"docstatus": 1}, "docstatus"),
		({"items": "many"}, "items"),
		({"items": [{"item_code": ITEM, "qty": 0}]}, "Row 1"),
		({"items": [{"item_code": ITEM, "qty": 1, "parent": "X"}]}, "parent"),
	],
)
def test_what_is_wrong_is_named(external, wrong, told):
	with pytest.raises((ExternalQuoteError, InvalidInputError), match=told):
		api.import_external_quote(payload(**wrong))
	assert not frappe.db.exists("External Quote", {"import_key": "Configurator:C-1"})


def test_a_quotation_that_cannot_be_made_leaves_nothing(external):
	with pytest.raises(frappe.ValidationError):
		api.import_external_quote(payload(items=[{"item_code": "No such thing", "qty": 1, "rate": 1}]))
	assert not frappe.db.exists("External Quote", {"import_key": "Configurator:C-1"})


def test_role_and_switches_are_asked_for(external, switch_on):
	frappe.set_user(user_with("Sales User"))
	with pytest.raises(frappe.PermissionError):
		api.import_external_quote(payload())
	frappe.set_user("Administrator")
	switch_on(external_quotes=0)
	with pytest.raises(SwitchedOffError):
		api.import_external_quote(payload())


@pytest.fixture
def over_the_wire():
	"""Act as one request after the other of one address; nothing of it is counted afterwards."""
	frappe.local.request = frappe._dict(method="POST", headers={})
	frappe.local.request_ip = "192.0.2.7"
	frappe.form_dict.cmd = "import_external_quote"
	yield
	frappe.cache.delete_keys("rl:import_external_quote")
	frappe.form_dict.pop("cmd")
	del frappe.local.request, frappe.local.request_ip


def test_too_many_a_minute_are_refused(external, over_the_wire):
	for _number in range(60):
		with pytest.raises(ExternalQuoteError, match="customer"):
			api.import_external_quote(payload(customer=""))
	with pytest.raises(frappe.RateLimitExceededError):
		api.import_external_quote(payload())
	assert not frappe.db.exists("External Quote", {"import_key": "Configurator:C-1"})
	frappe.local.request_ip = "192.0.2.8"
	assert api.import_external_quote(payload())["created"], "another address is counted by itself"
