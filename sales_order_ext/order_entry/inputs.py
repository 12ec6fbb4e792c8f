"""What the desk sends, as the rules' values; what is no such thing is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import frappe
from frappe.utils import cint, getdate

from sales_order_ext import errors
from sales_order_ext.decimals import to_decimal
from sales_order_ext.order_entry.messages import MESSAGES
from sales_order_ext.order_entry.rules import ChosenRow
from sales_order_ext.violations import violation

LONGEST_DAYS = 36500
FILTERS = ("customer", "company", "item_code", "from_date", "to_date", "search", "exclude", "start")


def chosen_rows(rows: object) -> list[ChosenRow]:
	"""Return the rows of `copy_lines`, numbered from 1."""
	return [_chosen_row(number, row) for number, row in enumerate(_parsed(rows, list), start=1)]


def order_names(orders: object) -> list[str]:
	"""Return the distinct names of orders, in the order they were given."""
	names = _parsed(orders, list)
	for name in names:
		if not isinstance(name, str):
			_refuse("bad_order", name)
	return list(dict.fromkeys(names))


def order_filters(filters: object) -> dict[str, Any]:
	"""Return the filters of `orders_to_copy` that are given, dates as dates."""
	given = {key: value for key, value in _parsed(filters or {}, dict).items() if value not in (None, "")}
	unknown = [key for key in given if key not in FILTERS]
	errors.throw_all(
		[violation("unknown_filter", filter=key, known=", ".join(FILTERS)) for key in unknown], MESSAGES
	)
	for key, value in given.items():
		if not isinstance(value, str) and not key.endswith("_date") and key != "start":
			_refuse("bad_text", value)
	if "start" in given:
		given["start"] = max(0, int(_number(given["start"])))
	return {key: _date(value) if key.endswith("_date") else value for key, value in given.items()}


def day(value: object) -> Any:
	"""Return a day as a date; today where none is given."""
	return _date(value or None)


def positive_days(days: int) -> int:
	"""Return how many days to look back; refuse none or fewer, and more than anybody's memory."""
	return days if 0 < days <= LONGEST_DAYS else _refuse("bad_days", days)


def _chosen_row(number: int, row: object) -> ChosenRow:
	if not isinstance(row, Mapping):
		_refuse("bad_row", row)
	text = {key: str(row.get(key) or "") for key in ("item_code", "uom", "warehouse")}
	rate = row.get("rate")
	return ChosenRow(
		number=number,
		qty=_number(row.get("qty")),
		source=str(row.get("sales_order_item") or ""),
		rate=None if rate in (None, "") else _number(rate),
		keep_price=bool(cint(row.get("keep_price"))),
		**text,
	)


def _parsed(value: object, kind: type) -> Any:
	try:
		parsed = frappe.parse_json(value)
	except ValueError:
		parsed = value
	if not isinstance(parsed, kind):
		_refuse("bad_list" if kind is list else "bad_filters", value)
	return parsed


def _number(value: object) -> Decimal:
	try:
		number = to_decimal(value)
	except InvalidOperation:
		_refuse("bad_number", value)
	return number if number.is_finite() else _refuse("bad_number", value)


def _date(value: object) -> Any:
	try:
		return getdate(value)
	except Exception:
		_refuse("bad_date", value)


def _refuse(code: str, value: object) -> NoReturn:
	errors.throw([violation(code, value=value)], MESSAGES)
