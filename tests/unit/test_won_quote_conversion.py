"""Won quote: what rows become, and what stands in the way of it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.won_quote import conversion, facts, outcome, pages, rules
from tests.unit.test_won_quote_outcome import actions, wins
from tests.unit.won_quote_facts import TODAY, a_win, chosen, codes, quoted

MONTHLY = facts.Plan("Monthly", currency="USD")
YEARLY = facts.Plan("Yearly", (1, "Year"), "USD")


def service(name="s", convert_to=facts.SALES_ORDER, qty=2, **fields):
	"""Return a service row and what is wanted of it."""
	wanted = replace(chosen(name, qty), convert_to=convert_to, plan=fields.pop("plan", None))
	return quoted(name, qty=qty, kind=fields.pop("kind", facts.SERVICE), **fields), wanted


def with_services(*services, **fields):
	rows, choices = zip(*services, strict=True)
	win = a_win([quoted(), *rows], [chosen(), *choices])
	return replace(win, billing_currency="USD", **fields)


def recurring(name="s", plan=MONTHLY, **fields):
	return service(name, facts.CONTRACT_CHARGE, kind=facts.RECURRING, plan=plan, **fields)


def test_charges_stay_on_the_order_and_name_their_target():
	win = with_services(service("s", facts.PROJECT_CHARGE), service("t", facts.TICKET_CHARGE), service("u"))
	assert codes(win) == []
	assert [row.charge_to for row in outcome.order_rows(win)] == [None, "Project", "Issue", None]
	assert conversion.targets(win) == ("Project", "Issue")
	assert [name for name, _reference in actions(win)][:6] == [
		"Create Project",
		"Create Ticket",
		"Create Sales Order",
		"Charge to Project",
		"Charge to Issue",
		"Submit Sales Order",
	]


def test_recurring_rows_go_to_subscriptions_by_their_cycle():
	win = with_services(recurring("s"), recurring("t", YEARLY), recurring("u"))
	assert codes(win) == []
	assert [row.item_code for row in outcome.order_rows(win)] == ["A"]
	assert [[plan.name for plan, _qty in plans] for plans in conversion.subscriptions(win)] == [
		["Monthly", "Monthly"],
		["Yearly"],
	]
	assert outcome.quotation_status_after(win) == facts.ORDERED
	done = [name for name, _reference in actions(win)]
	assert done.count("Create Subscription") == 2 and done[0] == "Create Contract"


def test_a_recurring_row_may_stay_on_the_order():
	win = with_services(service(kind=facts.RECURRING))
	assert codes(win) == []
	assert len(outcome.order_rows(win)) == 2
	assert conversion.subscriptions(win) == []


@pytest.mark.parametrize(
	"after, expected",
	[
		({"action": "Project"}, "Create Project"),
		({"action": "Project", "project_template": "T"}, "Create Project from Template"),
		({"action": "Project", "project": facts.Target("P")}, "Activate Project"),
		({"action": "Contract"}, "Create Contract"),
		({"action": "Ticket"}, "Create Ticket"),
		({"action": "Ticket", "issue_type": "Post-Sale"}, "Create Ticket of a Type"),
		({}, "Create Sales Order"),
	],
)
def test_what_follows_the_sale(after, expected):
	win = replace(a_win(), after=facts.AfterSale(**after))
	assert codes(win) == []
	assert actions(win)[0][0] == expected


@pytest.mark.parametrize(
	"win, code",
	[
		(with_services(service("s", facts.PROJECT_CHARGE, is_labour=True)), "charge_of_labour"),
		(with_services(recurring(plan=None)), "plan_missing"),
		(with_services(recurring(plan=replace(MONTHLY, currency="EUR"))), "plan_currency"),
		(with_services(recurring(qty="1.5")), "qty_not_whole"),
		(a_win(choices=[replace(chosen(), convert_to=facts.TICKET_CHARGE)]), "charge_of_goods"),
		(a_win(choices=[replace(chosen(), source=facts.DROP_SHIPMENT)]), "supplier_missing"),
		(
			replace(a_win(), after=facts.AfterSale("Project", facts.Target("P", is_foreign=True))),
			"project_of_others",
		),
		(
			replace(a_win(), after=facts.AfterSale("Project", project_template="T", has_holidays=False)),
			"holidays_missing",
		),
		(
			replace(a_win(), after=facts.AfterSale("Contract", forbidden=frozenset({"Contract"}))),
			"target_not_permitted",
		),
		(replace(a_win(), losing=("QTN-2",)), "lost_reason_missing"),
	],
)
def test_blockers(win, code):
	assert codes(win) == [code]


def test_what_is_not_needed_need_not_be_permitted():
	forbidden = facts.AfterSale(forbidden=frozenset({"Project", "Contract"}), project=facts.Target("P", True))
	assert codes(replace(a_win(), after=forbidden)) == []


def test_document_kinds_say_what_they_book():
	till = {"kind": facts.POS, "mode_of_payment": "Cash"}
	booked = ["Create Delivery Note", "Create Sales Invoice", "Create Payment Entry"]
	assert [name for name, _ in actions(replace(a_win(), **till))][2:5] == booked
	assert [name for name, _ in actions(replace(a_win(), kind=facts.WAREHOUSE))][2:3] == booked[:1]
	assert "Create Payment Entry" not in dict(actions(replace(a_win(), kind=facts.POS)))
	without = replace(a_win(), **till, has_types=False)
	assert "Create Delivery Note" not in dict(actions(without))
	assert [one.code for one in rules.warnings(without, TODAY)] == ["kind_without_types"]


@pytest.mark.parametrize(
	"free, fields, source, booked",
	[
		("3", {}, "", True),
		("0", {}, "", False),
		("0.5", {}, "", True),
		(None, {}, "", True),
		("3", {}, facts.DROP_SHIPMENT, False),
	],
)
def test_a_kind_books_only_what_can_be_handed_over(free, fields, source, booked):
	market = {"a": facts.Market(free=free and Decimal(free))}
	choices = [replace(chosen(), source=source, supplier="S")]
	win = a_win([quoted(**fields)], choices, kind=facts.POS, mode_of_payment="Cash", market=market)
	names = [name for name, _ in actions(win)]
	for name in ("Create Delivery Note", "Create Sales Invoice", "Create Payment Entry"):
		assert (name in names) is booked


def test_services_are_handed_over_with_goods_or_alone():
	fitting, goods = quoted("s", kind=facts.SERVICE, is_stocked=False), quoted("a")
	none = {"a": facts.Market(free=Decimal(0))}
	assert not outcome.hands_over(a_win([goods, fitting], market=none))
	assert outcome.hands_over(a_win([fitting], sourcing=facts.DROP_SHIPMENT))
	assert outcome.hands_over(a_win([goods, fitting], sourcing=facts.DROP_SHIPMENT))


def test_what_costs_nothing_is_not_paid():
	win = a_win([quoted(rate=0)], kind=facts.POS, mode_of_payment="Cash")
	assert "Create Payment Entry" not in dict(actions(win))


def test_kinds_of_items():
	assert rules.kind_of(False, False, False, has_plan=True) == facts.RECURRING
	assert rules.kind_of(True, False, False, has_plan=True) == facts.PRODUCT


@given(wins(), st.data())
def test_every_included_row_is_ordered_or_subscribed_once(win, data):
	converted = []
	for choice in win.choices:
		to = data.draw(st.sampled_from([facts.SALES_ORDER, *facts.CHARGES]))
		converted.append(replace(choice, convert_to=to, plan=MONTHLY))
	rows = [
		row
		if row.kind == facts.PRODUCT
		else replace(row, kind=data.draw(st.sampled_from([facts.SERVICE, facts.RECURRING])))
		for row in win.quote.rows
	]
	win = replace(win, choices=tuple(converted), quote=replace(win.quote, rows=tuple(rows)))
	on_order = [row.qty for row in outcome.order_rows(win)]
	subscribed = [qty for plans in conversion.subscriptions(win) for _plan, qty in plans]
	assert sorted(on_order + subscribed) == sorted(choice.qty for _row, choice in conversion.chosen(win))
	planned = [one.action for one in outcome.planned_actions(win)]
	assert planned.count("Create Subscription") == (len(conversion.subscriptions(win)) if on_order else 0)


def test_pages_that_have_nothing_to_decide_are_passed_by():
	assert [page for page, asked in pages.asks(a_win()).items() if asked] == ["Close", "Lines", "Summary"]
	assert pages.asks(with_services(service()))["Activate"]


def test_reasons_stand_on_the_page_that_mends_them():
	assert pages.page_of("credit_limit") == "Order"
	assert pages.page_of("quotation_lost") == "Close"
	assert set(pages.MENDED_AT.values()) <= set(pages.PAGES)


@pytest.mark.parametrize(
	"page, values, wrong",
	[
		("Order", {"po_no": "1", "status": "Finished"}, ["status"]),
		("Notify", {"notify": []}, []),
		("Lines", {"items": [], "po_no": "1"}, ["po_no"]),
		("Summary", {"quotation": "Q"}, ["quotation"]),
	],
)
def test_a_page_takes_what_it_asks(page, values, wrong):
	assert pages.unknown(page, values) == wrong


@pytest.mark.parametrize(
	"status, ordered, reasons, expected",
	[
		("Open", [], ["Price"], []),
		("Open", ["Q"], ["Price"], ["lose_ordered"]),
		("Converted", [], [], ["lose_converted", "reason_missing"]),
	],
)
def test_losing(status, ordered, reasons, expected):
	assert [one.code for one in rules.lose_blockers("OPP", status, ordered, reasons)] == expected


def test_reopening():
	assert rules.reopened_status(True) == "Quotation"
	assert rules.reopened_status(False) == "Open"
	assert rules.has_orders("Ordered") and not rules.has_orders("Open")
	assert rules.needs_reopening(facts.OpportunityFacts("O", "Closed"))
	assert not rules.needs_reopening(facts.OpportunityFacts("O", "Open"))


def test_share_counts_what_is_subscribed():
	win = with_services(recurring(rate=10, qty=20))
	assert outcome.carried_share(win) == (0, Decimal(1))
