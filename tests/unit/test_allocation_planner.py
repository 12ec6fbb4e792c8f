"""Releases: never more than is free, the order of service kept, complete orders first where asked."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.allocation.planner import (
	ALL_OR_NOTHING,
	NO_STOCK,
	NO_WHOLE_UNIT,
	NOT_NEEDED,
	PARTLY,
	Incoming,
	Kept,
	Waiting,
	plan,
	promised_dates,
	shortened_back_orders,
	slipped,
)
from sales_order_ext.allocation.rules import OpenBackOrder, OrderRow

A, B = ("A", "W"), ("B", "W")
DAY = date(2026, 1, 1)
quantities = st.integers(min_value=0, max_value=20).map(D)


def waits(name="1", qty=1, stock=A, order=None, age=0, **more):
	since = datetime(2026, 1, 1) - timedelta(days=age)
	more = {key: D(value) if key == "step" else value for key, value in more.items()}
	return Waiting(name, order or f"SO-{name}", f"row-{name}", stock, D(qty), since, **more)


def told(outcomes):
	return [(outcome.waiting.name, outcome.given, outcome.reason) for outcome in outcomes]


@st.composite
def queues(draw):
	lines = []
	for index in range(draw(st.integers(0, 8))):
		lines.append(
			Waiting(
				name=str(index),
				order=draw(st.sampled_from(["X", "Y", "Z"])),
				row=str(index),
				stock=draw(st.sampled_from([A, B])),
				open=draw(quantities),
				since=datetime(2026, 1, 1) + timedelta(hours=draw(st.integers(0, 3))),
				priority=draw(st.integers(1, 9)),
				promised=draw(st.none() | st.just(DAY)),
				customer=draw(st.sampled_from(["C", "D"])),
				step=draw(st.sampled_from([D(0), D(1), D(6)])),
				held=draw(st.sampled_from(["", "", "", "manual"])),
				chosen=draw(st.sampled_from([True, True, True, False])),
			)
		)
	return lines


frees = st.dictionaries(st.sampled_from([A, B]), quantities)
keeps = st.lists(
	st.builds(
		Kept, st.sampled_from([A, B]), quantities, st.frozensets(st.sampled_from(["C", "D", "somebody else"]))
	),
	max_size=4,
)


@given(queues(), frees, keeps, st.booleans(), st.booleans())
def test_never_more_than_is_free_and_never_more_than_is_waited_for(waiting, free, kept, partial, complete):
	outcomes = plan(waiting, free, kept, partial, complete)
	assert sorted(one.waiting.name for one in outcomes) == sorted(one.name for one in waiting if one.chosen)
	for stock in (A, B):
		served = [one for one in outcomes if one.waiting.stock == stock]
		of_stock = [one for one in kept if one.stock == stock]
		assert sum(one.given for one in served) <= free.get(stock, D(0))
		for customers in ({"C"}, {"D"}, {"C", "D"}):
			mine = sum(one.given for one in served if one.waiting.customer in customers)
			others = sum(one.qty for one in of_stock if not one.customers & customers)
			assert mine <= max(free.get(stock, D(0)) - others, 0)
	for one in outcomes:
		assert 0 <= one.given <= one.waiting.open
		assert bool(one.reason) == (one.given < one.waiting.open or one.waiting.open == 0)
		assert not (one.waiting.held and one.given)
		assert not (one.waiting.step and one.given % one.waiting.step)
		assert partial or one.given in (0, one.waiting.open)


@given(queues(), frees)
def test_who_comes_later_gets_nothing_that_an_earlier_one_still_wants(waiting, free):
	whole = [one for one in waiting if not one.step and not one.held and one.chosen and one.open]
	outcomes = plan(whole, free)
	assert [one.waiting for one in outcomes] == sorted(whole, key=lambda one: one.rank)
	for stock in (A, B):
		served = [one for one in outcomes if one.waiting.stock == stock]
		short = next((at for at, one in enumerate(served) if one.reason), len(served))
		assert not any(one.given for one in served[short + 1 :])


@given(queues(), frees, st.booleans())
def test_the_plan_does_not_depend_on_how_the_lines_come(waiting, free, complete):
	assert plan(waiting, free, complete_orders_first=complete) == plan(
		waiting[::-1], free, complete_orders_first=complete
	)


@given(queues(), frees)
def test_the_best_order_that_can_be_complete_is_complete(waiting, free):
	outcomes = plan(waiting, free, complete_orders_first=True)
	reasons = {one.waiting.name: one.reason for one in outcomes}
	for order in dict.fromkeys(one.order for one in sorted(waiting, key=lambda one: one.rank)):
		lines = [one for one in waiting if one.order == order]
		possible = all(one.chosen for one in lines) and not any(one.reason for one in plan(lines, free))
		if possible:
			assert not any(reasons[one.name] for one in lines)
			break


def test_priority_then_promise_then_age():
	lines = [
		waits("late", 2, age=1),
		waits("early", 2, age=5),
		waits("promised", 2, promised=DAY),
		waits("first", 2, priority=1),
		waits("last", 2, age=9, priority=9),
	]
	assert told(plan(lines, {A: D(7)})) == [
		("first", 2, ""),
		("promised", 2, ""),
		("early", 2, ""),
		("late", 1, PARTLY),
		("last", 0, NO_STOCK),
	]


def test_complete_orders_come_first():
	lines = [
		waits("a1", 3, order="X", priority=1),
		waits("a2", 3, B, order="X"),
		waits("b1", 2, order="Y"),
		waits("c1", 1, order="Z", priority=9),
	]
	assert [one[:2] for one in told(plan(lines, {A: D(4)}))[:3]] == [("a1", 3), ("a2", 0), ("b1", 1)]
	assert told(plan(lines, {A: D(4)}, complete_orders_first=True)) == [
		("b1", 2, ""),
		("c1", 1, ""),
		("a1", 1, PARTLY),
		("a2", 0, NO_STOCK),
	]
	outside = [lines[0], waits("a2", 3, B, order="X", chosen=False), lines[2]]
	assert told(plan(outside, {A: D(3), B: D(9)}, complete_orders_first=True)) == [
		("b1", 2, ""),
		("a1", 1, PARTLY),
	]


@pytest.mark.parametrize(
	"line, free, partial, expected",
	[
		(waits(qty=5), 3, False, (0, ALL_OR_NOTHING)),
		(waits(qty=5), 5, False, (5, "")),
		(waits(qty=24, step=12), 20, True, (12, PARTLY)),
		(waits(qty=24, step=12), 11, True, (0, NO_WHOLE_UNIT)),
		(waits(qty=5, held="manual"), 5, True, (0, "manual")),
		(waits(qty=0), 5, True, (0, NOT_NEEDED)),
	],
)
def test_why_not_all(line, free, partial, expected):
	assert told(plan([line], {A: D(free)}, partial=partial)) == [("1", *expected)]


def test_what_is_kept_for_a_customer_is_used_first_and_by_nobody_else():
	lines = [waits("1", 4, customer="C"), waits("2", 4, customer="D", age=-1)]
	assert told(plan(lines, {A: D(5)}, [Kept(A, D(2), frozenset({"C"}))])) == [("1", 4, ""), ("2", 1, PARTLY)]
	for_the_second = [Kept(A, D(2), frozenset({"D"}))]
	assert told(plan(lines[::-1], {A: D(5)}, for_the_second)) == [("1", 3, PARTLY), ("2", 2, PARTLY)]


@given(queues(), st.lists(st.tuples(quantities, st.integers(0, 9)), max_size=5))
def test_a_promise_is_kept_by_the_purchases_up_to_its_day(waiting, bought):
	lines = [one for one in waiting if one.open]
	incoming = [Incoming(qty, DAY + timedelta(days=after)) for qty, after in bought]
	dates = promised_dates(lines, incoming)
	assert set(dates) == {one.name for one in lines}
	for day in {day for day in dates.values() if day}:
		due = sum(one.qty for one in incoming if one.due <= day)
		assert sum(one.open for one in lines if dates[one.name] and dates[one.name] <= day) <= due


def test_purchases_are_promised_by_their_dates_and_to_whom_they_were_bought_for():
	lines = [waits("1", 4, age=3), waits("2", 4, age=2), waits("3", 4, age=1)]
	incoming = [
		Incoming(D(4), DAY + timedelta(days=9)),
		Incoming(D(3), DAY, row="row-3"),
		Incoming(D(3), DAY + timedelta(days=2)),
	]
	assert promised_dates(lines, incoming) == {
		"1": DAY + timedelta(days=9),
		"2": None,
		"3": None,
	}
	assert promised_dates(lines[2:], incoming) == {"3": DAY + timedelta(days=2)}
	assert promised_dates([], incoming) == {}


def test_a_promise_slips_when_it_is_put_off_or_taken_back():
	later = DAY + timedelta(days=1)
	assert slipped(DAY, later) and slipped(DAY, None)
	assert not slipped(later, DAY) and not slipped(None, DAY) and not slipped(DAY, DAY)


def back_order(name, row="1", qty=2, filled=0, ordered=5):
	return OpenBackOrder(name, row, D(qty), D(filled), None if ordered is None else D(ordered))


def ordered(row="1", qty=5, **more):
	return OrderRow(row, *A, ordered=D(qty), **{key: D(value) for key, value in more.items()})


@pytest.mark.parametrize(
	"rows, waiting, expected",
	[
		([ordered(qty=5, reserved=3)], [back_order("a")], {}),
		([ordered(qty=5, reserved=4)], [back_order("a")], {}),
		([ordered(qty=4, reserved=3)], [back_order("a")], {"a": 1}),
		([ordered(qty=2, reserved=2)], [back_order("a")], {"a": 2}),
		([ordered(qty=4, reserved=4)], [back_order("a")], {"a": 1}),
		([], [back_order("a"), back_order("b", qty=1)], {"b": 1, "a": 2}),
		([ordered(qty=3, reserved=3)], [back_order("a", qty=1), back_order("b", qty=1)], {"b": 1, "a": 1}),
		([ordered(qty=4, reserved=3)], [back_order("a", ordered=None)], {}),
		([ordered(qty=9, reserved=3)], [back_order("a")], {}),
	],
)
def test_a_shortened_row_waits_for_less(rows, waiting, expected):
	assert shortened_back_orders(rows, waiting) == expected


def test_customers_of_a_group_share_what_is_kept_for_it():
	lines = [waits("1", 3, customer="C"), waits("2", 3, customer="D", age=-1), waits("3", 3, age=-2)]
	for_both = [Kept(A, D(4), frozenset({"C", "D"}))]
	assert told(plan(lines, {A: D(4)}, for_both)) == [("1", 3, ""), ("2", 1, PARTLY), ("3", 0, NO_STOCK)]
	own_first = [Kept(A, D(3), frozenset({"C"})), Kept(A, D(3), frozenset({"C", "D"}))]
	assert told(plan(lines, {A: D(6)}, own_first)) == [("1", 3, ""), ("2", 3, ""), ("3", 0, NO_STOCK)]
