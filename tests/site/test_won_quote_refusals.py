"""What cannot be won on a real site is refused with every reason, and leaves nothing behind."""

import frappe
import pytest
from erpnext.selling.doctype.quotation.quotation import get_ordered_items
from frappe.utils import add_days, today

from sales_order_ext.errors import (
	NoOpenQuotationError,
	QuoteWinBlockedError,
	QuoteWinFinishedError,
	SwitchedOffError,
)
from sales_order_ext.won_quote import api
from tests.site.masters import SERVICE
from tests.site.wins import choose, codes, opportunity, quotation, row, status


@pytest.fixture(autouse=True)
def procurement(switch_on):
	switch_on("enable_procurement")


def test_nothing_to_win_says_so():
	with pytest.raises(NoOpenQuotationError, match="no open quotation"):
		api.start(opportunity=opportunity().name)
	with pytest.raises(NoOpenQuotationError):
		api.start()


def test_switched_off_nothing_starts_and_a_draft_is_blocked(switch_on):
	quote = quotation()
	win = api.start(quotation=quote.name)
	switch_on(enable_procurement=0)
	assert codes(win) == ["procurement_disabled"]
	with pytest.raises(SwitchedOffError):
		api.start(quotation=quote.name)


@pytest.mark.parametrize(
	"make, code",
	[
		(lambda: quotation(submit=False), "quotation_not_submitted"),
		(
			lambda: quotation(transaction_date=add_days(today(), -9), valid_till=add_days(today(), -1)),
			"quotation_expired",
		),
		(lambda: quotation(row(SERVICE)), "no_product_item"),
	],
)
def test_blocked_quotations(make, code):
	win = api.start(quotation=make().name)
	assert codes(win) == [code]
	before = frappe.db.count("Sales Order")
	with pytest.raises(QuoteWinBlockedError):
		api.finish(win.name)
	assert frappe.db.count("Sales Order") == before


def test_an_expired_quotation_is_ordered_where_selling_settings_allow_it():
	frappe.db.set_single_value("Selling Settings", "allow_sales_order_creation_for_expired_quotation", 1)
	quote = quotation(transaction_date=add_days(today(), -9), valid_till=add_days(today(), -1))
	win = api.start(quotation=quote.name)
	assert [one["code"] for one in api.preview(win.name)["warnings"]][:1] == ["expired_accepted"]
	api.finish(win.name)
	assert status(quote) == "Ordered"


def test_a_lost_quotation_and_its_opportunity():
	deal = opportunity()
	quote = quotation(opportunity=deal.name)
	win = api.start(quotation=quote.name)
	quote.reload().declare_enquiry_lost([], [], "Too dear")
	assert codes(win) == ["quotation_lost", "opportunity_closed"]
	with pytest.raises(QuoteWinBlockedError, match="lost"):
		api.finish(win.name)


@pytest.mark.parametrize("closed", ["Closed", "Lost"])
def test_a_closed_opportunity_is_to_be_reopened_first(closed):
	deal = opportunity()
	win = api.start(quotation=quotation(opportunity=deal.name).name)
	deal.db_set("status", closed)
	assert codes(win) == ["opportunity_closed"]


def test_an_opportunity_converted_by_another_quotation_is_closed():
	deal = opportunity()
	first, second = (quotation(opportunity=deal.name) for _ in range(2))
	win = api.start(quotation=second.name)
	api.finish(api.start(quotation=first.name).name)
	assert codes(win) == ["opportunity_closed"]


@pytest.mark.parametrize(
	"qty, code", [(0, "qty_not_positive"), (10.5, "qty_above_remaining"), (2.5, "qty_not_whole")]
)
def test_impossible_quantities(qty, code):
	win = choose(api.start(quotation=quotation(row(qty=10)).name), qty)
	assert codes(win) == [code]
	with pytest.raises(QuoteWinBlockedError):
		api.finish(win.name)


def test_every_reason_is_named_at_once():
	win = choose(api.start(quotation=quotation(row(qty=10), row(SERVICE)).name), None, 20)
	win.delivery_date = add_days(today(), -1)
	win.save()
	assert codes(win) == ["no_product_item", "qty_above_remaining", "delivery_before_order"]
	frappe.clear_messages()
	with pytest.raises(QuoteWinBlockedError):
		api.finish(win.name)
	told = str(frappe.local.message_log)
	assert all(word in told for word in ("kind Product", "that remain", "Delivery date"))


def test_a_failure_in_the_middle_leaves_nothing(monkeypatch):
	quote = quotation(opportunity=opportunity().name)
	win = api.start(quotation=quote.name)
	before = (frappe.db.count("Sales Order"), status(quote))

	def fail(*args):
		raise RuntimeError("the lights went out")

	monkeypatch.setattr("sales_order_ext.won_quote.order._record", fail)
	with pytest.raises(RuntimeError):
		api.finish(win.name)
	assert (frappe.db.count("Sales Order"), status(quote)) == before
	assert frappe.db.get_value("Quote Win", win.name, "status") == "Draft"
	assert not get_ordered_items(quote.name)


def test_a_refusal_of_erpnext_s_own_leaves_nothing():
	quote = quotation()
	win = api.start(quotation=quote.name)
	win.customer_address = _foreign_address()
	win.save()
	before = frappe.db.count("Sales Order")
	with pytest.raises(frappe.ValidationError):
		api.finish(win.name)
	assert frappe.db.count("Sales Order") == before


def test_a_finished_pass_is_neither_edited_nor_deleted():
	win = api.start(quotation=quotation().name)
	api.finish(win.name)
	win.reload()
	win.po_no = "changed"
	with pytest.raises(QuoteWinFinishedError):
		win.save()
	with pytest.raises(QuoteWinFinishedError):
		frappe.delete_doc("Quote Win", win.name)


def test_the_record_s_own_fields_cannot_be_forged():
	win = api.start(quotation=quotation().name)
	win.update({"status": "Finished", "run_key": "mine"})
	win.append("actions", {"action": "Create Sales Order"})
	win.save()
	assert (win.status, win.actions, win.run_key.rsplit("#")[0]) == ("Draft", [], win.quotation)


def _foreign_address():
	address = {"doctype": "Address", "address_title": "Elsewhere", "address_line1": "1 Far Road"}
	return (
		frappe.get_doc(address | {"address_type": "Billing", "city": "Elm", "country": "United States"})
		.insert()
		.name
	)
