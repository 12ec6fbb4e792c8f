"""Won quote: where rows come from, and what is bought or put on back order as the order is booked."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.won_quote import facts, outcome, rules, sourcing
from tests.unit.won_quote_facts import a_win, chosen, codes, quoted

STOCK, BACK_TO_BACK, DROP_SHIPMENT = facts.STOCK, facts.BACK_TO_BACK, facts.DROP_SHIPMENT


def sourced(source, free=4, row=None, **fields):
	"""Return a pass over ten of one item, of which so many are free, by a type that buys."""
	row = row or quoted(supplier="S")
	choice = replace(chosen(row.name), source=source)
	market = {row.name: facts.Market(free=Decimal(free))} if row.is_stocked else {}
	return a_win([row], [choice], **{"buys": True, "market": market, **fields})


def bought(win):
	return [
		(one.source, one.supplier, [(row.name, qty) for row, qty in one.rows])
		for one in sourcing.purchases(win)
	]


@pytest.mark.parametrize(
	"source, expected",
	[
		("", []),
		(STOCK, []),
		(BACK_TO_BACK, [(BACK_TO_BACK, "S", [("a", 6)])]),
		(DROP_SHIPMENT, [(DROP_SHIPMENT, "S", [("a", 10)])]),
	],
)
def test_what_is_bought(source, expected):
	assert bought(sourced(source)) == expected
	assert bought(sourced("", sourcing=source or "From Stock")) == expected
	assert bought(sourced(source, buys=False)) == []


def test_what_is_there_is_not_bought():
	assert bought(sourced(BACK_TO_BACK, free=10)) == []


def test_one_document_for_each_source_and_supplier():
	rows = [quoted("a", supplier="S"), quoted("b", supplier="T"), quoted("c", supplier="S"), quoted("d")]
	choices = [replace(chosen(row.name), source=DROP_SHIPMENT) for row in rows[:3]]
	choices.append(replace(chosen("d"), source=BACK_TO_BACK))
	win = a_win(rows, choices, buys=True, market={"d": facts.Market(free=Decimal(1))})
	assert bought(win) == [
		(DROP_SHIPMENT, "S", [("a", 10), ("c", 10)]),
		(DROP_SHIPMENT, "T", [("b", 10)]),
		(BACK_TO_BACK, "", [("d", 9)]),
	]
	made = [one.action for one in outcome.planned_actions(win) if "Purchase" in one.reference_doctype]
	assert made == ["Create Purchase Order", "Create Purchase Order"]
	assert "Create Material Request" in [one.action for one in outcome.planned_actions(win)]


def test_the_type_sources_stocked_goods_alone():
	for row in (quoted(kind=facts.SERVICE, is_stocked=False), quoted(is_stocked=False)):
		assert bought(sourced("", row=row, sourcing=DROP_SHIPMENT)) == []
		assert bought(sourced("", row=row, sourcing=BACK_TO_BACK)) == []


def test_a_shipped_row_needs_a_supplier():
	nobody = quoted()
	assert codes(sourced(DROP_SHIPMENT, row=nobody)) == ["supplier_missing"]
	assert codes(sourced("", row=nobody, sourcing=DROP_SHIPMENT)) == ["supplier_missing"]
	assert codes(sourced(DROP_SHIPMENT)) == []


def test_what_its_supplier_usually_ships_is_preset_to_be_shipped():
	quote = facts.QuoteFacts("Q", (quoted("a", ships=True, supplier="S"), quoted("b", supplier="S")))
	assert [(one.source, one.supplier) for one in rules.default_choices(quote)] == [
		(DROP_SHIPMENT, "S"),
		("", None),
	]


@pytest.mark.parametrize(
	"source, fields, row, expected",
	[
		("", {"back_orders": True}, {}, ["a"]),
		("", {}, {}, []),
		("", {"back_orders": True}, {"is_final": True}, []),
		("", {"back_orders": True}, {"is_stocked": False}, []),
		(BACK_TO_BACK, {"back_orders": True}, {}, ["a"]),
		(DROP_SHIPMENT, {"back_orders": True}, {}, []),
	],
)
def test_what_is_short_is_put_on_back_order(source, fields, row, expected):
	win = sourced(source, row=quoted(supplier="S", **row), **fields)
	assert [one.name for one in sourcing.back_ordered(win)] == expected
	planned = [one.action for one in outcome.planned_actions(win)]
	assert planned.count("Create Back Order") == len(expected)


def test_nothing_is_reserved_of_what_a_supplier_ships():
	planned = [one.action for one in outcome.planned_actions(sourced(DROP_SHIPMENT, reserves=True))]
	assert "Reserve Stock" not in planned


@given(
	st.lists(
		st.tuples(st.sampled_from(["", STOCK, BACK_TO_BACK, DROP_SHIPMENT]), st.integers(0, 15)), min_size=1
	),
	st.sampled_from(["From Stock", BACK_TO_BACK, DROP_SHIPMENT]),
	st.booleans(),
)
def test_no_row_is_both_short_and_shipped_and_nothing_is_bought_twice(rows, type_sourcing, buys):
	quotes = [quoted(f"r{number}", supplier="S") for number in range(len(rows))]
	choices = [
		replace(chosen(one.name), source=source) for one, (source, _free) in zip(quotes, rows, strict=True)
	]
	market = {
		one.name: facts.Market(free=Decimal(free)) for one, (_s, free) in zip(quotes, rows, strict=True)
	}
	win = a_win(quotes, choices, market=market, sourcing=type_sourcing, buys=buys, back_orders=True)
	names = [row.name for one in sourcing.purchases(win) for row, _qty in one.rows]
	assert len(names) == len(set(names))
	for row, choice in sourcing.ordered(win):
		short = sourcing.shortage(win, row, choice)
		assert 0 <= short <= choice.qty
		assert not (short and sourcing.is_shipped(win, row, choice))
