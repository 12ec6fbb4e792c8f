"""Connections: how the desk finds the passes of a quotation or an opportunity.

They are listed by the forms' own scripts, where the switch is on: this only says which field holds the
name, so with the switch off nothing looks different.
"""

from __future__ import annotations

from typing import Any


def for_quotation(data: dict[str, Any]) -> dict[str, Any]:
	"""Say by which field a Quote Win names its quotation."""
	data.setdefault("non_standard_fieldnames", {})["Quote Win"] = "quotation"
	return data


def for_opportunity(data: dict[str, Any]) -> dict[str, Any]:
	"""Say by which field a Quote Win names its opportunity."""
	data.setdefault("non_standard_fieldnames", {})["Quote Win"] = "opportunity"
	return data


def for_issue(data: dict[str, Any]) -> dict[str, Any]:
	"""Say by which field a Sales Order and an External Quote name the ticket they came from."""
	fields = data.setdefault("non_standard_fieldnames", {})
	fields.update({"Sales Order": "soe_issue", "External Quote": "issue"})
	return data
