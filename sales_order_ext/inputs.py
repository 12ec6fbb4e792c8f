"""What callers send as JSON, as values. The endpoints read it here, and name the argument that is no such thing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import frappe
from frappe import _

from sales_order_ext.decimals import to_decimal
from sales_order_ext.errors import InvalidInputError
from sales_order_ext.markup import as_html

# More than any database column of quantities or amounts holds.
TOO_MUCH = Decimal(10) ** 12
# A refusal repeats what was sent, as far as a sentence goes.
SHOWN = 300


def mapping(value: object, argument: str) -> dict[str, Any]:
	"""Return an object by its keys; nothing at all is an empty one."""
	parsed = _parsed(value, argument)
	if parsed in (None, "", []):
		return {}
	if not isinstance(parsed, dict):
		_refuse(_("{0} must be an object of names and values."), argument)
	return parsed


def rows(value: object, argument: str) -> list[Any]:
	"""Return a list of whatever; nothing at all is an empty one."""
	parsed = _parsed(value, argument)
	if parsed in (None, ""):
		return []
	if not isinstance(parsed, list | tuple):
		_refuse(_("{0} must be a list."), argument)
	return list(parsed)


def objects(value: object, argument: str) -> list[dict[str, Any]]:
	"""Return a list of objects."""
	found = rows(value, argument)
	if not all(isinstance(one, dict) for one in found):
		_refuse(_("{0} must be a list of objects of names and values."), argument)
	return found


def names(value: object, argument: str) -> list[str]:
	"""Return a list of names; a single name may stand by itself."""
	if isinstance(value, str) and value and not value.lstrip().startswith(("[", "{", '"')):
		return [value]
	found = rows(value, argument)
	if any(not isinstance(name, str | int) or isinstance(name, bool) for name in found):
		_refuse(_("{0} must be a list of names."), argument)
	return [str(name) for name in found]


def conditions(value: object, argument: str, doctype: str) -> list[list[Any]]:
	"""Return a list view's filters as [DocType, field, operator, value] each, from a list or an object."""
	parsed = _parsed(value, argument) or []
	if isinstance(parsed, dict):
		parsed = [[doctype, field, "=", value] for field, value in parsed.items()]
	if not isinstance(parsed, list) or not all(
		isinstance(one, list) and len(one) in (3, 4, 5) for one in parsed
	):
		_refuse(_("{0} must be a list of conditions."), argument)
	# The desk adds to a condition whether it is hidden.
	parsed = [one[:4] if len(one) > 3 else [doctype, *one] for one in parsed]
	fields = [one[1] for one in parsed if one[0] == doctype]
	known = set(frappe.get_meta(doctype).get_valid_columns())
	unknown = [str(field) for field in fields if not isinstance(field, str) or field not in known]
	if unknown:
		_refuse(_("{0}: there is no field {1}."), argument, unknown[0])
	return parsed


def only(given: Mapping[str, Any], known: Collection[str], argument: str) -> None:
	"""Refuse an object that has other keys than the known ones."""
	unknown = [key for key in given if key not in known]
	if unknown:
		_refuse(
			_("{0}: {1} is not known. Leave it out, or use one of: {2}."),
			argument,
			unknown[0],
			", ".join(known),
		)


def number(value: object, argument: str) -> Decimal:
	"""Return a quantity or amount as an exact number, 0 for none; refuse what no document can hold."""
	try:
		exact = to_decimal(value)
	except InvalidOperation:
		_refuse(_("{0}: {1} is no number. Enter digits, with a point for decimals."), argument, value)
	if not exact.is_finite() or abs(exact) >= TOO_MUCH:
		_refuse(_("{0}: {1} is no number that a document can hold. Enter a smaller one."), argument, value)
	return exact


def text(value: object, argument: str) -> str:
	"""Return a name or another text, without the space around it; nothing at all is an empty one."""
	if value is not None and (not isinstance(value, str | int) or isinstance(value, bool)):
		_refuse(_("{0}: {1} is no text. Enter a name."), argument, value)
	return str(value or "").strip()


def day(value: object, argument: str) -> date | None:
	"""Return a day as a date; nothing at all is none."""
	if not value or isinstance(value, date):
		return value or None
	try:
		return date.fromisoformat(str(value))
	except ValueError:
		_refuse(_("{0}: {1} is no date. Enter it as year-month-day."), argument, value)


def choice(value: object, argument: str, known: Sequence[str]) -> str:
	"""Return one of the known words; the first is meant where there is none."""
	if value not in (None, "", *known):
		_refuse(_("{0}: {1} is not possible. Choose one of: {2}."), argument, value, ", ".join(known))
	return value or known[0]


def _parsed(value: object, argument: str) -> Any:
	try:
		return frappe.parse_json(value) if value else value
	except (ValueError, RecursionError):
		_refuse(_("{0} is not written as JSON."), argument)


def _refuse(sentence: str, *facts: object) -> NoReturn:
	shown = [str(fact)[:SHOWN] for fact in facts]
	frappe.throw(as_html(sentence.format(*shown)), InvalidInputError)
