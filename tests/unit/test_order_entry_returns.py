"""Returns: never more back or credited than was delivered or invoiced."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.order_entry.return_rules import (
	Delivered,
	Invoiced,
	ReturnRow,
	check,
	credits_for,
	share,
)

HEAD = ("Arbor", "Hillside", "USD")
QTY = st.integers(1, 20).map(Decimal)


def delivered(qty=5, taken=0, submitted=True, customer="Arbor"):
	return {
		"d": Delivered(
			"d", "DN-1", customer, "Hillside", "USD", submitted, Decimal(qty), Decimal(taken), Decimal(9)
		)
	}


def row(qty=1, idx=1, enabled=True, of="d"):
	return ReturnRow(idx, of, Decimal(qty), "Goodwill", enabled=enabled)


def codes(composition, goods, rows, facts):
	return [one.code for one in check(composition, goods, HEAD, rows, facts)]


@pytest.mark.parametrize(
	"composition, goods, rows, facts, expected",
	[
		("Mixed", True, [row()], delivered(), []),
		("Returns", False, [row(2), row(3, 2)], delivered(), []),
		("Standard", True, [], {}, []),
		("Standard", True, [row()], delivered(), ["no_returns_here"]),
		("Returns", True, [row()], delivered(), ["goods_on_returns"]),
		("Mixed", True, [row(of="x")], delivered(), ["not_delivered"]),
		("Mixed", True, [row()], delivered(submitted=False), ["not_delivered"]),
		("Mixed", True, [row()], delivered(customer="Birch"), ["other_customer"]),
		("Mixed", True, [row(enabled=False)], delivered(), ["reason_disabled"]),
		("Mixed", True, [row(0)], delivered(), ["nothing_returned"]),
		("Mixed", True, [row(3), row(3, 2)], delivered(), ["more_than_delivered"]),
		("Mixed", True, [row(3)], delivered(taken=7), ["more_than_delivered"]),
	],
)
def test_check(composition, goods, rows, facts, expected):
	assert codes(composition, goods, rows, facts) == expected


@given(QTY, st.lists(st.integers(-2, 9).map(Decimal), max_size=5))
def test_credits_never_exceed_what_was_invoiced(qty, invoiced):
	rows = [Invoiced(str(place), "SI", left) for place, left in enumerate(invoiced)]
	found, rest = credits_for(qty, rows)
	left = {one.row: one.qty for one in rows}
	assert sum(one.qty for one in found) + rest == qty and rest >= 0
	assert all(0 < one.qty <= left[one.row] for one in found)
	assert rest == 0 or sum(max(one.qty, 0) for one in rows) < qty


def test_share_of_a_fixed_discount():
	assert share(Decimal(10), Decimal(20), Decimal(100)) == 2
	assert share(Decimal(10), Decimal(20), Decimal(0)) == 0
