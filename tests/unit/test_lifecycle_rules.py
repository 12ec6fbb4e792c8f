"""Life cycle status: the precedence, first that holds."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.lifecycle.rules import (
	CAN_BECOME_OVERDUE,
	LifeCycle,
	OrderState,
	check_can_be_sent,
	counts_as_sent,
	is_overdue,
	life_cycle,
	status,
)

TODAY = date(2026, 11, 22)
YESTERDAY, TOMORROW = date(2026, 11, 21), date(2026, 11, 23)
HALF, ALL = Decimal(50), Decimal(100)

STATES = st.builds(
	OrderState,
	submitted=st.booleans(),
	cancelled=st.booleans(),
	replaced=st.booleans(),
	closed=st.booleans(),
	sent=st.booleans(),
	per_billed=st.sampled_from([Decimal(0), Decimal("0.01"), HALF, Decimal("99.999999"), ALL]),
	required_date=st.sampled_from([None, YESTERDAY, TODAY, TOMORROW]),
	owes_goods=st.booleans(),
)

LATE = OrderState(submitted=True, required_date=YESTERDAY, owes_goods=True)


@pytest.mark.parametrize(
	"state, expected",
	[
		(OrderState(), "Draft"),
		(OrderState(sent=True), "Open"),
		(OrderState(submitted=True), "Open"),
		(OrderState(required_date=TOMORROW), "Draft"),
		(OrderState(sent=True, required_date=TOMORROW), "Due"),
		(OrderState(submitted=True, required_date=TOMORROW, owes_goods=True), "Due"),
		(OrderState(submitted=True, required_date=TODAY, owes_goods=True), "Due"),
		(OrderState(submitted=True, required_date=YESTERDAY), "Due"),
		(OrderState(required_date=YESTERDAY, owes_goods=True), "Draft"),
		(LATE, "Overdue"),
		(replace(LATE, per_billed=Decimal("0.01")), "Partially Invoiced"),
		(replace(LATE, per_billed=Decimal("99.999998")), "Partially Invoiced"),
		(replace(LATE, per_billed=Decimal("99.999999")), "Invoiced"),
		(replace(LATE, per_billed=ALL, closed=True), "Closed"),
		(replace(LATE, closed=True, replaced=True), "Replaced"),
		(replace(LATE, submitted=False, cancelled=True, replaced=True, closed=True), "Cancelled"),
	],
)
def test_precedence(state, expected):
	assert status(state, TODAY) == expected


@pytest.mark.parametrize(
	"change, expected",
	[
		({}, True),
		({"per_billed": HALF}, True),
		({"per_billed": ALL}, True),
		({"owes_goods": False}, False),
		({"required_date": TODAY}, False),
		({"required_date": None}, False),
		({"submitted": False}, False),
		({"closed": True}, False),
		({"replaced": True}, False),
		({"cancelled": True}, False),
	],
)
def test_overdue_stays_visible_beside_the_invoices(change, expected):
	assert is_overdue(replace(LATE, **change), TODAY) is expected


@given(STATES)
def test_overdue_status_and_flag_agree(state):
	found = life_cycle(state, TODAY)
	assert found == LifeCycle(status(state, TODAY), is_overdue(state, TODAY))
	if found.status == "Overdue":
		assert found.is_overdue
	if found.is_overdue:
		assert found.status in ("Overdue", "Partially Invoiced", "Invoiced")


@given(STATES)
def test_a_passing_day_only_makes_orders_overdue(state):
	before, after = life_cycle(state, TODAY), life_cycle(state, TOMORROW)
	if before != after:
		assert before.status in CAN_BECOME_OVERDUE
		assert after == LifeCycle("Overdue" if before.status == "Due" else before.status, True)


@given(STATES)
def test_moving_the_date_forward_clears_overdue(state):
	moved = life_cycle(replace(state, required_date=TOMORROW), TODAY)
	assert not moved.is_overdue
	assert moved.status != "Overdue"


def test_what_no_longer_stands_cannot_be_sent():
	assert check_can_be_sent("X", OrderState()) == check_can_be_sent("X", OrderState(closed=True)) == []
	assert [one.code for one in check_can_be_sent("X", OrderState(cancelled=True))] == ["sent_cancelled"]
	assert [one.code for one in check_can_be_sent("X", OrderState(replaced=True))] == ["sent_replaced"]


@pytest.mark.parametrize(
	"medium, direction, kind, delivery, expected",
	[
		("Email", "Sent", "Communication", "", True),
		("Email", "Sent", "", "Sent", True),
		("Email", "Sent", "Communication", "Opened", True),
		("Email", "Received", "Communication", "", False),
		("Phone", "Sent", "Communication", "", False),
		("Email", "Sent", "Automated Message", "", False),
		("Email", "Sent", "Communication", "Scheduled", False),
		("Email", "Sent", "Communication", "Error", False),
	],
)
def test_which_messages_mean_that_the_order_was_sent(medium, direction, kind, delivery, expected):
	assert counts_as_sent(medium, direction, kind, delivery) is expected
