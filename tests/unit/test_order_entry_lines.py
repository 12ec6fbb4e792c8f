"""Where texts go on deliveries, what hours become, and what an edit changed."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.order_entry import billing, edits
from sales_order_ext.order_entry.billing import EXPENSE, LABOUR, MATERIAL, Charge
from sales_order_ext.order_entry.edits import ADDED, CHANGED, REMOVED, Edit
from sales_order_ext.order_entry.rules import place_texts

ORDER = ["T1", "a", "b", "T2", "T3", "c", "T4"]
TEXTS = {"T1", "T2", "T3", "T4"}


@pytest.mark.parametrize(
	"rows, expected",
	[
		(["a", "b", "c"], ["T1", 0, 1, "T2", "T3", 2, "T4"]),
		(["b"], ["T1", 0, "T4"]),
		(["c"], ["T2", "T3", 0, "T4"]),
		(["b", "a"], ["T1", 0, 1, "T4"]),
		(["", "x"], [0, 1]),
		([], []),
	],
)
def test_texts_stand_above_what_the_document_brings(rows, expected):
	assert place_texts(rows, [ORDER], TEXTS) == expected


def test_an_order_without_texts_and_one_that_ends_in_rows():
	assert place_texts(["a", "z"], [["a"], ["T", "z"]], {"T"}) == [0, "T", 1]


@given(st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=8))
def test_rows_stay_and_each_text_comes_once(rows):
	found = place_texts(rows, [ORDER], TEXTS)
	assert [one for one in found if isinstance(one, int)] == list(range(len(rows)))
	texts = [one for one in found if isinstance(one, str)]
	assert len(texts) == len(set(texts))


def charge(kind, row, what, qty, rate, day=1, uom=""):
	return Charge(kind, "D", row, what, what, date(2026, 1, day), Decimal(qty), Decimal(rate), uom)


def test_one_line_for_each_activity_item_or_expense_at_one_price():
	charges = [charge(EXPENSE, "e", "Taxi", 1, 30), charge(LABOUR, "1", "Repair", 2, 80, 5),
		charge(MATERIAL, "m", "Bolt", 4, 1, uom="Nos"), charge(LABOUR, "2", "Repair", 3, 80, 2),
		charge(LABOUR, "3", "Repair", 1, 90), charge(LABOUR, "4", "Repair", 0, 80)]  # fmt: skip
	lines = billing.lines(charges)
	assert [(line.what, line.qty, line.rate) for line in lines] == [
		("Repair", 1, 90), ("Repair", 5, 80), ("Bolt", 4, 1), ("Taxi", 1, 30)]  # fmt: skip
	assert billing.period(lines[1]) == (date(2026, 1, 2), date(2026, 1, 5))
	assert sorted(one.row for line in lines for one in line.charges) == ["1", "2", "3", "e", "m"]


def test_the_first_price_that_is_set():
	assert billing.first_rate(None, Decimal(0), Decimal(7), Decimal(9)) == 7
	assert billing.first_rate(None) == 0


def test_what_an_edit_changed():
	before = {"head": {"po": "", "date": "1"}, "rows": {"r": {"qty": "5"}, "gone": {"qty": "1"}}}
	after = {"head": {"po": "47", "date": "1"}, "rows": {"r": {"qty": "7"}, "new": {"qty": "2"}}}
	assert edits.compare(before, after, ["po", "date"], ["qty"]) == [
		Edit(CHANGED, "", "po", "", "47"), Edit(CHANGED, "r", "qty", "5", "7"), Edit(ADDED, "new"),
		Edit(REMOVED, "gone")]  # fmt: skip
	assert edits.compare(before, before, ["po", "date"], ["qty"]) == []
