"""What callers send as a payment, as the rules' values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from frappe.utils import getdate

from sales_order_ext import inputs
from sales_order_ext.payment.facts import (
	ACTIONS,
	OVERPAYMENTS,
	CreditUse,
	Deduction,
	PaymentRequest,
	Reference,
)

REFERENCE = ("reference_doctype", "reference_name", "allocated_amount")
CREDIT = ("reference_doctype", "reference_name", "reference_row", "amount")
DEDUCTION = ("account", "amount", "cost_center", "description")
TEXTS = ("paid_to", "mode_of_payment", "reference_no", "remarks", "deposit_to")
NUMBERS = ("paid_amount", "target_exchange_rate", "source_exchange_rate")
DATES = ("posting_date", "reference_date")
ROWS = ("references", "credits", "deductions")
CHOICES = {"action": ACTIONS, "overpayment": OVERPAYMENTS}
KEYS = (*TEXTS, *NUMBERS, *DATES, *ROWS, *CHOICES)


def payment_request(payload: object) -> PaymentRequest:
	"""Return the request that a payload describes."""
	given = inputs.mapping(payload, "payload")
	inputs.only(given, KEYS, "payload")
	return PaymentRequest(
		references=tuple(_reference(row) for row in _rows(given, "references", REFERENCE)),
		credits=tuple(_credit(row) for row in _rows(given, "credits", CREDIT)),
		deductions=tuple(_deduction(row) for row in _rows(given, "deductions", DEDUCTION)),
		posting_date=inputs.day(given.get("posting_date"), "posting_date") or getdate(),
		reference_date=inputs.day(given.get("reference_date"), "reference_date"),
		**{key: _text(given, key) for key in TEXTS},
		**{key: _number(given, key) for key in NUMBERS},
		**{key: inputs.choice(given.get(key), key, CHOICES[key]) for key in CHOICES},
	)


def _rows(given: Mapping[str, Any], key: str, keys: Collection[str]) -> list[dict[str, Any]]:
	rows = inputs.objects(given.get(key), key)
	for row in rows:
		inputs.only(row, keys, key)
	return rows


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
	return inputs.text(given.get(key), key)


def _number(given: Mapping[str, Any], key: str) -> Decimal:
	return inputs.number(given.get(key), key)
