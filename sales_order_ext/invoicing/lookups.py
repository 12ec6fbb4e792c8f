"""Lets look-ups that differ in the values of their filters alone be worded once.

A document is loaded by a look-up of its row and one for each of its tables, and every link is checked by
one; putting a look-up into words costs Frappe more than asking it. Invariant: fields are compared with plain
text by "=", each as a parameter; so other text makes the same statement with other parameters. The statement
itself is asked, or answered from memory, as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import frappe

from sales_order_ext.invoicing import answers

# Words and runs a look-up, and changes nothing about what comes of it. Where there is none, all stays as it is.
LOOK_UP = "_get_values_from_table"
MOST = 2000  # wordings; the memory of a job stays flat


class LookUps:
	"""The wordings that one connection remembers; `look_up` is its own way to word and run one."""

	def __init__(self, memory: answers.Answers, look_up: Callable[..., Any]) -> None:
		self.memory = memory
		self.look_up = look_up
		self.worded: dict[str, tuple[str, dict[str, str], dict[str, Any]]] = {}

	def values(self, **asked: Any) -> Any:
		"""Look values up, in the words of the last look-up of the kind."""
		filters = asked.get("filters")
		given = {"name": filters} if isinstance(filters, str) else filters
		if not _is_plain(given):
			return self.look_up(**asked)
		kind = {**asked, "filters": list(given)}
		if not answers.is_simple(kind):
			return self.look_up(**asked)
		kind = repr(kind)
		if kind in self.worded:
			query, fields, options = self.worded[kind]
			return self.memory.sql(query, {place: given[field] for place, field in fields.items()}, **options)
		with self.memory.listening() as heard:
			result = self.look_up(**asked)
		if len(heard) == 1 and heard[0].result is result:
			self._learn(kind, given, heard[0].statement)
		return result

	def _learn(self, kind: str, given: dict[str, str], statement: answers.Statement) -> None:
		query, arguments, options = statement
		if len(arguments) != 1 or not isinstance(arguments[0], dict):
			return
		field_of = {value: field for field, value in given.items()}
		parameters = arguments[0]
		if len(parameters) == len(given) and set(parameters.values()) == set(field_of):
			if len(self.worded) >= MOST:
				self.worded.clear()
			fields = {place: field_of[value] for place, value in parameters.items()}
			self.worded[kind] = (query, fields, options)


@contextmanager
def worded_once() -> Iterator[None]:
	"""Let this job's connection remember how look-ups are worded, until the block ends."""
	database, memory = frappe.local.db, answers.current()
	look_up = getattr(database, LOOK_UP, None)
	if not memory or not look_up:
		yield
		return
	setattr(database, LOOK_UP, LookUps(memory, look_up).values)
	try:
		yield
	finally:
		delattr(database, LOOK_UP)


def _is_plain(given: Any) -> bool:
	"""Return whether filters compare fields with text, each with its own."""
	if not isinstance(given, dict) or not given:
		return False
	values = list(given.values())
	return all(value and type(value) is str for value in values) and len(set(values)) == len(values)
