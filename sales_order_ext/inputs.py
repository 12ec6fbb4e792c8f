"""What callers send as JSON, as values. The endpoints read it here, and name the argument that is no such thing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import frappe
from frappe import _

from sales_order_ext.decimals import to_decimal
from sales_order_ext.errors import InvalidInputError
from sales_order_ext.markup import as_html

# More than any database column of quantities or amounts holds.
TOO_MUCH = Decimal(10) ** 12


def mapping(value: object, argument: str) -> dict[str, Any]:
	"""Return an object by its keys; nothing at all is an empty one."""
	parsed = _parsed(value, argument)
	if parsed in (None, "", []):
		return {}
	if not isinstance(parsed, dict):
		_refuse(_("{0} must be an object of names and values.").format(argument))
	return parsed


def rows(value: object, argument: str) -> list[Any]:
	"""Return a list of whatever; nothing at all is an empty one."""
	parsed = _parsed(value, argument)
	if parsed in (None, ""):
		return []
	if not isinstance(parsed, list | tuple):
		_refuse(_("{0} must be a list.").format(argument))
	return list(parsed)


def objects(value: object, argument: str) -> list[dict[str, Any]]:
	"""Return a list of objects."""
	found = rows(value, argument)
	if not all(isinstance(one, dict) for one in found):
		_refuse(_("{0} must be a list of objects of names and values.").format(argument))
	return found


def names(value: object, argument: str) -> list[str]:
	"""Return a list of names; a single name may stand by itself."""
	if isinstance(value, str) and value and not value.lstrip().startswith(("[", "{", '"')):
		return [value]
	found = rows(value, argument)
	if any(not isinstance(name, str | int) or isinstance(name, bool) for name in found):
		_refuse(_("{0} must be a list of names.").format(argument))
	return [str(name) for name in found]


def conditions(value: object, argument: str, doctype: str) -> list[list[Any]]:
	"""Return a list view's filters as [DocType, field, operator, value] each, from a list or an object."""
	parsed = _parsed(value, argument) or []
	if isinstance(parsed, dict):
		parsed = [[doctype, field, "=", value] for field, value in parsed.items()]
	if not isinstance(parsed, list) or not all(
		isinstance(one, list) and len(one) in (3, 4, 5) for one in parsed
	):
		_refuse(_("{0} must be a list of conditions.").format(argument))
	# The desk adds to a condition whether it is hidden.
	parsed = [one[:4] if len(one) > 3 else [doctype, *one] for one in parsed]
	fields = [one[1] for one in parsed if one[0] == doctype]
	known = set(frappe.get_meta(doctype).get_valid_columns())
	unknown = [str(field) for field in fields if not isinstance(field, str) or field not in known]
	if unknown:
		_refuse(_("{0}: there is no field {1}.").format(argument, unknown[0]))
	return parsed


def quantity(value: float, argument: str) -> Decimal:
	"""Return a quantity as an exact number; refuse what no row can have."""
	exact = to_decimal(value)
	if not exact.is_finite() or abs(exact) >= TOO_MUCH:
		_refuse(_("{0} is no quantity that a row can have.").format(argument))
	return exact


def _parsed(value: object, argument: str) -> Any:
	try:
		return frappe.parse_json(value) if value else value
	except ValueError:
		_refuse(_("{0} is not written as JSON.").format(argument))


def _refuse(sentence: str) -> None:
	frappe.throw(as_html(sentence), InvalidInputError)
