"""Exact numbers."""

from decimal import Decimal

import pytest

from sales_order_ext.decimals import rounded, text, to_decimal


@pytest.mark.parametrize(
	"value, precision, expected",
	[
		(None, None, "0"),
		("", 2, "0.00"),
		(0.1, None, "0.1"),
		(2.675, 2, "2.68"),
		(2.5, 0, "2"),
		(-1.005, 2, "-1.00"),
	],
)
def test_to_decimal(value, precision, expected):
	assert str(to_decimal(value, precision)) == expected


def test_rounding_is_half_to_even():
	assert rounded(Decimal("0.125"), 2) == Decimal("0.12")
	assert rounded(Decimal("0.135"), 2) == Decimal("0.14")


@pytest.mark.parametrize("value, expected", [("10.000", "10"), ("0.50", "0.5"), ("100", "100"), ("0", "0")])
def test_text(value, expected):
	assert text(Decimal(value)) == expected
