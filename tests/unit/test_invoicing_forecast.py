"""What is expected when: nothing is lost, nothing counted twice, nothing before its time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.invoicing import forecast, grouping, rules
from sales_order_ext.invoicing.calendar import MONTHLY, Schedule
from sales_order_ext.invoicing.facts import (
	AFTER_DELIVERY,
	AFTER_ORDER_DELIVERED,
	BY_SCHEDULE,
	DO_NOT_INVOICE,
	IMMEDIATE,
	TERMS,
	CustomerFacts,
	InvoiceKey,
	Movement,
	OrderFacts,
	RowFacts,
)

TODAY = date(2026, 1, 22)
MONTH_END = Schedule(MONTHLY, days=(31,), cut_offs=(25,))
KEY = InvoiceKey("Hillside", "Arbor", "USD", po_no="PO-1", project="P", ship_to="S")


def move(qty: int, day: date, document: str = "DN-1") -> Movement:
	return Movement(Decimal(qty), day, day, document)


def row(idx: int, qty: int, rate: int, **fields) -> RowFacts:
	rate = Decimal(rate)
	return RowFacts(f"row-{idx}", idx, f"item-{idx}", Decimal(qty), rate, qty * rate, **fields)


def order(*rows: RowFacts, term: str = AFTER_DELIVERY, **fields) -> OrderFacts:
	return OrderFacts("SO-1", KEY, term, date(2026, 1, 10), rows, **fields)


def told(one: OrderFacts, **customer) -> list[tuple]:
	facts = CustomerFacts("Arbor", schedule=MONTH_END, **customer)
	found = forecast.expected(one, facts, TODAY)
	return [(each.invoice_date.isoformat(), int(each.amount), each.delivered) for each in found]


PARTLY = row(1, 10, 100, movements=(move(6, date(2026, 1, 20)),), due_on=date(2026, 2, 2))
SERVICE = row(2, 1, 80, needs_delivery=False)


@pytest.mark.parametrize(
	("term", "expected"),
	[
		(IMMEDIATE, [("2026-01-22", 1080, True)]),
		(AFTER_DELIVERY, [("2026-01-22", 680, True), ("2026-02-02", 400, False)]),
		(AFTER_ORDER_DELIVERED, [("2026-02-02", 1080, False)]),
		(BY_SCHEDULE, [("2026-01-31", 680, True), ("2026-02-28", 400, False)]),
		(DO_NOT_INVOICE, []),
	],
)
def test_each_term_has_its_days(term, expected):
	assert told(order(PARTLY, SERVICE, term=term)) == expected


def test_services_follow_the_goods_or_stand_alone():
	assert told(order(SERVICE, term=BY_SCHEDULE)) == [("2026-01-31", 80, True)]
	begun = replace(PARTLY, movements=(move(10, date(2026, 1, 20)),), invoiced=Decimal(10))
	assert told(order(begun, SERVICE)) == [("2026-01-22", 80, True)]


def test_a_promise_that_has_passed_counts_for_today_and_a_hold_moves_it():
	late = row(1, 1, 100, due_on=date(2026, 1, 2))
	assert told(order(late)) == [("2026-01-22", 100, False)]
	assert told(order(late), held_until=date(2026, 3, 1)) == [("2026-03-01", 100, False)]
	assert told(order(replace(late, billed_amount=Decimal(100)))) == []
	small = forecast.expected(order(late), CustomerFacts("Arbor"), TODAY, date(2026, 1, 31))
	assert [each.invoice_date for each in small] == [date(2026, 1, 31)]
	tomorrow = move(1, TODAY + timedelta(days=1))
	assert told(order(replace(PARTLY, movements=(*PARTLY.movements, tomorrow)))) == [
		("2026-01-22", 600, True),
		("2026-02-02", 400, False),
	]


@given(
	st.sampled_from(TERMS),
	st.lists(
		st.tuples(
			st.integers(1, 9), st.booleans(), st.lists(st.tuples(st.integers(1, 5), st.integers(0, 40))),
			st.integers(0, 9), st.integers(0, 60),
		),
		max_size=4,
	),
)  # fmt: skip
def test_what_is_left_is_expected_once_and_never_in_the_past(term, drawn):
	rows = [
		row(
			idx, qty, 10, needs_delivery=goods, invoiced=Decimal(invoiced),
			movements=tuple(move(part, TODAY - timedelta(days=ago)) for part, ago in moves) if goods else (),
			due_on=TODAY + timedelta(days=due - 30),
		)
		for idx, (qty, goods, moves, invoiced, due) in enumerate(drawn)
	]  # fmt: skip
	one = order(*rows, term=term)
	found = forecast.expected(one, CustomerFacts("Arbor", schedule=MONTH_END), TODAY)
	assert all(each.invoice_date >= TODAY and each.amount > 0 for each in found)

	def left(row: RowFacts) -> Decimal:
		arrived = sum(move.qty for move in row.movements)
		most = row.qty if term == IMMEDIATE else max(row.qty, arrived)
		return max(Decimal(0), most - row.invoiced) * row.rate

	if term != DO_NOT_INVOICE:
		assert sum(each.amount for each in found) == sum(left(row) for row in rows)


def test_deliveries_are_named_in_their_order_and_once_invoiced_no_more():
	moves = (
		move(2, date(2026, 1, 3), "DN-2"),
		move(3, date(2026, 1, 1), "DN-1"),
		move(-3, date(2026, 1, 1), "DN-1"),
		move(4, date(2026, 1, 5), "DN-3"),
		move(1, date(2026, 1, 6), ""),
	)
	some = row(1, 9, 10, movements=moves)
	assert rules.deliveries_of(some, Decimal(6)) == ["DN-2", "DN-3"]
	assert rules.deliveries_of(replace(some, invoiced=Decimal(2)), Decimal(1)) == ["DN-3"]
	assert rules.deliveries_of(some, Decimal(2)) == ["DN-2"]


def test_keys_part_only_by_what_the_customer_wants():
	one = order(term=BY_SCHEDULE)
	plain, apart = CustomerFacts("Arbor"), CustomerFacts("Arbor", apart=("po_no",))
	assert grouping.key_of(one, plain) == replace(KEY, po_no="", project="", ship_to="")
	assert grouping.key_of(one, apart) == replace(KEY, project="", ship_to="")
	assert grouping.shared_key(one) == replace(KEY, po_no="", project="", ship_to="")


def test_a_held_customer_s_invoices_are_carried():
	one = order(SERVICE, term=IMMEDIATE)
	held = CustomerFacts("Arbor", held_until=date(2026, 2, 1))
	plan = grouping.plan([one], {"Arbor": held}, TODAY)
	assert (plan.groups, plan.carried[0].skip.code) == ((), "customer_held")
	assert grouping.plan([one], {"Arbor": held}, date(2026, 2, 1)).groups
