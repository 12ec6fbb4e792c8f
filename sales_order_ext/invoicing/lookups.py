"""Lets look-ups that differ in the values of their filters alone be worded once.

A document is loaded by a look-up of its row and one for each of its tables, and every link is checked by
one; putting a look-up into words costs Frappe more than asking it. Invariant: fields are compared by "=" with
plain text, each as a parameter, and with numbers; so other text makes the same statement with other parameters,
and another number another look-up. The statement itself is asked, or answered from memory, as any other.
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
		self.worded: dict[tuple, tuple[str, dict[str, str], dict[str, Any]]] = {}

	def values(self, **asked: Any) -> Any:
		"""Look values up, in the words of the last look-up of the kind."""
		filters = asked.get("filters")
		given = {"name": filters} if isinstance(filters, str) else filters
		texts = _texts(given)
		kind = None if texts is None else _kind(asked, given, texts)
		if kind is None:
			return self.look_up(**asked)
		if kind in self.worded:
			query, fields, options = self.worded[kind]
			return self.memory.sql(query, {place: texts[field] for place, field in fields.items()}, **options)
		with self.memory.listening() as heard:
			result = self.look_up(**asked)
		if len(heard) == 1 and heard[0].result is result:
			self._learn(kind, texts, heard[0].statement)
		return result

	def _learn(self, kind: tuple, texts: dict[str, str], statement: answers.Statement) -> None:
		query, arguments, options = statement
		if len(arguments) != 1 or not isinstance(arguments[0], dict):
			return
		field_of = {value: field for field, value in texts.items()}
		parameters = arguments[0]
		if len(parameters) == len(texts) and set(parameters.values()) == set(field_of):
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


def _texts(given: Any) -> dict[str, str] | None:
	"""Return {field: text} of filters that compare fields with whole numbers, and with text, each with its own.

	None for other filters.
	"""
	if not isinstance(given, dict) or not given:
		return None
	texts = {field: value for field, value in given.items() if type(value) is not int}
	values = list(texts.values())
	if all(value and type(value) is str for value in values) and len(set(values)) == len(values):
		return texts
	return None


def _kind(asked: dict[str, Any], given: dict[str, Any], texts: dict[str, str]) -> tuple | None:
	"""Return what look-ups of the same words have in common; None where it cannot be told by plain values."""
	fields = asked.get("fields")
	fields = tuple(fields) if isinstance(fields, list | tuple) else (fields,)
	rest = [value for name, value in asked.items() if name not in ("filters", "fields")]
	if not answers.PLAIN.issuperset(map(type, (*fields, *rest))):
		return None
	compared = [None if field in texts else value for field, value in given.items()]
	return (type(asked.get("fields")), fields, tuple(given), *compared, *asked, *rest)
