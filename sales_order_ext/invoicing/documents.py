"""Lets a job load a document once that Frappe loads anew for every row or order, to fetch fields from it.

Invariant: a loaded document follows from its row, the rows of its tables and, where fields are masked, from who
asks; so as long as what was read for it would be read again (see `answers`), a copy of what was loaded is what
would be loaded. What locks is loaded as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import wraps
from typing import Any
from weakref import ReferenceType

import frappe
from frappe.model.base_document import get_controller
from frappe.model.document import Document

from sales_order_ext.invoicing import answers

FETCHED = ("Account", "Company", "Customer", "Item")
LOAD = "load_from_db"


@dataclass(frozen=True)
class Loaded:
	"""The values of a document and, by table, its rows, which nobody changes."""

	values: dict[str, Any]
	rows: dict[str, list]

	def __deepcopy__(self, _known: dict) -> Loaded:
		return self

	def fill(self, document: Document) -> None:
		"""Give a document these values, and rows of its own."""
		vars(document).update(self.values)
		for field, rows in self.rows.items():
			document.set(field, [copy(row) for row in rows])


@contextmanager
def loaded_once() -> Iterator[None]:
	"""Let the classes of these documents remember what was loaded, until the block ends."""
	memory = answers.current()
	classes = {get_controller(doctype) for doctype in FETCHED} if memory else set()
	plain = [one for one in classes if _loads_as_any_other(one)]
	for one in plain:
		setattr(one, LOAD, _remembering(getattr(one, LOAD), memory))
	try:
		yield
	finally:
		for one in plain:
			delattr(one, LOAD)


def _loads_as_any_other(controller: type[Document]) -> bool:
	return getattr(controller, LOAD) is Document.load_from_db and not hasattr(controller, "__setup__")


def _remembering(plain: Callable[..., Any], memory: answers.Answers) -> Callable[..., Any]:
	@wraps(plain)
	def load_from_db(document: Document) -> Any:
		if answers.current() is not memory or any(document.flags.values()):
			return plain(document)
		loaded = memory.worked_out(
			(LOAD, document.doctype, frappe.session.user),
			frozenset(),
			lambda _name: _load(plain, document),
			document.name,
		)
		loaded.fill(document)
		return document

	return load_from_db


def _load(plain: Callable[..., Any], document: Document) -> Loaded:
	plain(document)
	tables = {field.fieldname for field in document.meta.get_table_fields()}
	apart = {*tables, "flags"}
	values = {
		key: value
		for key, value in vars(document).items()
		# To the document itself.
		if key not in apart and not isinstance(value, ReferenceType)
	}
	return Loaded(values, {field: [copy(row) for row in document.get(field) or []] for field in tables})
