"""Won quote: when a quotation may be won, what is ordered, and what becomes of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sales_order_ext.won_quote import facts, outcome, rules
from tests.unit.won_quote_facts import TODAY, a_win, chosen, codes, deal, quoted


def test_a_plain_quotation_can_be_won_whole():
	win = a_win([quoted("a"), quoted("b", kind=facts.SERVICE)])
	assert codes(win) == []
	assert rules.warnings(win, TODAY) == []
	assert [(row.quotation_item, row.qty, row.amount) for row in outcome.order_rows(win)] == [
		("a", 10, 200),
		("b", 10, 200),
	]


@pytest.mark.parametrize(
	"win, code",
	[
		(a_win(enabled=False), "procurement_disabled"),
		(a_win(quote={"docstatus": 0}), "quotation_not_submitted"),
		(a_win(quote={"docstatus": 2}), "quotation_not_submitted"),
		(a_win(quote={"status": "Lost"}), "quotation_lost"),
		(a_win(quote={"status": "Expired"}), "quotation_expired"),
		(a_win(quote={"valid_till": date(2026, 3, 9)}), "quotation_expired"),
		(a_win([quoted(ordered=10)]), "quotation_fully_ordered"),
		(a_win(quote=deal("Closed")), "opportunity_closed"),
		(a_win(quote=deal("Lost")), "opportunity_closed"),
		(a_win(quote=deal("Converted", has_ordered_quotation=True)), "opportunity_closed"),
		(a_win([quoted(kind=facts.SERVICE)]), "no_product_item"),
		(a_win(choices=[]), "nothing_included"),
		(a_win(choices=[chosen(include=False)]), "nothing_included"),
		(a_win(permitted=False, enabled=False), "not_permitted"),
		(a_win(status="Undone"), "win_undone"),
		(a_win(choices=[chosen(qty=0)]), "qty_not_positive"),
		(a_win(choices=[chosen(qty=-1)]), "qty_not_positive"),
		(a_win(choices=[chosen(qty="10.001")]), "qty_above_remaining"),
		(a_win([quoted(whole_number=True)], [chosen(qty="1.5")]), "qty_not_whole"),
		(a_win([quoted("a"), quoted("b")], [chosen("a"), chosen("x")]), "row_not_on_quotation"),
		(a_win(choices=[chosen(qty=5), chosen(qty=5)]), "row_repeated"),
		(a_win(delivery_date=date(2026, 3, 9)), "delivery_before_order"),
	],
)
def test_blockers(win, code):
	assert codes(win) == [code]


@pytest.mark.parametrize(
	"win",
	[
		a_win(quote={"valid_till": TODAY}),
		a_win(quote={"valid_till": date(2026, 1, 1), "may_be_expired": True}),
		a_win(quote=deal("Converted")),
		a_win(quote=deal("Quotation", has_ordered_quotation=True)),
		a_win([quoted(whole_number=True)], [chosen(qty="2.000")]),
		a_win(choices=[chosen(qty=99, include=False), chosen(qty=1)]),
		a_win([quoted(ordered=4)]),
	],
)
def test_no_blockers(win):
	assert codes(win) == []


def test_a_row_unknown_to_the_quotation_is_no_product():
	assert codes(a_win(choices=[chosen("x")])) == ["no_product_item", "row_not_on_quotation"]


def test_all_blockers_are_named_at_once():
	win = a_win(
		choices=[chosen(qty=11)],
		quote={"docstatus": 0, "status": "Lost", "valid_till": date(2026, 1, 1), **deal("Closed")},
		enabled=False,
		delivery_date=date(2026, 3, 1),
	)
	assert codes(win) == [
		"procurement_disabled",
		"quotation_not_submitted",
		"quotation_lost",
		"quotation_expired",
		"opportunity_closed",
		"qty_above_remaining",
		"delivery_before_order",
	]


def test_the_message_facts_read_well():
	found = rules.blockers(a_win([quoted(ordered="2.500")], [chosen(qty="8.000")]), TODAY)[0]
	assert found.facts == {"row": 1, "item": "A", "qty": "8", "remaining": "7.5"}


def test_warnings():
	rows = [quoted("a"), quoted("b", is_alternative=True), quoted("c", qty=0)]
	win = a_win(rows, [chosen("a"), chosen("b")], {"status": "Expired", "may_be_expired": True})
	found = {one.code: one.facts for one in rules.warnings(win, TODAY)}
	assert set(found) == {"expired_accepted", "alternatives_together", "quantity_not_quoted"}
	assert found["alternatives_together"] == {"items": "A, B"}
	assert found["quantity_not_quoted"] == {"items": "C"}


ALTERNATIVES = [quoted("a"), quoted("b", is_alternative=True), quoted("c")]


def included(rows):
	return [
		one.quotation_item for one in rules.default_choices(facts.QuoteFacts("Q", tuple(rows))) if one.include
	]


def test_alternatives_are_left_out_by_default():
	assert included(ALTERNATIVES) == ["a", "c"]


def test_the_alternative_begun_is_continued():
	assert included([quoted("a"), quoted("b", ordered=4, is_alternative=True), quoted("c")]) == ["b", "c"]


def test_a_first_row_that_is_an_alternative_stands_alone():
	assert included([quoted("a", is_alternative=True), quoted("b")]) == ["b"]


@pytest.mark.parametrize(
	"ordered, expected",
	[
		({}, False),
		({"a": 10}, False),
		({"c": 10}, False),
		({"a": 10, "c": 10}, True),
		({"b": 10, "c": 10}, True),
		({"b": 9, "c": 10}, False),
		({"a": 10, "b": 1, "c": 10}, False),
	],
)
def test_fully_ordered_means_one_of_each_set(ordered, expected):
	rows = [replace(row, ordered_qty=Decimal(ordered.get(row.name, 0))) for row in ALTERNATIVES]
	assert rules.is_fully_ordered(rows) is expected
	assert outcome.quotation_status(rows) == (facts.ORDERED if expected else facts.PARTIALLY_ORDERED)


def test_rows_without_a_quantity_never_make_a_quotation_fully_ordered():
	assert not rules.is_fully_ordered([quoted(qty=0)])
	assert rules.is_fully_ordered([quoted(qty=0), quoted("b", ordered=10)])


@pytest.mark.parametrize(
	"stock, asset, bundle, kind",
	[
		(True, False, False, "Product"),
		(False, True, False, "Product"),
		(False, False, True, "Product"),
		(False, False, False, "Service"),
	],
)
def test_kinds(stock, asset, bundle, kind):
	assert rules.kind_of(stock, asset, bundle) == kind
