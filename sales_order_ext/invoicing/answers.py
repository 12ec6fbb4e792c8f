"""Lets the queries that ERPNext repeats for every row and order be asked once in a transaction.

Mapping, saving and submitting an invoice asks the same of items, prices, customers, accounts and orders again
and again. While a job works, its own connection remembers answers: no check is left out, each gets the answer
that the database would give. Invariant: under REPEATABLE READ plain reads of one transaction all show the same
moment and what the transaction itself has written; so an answer is remembered until the transaction writes to
one of its tables, or ends, and no longer. What locks, what cannot be understood, and what depends on anything
but transactional tables always goes to the database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import frappe

TABLE = re.compile(r"`(tab[A-Z][^`]*)`|\b(tab[A-Z]\w*)\b")
# What locks, tells the time or chance, or depends on the session or on other than the site's own tables.
VOLATILE = re.compile(
	r"for update|share mode|@|__|_schema\b|\binto\b|\bvalue for\b|\b(unix_|utc_|local|current_)(time|date)|"
	r"\b(now|rand|uuid|uuid_short|sys_guid|curdate|curtime|sysdate|found_rows|row_count|last_insert_id|nextval|"
	r"lastval|\w+_lock|sleep|benchmark)\s*\(",
	re.I,
)
SOURCES = re.compile(r"\b(?:from|join)\b\s*(\(|`tab[A-Z]|tab[A-Z])?", re.I)
# A table, then after a comma something that is none.
MIXED = re.compile(r"(?:`tab[A-Z][^`]*`|\btab[A-Z]\w*)(?:\s+(?:as\s+)?[`\w]+)?\s*,\s*(?!`?tab[A-Z]|\()", re.I)
HARMLESS = ("savepoint", "release", "show", "explain", "with")
WRITES = re.compile(r"\b(insert|update|delete|replace)\b", re.I)
CHANGES = ("insert", "update", "delete", "replace")
MOST = 5000  # answers; the memory of a job stays flat
LARGEST = 200  # rows of one
LOOK_UP = "_get_values_from_table"
SIMPLE = (str, int, float, Decimal, date, type(None))
Statement = tuple[Any, tuple, dict[str, Any]]


@dataclass(frozen=True)
class Answer:
	"""Rows as the connection gave them, and the tables they come from."""

	rows: list | tuple
	tables: frozenset[str]


class Answers:
	"""The answers that one connection remembers.

	`ask` is the connection's own way to run a statement, `look_up` its own way to word and run a look-up;
	`excluded` are the tables that take no part in transactions.
	"""

	def __init__(
		self,
		ask: Callable[..., Any],
		look_up: Callable[..., Any] | None = None,
		excluded: frozenset[str] = frozenset(),
	) -> None:
		self.ask = ask
		self.look_up = look_up
		self.excluded = excluded
		self.found: dict[tuple, Answer] = {}
		self.keys_of: dict[str, set[tuple]] = {}
		self.worded: dict[str, Statement] = {}
		self.heard: list[Statement] | None = None

	def sql(self, query: Any, *arguments: Any, **options: Any) -> Any:
		"""Run a statement, or answer it from memory."""
		if self.heard is not None:
			self.heard.append((query, arguments, options))
		text = str(query)
		if text.lstrip(" \n\t\r(")[:6].lower() != "select":
			return self._change(text, query, *arguments, **options)
		key, tables = _key(text, arguments, options), _tables_read(text)
		if key is None or not tables or not tables.isdisjoint(self.excluded):
			return self._asked(query, *arguments, **options)
		if key not in self.found:
			result = self._asked(query, *arguments, **options)
			self._keep(key, tables, result)
			return result
		return _copied(self.found[key].rows)

	def values(self, *arguments: Any, **options: Any) -> Any:
		"""Look values up. The same question has the same wording, which need not be found again."""
		if not _is_simple(arguments) or not _is_simple(options):
			return self.look_up(*arguments, **options)
		key = repr((arguments, options))
		if key in self.worded:
			query, values, asked = self.worded[key]
			return self.sql(query, *values, **asked)
		self.heard = heard = []
		try:
			result = self.look_up(*arguments, **options)
		finally:
			self.heard = None
		if len(heard) == 1:
			if len(self.worded) >= MOST:
				self.worded.clear()
			self.worded[key] = heard[0]
		return result

	def _asked(self, query: Any, *arguments: Any, **options: Any) -> Any:
		try:
			return self.ask(query, *arguments, **options)
		except Exception:
			# A deadlock ends the transaction.
			self._forget_all()
			raise

	def _change(self, text: str, query: Any, *arguments: Any, **options: Any) -> Any:
		"""Run a statement, and drop what it makes untrue; the end of a transaction, or a return, is all."""
		verb = (text.split(None, 1) or [""])[0].lower()
		try:
			return self._asked(query, *arguments, **options)
		finally:
			if verb in CHANGES:
				for table in _tables(text):
					for key in self.keys_of.pop(table, ()):
						self.found.pop(key, None)
			elif verb not in HARMLESS or WRITES.search(text):
				self._forget_all()

	def _forget_all(self) -> None:
		self.found.clear()
		self.keys_of.clear()

	def _keep(self, key: tuple, tables: frozenset[str], result: Any) -> None:
		if isinstance(result, list | tuple) and len(result) <= LARGEST:
			if len(self.found) >= MOST:
				self._forget_all()
			self.found[key] = Answer(_copied(result), tables)
			for table in tables:
				self.keys_of.setdefault(table, set()).add(key)


@contextmanager
def remembered() -> Iterator[None]:
	"""Let this job's connection remember answers, until the block ends."""
	database = frappe.local.db
	if database.db_type != "mariadb" or not _reads_are_repeatable():
		yield
		return
	look_up = getattr(database, LOOK_UP, None)
	answers = Answers(database.sql, look_up, _tables_without_transactions())
	database.sql = answers.sql
	if look_up:
		setattr(database, LOOK_UP, answers.values)
	try:
		yield
	finally:
		vars(database).pop(LOOK_UP, None)
		del database.sql


def _reads_are_repeatable() -> bool:
	found = frappe.db.sql(
		"show session variables where variable_name in ('tx_isolation', 'transaction_isolation')"
	)
	return {value for _name, value in found} <= {"REPEATABLE-READ", "SERIALIZABLE"}


def _tables_without_transactions() -> frozenset[str]:
	query = "select table_name from information_schema.tables where table_schema = database() and engine != 'InnoDB'"
	return frozenset(frappe.db.sql(f"{query} or engine is null", pluck=True))


def _tables(text: str) -> frozenset[str]:
	return frozenset(one or other for one, other in TABLE.findall(text))


@lru_cache(1000)
def _tables_read(text: str) -> frozenset[str]:
	"""Return the tables that a query reads; none where its answer must not be remembered."""
	if VOLATILE.search(text) or MIXED.search(text) or "" in SOURCES.findall(text):
		return frozenset()
	return _tables(text)


def _key(text: str, arguments: tuple, options: dict[str, Any]) -> tuple | None:
	"""Return what tells one question from another; None where the answer takes a form that is not kept."""
	chosen = {name: value for name, value in options.items() if value}
	values = chosen.pop("values", None)
	if not options.get("run", True) or set(chosen) - {"as_dict", "as_list", "pluck", "run"}:
		return None
	if not _is_simple(arguments) or not _is_simple(values):
		return None
	return (text, repr(arguments), repr(values), *sorted(chosen))


def _is_simple(value: Any) -> bool:
	"""Return whether a value is told from others by how it is written."""
	if isinstance(value, dict):
		return all(isinstance(key, str) and _is_simple(one) for key, one in value.items())
	if isinstance(value, list | tuple):
		return all(_is_simple(one) for one in value)
	return isinstance(value, SIMPLE)


def _copied(rows: list | tuple) -> list | tuple:
	"""Return rows that the asker may change."""
	return type(rows)(row.copy() if isinstance(row, dict | list) else row for row in rows)
