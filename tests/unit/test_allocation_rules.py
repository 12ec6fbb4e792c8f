"""Allocation: never more than is free, never more than was asked for."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.allocation.rules import (
	FULLY_RESERVED,
	NOT_RESERVED,
	PARTIALLY_RESERVED,
	Bundle,
	OpenBackOrder,
	OrderRow,
	Request,
	allocate,
	back_order_quantities,
	deliverable,
	fill_back_orders,
	free_stock,
	requests_for,
	reservation_status,
	reserve_violations,
)

A, B = ("A", "W"), ("B", "W")
quantities = st.decimals(min_value=0, max_value=1000, places=3)
stocks = st.sampled_from([A, B, ("A", "X")])
steps = st.sampled_from([D(0), D(1), D(12), D("0.5")])
wishes = st.lists(st.tuples(stocks, quantities, steps), max_size=8).map(
	lambda drawn: [Request(str(index), *one) for index, one in enumerate(drawn)]
)
frees = st.dictionaries(stocks, quantities)


def row(name="1", stock=A, ordered=5, **more):
	return OrderRow(name, *stock, ordered=D(ordered), **{key: D(value) for key, value in more.items()})


@given(wishes, frees, st.booleans())
def test_never_more_than_free_and_never_more_than_asked(requests, free, partial):
	got = allocate(requests, free, partial)
	for request in requests:
		assert 0 <= got.get(request.row, 0) <= request.qty
		assert not request.step or got.get(request.row, D(0)) % request.step == 0
	for stock in {request.stock for request in requests}:
		taken = sum(got.get(request.row, D(0)) for request in requests if request.stock == stock)
		assert taken <= free.get(stock, 0)


@given(wishes, frees)
def test_without_parts_it_is_all_or_nothing_per_row(requests, free):
	got = allocate(requests, free, partial=False)
	assert all(got[request.row] == request.qty for request in requests if request.row in got)


@given(wishes, frees)
def test_nothing_is_left_that_a_row_could_have_had(requests, free):
	got = allocate(requests, free)
	for stock in {request.stock for request in requests}:
		of_stock = [request for request in requests if request.stock == stock]
		left = free.get(stock, D(0)) - sum(got.get(request.row, D(0)) for request in of_stock)
		for request in of_stock:
			missing = request.qty - got.get(request.row, D(0))
			assert min(missing, left) < (request.step or D("0.001"))


@given(st.lists(st.tuples(quantities, quantities, quantities), max_size=6))
def test_a_status_is_full_exactly_when_nothing_is_short(drawn):
	rows = [row(str(n), ordered=o, delivered=d, reserved=r) for n, (o, d, r) in enumerate(drawn)]
	assert (reservation_status(rows) == FULLY_RESERVED) == bool(rows and not requests_for(rows))


@given(quantities, st.lists(quantities, max_size=4))
def test_free_stock_is_what_is_left_and_never_negative(actual, deductions):
	assert free_stock(actual, *deductions) == max(actual - sum(deductions), 0)


@pytest.mark.parametrize(
	"rows, status",
	[
		([], ""),
		([row()], NOT_RESERVED),
		([row(reserved=2)], PARTIALLY_RESERVED),
		([row(delivered=2)], PARTIALLY_RESERVED),
		([row(reserved=3, delivered=2)], FULLY_RESERVED),
		([row(reserved=5), row("2", B)], PARTIALLY_RESERVED),
		([row(delivered=6)], FULLY_RESERVED),
	],
)
def test_reservation_status(rows, status):
	assert reservation_status(rows) == status


def test_first_come_first_served():
	wanted = [Request("1", A, D(3)), Request("2", A, D(3)), Request("3", B, D(1))]
	assert allocate(wanted, {A: D(4), B: D(0)}) == {"1": 3, "2": 1}
	assert allocate(wanted, {A: D(4), B: D(1)}, partial=False) == {"1": 3, "3": 1}


def test_a_box_is_given_whole_or_not_at_all():
	assert allocate([Request("1", A, D(36), D(12))], {A: D(30)}) == {"1": 24}
	assert allocate([Request("1", A, D(36), D(12))], {A: D(11)}) == {}


def test_what_can_be_delivered_is_what_is_reserved_and_what_is_free():
	rows = [row(reserved=3), row("2", ordered=4), row("3", delivered=5), row("4", B, reserved=9)]
	assert deliverable(rows, [], {A: D(3)}) == {"1": 5, "2": 1, "4": 5}


def test_bundles_take_whole_sets_of_what_rows_leave():
	bundles = [
		Bundle("set", D(3), ((A, D(2)), (B, D(1))), D(1)),
		Bundle("more", D(3), ((B, D(1)),)),
		Bundle("done", D(0), ((B, D(1)),)),
	]
	assert deliverable([row(ordered=1)], bundles, {A: D(6), B: D(3)}) == {"1": 1, "set": 2, "more": 1}
	assert deliverable([], bundles[:1], {}) == {"set": 0}


def test_back_orders_are_what_is_short_and_not_recorded_yet():
	rows = [row(reserved=3), row("2", B, delivered=5), row("3", B)]
	waiting = [OpenBackOrder("BO-1", "3", D(4), D(1))]
	assert back_order_quantities(rows) == {"1": 2, "3": 5}
	assert back_order_quantities(rows, waiting) == {"1": 2, "3": 2}


def test_back_orders_are_filled_oldest_first_down_to_what_is_short():
	waiting = [
		OpenBackOrder("BO-1", "1", D(2), D(1)),
		OpenBackOrder("BO-2", "1", D(4)),
		OpenBackOrder("BO-3", "gone", D(1)),
	]
	assert fill_back_orders([row(reserved=2)], waiting) == {"BO-1": 2, "BO-2": 1, "BO-3": 1}
	assert fill_back_orders([row()], waiting[:2]) == {}


@given(
	st.lists(st.tuples(st.sampled_from("12"), quantities), max_size=6),
	st.tuples(quantities, quantities),
)
def test_after_filling_a_row_waits_for_no_more_than_it_is_short_of(drawn, reserved):
	rows = [row(name, ordered=100, reserved=qty) for name, qty in zip("12", reserved, strict=True)]
	waiting = [OpenBackOrder(str(index), *one) for index, one in enumerate(drawn)]
	filled = fill_back_orders(rows, waiting)
	for one in rows:
		left = sum(bo.qty - filled.get(bo.name, D(0)) for bo in waiting if bo.row == one.row)
		before = sum(bo.open for bo in waiting if bo.row == one.row)
		assert left == min(before, one.short)
	assert all(qty <= waiting[int(name)].qty for name, qty in filled.items())


@pytest.mark.parametrize(
	"booked, closed, allocates, code",
	[
		(True, False, True, None),
		(False, False, True, "not_booked"),
		(True, True, True, "order_closed"),
		(True, False, False, "type_allocates_nothing"),
	],
)
def test_who_can_be_reserved_for_by_hand(booked, closed, allocates, code):
	found = reserve_violations("SO-1", booked, closed, allocates)
	assert [one.code for one in found] == ([code] if code else [])
