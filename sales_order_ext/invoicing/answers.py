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
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import frappe
from frappe.model.docstatus import DocStatus

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
# An update of one table, whatever it reads of others.
UPDATE = re.compile(r"\s*update\s+(`tab[A-Z][^`]*`|tab[A-Z]\w*)\s+set\b", re.I)
MOST = 5000  # answers; the memory of a job stays flat
LARGEST = 200  # rows of one
SIMPLE = (str, int, float, Decimal, date, type(None))
PLAIN = frozenset((*SIMPLE, bool))
# What nobody can change.
LASTING = PLAIN | {datetime, time, timedelta, DocStatus}
Statement = tuple[Any, tuple, dict[str, Any]]


@dataclass(frozen=True)
class Answer:
	"""Rows as the connection gave them (or what was worked out from such), and the tables they come from."""

	rows: Any
	tables: frozenset[str]


@dataclass
class Heard:
	"""A statement that was run or answered: by which key its answer is kept, if at all, and its tables."""

	statement: Statement
	key: tuple | None
	tables: frozenset[str]
	result: Any = None


class Answers:
	"""The answers that one connection remembers.

	`ask` is the connection's own way to run a statement; `excluded` are the tables that take no part in
	transactions. `ahead` is told of a question before it is asked, and may keep its answer and others. `changes`
	counts the statements that may have written; `locked` names orders that this transaction has locked.
	"""

	def __init__(
		self,
		ask: Callable[..., Any],
		excluded: frozenset[str] = frozenset(),
	) -> None:
		self.ask = ask
		self.excluded = excluded
		self.found: dict[tuple, Answer] = {}
		self.keys_of: dict[str, set[tuple]] = {}
		self.ahead: Callable[..., None] = lambda *_question, **_options: None
		self.listeners: list[list[Heard]] = []
		self.changes = 0
		self.locked: frozenset[str] = frozenset()

	def sql(self, query: Any, *arguments: Any, **options: Any) -> Any:
		"""Run a statement, or answer it from memory."""
		text = str(query)
		reads = text.lstrip(" \n\t\r(")[:6].lower() == "select"
		key = key_of(text, arguments, options) if reads else None
		known = self.found.get(key)
		tables = known.tables if known else _tables_read(text) if reads else frozenset()
		if not known and not (tables and tables.isdisjoint(self.excluded)):
			key = None
		heard = Heard((query, arguments, options), key, tables)
		for listener in self.listeners:
			listener.append(heard)
		if known:
			heard.result = _copied(known.rows)
		elif key is not None:
			heard.result = self._answer(key, tables, query, *arguments, **options)
		elif reads:
			heard.result = self.run(query, *arguments, **options)
		else:
			heard.result = self._change(text, query, *arguments, **options)
		return heard.result

	def _answer(self, key: tuple, tables: frozenset[str], query: Any, *arguments: Any, **options: Any) -> Any:
		self.ahead(key, tables, str(query), *arguments, **options)
		if key in self.found:
			return _copied(self.found[key].rows)
		result = self.run(query, *arguments, **options)
		if isinstance(result, list | tuple):
			self.keep(key, tables, _copied(result))
		return result

	def worked_out(
		self, name: Any, tables: frozenset[str], work: Callable[..., Any], *arguments: Any, **options: Any
	) -> Any:
		"""Return what `work` makes of its arguments, the answers it gets and what is cached of `tables`.

		It is kept as long as these answers are and nothing is written to these tables.
		"""
		if not is_simple(arguments) or not is_simple(options):
			return work(*arguments, **options)
		key = (name, repr(arguments), repr(options))
		if key in self.found:
			return copied(self.found[key].rows)
		with self.listening() as heard:
			result = work(*arguments, **options)
		tables = tables.union(*(one.tables for one in heard))
		if tables and all(one.key in self.found for one in heard):
			self.keep(key, tables, copied(result))
		return result

	@contextmanager
	def listening(self) -> Iterator[list[Heard]]:
		heard: list[Heard] = []
		self.listeners.append(heard)
		try:
			yield heard
		finally:
			self.listeners.pop()

	def run(self, query: Any, *arguments: Any, **options: Any) -> Any:
		"""Run a statement as the connection does."""
		try:
			return self.ask(query, *arguments, **options)
		except Exception:
			# A deadlock ends the transaction.
			self._forget_all()
			raise

	def _change(self, text: str, query: Any, *arguments: Any, **options: Any) -> Any:
		"""Run a statement, and drop what it makes untrue; the end of a transaction, or a return, is all."""
		verb = (text.split(None, 1) or [""])[0].lower()
		self.changes += 1
		try:
			return self.run(query, *arguments, **options)
		finally:
			if verb in CHANGES:
				for table in _tables_written(text):
					for key in self.keys_of.pop(table, ()):
						self.found.pop(key, None)
			elif verb not in HARMLESS or WRITES.search(text):
				self._forget_all()

	def _forget_all(self) -> None:
		self.found.clear()
		self.keys_of.clear()
		self.locked = frozenset()

	def keep(self, key: tuple, tables: frozenset[str], result: Any) -> None:
		"""Remember what a question to tables, or what followed from several, came to."""
		if hasattr(result, "__len__") and len(result) > LARGEST:
			return
		if len(self.found) >= MOST:
			self._forget_all()
		self.found[key] = Answer(result, tables)
		for table in tables:
			self.keys_of.setdefault(table, set()).add(key)


@contextmanager
def remembered() -> Iterator[None]:
	"""Let this job's connection remember answers, until the block ends."""
	database = frappe.local.db
	if database.db_type != "mariadb" or not _reads_are_repeatable():
		yield
		return
	# A recorder of queries may be listening already.
	before = vars(database).get("sql")
	database.sql = Answers(database.sql, _tables_without_transactions()).sql
	try:
		yield
	finally:
		del database.sql
		if before:
			database.sql = before


def current() -> Answers | None:
	"""Return what this job's connection remembers; None where it does not."""
	memory = getattr(vars(frappe.local.db).get("sql"), "__self__", None)
	return memory if isinstance(memory, Answers) else None


def _reads_are_repeatable() -> bool:
	found = frappe.db.sql(
		"show session variables where variable_name in ('tx_isolation', 'transaction_isolation')"
	)
	return {value for _name, value in found} <= {"REPEATABLE-READ", "SERIALIZABLE"}


def _tables_without_transactions() -> frozenset[str]:
	query = "select table_name from information_schema.tables where table_schema = database() and engine != 'InnoDB'"
	return frozenset(frappe.db.sql(f"{query} or engine is null", pluck=True))


@lru_cache(1000)
def _tables(text: str) -> frozenset[str]:
	return frozenset(one or other for one, other in TABLE.findall(text))


def _tables_written(text: str) -> frozenset[str]:
	"""Return the tables that a statement may write to: all that it names, but for a plain update."""
	update = UPDATE.match(text)
	return frozenset((update[1].strip("`"),)) if update else _tables(text)


@lru_cache(1000)
def _tables_read(text: str) -> frozenset[str]:
	"""Return the tables that a query reads; none where its answer must not be remembered."""
	if VOLATILE.search(text) or MIXED.search(text) or "" in SOURCES.findall(text):
		return frozenset()
	return _tables(text)


def key_of(text: str, arguments: tuple, options: dict[str, Any]) -> tuple | None:
	"""Return what tells one question from another; None where the answer takes a form that is not kept."""
	chosen = {name: value for name, value in options.items() if value}
	values = chosen.pop("values", None)
	if not options.get("run", True) or set(chosen) - {"as_dict", "as_list", "pluck", "run"}:
		return None
	if not is_simple(arguments) or not is_simple(values):
		return None
	return (text, repr(arguments), repr(values), *sorted(chosen))


def is_simple(value: Any) -> bool:
	"""Return whether a value is told from others by how it is written."""
	if type(value) in PLAIN:
		return True
	if isinstance(value, dict):
		values = value.values()
		return PLAIN.issuperset(map(type, value)) and (
			PLAIN.issuperset(map(type, values)) or all(map(is_simple, values))
		)
	if isinstance(value, list | tuple):
		return PLAIN.issuperset(map(type, value)) or all(map(is_simple, value))
	return isinstance(value, SIMPLE)


def _copied(rows: list | tuple) -> list | tuple:
	"""Return rows that the asker may change."""
	return type(rows)(row.copy() if isinstance(row, dict | list) else row for row in rows)


def copied(value: Any) -> Any:
	"""Return a value whose asker may change all of it."""
	if type(value) in LASTING:
		return value
	if isinstance(value, dict):
		own = value.copy()
		if not LASTING.issuperset(map(type, value.values())):
			own.update({key: copied(one) for key, one in value.items() if type(one) not in LASTING})
		return own
	if type(value) in (list, tuple):
		return type(value)(map(copied, value))
	return deepcopy(value)
