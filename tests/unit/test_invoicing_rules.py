"""What is invoiced when, and together with what: the rules alone, on a small shop of plain values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.decimals import ZERO
from sales_order_ext.invoicing import rules
from sales_order_ext.invoicing.calendar import Schedule
from sales_order_ext.invoicing.facts import (
	AFTER_DELIVERY,
	AFTER_ORDER_DELIVERED,
	BY_SCHEDULE,
	DO_NOT_INVOICE,
	IMMEDIATE,
	TERMS,
	BilledRow,
	Movement,
	OrderFacts,
)
from tests.unit.invoicing_facts import DAY, MONTHLY, moved, order, row, service


def due(facts: OrderFacts, as_of=DAY, schedule=None) -> dict[str, int]:
	return {found.row: int(found.qty) for found in rules.invoiceable(facts, as_of, schedule)}


def codes(facts: OrderFacts, as_of=DAY, schedule=None) -> list[str]:
	return [verdict.reason.code for verdict in rules.verdicts(facts, as_of, schedule)]


def test_which_term_holds():
	"""The nearest to the order that names one, from the order itself to the site."""
	terms = [IMMEDIATE, DO_NOT_INVOICE, AFTER_ORDER_DELIVERED, BY_SCHEDULE, IMMEDIATE]
	for number, term in enumerate(terms):
		own, kind, customer, group, default = [None] * number + terms[number:]
		assert rules.term_of(own, kind, customer, ["", group, IMMEDIATE], default) == (
			term if number < 4 else IMMEDIATE
		)
	assert rules.term_of("", "", "", [], IMMEDIATE) == IMMEDIATE
	assert rules.term_of(None, None, None, [], None) == AFTER_DELIVERY


def test_the_schedule_term_needs_a_schedule():
	assert rules.check_term(IMMEDIATE, "Arbor", None) == []
	assert rules.check_term(BY_SCHEDULE, "Arbor", "Monthly") == []
	assert [found.code for found in rules.check_term(BY_SCHEDULE, "Arbor", None)] == ["schedule_missing"]


def test_immediate():
	assert due(order(row(), service(), term=IMMEDIATE)) == {"A": 10, "S": 1}
	assert due(order(row(invoiced=10), service(invoiced=1), term=IMMEDIATE)) == {}
	assert due(order(row(invoiced=4), term=IMMEDIATE)) == {"A": 6}


def test_after_delivery():
	assert codes(order(row(), service())) == ["not_delivered", "goes_with_goods"]
	part = order(row(movements=(moved(6, "2026-01-12"),)), row("B", 4), service())
	assert due(part) == {"A": 6, "S": 1}
	back = order(row(movements=(moved(6, "2026-01-12"), moved(-2, "2026-01-20", "2026-01-12"))), service())
	assert due(back) == {"A": 4, "S": 1}
	assert due(order(row(movements=(moved(6, "2026-02-12"),)))) == {}
	assert due(order(row(invoiced=10, movements=(moved(8, "2026-01-12"),)), service())) == {"S": 1}


def test_services_without_goods_go_at_once():
	assert due(order(service())) == {"S": 1}
	assert due(order(service(), term=BY_SCHEDULE), date(2026, 1, 31), MONTHLY) == {"S": 1}
	assert codes(order(service(), term=BY_SCHEDULE), date(2026, 1, 30), MONTHLY) == ["waits_for_schedule"]


def test_after_order_delivered():
	rows = (row(movements=(moved(6, "2026-01-12"),)), row("B", 4, movements=(moved(4, "2026-01-12"),)))
	facts = order(*rows, service(), row("C", 1, invoiced=1), term=AFTER_ORDER_DELIVERED)
	found = rules.verdicts(facts, DAY, None)
	assert [verdict.reason.code for verdict in found] == [
		"order_not_delivered", "order_not_delivered", "invoiced", "order_not_delivered"
	]  # fmt: skip
	assert found[0].reason.facts == {"qty": "5"}
	whole = order(replace(rows[0], movements=(moved(10, "2026-01-12"),)), rows[1], service(),
		term=AFTER_ORDER_DELIVERED)  # fmt: skip
	assert due(whole) == {"A": 10, "B": 4, "S": 1}


@pytest.mark.parametrize("as_of", ["2026-01-31", "2026-02-03", "2026-02-27"])
def test_a_schedule_takes_deliveries_up_to_its_cut_off(as_of):
	as_of = date.fromisoformat(as_of)
	for day, qty in (("2026-01-20", 10), ("2026-01-25", 10), ("2026-01-26", 0)):
		facts = order(row(movements=(moved(10, day),)), term=BY_SCHEDULE)
		assert sum(due(facts, as_of, MONTHLY).values()) == qty
	[verdict] = rules.verdicts(facts, as_of, MONTHLY)
	assert (verdict.reason.code, verdict.invoice_date) == ("waits_for_schedule", date(2026, 2, 28))


def test_before_a_schedule_s_first_date_nothing_is_due():
	later = Schedule("Fortnightly", days=(0,), anchor=date(2026, 11, 2))
	facts = order(row(movements=(moved(10, "2026-01-20"),)), term=BY_SCHEDULE)
	assert codes(facts, DAY, later) == ["waits_for_schedule"]


@pytest.mark.parametrize(
	"changes, code",
	[
		({"status": "Closed"}, "order_closed"),
		({"status": "On Hold"}, "order_on_hold"),
		({"processing": "Blocked"}, "type_blocked"),
		({"processing": "From Order Only"}, "type_from_order_only"),
		({"term": ""}, "no_term"),
		({"term": DO_NOT_INVOICE}, "do_not_invoice"),
		({"term": BY_SCHEDULE}, "schedule_missing"),
	],
)
def test_orders_that_no_batch_invoices(changes, code):
	facts = replace(order(row(), service(), term=IMMEDIATE), **changes)
	assert codes(facts) == [code, code]
	assert due(facts) == {}


@pytest.mark.parametrize(
	"term, delivered, quantities",
	[
		(IMMEDIATE, 0, {"A": 8, "S": 1}),
		(AFTER_DELIVERY, 6, {"A": 4, "S": 1}),
		("", 6, {"A": 4, "S": 1}),
		(AFTER_ORDER_DELIVERED, 9, {}),
		(AFTER_ORDER_DELIVERED, 10, {"A": 8, "S": 1}),
		(BY_SCHEDULE, 10, {}),
		(DO_NOT_INVOICE, 10, {}),
	],
)
@pytest.mark.parametrize("processing", ["Allowed", "From Order Only"])
def test_processing_an_order_invoices_by_its_term_and_leaves_schedules_to_runs(
	term, delivered, quantities, processing
):
	goods = row(invoiced=2, movements=(moved(delivered, "2026-01-12"),))
	facts = order(goods, service(), term=term, processing=processing)
	assert {found.row: int(found.qty) for found in rules.due_at_once(facts, DAY)} == quantities


def test_processing_does_not_invoice_what_is_blocked_or_closed():
	for changes in ({"processing": "Blocked"}, {"status": "Closed"}):
		assert rules.due_at_once(order(row(), term=IMMEDIATE, **changes), DAY) == []


def test_rows_that_ask_for_nothing():
	assert codes(order(row(qty=0), term=IMMEDIATE)) == ["no_quantity"]
	assert codes(order(row(billed_amount=Decimal(1000)), term=IMMEDIATE)) == ["billed_in_full"]


def test_free_rows_go_with_rows_that_have_a_price():
	gift = row("B", 1, rate=0, movements=(moved(1, "2026-01-12"),))
	assert codes(order(row(), gift)) == ["not_delivered", "free_of_charge"]
	assert due(order(row(movements=(moved(1, "2026-01-12"),)), gift)) == {"A": 1, "B": 1}
	assert due(order(gift)) == {"B": 1}


def test_shares_of_a_fixed_amount():
	share = rules.fixed_amount_share
	assert share(Decimal(128), Decimal(1280), ZERO, Decimal(680), 2) == 68
	assert share(Decimal(10), ZERO, ZERO, ZERO, 2) == 10


@given(
	st.decimals(0, 1000, places=2),
	st.lists(st.decimals("0.01", 500, places=2), min_size=1, max_size=8),
)
def test_the_shares_add_up(fixed, invoices):
	total, before, shared = sum(invoices), ZERO, ZERO
	for now in invoices:
		shared += rules.fixed_amount_share(fixed, total, before, now, 2)
		before += now
	assert shared == fixed


def billed(amount, others, limit) -> BilledRow:
	return BilledRow(1, "A", "SO-1", Decimal(amount), Decimal(others), Decimal(limit), "SINV-1")


def test_invoicing_twice():
	assert rules.invoiced_twice([billed(700, 300, 1000), billed(1000, 0, 500), billed(101, 900, 1000)]) == []
	assert [found.facts["invoice"] for found in rules.invoiced_twice([billed(600, 600, 1000)])] == ["SINV-1"]


QUANTITIES = st.integers(0, 10)
STEPS = st.lists(st.tuples(QUANTITIES, st.booleans(), st.integers(0, 20)), min_size=1, max_size=8)


@given(st.sampled_from(TERMS), STEPS)
def test_nothing_is_invoiced_twice_and_in_the_end_nothing_is_lost(term, steps):
	"""Deliver and invoice in any rhythm: never more than what arrived; at last exactly everything."""
	day, goods, extra = date(2026, 1, 1), row(qty=40), service()
	for qty, run, days in [*steps, (100, True, 0), (0, True, 70)]:
		day += timedelta(days=days)
		arrived = sum((move.qty for move in goods.movements), ZERO)
		movement = Movement(min(Decimal(qty), goods.qty - arrived), day, day)
		goods = replace(goods, movements=(*goods.movements, movement))
		if run:
			found = due(order(goods, extra, term=term), day, MONTHLY)
			goods = replace(goods, invoiced=goods.invoiced + found.get("A", 0))
			extra = replace(extra, invoiced=extra.invoiced + found.get("S", 0))
			assert goods.invoiced <= (goods.qty if term == IMMEDIATE else arrived + movement.qty)
	assert (goods.invoiced, extra.invoiced) == ((0, 0) if term == DO_NOT_INVOICE else (40, 1))
