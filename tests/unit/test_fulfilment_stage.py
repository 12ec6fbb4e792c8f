"""The stage of an order's row, and the order of its feed."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.fulfilment import rules
from sales_order_ext.fulfilment.rules import (
	DELIVERY,
	INVOICE,
	PURCHASE,
	REQUEST,
	RESERVATION,
	STAGES,
	Movement,
	OrderedRow,
	RowFacts,
)

TEN = Decimal(10)
QUANTITIES = ("requested", "on_order", "received", "reserved", "picked", "shipped", "invoiced")
AMOUNT = st.integers(0, 15).map(Decimal)
FACTS = st.builds(
	RowFacts,
	ordered=st.integers(0, 12).map(Decimal),
	approved=st.booleans(),
	ships=st.booleans(),
	drop_shipped=st.booleans(),
	**{name: AMOUNT for name in QUANTITIES},
)
# Quantities that go on: from these to that one.
STEPS = (
	(("requested",), "on_order"),
	(("reserved",), "shipped"),
	(("picked",), "shipped"),
	(("reserved", "picked"), "shipped"),
)


def stage(ordered=TEN, **facts):
	return rules.stage(
		RowFacts(
			ordered, **{key: Decimal(value) if key in QUANTITIES else value for key, value in facts.items()}
		)
	)


@pytest.mark.parametrize(
	"facts, expected",
	[
		({"approved": False, "shipped": 10, "invoiced": 10}, "To Approve"),
		({}, "Approved"),
		({"requested": 9}, "Approved"),
		({"requested": 10}, "To Purchase"),
		({"drop_shipped": True}, "To Purchase"),
		({"drop_shipped": True, "on_order": 10}, "Purchased"),
		({"requested": 4, "on_order": 6}, "To Purchase"),
		({"on_order": 10}, "Purchased"),
		({"on_order": 6, "reserved": 4}, "Purchased"),
		({"received": 10}, "Received"),
		({"on_order": 4, "received": 6}, "Purchased"),
		({"reserved": 10}, "Reserved"),
		({"received": 10, "reserved": 9}, "Received"),
		({"received": 6, "reserved": 6}, "Approved"),
		({"reserved": 10, "picked": 10}, "Picked"),
		({"reserved": 6, "picked": 6}, "Approved"),
		({"shipped": 4, "picked": 6}, "Picked"),
		({"shipped": 4, "reserved": 6}, "Reserved"),
		({"shipped": 10}, "Shipped"),
		({"shipped": 12}, "Shipped"),
		({"invoiced": 10}, "Invoiced"),
		({"invoiced": 10, "shipped": 9}, "Invoiced"),
		({"invoiced": 9, "shipped": 10}, "Shipped"),
		({"invoiced": 10, "shipped": 10}, "Fulfilled"),
		({"invoiced": 10, "ships": False}, "Fulfilled"),
		({"ordered": Decimal(0)}, "Fulfilled"),
	],
)
def test_the_furthest_stage_of_the_whole_row(facts, expected):
	assert stage(**facts) == expected


@given(FACTS, st.sampled_from(QUANTITIES), AMOUNT)
def test_never_backwards_when_a_quantity_grows(facts, quantity, more):
	grown = replace(facts, **{quantity: getattr(facts, quantity) + more})
	assert STAGES.index(rules.stage(grown)) >= STAGES.index(rules.stage(facts))


@given(FACTS, st.sampled_from(STEPS), AMOUNT)
def test_never_backwards_when_goods_go_on(facts, step, amount):
	here, there = step
	amount = min(amount, *(getattr(facts, name) for name in here))
	left = {name: getattr(facts, name) - amount for name in here}
	moved = replace(facts, **left, **{there: getattr(facts, there) + amount})
	assert STAGES.index(rules.stage(moved)) >= STAGES.index(rules.stage(facts))


@given(FACTS)
def test_a_stage_of_goods_includes_all_before_it(facts):
	reached = list(rules.reached(facts).values())[:-1]
	assert reached == sorted(reached, reverse=True)


def test_facts_count_what_is_open_of_the_own_row():
	row = OrderedRow("a", TEN, shipped=Decimal(3), picked=Decimal(5))
	facts = rules.row_facts(
		row,
		[
			Movement(REQUEST, "a", Decimal(4), done=Decimal(3)),
			Movement(PURCHASE, "a", Decimal(3), done=Decimal(1)),
			Movement(PURCHASE, "a", Decimal(1), done=Decimal(2)),
			Movement(RESERVATION, "a", Decimal(6), done=Decimal(3)),
			Movement(DELIVERY, "a", Decimal(2), done=Decimal(2)),
			Movement(DELIVERY, "a", Decimal(1)),
			Movement(INVOICE, "a", Decimal(3)),
			Movement(INVOICE, "a", Decimal(-1)),
			Movement(INVOICE, "b", Decimal(7)),
		],
	)
	assert facts == RowFacts(
		TEN,
		requested=Decimal(1),
		on_order=Decimal(2),
		received=Decimal(3),
		reserved=Decimal(3),
		picked=Decimal(3),
		shipped=Decimal(3),
		invoiced=Decimal(2),
	)


def test_what_a_bundle_shipped_is_no_longer_picked():
	row = OrderedRow("a", TEN, shipped=Decimal(4), picked=Decimal(6), bundle=True)
	assert rules.row_facts(row, []).picked == 2


def place(at, name="a", doctype="Comment"):
	return rules.place(datetime(2026, 1, 1, 0, 0, at), doctype, name)


def test_a_cursor_is_read_as_it_was_written():
	cursor = place(1, name="a|b")
	assert rules.read_cursor(str(cursor)) == cursor


@pytest.mark.parametrize("text", ["", "1", "2026-01-01|Comment|a", "2026-01-01 00:00:00.000000|Comment|"])
def test_other_text_is_no_cursor(text):
	assert rules.read_cursor(text) is None


@given(
	st.sets(
		st.builds(place, st.integers(0, 3), st.sampled_from("abc"), st.sampled_from(["Comment", "ToDo"])),
		max_size=24,
	),
	st.integers(1, 5),
)
def test_pages_show_everything_once_newest_first(places, size):
	seen, after = [], None
	for _ in range(30):
		page, after = rules.next_page(places, after, size)
		assert len(page) <= size
		seen += page
		if after is None:
			break
	assert len(seen) == len(places) and set(seen) == places
	assert [one.at for one in seen] == sorted((one.at for one in places), reverse=True)
