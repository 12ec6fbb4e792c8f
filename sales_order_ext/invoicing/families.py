"""Lets what is asked of one order, row or item after the other be asked of many together.

ERPNext maps, saves and submits row by row, and asks the same of each, but for the name. Invariant: plain reads of
one transaction all show the same moment and what the transaction itself has written; so a union of statements
finds of each name what the statement with this name would find, until one of its tables is written to (see
`answers`). Where that happens between one question and the next, each is asked alone, as ever. What locks is never
asked together, and nothing is locked that would not be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import frappe
from pymysql.constants import ER

from sales_order_ext.invoicing import answers

TOGETHER = 50  # names
# A name that reads the same in every statement, however it is quoted.
PLAIN_NAME = re.compile(r"[\w ./()*+:-]+")
QUOTED = re.compile(r"'([^'\"\\]+)'|\"([^'\"\\]+)\"")
# By one column, which numbers the rows.
ORDERED = re.compile(r"\border\s+by\s+`?(\w+)`?(?:\s+asc)?\s*$", re.I)
ORDERS = re.compile(r"\border\s+by\b", re.I)
NAME = "soe_name"
# Stands for a name.
ANY = "soe:any-name"
# What the database says of a statement that cannot be part of another: two of its columns have one name, or its
# rows have no room for the name.
MUST_STAND_ALONE = (ER.DUP_FIELDNAME, ER.PARSE_ERROR, ER.TOO_BIG_ROWSIZE, ER.TOO_MANY_FIELDS)


@dataclass(frozen=True)
class Question:
	"""A statement about one name; `quoted` is the name as it stands in the text, empty if it is a parameter."""

	name: str
	quoted: str
	text: str
	values: Any
	options: dict[str, Any]

	@property
	def kind(self) -> tuple:
		"""What questions have in common that differ in the name alone."""
		text, values = self.about(ANY)
		return (text, repr(values), repr(self.options))

	def about(self, name: str) -> tuple[str, Any]:
		"""Return text and values of the same question about another name."""
		if self.quoted:
			mark = self.quoted[0]
			return self.text.replace(self.quoted, f"{mark}{name}{mark}"), self.values
		if isinstance(self.values, dict):
			return self.text, {
				key: name if value == self.name else value for key, value in self.values.items()
			}
		if isinstance(self.values, str):
			return self.text, name
		return self.text, type(self.values)(name if value == self.name else value for value in self.values)

	def key(self, name: str) -> tuple | None:
		"""Return by which key the answer about a name is remembered."""
		text, values = self.about(name)
		return answers.key_of(text, () if values is None else (values,), self.options)

	def together(self, names: Iterable[str]) -> str:
		"""Return one statement that asks about all names, with the name before all that it finds."""
		text, values = self.about(ANY)
		if values:
			text = frappe.db.mogrify(text, (values,) if isinstance(values, str) else values)
		one = f"select '{ANY}' as {NAME}, soe_one.* from ({text}) soe_one"
		return " union all ".join(one.replace(ANY, name) for name in names)


class Families:
	"""Names of which the same will be asked one after the other; each belongs to those near it."""

	def __init__(self, memory: answers.Answers, families: Iterable[Iterable[str]]) -> None:
		self.memory = memory
		self.last: dict[tuple, tuple] = {}
		self.alone: set[tuple] = set()
		self.near: dict[str, Sequence[str]] = {}
		for family in families:
			names = [name for name in dict.fromkeys(family) if PLAIN_NAME.fullmatch(name)]
			for begin in range(0, len(names), TOGETHER):
				near = names[begin : begin + TOGETHER]
				self.near.update(dict.fromkeys(near, near))

	def ask(self, key: tuple, tables: frozenset[str], text: str, *arguments: Any, **options: Any) -> None:
		"""Ask of all near the name that a question is about, if what was asked of the last one is still true."""
		question = self._question(text, arguments, options)
		if not question:
			return
		kind = question.kind
		last, self.last[kind] = self.last.get(kind), key
		if last not in self.memory.found or kind in self.alone:
			return
		keys = {name: question.key(name) for name in self.near[question.name]}
		keys = {name: key for name, key in keys.items() if key not in self.memory.found}
		if len(keys) < 2:
			return
		container = type(self.memory.found[last].rows)
		try:
			found = self._answers(question, list(keys))
		except (frappe.db.OperationalError, frappe.db.ProgrammingError) as error:
			if error.args[0] not in MUST_STAND_ALONE:
				raise
			self.alone.add(kind)
			return
		for name, rows in found.items():
			self.memory.keep(keys[name], tables, container(rows))
		if len(found) < len(keys):
			self.alone.add(kind)

	def _question(self, text: str, arguments: tuple, options: dict[str, Any]) -> Question | None:
		"""Return the question if it is about one of the names, and names it once."""
		values = arguments[0] if arguments else None
		if (
			len(arguments) > 1
			or "values" in options
			or not isinstance(values, dict | list | tuple | str | None)
		):
			return None
		# The driver reads percent signs wherever it is given values, be it none.
		if not values and values is not None and "%" in text:
			return None
		quoted = [mark for mark in _quoted(text) if mark[1:-1] in self.near]
		given = [value for value in _listed(values) if isinstance(value, str) and value in self.near]
		if len(quoted) + len(given) != 1:
			return None
		name = given[0] if given else quoted[0][1:-1]
		return Question(name, "" if given else quoted[0], text, values, options)

	def _answers(self, question: Question, names: list[str]) -> dict[str, list]:
		"""Ask of all names at once; return {name: rows}, but for rows whose order cannot be told."""
		as_dict, pluck = question.options.get("as_dict"), question.options.get("pluck")
		options = {key: value for key, value in question.options.items() if key != "pluck"}
		found: dict[str, list] = {name: [] for name in names}
		for row in self.memory.run(question.together(names), **options):
			if as_dict:
				found[row.pop(NAME)].append(row)
			else:
				found[row[0]].append(row[1] if pluck else row[1:])
		if not ORDERS.search(question.text):
			return found
		column = as_dict and ORDERED.search(question.text)
		return {
			name: rows
			for name, rows in found.items()
			if len(rows) < 2 or (column and _put_in_order(rows, column[1]))
		}


def expect(orders: Iterable[str], *others: Iterable[str]) -> None:
	"""Let orders, and families of other names, be asked of together from now on, in a job whose connection remembers.

	The caller has locked the orders in this transaction, before it read anything.
	"""
	memory = answers.current()
	if memory:
		orders = list(orders)
		memory.ahead = Families(memory, (orders, *others)).ask
		memory.locked = frozenset(orders)


def _put_in_order(rows: list[dict], column: str) -> bool:
	"""Sort rows by the column that numbers them; return whether it does."""
	numbers = [row.get(column) for row in rows]
	if not all(type(number) is int for number in numbers) or len(set(numbers)) < len(rows):
		return False
	rows.sort(key=lambda row: row[column])
	return True


def _listed(values: Any) -> Iterable[Any]:
	"""Return the parameters of a statement."""
	if isinstance(values, dict):
		return values.values()
	return [values] if isinstance(values, str) else values or ()


@lru_cache(1000)
def _quoted(text: str) -> tuple[str, ...]:
	return tuple(found[0] for found in QUOTED.finditer(text))
