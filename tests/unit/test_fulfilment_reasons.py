"""Why a row is not reserved or delivered."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.fulfilment.reasons import (
	NEEDS,
	OPENS,
	OrderSituation,
	RowSituation,
	button,
	not_delivered,
	not_invoiced,
	not_reserved,
)
from sales_order_ext.fulfilment.rules import RowFacts

# Every reason that the tab tells: those of this room, and those of invoice terms.
MESSAGES = ("not_booked", "closed", "on_hold", "type_reserves_nothing", "type_blocked", "supplier_ships", "ready",
	"free_but_unreserved", "kept_for_others", "on_order", "waits_though_free", "waits_on_back_order",
	"waits_without_date", "nothing_there", "to_invoice")  # fmt: skip
INVOICING = ("due", "order_closed", "order_on_hold", "type_blocked", "type_from_order_only", "no_term",
	"do_not_invoice", "schedule_missing", "not_delivered", "order_not_delivered", "waits_for_schedule",
	"goes_with_goods", "free_of_charge", "below_minimum", "customer_held", "customer_blocked")  # fmt: skip
ORDER = OrderSituation("SO-1", booked=True, closed=False, type_name="Invoice Order", reserves=True)
TEN = Decimal(10)
AMOUNT = st.integers(0, 12).map(Decimal)
ROWS = st.builds(
	RowSituation,
	st.builds(
		RowFacts,
		ordered=AMOUNT,
		ships=st.booleans(),
		drop_shipped=st.booleans(),
		on_order=AMOUNT,
		reserved=AMOUNT,
		picked=AMOUNT,
		shipped=AMOUNT,
	),
	free=AMOUNT,
	kept=AMOUNT,
	waiting=AMOUNT,
	promised=st.none() | st.just(date(2026, 5, 1)),
)
ORDERS = st.builds(
	OrderSituation,
	st.just("SO-1"),
	booked=st.booleans(),
	closed=st.booleans(),
	reserves=st.booleans(),
	allocates=st.booleans(),
	blocked=st.booleans(),
)


def order(**changes):
	return OrderSituation(**{**ORDER.__dict__, **changes})


def row(facts=None, **values):
	return RowSituation(RowFacts(ordered=TEN, **(facts or {})), **values)


@pytest.mark.parametrize(
	("situation", "seen", "code"),
	[
		(order(booked=False), row(), "not_booked"),
		(order(closed=True), row(), "closed"),
		(order(allocates=False), row(free=TEN), "type_reserves_nothing"),
		(ORDER, row(waiting=TEN, promised=date(2026, 5, 1)), "waits_on_back_order"),
		(order(on_hold=True), row(), "on_hold"),
		(ORDER, row(waiting=TEN), "waits_without_date"),
		(ORDER, row(waiting=TEN, free=TEN, promised=date(2026, 5, 1)), "waits_though_free"),
		(ORDER, row(free=TEN, kept=TEN), "free_but_unreserved"),
		(ORDER, row({"on_order": TEN}, kept=TEN), "on_order"),
		(ORDER, row(kept=TEN), "kept_for_others"),
		(ORDER, row(), "nothing_there"),
	],
)
def test_the_reason_not_to_be_reserved(situation, seen, code):
	assert not_reserved(situation, seen).code == code


@pytest.mark.parametrize(
	("situation", "seen", "code"),
	[
		(order(booked=False), row(), "not_booked"),
		(ORDER, row({"drop_shipped": True}), "supplier_ships"),
		(order(blocked=True), row({"reserved": TEN}), "type_blocked"),
		(ORDER, row({"reserved": Decimal(4)}), "ready"),
		(ORDER, row(free=Decimal(3)), "ready"),
		(ORDER, row(), "nothing_there"),
	],
)
def test_the_reason_not_to_be_delivered(situation, seen, code):
	assert not_delivered(situation, seen).code == code


@pytest.mark.parametrize(
	("situation", "seen", "code"),
	[
		(order(booked=False), row(), "not_booked"),
		(order(on_hold=True), row(), "on_hold"),
		(ORDER, row({"invoiced": Decimal(4)}), "to_invoice"),
		(ORDER, row({"invoiced": TEN}), None),
		(order(billed=True), row(), None),
	],
)
def test_the_reason_not_to_be_invoiced_without_terms(situation, seen, code):
	reason = not_invoiced(situation, seen)
	assert (reason and reason.code) == code


@pytest.mark.parametrize("code", [*MESSAGES, *INVOICING])
def test_every_reason_has_one_thing_that_mends_it(code):
	with_all = button(code, lambda switch: True)
	assert bool(with_all) != (code in OPENS)
	without = button(code, lambda switch: False)
	assert without != with_all or with_all not in NEEDS


def test_a_button_of_a_capability_that_is_off_is_erpnext_s():
	assert button("ready", lambda switch: switch != "enable_order_types") == "Delivery Note"
	assert button("due", lambda switch: False) == "Sales Invoice"


def test_ready_says_how_much():
	seen = row({"reserved": Decimal(4), "shipped": Decimal(2)}, free=Decimal(3))
	assert not_delivered(ORDER, seen).facts["qty"] == "7"


@given(ORDERS, ROWS)
def test_a_row_has_a_reason_exactly_when_something_is_missing(situation, seen):
	facts = seen.facts
	lacks = facts.ships and not facts.drop_shipped and situation.reserves and seen.short > 0
	assert bool(not_reserved(situation, seen)) == lacks
	assert bool(not_delivered(situation, seen)) == (facts.ships and facts.shipped < facts.ordered)
