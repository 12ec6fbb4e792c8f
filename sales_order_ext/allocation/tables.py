"""What the room's queries share."""

from __future__ import annotations

from decimal import Decimal

from pypika.queries import Table
from pypika.terms import Criterion

from sales_order_ext.decimals import to_decimal

PLACES = 6


def number(value: object) -> Decimal:
	"""Return a stored quantity as a decimal, without the noise of floats."""
	return to_decimal(value, PLACES)


def within(table: Table, pairs: list[tuple[str, str]]) -> Criterion:
	"""Return the condition for a table's rows of pairs; a few more may pass, for the index's sake."""
	items, warehouses = zip(*pairs, strict=True)
	return table.item_code.isin(sorted(set(items))) & table.warehouse.isin(sorted(set(warehouses)))
