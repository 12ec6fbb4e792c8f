"""Won quote: credit, prices and stock: what forbids, what to know, what follows."""

from dataclasses import replace
from decimal import Decimal

import pytest

from sales_order_ext.decimals import ZERO
from sales_order_ext.won_quote import checks, facts, rules
from tests.unit.won_quote_facts import TODAY, a_win, chosen, codes, quoted


def market(free=None, **fields):
	return facts.Market(free=None if free is None else Decimal(free), **fields)


def with_market(free=None, choice=None, win=None, **fields):
	"""Return a pass over ten of one item, of which so many are free."""
	win = win or a_win(choices=[choice] if choice else None)
	return replace(win, market={"a": market(free, **fields)})


def warned(win):
	return [one.code for one in rules.warnings(win, TODAY)]


def credit(limit, outstanding=0, **fields):
	return facts.Credit(Decimal(limit), Decimal(outstanding), **fields)


@pytest.mark.parametrize(
	"limit, outstanding, factor, expected",
	[
		(200, 0, 1, []),
		(199, 0, 1, ["credit_limit"]),
		(250, 51, 1, ["credit_limit"]),
		(219, 0, "1.1", ["credit_limit"]),
	],
)
def test_credit(limit, outstanding, factor, expected):
	win = replace(a_win(), credit=credit(limit, outstanding), total_factor=Decimal(factor))
	assert codes(win) == expected
	assert warned(win) == []


def test_who_may_exceed_the_limit_is_warned():
	win = replace(a_win(), credit=credit(199, may_exceed=True))
	assert (codes(win), warned(win)) == ([], ["credit_limit"])


@pytest.mark.parametrize(
	"kept, blocked, warning", [(True, ["price_too_low"], []), (False, [], ["margin_below_valuation"])]
)
def test_selling_below_valuation(kept, blocked, warning):
	win = replace(with_market(rate=Decimal(20), floor=Decimal("20.01")), floor_is_kept=kept)
	assert (codes(win), warned(win)) == (blocked, warning)
	enough = replace(with_market(rate=Decimal(20), floor=Decimal(20)), floor_is_kept=kept)
	assert (codes(enough), warned(enough)) == ([], [])


def test_prices():
	assert warned(a_win([quoted(rate=0)])) == ["price_missing"]
	assert warned(with_market(price_expired=True)) == ["price_expired"]


@pytest.mark.parametrize(
	"free, source, expected",
	[
		(10, "", []),
		(9, "", ["shortage"]),
		(0, "", ["shortage"]),
		(None, "", []),
		(9, facts.BACK_TO_BACK, []),
		(9, facts.DROP_SHIPMENT, []),
		(9, facts.STOCK, ["shortage"]),
	],
)
def test_shortage(free, source, expected):
	win = with_market(free, replace(chosen(), source=source, supplier="S"))
	assert warned(replace(win, buys=True)) == expected


def test_buying_for_the_order_needs_a_type_that_buys():
	win = with_market(9, replace(chosen(), source=facts.BACK_TO_BACK))
	assert warned(win) == ["shortage", "nothing_bought"]


def test_what_cannot_be_reordered_is_refused_where_it_is_short():
	final = a_win([quoted(is_final=True)])
	assert (codes(with_market(9, win=final)), warned(with_market(9, win=final))) == (["not_reorderable"], [])
	assert codes(with_market(10, win=final)) == []
	shipped = a_win([quoted(is_final=True)], [replace(chosen(), source=facts.DROP_SHIPMENT, supplier="S")])
	assert codes(with_market(0, win=shipped)) == []


def test_the_sourcing_of_the_type_holds_where_a_row_says_nothing():
	win = replace(with_market(3), sourcing="Back-to-Back", buys=True)
	assert warned(win) == []
	assert checks.following(win, win.quote.rows[0], win.choices[0]) == ("buy", 7)


def test_a_plan_of_another_price_is_named():
	plan = facts.Plan("P", currency="USD", rate=Decimal(19))
	row = quoted("s", kind=facts.RECURRING)
	choice = replace(chosen("s"), convert_to=facts.CONTRACT_CHARGE, plan=plan)
	win = replace(a_win([quoted(), row], [chosen(), choice]), billing_currency="USD")
	assert warned(win) == ["plan_price_differs"]
	same = replace(choice, plan=replace(plan, rate=Decimal(20)))
	assert warned(replace(win, choices=(chosen(), same))) == []
	assert warned(replace(win, choices=(chosen(), replace(choice, plan=replace(plan, rate=None))))) == []


@pytest.mark.parametrize(
	"choice, free, fields, expected",
	[
		({}, None, {}, ("order", ZERO)),
		({}, 10, {}, ("deliver", ZERO)),
		({}, 10, {"reserves": True}, ("reserve", ZERO)),
		({}, 4, {}, ("wait", 6)),
		({}, 4, {"back_orders": True}, ("back_order", 6)),
		({"source": facts.BACK_TO_BACK}, 4, {"buys": True}, ("buy", 6)),
		({"source": facts.BACK_TO_BACK}, 4, {}, ("wait", 6)),
		({"source": facts.BACK_TO_BACK}, 10, {"buys": True}, ("deliver", ZERO)),
		({"source": facts.DROP_SHIPMENT}, 4, {}, ("ship_direct", ZERO)),
		({"convert_to": facts.PROJECT_CHARGE}, None, {}, ("charge", ZERO)),
	],
)
def test_what_follows_a_row(choice, free, fields, expected):
	win = replace(with_market(free, replace(chosen(), **choice)), **fields)
	assert checks.following(win, win.quote.rows[0], win.choices[0]) == expected


def test_a_subscription_follows_a_recurring_row():
	row = quoted("s", kind=facts.RECURRING)
	choice = replace(chosen("s"), convert_to=facts.CONTRACT_CHARGE)
	assert checks.following(a_win([row]), row, choice) == ("subscribe", ZERO)
