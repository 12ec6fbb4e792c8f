"""What callers send as a payment, as the rules' values; what is no such thing is refused by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import frappe
from frappe.utils import getdate

from sales_order_ext import errors
from sales_order_ext.decimals import ZERO, to_decimal
from sales_order_ext.payment.facts import (
	ACTIONS,
	KEEP,
	OVERPAYMENTS,
	PROCESS,
	CreditUse,
	Deduction,
	PaymentRequest,
	Reference,
)
from sales_order_ext.payment.messages import MESSAGES
from sales_order_ext.violations import violation

REFERENCE = {"reference_doctype", "reference_name", "allocated_amount"}
CREDIT = {"reference_doctype", "reference_name", "reference_row", "amount"}
DEDUCTION = {"account", "amount", "cost_center", "description"}
TEXTS = ("paid_to", "mode_of_payment", "reference_no", "remarks", "deposit_to")
NUMBERS = ("paid_amount", "target_exchange_rate", "source_exchange_rate")
DATES = ("posting_date", "reference_date")
ROWS = ("references", "credits", "deductions")
CHOICES = {"action": (ACTIONS, PROCESS), "overpayment": (OVERPAYMENTS, KEEP)}
KEYS = {*TEXTS, *NUMBERS, *DATES, *ROWS, *CHOICES}


def payment_request(payload: object) -> PaymentRequest:
	"""Return the request that a payload describes; throw PaymentNotPossibleError for what is no payment."""
	given = _object(payload)
	_known(given, KEYS)
	return PaymentRequest(
		references=tuple(_reference(row) for row in _rows(given, "references", REFERENCE)),
		credits=tuple(_credit(row) for row in _rows(given, "credits", CREDIT)),
		deductions=tuple(_deduction(row) for row in _rows(given, "deductions", DEDUCTION)),
		posting_date=_date(given, "posting_date") or getdate(),
		reference_date=_date(given, "reference_date"),
		**{key: _text(given, key) for key in TEXTS},
		**{key: _number(given, key) for key in NUMBERS},
		**{key: _choice(given, key, *CHOICES[key]) for key in CHOICES},
	)


def _object(payload: object) -> Mapping[str, Any]:
	try:
		given = frappe.parse_json(payload)
	except ValueError:
		given = None
	return given if isinstance(given, Mapping) else _refuse("bad_payload")


def _known(given: Mapping[str, Any], keys: Iterable[str]) -> None:
	known = ", ".join(sorted(keys))
	errors.throw_all(
		[violation("unknown_key", key=key, known=known) for key in given if key not in keys], MESSAGES
	)


def _rows(given: Mapping[str, Any], key: str, keys: set[str]) -> list[Mapping[str, Any]]:
	rows = given.get(key) or []
	if not isinstance(rows, list | tuple) or not all(isinstance(row, Mapping) for row in rows):
		_refuse("bad_rows", key=key)
	for row in rows:
		_known(row, keys)
	return list(rows)


def _reference(row: Mapping[str, Any]) -> Reference:
	return Reference(
		_text(row, "reference_doctype"), _text(row, "reference_name"), _number(row, "allocated_amount")
	)


def _credit(row: Mapping[str, Any]) -> CreditUse:
	names = [_text(row, key) for key in ("reference_doctype", "reference_name")]
	return CreditUse(*names, _number(row, "amount"), _text(row, "reference_row"))


def _deduction(row: Mapping[str, Any]) -> Deduction:
	account, cost_center, description = (_text(row, key) for key in ("account", "cost_center", "description"))
	return Deduction(account, _number(row, "amount"), cost_center, description)


def _text(given: Mapping[str, Any], key: str) -> str:
	value = given.get(key)
	if value is not None and not isinstance(value, str | int):
		_refuse("bad_text", key=key, value=value)
	return str(value or "").strip()


def _number(given: Mapping[str, Any], key: str) -> Decimal:
	value = given.get(key)
	try:
		number = ZERO if isinstance(value, bool) else to_decimal(value)
	except (InvalidOperation, ValueError):
		_refuse("bad_number", key=key, value=value)
	return number if number.is_finite() else _refuse("bad_number", key=key, value=value)


def _date(given: Mapping[str, Any], key: str) -> date | None:
	value = given.get(key)
	if not value:
		return None
	try:
		return getdate(value)
	except (ValueError, TypeError, frappe.ValidationError):
		_refuse("bad_date", key=key, value=value)


def _choice(given: Mapping[str, Any], key: str, known: tuple[str, ...], default: str) -> str:
	value = given.get(key) or default
	return value if value in known else _refuse("bad_choice", key=key, value=value, known=", ".join(known))


def _refuse(code: str, **facts: Any) -> NoReturn:
	errors.throw([violation(code, **facts)], MESSAGES)
