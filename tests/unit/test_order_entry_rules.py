"""What may be copied onto an order, with which price."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sales_order_ext.order_entry import rules
from sales_order_ext.order_entry.rules import ChosenRow, NewLine, SoldRow, Target

TARGET = Target("SO-9", "Hill", "USD")
SOLD = SoldRow(
	name="r1",
	order="SO-1",
	company="Hill",
	currency="USD",
	sold_on=date(2026, 5, 1),
	item_code="A",
	item_name="Apple",
	qty=Decimal(3),
	uom="Box",
	rate=Decimal(7),
	description="ripe",
	warehouse="Main",
)
CHOSEN = ChosenRow(1, Decimal(2), source="r1")


def codes(violations):
	return [one.code for one in violations]


def check(row, target=TARGET, sources=(SOLD,)):
	return codes(rules.check_chosen(target, [row], {one.name: one for one in sources}))


@pytest.mark.parametrize(
	"row, expected",
	[
		(CHOSEN, []),
		(ChosenRow(1, Decimal(2), item_code="B"), []),
		(replace(CHOSEN, keep_price=True), []),
		(replace(CHOSEN, item_code="A", uom="Box", keep_price=True), []),
		(ChosenRow(1, Decimal(2), item_code="B", rate=Decimal(0), keep_price=True), []),
		(replace(CHOSEN, source="r2"), ["source_not_found"]),
		(ChosenRow(1, Decimal(2)), ["no_item"]),
		(replace(CHOSEN, item_code="B"), ["other_item"]),
		(replace(CHOSEN, qty=Decimal(0)), ["no_quantity"]),
		(replace(CHOSEN, qty=Decimal(-1), source="r2"), ["source_not_found", "no_quantity"]),
		(replace(CHOSEN, rate=Decimal(-1), keep_price=True), ["negative_price"]),
		(ChosenRow(1, Decimal(2), item_code="B", keep_price=True), ["no_price"]),
		(replace(CHOSEN, uom="Nos", keep_price=True), ["other_uom"]),
		(replace(CHOSEN, uom="Nos"), []),
	],
)
def test_chosen_rows_are_checked(row, expected):
	assert check(row) == expected


def test_a_price_in_another_currency_is_not_kept():
	euro = replace(TARGET, currency="EUR")
	assert check(replace(CHOSEN, keep_price=True), euro) == ["other_currency"]
	assert check(replace(CHOSEN, keep_price=True, rate=Decimal(6)), euro) == []
	assert check(CHOSEN, euro) == []


def test_only_drafts_and_some_rows_but_not_too_many():
	assert check(CHOSEN, replace(TARGET, is_draft=False)) == ["not_draft"]
	assert codes(rules.check_chosen(TARGET, [], {})) == ["no_rows"]
	many = [ChosenRow(1, Decimal(1), item_code="A")] * (rules.MAX_ROWS + 1)
	assert codes(rules.check_chosen(TARGET, many, {})) == ["too_many_rows"]
	assert rules.check_chosen(TARGET, many[1:], {}) == []


def test_a_chosen_row_carries_what_was_sold():
	[line] = rules.lines_from_chosen(TARGET, [CHOSEN], {"r1": SOLD})
	assert line == NewLine("A", Decimal(2), "Box", "Main", "Apple", "ripe", rate=None)
	[line] = rules.lines_from_chosen(TARGET, [replace(CHOSEN, keep_price=True)], {"r1": SOLD})
	assert line.rate == 7
	[line] = rules.lines_from_chosen(
		TARGET, [replace(CHOSEN, rate=Decimal(6), keep_price=True)], {"r1": SOLD}
	)
	assert line.rate == 6
	[line] = rules.lines_from_chosen(TARGET, [replace(CHOSEN, rate=Decimal(6))], {"r1": SOLD})
	assert line.rate is None
	[line] = rules.lines_from_chosen(TARGET, [replace(CHOSEN, uom="Nos", warehouse="Shop")], {"r1": SOLD})
	assert (line.uom, line.warehouse) == ("Nos", "Shop")
	[line] = rules.lines_from_chosen(
		TARGET, [ChosenRow(1, Decimal(2), item_code="B", rate=Decimal(4), keep_price=True)], {}
	)
	assert line == NewLine("B", Decimal(2), rate=Decimal(4))


def test_orders_are_copied_without_gifts_undone_rows_prices_and_foreign_warehouses():
	rows = [
		SOLD,
		replace(SOLD, is_free=True),
		replace(SOLD, qty=Decimal(-1)),
		replace(SOLD, company="Dale", item_code="B"),
	]
	assert rules.check_orders(TARGET, ["SO-1"], ["SO-1"], rows) == []
	assert rules.lines_from_orders(TARGET, rows) == [
		NewLine("A", Decimal(3), "Box", "Main", "Apple", "ripe"),
		NewLine("B", Decimal(3), "Box", "", "Apple", "ripe"),
	]


def test_what_cannot_be_copied_is_named():
	def check(orders, readable, rows=(SOLD,), target=TARGET):
		return codes(rules.check_orders(target, orders, readable, rows))

	assert check([], []) == ["no_orders"]
	assert check(["SO-1", "SO-2"], ["SO-1"]) == ["order_not_copyable"]
	assert check(["SO-9"], ["SO-9"]) == ["copy_of_itself"]
	assert check(["SO-1"], ["SO-1"], target=replace(TARGET, is_draft=False)) == ["not_draft"]
	assert check(["SO-1"], ["SO-1"], rows=[replace(SOLD, is_free=True)]) == ["no_rows"]
	assert check(["SO-1"], ["SO-1"], rows=[SOLD] * (rules.MAX_ROWS + 1)) == ["too_many_rows"]


def test_an_overruled_price_is_named():
	lines = [NewLine("A", Decimal(1), rate=Decimal(7)), NewLine("B", Decimal(1))]
	assert rules.check_kept(lines, [Decimal(7), Decimal(3)]) == []
	[found] = rules.check_kept(lines, [Decimal(6), Decimal(3)])
	assert (found.code, found.facts["kept"], found.facts["rate"]) == ("price_not_kept", 7, 6)
