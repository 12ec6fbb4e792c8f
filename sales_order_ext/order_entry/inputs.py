"""What the desk sends, as the rules' values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frappe.utils import cint

from sales_order_ext import errors, inputs
from sales_order_ext.order_entry.messages import MESSAGES
from sales_order_ext.order_entry.rules import ChosenRow
from sales_order_ext.violations import violation

LONGEST_DAYS = 36500
TEXTS = ("customer", "company", "item_code", "search", "exclude")
DATES = ("from_date", "to_date")


def chosen_rows(rows: object) -> list[ChosenRow]:
	"""Return the rows of `copy_lines`, numbered from 1."""
	return [_chosen_row(number, row) for number, row in enumerate(inputs.objects(rows, "rows"), start=1)]


def order_filters(filters: object) -> dict[str, Any]:
	"""Return the filters of `orders_to_copy` that are given, dates as dates."""
	given = inputs.mapping(filters, "filters")
	inputs.only(given, (*TEXTS, *DATES, "start"), "filters")
	read = {
		**{key: inputs.text(given.get(key), key) for key in TEXTS},
		**{key: inputs.day(given.get(key), key) for key in DATES},
		"start": max(0, int(inputs.number(given.get("start"), "start"))),
	}
	return {key: value for key, value in read.items() if value}


def positive_days(days: int) -> int:
	"""Return how many days to look back; refuse none or fewer, and more than anybody's memory."""
	if not 0 < days <= LONGEST_DAYS:
		errors.throw([violation("bad_days", value=days)], MESSAGES)
	return days


def _chosen_row(number: int, row: Mapping[str, Any]) -> ChosenRow:
	rate = row.get("rate")
	return ChosenRow(
		number=number,
		qty=inputs.number(row.get("qty"), "qty"),
		source=inputs.text(row.get("sales_order_item"), "sales_order_item"),
		rate=None if rate in (None, "") else inputs.number(rate, "rate"),
		keep_price=bool(cint(row.get("keep_price"))),
		**{key: inputs.text(row.get(key), key) for key in ("item_code", "uom", "warehouse")},
	)
