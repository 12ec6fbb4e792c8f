"""Lets a job find the fields of a form once that Frappe picks out anew for every row.

Mapping and checking a row asks its form (meta) for the fields of a type, or fetched from a link, dozens of
times, each time walking all fields. Invariant: what a form has cannot change while the job holds it; the
form is that of this job alone, and is as before when the block ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import frappe
from frappe.model.meta import Meta

FORMS = ("Sales Invoice", "Sales Order", "GL Entry", "Payment Ledger Entry", "Comment")
# What a field is and must hold, which nothing changes while a form is in use.
LASTING = frozenset(("fieldtype", "fetch_from", "options", "reqd", "non_negative", "in_global_search"))


@contextmanager
def found_once() -> Iterator[None]:
	"""Let the forms of invoices and orders remember which fields are of a type, until the block ends."""
	forms = [form for form in _forms() if "get" not in vars(form)]
	for form in forms:
		form.__dict__["get"] = _remembering(form.get)
	try:
		yield
	finally:
		for form in forms:
			del form.__dict__["get"]


def _forms() -> list[Meta]:
	heads = [frappe.get_meta(doctype) for doctype in FORMS]
	rows = sorted({field.options for head in heads for field in head.get_table_fields()})
	return heads + [frappe.get_meta(doctype) for doctype in rows]


def _remembering(get: Callable[..., Any]) -> Callable[..., Any]:
	found: dict[str, list] = {}

	def remembered(key: Any, filters: Any = None, *more: Any, **options: Any) -> Any:
		if (
			key != "fields"
			or not isinstance(filters, dict)
			or more
			or options
			or not LASTING.issuperset(filters)
		):
			return get(key, filters, *more, **options)
		asked = repr(filters)
		if asked not in found:
			found[asked] = get(key, filters)
		return list(found[asked])

	return remembered
