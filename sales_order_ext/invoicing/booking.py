"""Books a new document in one go, where ERPNext's own way is a draft that is submitted at once.

Nobody would ever see that draft, yet it is checked, written and read again in full. Invariant: what is stored
is the same, by the same permissions, but for the version that says that it was a draft; every event of a save
and of a submit happens, and every check sees the document as it is stored. ERPNext totals an invoice before it takes advances, withholds taxes
and applies rules to the whole; so where totalling once more comes to something else, all is checked again, as
the submit of a draft does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import frappe
from frappe.model.document import Document

# What follows from totals, beside the head.
TABLES = ("taxes", "payment_schedule", "advances")


def book(document: Document, name: str | None = None) -> Document:
	"""Insert an invoice as submitted; return it. `name`: one that is kept for it.

	A workflow may tell what happens between draft and submitted, so there is a draft where one is active.
	"""
	if document.meta.get_workflow():
		return document.insert(set_name=name).submit()
	document.docstatus = 1
	document.__dict__["before_submit"] = partial(_before_submit, document)
	try:
		return document.insert(set_name=name)
	finally:
		document.__dict__.pop("before_submit", None)


def _before_submit(document: Document) -> None:
	"""Let happen what a draft's save does before it is written, then what its submit does."""
	del document.__dict__["before_submit"]
	document.run_method("before_save")
	with _as_stored(document):
		if not _is_settled(document):
			document.run_method("validate")
		document.set_status()
	# As every submit does: what its events write of it is part of it, and no later change.
	frappe.flags.currently_saving.append((document.doctype, document.name))
	if hasattr(document, "before_submit"):
		document.before_submit()


def _is_settled(document: Document) -> bool:
	"""Return whether totalling once more comes to the same."""
	before = _figures(document)
	document.calculate_taxes_and_totals()
	document.set_payment_schedule()
	return _figures(document) == before


def _figures(document: Document) -> list[dict]:
	rows = [row for table in TABLES for row in document.get(table) or []]
	return [row.get_valid_dict() for row in (document, *rows)]


@contextmanager
def _as_stored(document: Document) -> Iterator[None]:
	"""Let a document count as stored: ERPNext gives a status to no other, and a draft would be by now."""
	del document.__dict__["__islocal"]
	try:
		yield
	finally:
		document.set("__islocal", True)
