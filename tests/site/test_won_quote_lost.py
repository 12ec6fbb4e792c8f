"""Losing and reopening: quotations and opportunities, what was wanted in vain, and winning again."""

import frappe
import pytest

from sales_order_ext.errors import OpportunityLostError, SwitchedOffError
from sales_order_ext.won_quote import api
from tests.site.masters import CUSTOMER, ITEM, OTHER_ITEM, SERVICE
from tests.site.wins import choose, codes, opportunity, quotation, reason, row, status, user_with


@pytest.fixture(autouse=True)
def procurement(switch_on):
	switch_on("enable_procurement")


def lost_demand(doc):
	fields = ["cause", "item_code", "qty", "amount", "customer", "reasons", "competitors"]
	return frappe.get_all("Lost Demand", {"reference_name": doc.name}, fields, order_by="item_code")


def test_a_lost_opportunity_takes_its_quotations_along():
	deal, why = opportunity(), reason("Too dear")
	frappe.get_doc({"doctype": "Competitor", "competitor_name": "Elm & Co"}).insert()
	quote = quotation(row(qty=2, rate=20), row(OTHER_ITEM, qty=1, is_alternative=1), opportunity=deal.name)
	expired = quotation(row(qty=1), opportunity=deal.name)
	expired.db_set("status", "Expired")
	result = api.lose(deal.name, [why], competitors=["Elm & Co"], detailed_reason="Ten per cent dearer")
	assert result == {"opportunity": deal.name, "quotations": [quote.name, expired.name]}
	assert [status(one) for one in (deal, quote, expired)] == ["Lost"] * 3
	deal.reload()
	assert [one.lost_reason for one in deal.lost_reasons] == [why]
	assert deal.order_lost_reason == "Ten per cent dearer"
	assert [one.competitor for one in quote.reload().competitors] == ["Elm & Co"]
	assert lost_demand(quote) == [
		{
			"cause": "Quotation Lost",
			"item_code": ITEM,
			"qty": 2,
			"amount": 40,
			"customer": CUSTOMER,
			"reasons": why,
			"competitors": "Elm & Co",
		}
	]
	assert api.lose(deal.name, [why])["quotations"] == []
	assert len(lost_demand(quote)) == 1
	assert codes(api.start(quotation=quote.name)) == ["quotation_lost", "opportunity_closed"]


def test_an_opportunity_without_quotations_is_lost_demand_itself():
	items = [{"item_code": ITEM, "qty": 3, "rate": 7, "uom": "Nos"}]
	deal = opportunity(items=items)
	api.lose(deal.name, frappe.as_json([{"lost_reason": reason("No budget")}]))
	assert [(one.cause, one.item_code, one.qty, one.amount) for one in lost_demand(deal)] == [
		("Opportunity Lost", ITEM, 3, 21)
	]
	assert api.reopen_opportunity(deal.name)["status"] == "Open"
	assert lost_demand(deal) == []


def test_what_has_orders_or_no_reason_is_not_lost():
	deal, why = opportunity(), reason("Too dear")
	quote = quotation(row(qty=10), opportunity=deal.name)
	with pytest.raises(OpportunityLostError, match="reason"):
		api.lose(deal.name, [])
	with pytest.raises(OpportunityLostError, match="Unheard"):
		api.lose(deal.name, ["Unheard"])
	api.finish(choose(api.start(quotation=quote.name), 4).name)
	with pytest.raises(OpportunityLostError, match=quote.name):
		api.lose(deal.name, [why])
	assert status(quote) == "Partially Ordered"


def test_a_quotation_lost_by_its_own_door_or_ours_is_kept(switch_on):
	native, ours, unseen = quotation(row(qty=2)), quotation(row(qty=3)), quotation(row(qty=4))
	why = [{"lost_reason": reason("Late", "Quotation Lost Reason")}]
	native.declare_enquiry_lost(why, [])
	assert api.lose_quotation(ours.name, ["Late"])["status"] == "Lost"
	assert [lost_demand(one)[0].qty for one in (native, ours)] == [2, 3]
	native.reload().cancel()
	assert lost_demand(native) == []
	switch_on(enable_procurement=0)
	unseen.declare_enquiry_lost(why, [])
	assert lost_demand(unseen) == []
	with pytest.raises(SwitchedOffError):
		api.lose_quotation(quotation().name, ["Late"])


def test_a_reopened_opportunity_is_won_again():
	deal = opportunity()
	first = api.start(quotation=quotation(opportunity=deal.name).name)
	api.finish(first.name)
	assert status(deal) == "Converted"
	assert api.reopen_opportunity(deal.name) == {"opportunity": deal.name, "status": "Open"}
	again = quotation(row(qty=1), opportunity=deal.name)
	assert status(deal) == "Quotation"
	second = api.start(opportunity=deal.name)
	assert (second.quotation, codes(second)) == (again.name, [])
	api.finish(second.name)
	assert status(deal) == "Converted"
	third = quotation(row(qty=1), opportunity=deal.name)
	assert codes(api.start(quotation=third.name)) == ["opportunity_closed"]
	passes = frappe.get_all("Quote Win", {"opportunity": deal.name, "status": "Finished"})
	assert len(passes) == 2
	told = frappe.get_all("Comment", {"reference_name": deal.name, "comment_type": "Info"}, pluck="content")
	assert any("reopened" in text for text in told)


def test_the_losing_quotations_of_a_win():
	deal = opportunity()
	winner, loser, kept = (quotation(opportunity=deal.name) for _ in range(3))
	win = api.start(quotation=winner.name)
	assert [(one.quotation, one.lose) for one in win.losing_quotations] == [(loser.name, 0), (kept.name, 0)]
	win.losing_quotations[0].lose = 1
	assert codes(win.save()) == ["lost_reason_missing"]
	win.lost_reason = reason("Other chosen", "Quotation Lost Reason")
	win.save()
	said = [one["action"] for one in api.preview(win.name)["actions"]]
	assert said[-3:] == ["Lose Quotation", "Update Quotation", "Update Opportunity"]
	api.finish(win.name)
	assert [status(one) for one in (winner, loser, kept, deal)] == ["Ordered", "Lost", "Open", "Converted"]
	assert len(lost_demand(loser)) == 1
	api.undo(win.name)
	assert [status(one) for one in (winner, loser, deal)] == ["Open", "Open", "Quotation"]
	assert lost_demand(loser) == []
	assert loser.reload().lost_reasons == []


def test_who_may_not_write_the_opportunity_loses_nothing():
	deal, why = opportunity(), reason("Too dear")
	quote = quotation(row(SERVICE, qty=1), opportunity=deal.name)
	frappe.set_user(user_with("Stock User"))
	with pytest.raises(frappe.PermissionError):
		api.lose(deal.name, [why])
	with pytest.raises(frappe.PermissionError):
		api.lose_quotation(quote.name, [why])
	with pytest.raises(frappe.PermissionError):
		api.reopen_opportunity(deal.name)
