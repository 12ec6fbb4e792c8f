"""Cancel and replace, the figures: an inverse that sums to nothing, and what the replacement takes over."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.replacement.figures import (
	Reservation,
	Term,
	carried_terms,
	kept_reservations,
	percent,
	progress_status,
	same_terms,
)
from sales_order_ext.replacement.signs import HEADER, TABLES, negated, negated_tax_detail

D = Decimal


figures = st.dictionaries(st.sampled_from(HEADER), st.floats(-1e6, 1e6) | st.none())


rows = {
	table: st.lists(st.dictionaries(st.sampled_from(fields), st.floats(-1e6, 1e6) | st.none()), max_size=3)
	for table, fields in TABLES.items()
}


@given(figures, st.fixed_dictionaries(rows), st.floats(0, 100))
def test_original_and_inverse_sum_to_nothing(header, tables, rate):
	order = {**header, **tables, "additional_discount_percentage": rate, "conversion_rate": rate}
	inverse = negated(order)
	for field in header:
		assert (order[field] or 0) + (inverse[field] or 0) == 0
	for table, old_rows in tables.items():
		for old, new in zip(old_rows, inverse[table], strict=True):
			assert all((old[field] or 0) + (new[field] or 0) == 0 for field in old)
	assert inverse["additional_discount_percentage"] == inverse["conversion_rate"] == rate
	assert negated(inverse) == order


def test_rates_and_missing_tables_stay():
	order = {"grand_total": 4.14, "items": [{"qty": 2, "rate": 2, "discount_amount": 1}], "sales_team": None}
	expected = {
		"grand_total": -4.14,
		"items": [{"qty": -2, "rate": 2, "discount_amount": 1}],
		"sales_team": [],
	}
	assert negated(order) == expected


def test_amounts_of_other_apps_are_reversed_where_they_name_them():
	order = {
		"levy": 3,
		"levy_rate": 5,
		"items": [{"qty": 2, "taxable": 8, "taxable_rate": 4}],
		"permits": [{"fee": 7}],
	}
	others = {"header": ["levy"], "items": ["taxable", "absent"], "permits": ["fee"], "absent": ["fee"]}
	expected = {
		"levy": -3,
		"levy_rate": 5,
		"items": [{"qty": -2, "taxable": -8, "taxable_rate": 4}],
		"permits": [{"fee": -7}],
	}
	assert negated(order, others) == expected


def test_tax_details_reverse_in_every_form():
	details = {"A": [3.5, 0.14], "B": {"tax_rate": 7, "tax_amount": 1.5}, "C": 0}
	reversed_details = {"A": [3.5, -0.14], "B": {"tax_rate": 7, "tax_amount": -1.5}, "C": 0}
	assert json.loads(negated_tax_detail(json.dumps(details))) == reversed_details
	mirror = negated({"taxes": [{"item_wise_tax_detail": json.dumps(details)}, {"item_wise_tax_detail": ""}]})
	assert json.loads(mirror["taxes"][0]["item_wise_tax_detail"]) == reversed_details


@pytest.mark.parametrize(
	"parts, expected",
	[([], 0), ([(0, 0)], 0), ([(3, 1)], "33.333333"), ([(2, 5), (2, 0)], 50), ([(-4, -1)], 25)],
)
def test_percent(parts, expected):
	assert percent((D(whole), D(done)) for whole, done in parts) == D(expected)


@pytest.mark.parametrize(
	"done, word", [(0, "Not"), ("0.0009", "Not"), (1, "Partly"), ("99.999999", "Fully"), (100, "Fully")]
)
def test_progress_status(done, word):
	assert progress_status(D(done), "Billed") == f"{word} Billed"


def test_payments_follow_their_terms():
	old = [Term("a", "Now", D(5)), Term("b", "Gone", D(2)), Term("c", "", D(0))]
	carried, lost = carried_terms(old, [Term("x", "Now"), Term("y", "Later"), Term("z", "")])
	assert carried == {"x": old[0]} and lost == ["Gone"]


def test_rows_of_a_schedule_follow_to_the_same_term_in_turn():
	old = [Term("a", "Now"), Term("b", ""), Term("c", ""), Term("d", "Gone"), Term("e", "Now")]
	new = [Term("v", ""), Term("w", "Now"), Term("x", "Now"), Term("y", "New")]
	assert same_terms(old, new) == {"a": "w", "b": "v", "e": "x"}


quantities = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=4)


@given(quantities, st.integers(-3, 30))
def test_reservations_never_exceed_what_is_pending(entries, pending):
	held = [Reservation(str(i), D(done + more), D(done)) for i, (done, more) in enumerate(entries)]
	kept = kept_reservations(held, D(pending))
	for one in held:
		assert one.delivered <= kept[one.name] <= one.reserved
	open_before = sum(one.reserved - one.delivered for one in held)
	open_now = sum(kept[one.name] - one.delivered for one in held)
	assert open_now == min(open_before, max(0, pending))
