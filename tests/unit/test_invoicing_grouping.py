"""Which quantities go on one invoice: the rules alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.invoicing import grouping, rules
from sales_order_ext.invoicing.facts import (
	BY_SCHEDULE,
	IMMEDIATE,
	TERMS,
	CustomerFacts,
	InvoiceKey,
	OrderFacts,
)
from tests.unit.invoicing_facts import DAY, MONTHLY, moved, order, row


def customers(**changes) -> dict[str, CustomerFacts]:
	return {name: CustomerFacts(name, schedule=MONTHLY, **changes) for name in ("Arbor", "Birch")}


def delivered_order(name: str, term=BY_SCHEDULE, qty=1, **fields) -> OrderFacts:
	return order(row(qty=qty, movements=(moved(qty, "2026-01-20"),)), name=name, term=term, **fields)


def grouped(*orders: OrderFacts, **changes) -> list[tuple[str, ...]]:
	return [group.orders for group in grouping.plan(orders, customers(**changes), DAY).groups]


def test_only_the_schedule_term_merges_orders():
	assert grouped(delivered_order("1"), delivered_order("2")) == [("1", "2")]
	assert grouped(delivered_order("1"), delivered_order("2"), one_invoice_per_order=True) == [("1",), ("2",)]
	assert grouped(delivered_order("1"), delivered_order("2", IMMEDIATE), delivered_order("3")) == [
		("1", "3"), ("2",)
	]  # fmt: skip
	assert grouped(delivered_order("1"), delivered_order("2", fixed_charge=True)) == [("1",), ("2",)]
	assert grouped(delivered_order("1"), delivered_order("2", fixed_discount=Decimal(5))) == [("1",), ("2",)]


@pytest.mark.parametrize(
	"part, value",
	[
		("company", "Other"),
		("customer", "Birch"),
		("currency", "EUR"),
		("prices_include_tax", True),
		("payment_terms", "Net 30"),
		("taxes", "VAT"),
		("billing_address", "Harbour 1"),
		("discount", "5 %"),
	],
)
def test_an_invoice_never_mixes(part, value):
	key = replace(InvoiceKey("Hillside", "Arbor", "USD"), **{part: value})
	assert len(grouped(delivered_order("1"), delivered_order("2", key=key))) == 2
	assert len({grouping.key_text(found.key) for found in grouping.plan(
		[delivered_order("1"), delivered_order("2", key=key)], customers(), DAY).groups}) == 2  # fmt: skip


def test_a_minimum_carries_an_invoice_to_the_next_date():
	small = {"Arbor": CustomerFacts("Arbor", schedule=replace(MONTHLY, minimum_amount=Decimal(500)))}
	plan = grouping.plan([delivered_order("1", qty=4)], small, DAY)
	assert plan.groups == ()
	assert plan.carried[0].skip.facts["invoice_date"] == date(2026, 2, 28)
	assert len(grouping.plan([delivered_order("1", qty=5)], small, DAY).groups) == 1
	rate = {"conversion_rate": Decimal(2)}
	assert len(grouping.plan([delivered_order("1", qty=4, **rate)], small, DAY).groups) == 1
	assert len(grouping.plan([delivered_order("1", IMMEDIATE)], small, DAY).groups) == 1


def test_a_blocked_customer_s_groups_are_skipped():
	plan = grouping.plan([delivered_order("1"), delivered_order("2", customer="Birch")],
		customers() | {"Birch": CustomerFacts("Birch", blocked=True, schedule=MONTHLY)}, DAY)  # fmt: skip
	assert [group.skip and group.skip.code for group in plan.groups] == [None, "customer_blocked"]


ORDERS = st.lists(
	st.tuples(st.sampled_from(TERMS), st.sampled_from(["Arbor", "Birch"]), st.sampled_from(["USD", "EUR"]),
		st.integers(0, 9)), max_size=8)  # fmt: skip


@given(ORDERS)
def test_groups_partition_what_is_due(drawn):
	orders = [
		delivered_order(f"{number}", term, qty, key=InvoiceKey("Hillside", customer, currency))
		for number, (term, customer, currency, qty) in enumerate(drawn)
	]
	plan = grouping.plan(orders, customers(), DAY)
	alone = [found for facts in orders for found in rules.invoiceable(facts, DAY, MONTHLY)]
	placed = [found for group in plan.groups for found in group.rows]
	assert sorted(placed, key=str) == sorted(alone, key=str)
	assert sum(group.amount for group in plan.groups) == sum(found.amount for found in alone)
	for group in plan.groups:
		members = [facts for facts in orders if facts.name in group.orders]
		assert {(facts.key.customer, facts.key.currency) for facts in members} == {
			(group.key.customer, group.key.currency)
		}
