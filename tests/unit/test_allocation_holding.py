"""Holds, earmarks and kept levels: never more is held than is free, and earmarks are used up once."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.allocation import holding
from sales_order_ext.allocation.holding import Change, Earmark, Line, StockFacts, Use

A, B = ("A", "Stores"), ("B", "Stores")
NOON = datetime(2026, 3, 2, 12)
D = Decimal


def line(row, qty, *parts, step=0):
	return Line(row, D(qty), tuple((stock, D(per)) for stock, per in parts or [(A, 1)]), D(step))


def test_free_is_what_nobody_else_has():
	facts = StockFacts(*map(D, (20, 3, 4, 2, 5, 1)))
	assert (facts.free, facts.free_below_level) == (5, 12)
	assert StockFacts(D(3), D(5)).free == StockFacts(D(3), D(5)).free_below_level == 0


def test_lines_hold_in_their_order():
	lines = [line("1", 3), line("2", 3), line("3", 3)]
	assert holding.hold_lines(lines, {A: D(4)}) == {"1": 3, "2": 1, "3": 0}


def test_a_bundle_holds_whole_sets_of_its_parts():
	bundle = line("1", 5, (A, 2), (B, 1), step=1)
	assert holding.hold_lines([bundle, line("2", 9)], {A: D(7), B: D(9)}) == {"1": 3, "2": 1}
	assert holding.can_have(bundle, {A: D("-1"), B: D(9)}) == 0
	assert holding.can_have(Line("1", D(5), ()), {}) == 0
	assert holding.sets_free(bundle, {A: D(7), B: D(-2)}) == 0
	assert holding.sets_free(bundle, {A: D(7), B: D(9)}) == D("3.5")
	kept = holding.parts_held([bundle, line("2", 9)], {"1": D(3)})
	assert kept == {("1", A): 6, ("1", B): 3}


quantities = st.decimals(0, 50, places=2)
some_lines = st.lists(
	st.tuples(quantities, st.lists(st.tuples(st.sampled_from([A, B]), st.integers(1, 4)), max_size=2),
		st.sampled_from([0, 1, 6])), max_size=6,
)  # fmt: skip


@given(some_lines, quantities, quantities)
def test_never_more_is_held_than_is_free_or_asked_for(drawn, of_a, of_b):
	lines = [line(str(n), qty, *parts, step=step) for n, (qty, parts, step) in enumerate(drawn)]
	free = {A: of_a, B: of_b}
	held = holding.hold_lines(lines, free)
	assert all(0 <= held[one.row] <= one.qty for one in lines)
	used = {A: D(0), B: D(0)}
	for (_row, stock), qty in holding.parts_held(lines, held).items():
		used[stock] += qty
	assert all(round(used[stock], 9) <= free[stock] for stock in free)


def mark(name, qty, hours=0, **whom):
	return Earmark(name, A, D(qty), NOON + timedelta(hours=hours), **whom)


def use(customer, group, qty, hours=1, stock=A):
	return Use(stock, customer, group, D(qty), NOON + timedelta(hours=hours))


RETAIL = frozenset({"Retail", "Shops"})


@pytest.mark.parametrize(
	"uses, left",
	[
		([], {"own": 4, "group": 3}),
		([use("Arbor", "Shops", 3)], {"own": 1, "group": 3}),
		([use("Arbor", "Shops", 6)], {"own": 0, "group": 1}),
		([use("Birch", "Shops", 2), use("Arbor", "Shops", 9)], {"own": 0, "group": 0}),
		([use("Birch", "Offices", 2)], {"own": 4, "group": 3}),
		([use("Arbor", "Shops", 3, hours=-1)], {"own": 4, "group": 3}),
		([use("Arbor", "Shops", 3, stock=B)], {"own": 4, "group": 3}),
	],
)
def test_own_orders_use_earmarks_up(uses, left):
	marks = [mark("group", 3, groups=RETAIL), mark("own", 4, customer="Arbor")]
	assert holding.earmarks_left(marks, uses) == left


def test_others_do_not_get_what_is_earmarked():
	marks = [mark("group", 3, groups=RETAIL), mark("own", 4, customer="Arbor")]
	left = {"group": D(3), "own": D(4)}
	assert holding.earmarked_for_others(marks, left, None, None) == {A: 7}
	assert holding.earmarked_for_others(marks, left, "Birch", "Shops") == {A: 4}
	assert holding.earmarked_for_others(marks, left, "Arbor", "Offices") == {A: 3}
	assert holding.earmarked_for_others(marks, left, "Arbor", "Retail") == {}


@given(st.lists(st.tuples(st.sampled_from(["Arbor", "Birch", "Cedar"]), quantities), max_size=8))
def test_an_earmark_is_never_used_beyond_what_it_keeps(drawn):
	groups = {"Arbor": "Shops", "Birch": "Retail", "Cedar": "Offices"}
	marks = [mark("group", 30, groups=RETAIL), mark("own", 20, customer="Arbor")]
	left = holding.earmarks_left(marks, [use(name, groups[name], qty) for name, qty in drawn])
	used = sum((qty for name, qty in drawn if name != "Cedar"), D(0))
	assert all(0 <= left[one.name] <= one.qty for one in marks)
	assert 50 - sum(left.values()) <= used


def test_what_to_tell_the_user():
	lines = [line("same", 5), line("less", 5), line("more", 5), line("new", 5), line("all", 5)]
	before = {"same": D(2), "less": D(4), "more": D(1), "all": D(1)}
	held = {"same": D(2), "less": D(3), "more": D(2), "new": D(0), "all": D(5)}
	assert holding.changes(lines, before, held) == [
		Change("less", D(5), D(3), D(4)),
		Change("more", D(5), D(2), D(1)),
		Change("new", D(5), D(0), D(0)),
	]
