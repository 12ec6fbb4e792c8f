"""Lets the queries that ERPNext repeats for every row and invoice be asked once.

Submitting an invoice asks the same of items, prices, customers, accounts and taxes again and again. While a
job works, its own connection remembers answers: no check is left out, each gets the answer that the database
would give. Invariant: within a transaction a remembered answer is what its view (REPEATABLE READ) shows, for
a write to a table drops what is known of it; from one transaction to the next only answers about masters
live on, and only while their tables' UPDATE_TIME says that nobody has changed them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import frappe

# Masters and settings: what is known of them may outlive a transaction.
MASTERS = ("Account", "Address", "Allowed To Transact With", "Authorization Rule", "Bank Account", "Branch",
	"Budget", "Company", "Contact", "Contact Email", "Contact Phone", "Cost Center", "Cost Center Allocation",
	"Country", "Currency", "Currency Exchange", "Custom Field", "Customer", "Customer Credit Limit",
	"Customer Group", "DocField", "DocPerm", "DocType", "Dynamic Link", "Finance Book", "Fiscal Year",
	"Fiscal Year Company", "Item", "Item Barcode", "Item Customer Detail", "Item Default", "Item Group",
	"Item Manufacturer", "Item Price", "Item Reorder", "Item Supplier", "Item Tax", "Item Tax Template",
	"Item Tax Template Detail", "Item Variant Attribute", "Letter Head", "Loyalty Program", "Mode of Payment",
	"Monthly Distribution", "Party Account", "Party Link", "Party Type", "Payment Term",
	"Payment Terms Template", "Payment Terms Template Detail", "Period Closing Voucher", "Portal User",
	"Price List", "Pricing Rule", "Print Format", "Product Bundle", "Product Bundle Item",
	"Promotional Scheme", "Property Setter", "Sales Partner", "Sales Person",
	"Sales Taxes and Charges Template", "Selling Settings", "Shipping Rule", "Singles", "Tax Category",
	"Tax Rule", "Tax Withholding Category", "Terms and Conditions", "Territory", "UOM",
	"UOM Conversion Detail", "UOM Conversion Factor", "User Permission", "Warehouse",
	"Accounting Dimension", "Accounting Dimension Detail", "Accounting Dimension Filter", "Accounting Period",
	"Closed Document")  # fmt: skip
TABLES = frozenset(f"tab{doctype}" for doctype in MASTERS)
TABLE = re.compile(r"`(tab[A-Z][^`]*)`|\b(tab[A-Z]\w*)\b")
# What locks, tells the time or chance, or depends on the session is never remembered.
VOLATILE = re.compile(
	r"for update|share mode|\b(now|rand|uuid|curdate|curtime|sysdate|found_rows|last_insert_id)\s*\(|@|"
	r"current_(date|time)|\binto\b",
	re.I,
)
HARMLESS = ("with", "savepoint", "release", "show", "explain", "set")
WRITES = re.compile(r"\b(insert|update|delete|replace)\b", re.I)
# UPDATE_TIME counts whole seconds: what was asked in the second of a change, or the one before, may be older.
GRAIN = timedelta(seconds=2)
MOST = 5000  # answers; the memory of a job stays flat
LARGEST = 200  # rows of one
CHANGES = """select table_name, update_time from information_schema.tables
	where table_schema = database() and table_name in %s"""


@dataclass(frozen=True)
class Answer:
	"""Rows as the connection gave them, the tables they come from, and when it was."""

	rows: list | tuple
	tables: frozenset[str]
	asked_at: datetime


class Answers:
	"""The answers that one connection remembers. `ask` is the connection's own way to run a statement."""

	def __init__(self, ask: Callable[..., Any]) -> None:
		self.ask = ask
		self.found: dict[tuple, Answer] = {}
		self.changed_at: dict[str, datetime | None] = {}
		# Whether a transaction has begun since it was last looked what has changed.
		self.is_old = True

	def sql(self, query: Any, *arguments: Any, **options: Any) -> Any:
		"""Run a statement, or answer it from memory."""
		text = str(query)
		if not text.lstrip(" \n\t\r(")[:6].lower() == "select":
			self._note(text)
			return self.ask(query, *arguments, **options)
		key, tables = _key(text, arguments, options), _tables(text)
		if key is None or not tables or VOLATILE.search(text):
			return self.ask(query, *arguments, **options)
		if self.is_old and tables <= TABLES:
			self._renew()
		if key not in self.found:
			result = self.ask(query, *arguments, **options)
			self._keep(key, tables, result)
			return result
		return _copied(self.found[key].rows)

	def _note(self, text: str) -> None:
		"""Drop what a statement makes untrue; a rollback, also to a savepoint, may undo writes anywhere."""
		verb = text.split(None, 1)[0].lower()
		if verb in ("insert", "update", "delete", "replace"):
			written = _tables(text)
			self.found = {key: one for key, one in self.found.items() if not written & one.tables}
		elif verb in ("commit", "start"):
			self.found = {key: one for key, one in self.found.items() if one.tables <= TABLES}
			self.is_old = True
		elif verb not in HARMLESS or WRITES.search(text):
			self.found.clear()

	def _renew(self) -> None:
		"""Drop what may have changed since it was asked."""
		changed_at = dict(self.ask(CHANGES, (sorted(TABLES),)))
		self.found = {
			key: answer
			for key, answer in self.found.items()
			if all(self._stands(answer, table, changed_at.get(table)) for table in answer.tables)
		}
		self.changed_at, self.is_old = changed_at, False

	def _stands(self, answer: Answer, table: str, changed_at: datetime | None) -> bool:
		if changed_at != self.changed_at.get(table):
			return False
		return changed_at is None or changed_at + GRAIN < answer.asked_at

	def _keep(self, key: tuple, tables: frozenset[str], result: Any) -> None:
		if isinstance(result, list | tuple) and len(result) <= LARGEST:
			if len(self.found) >= MOST:
				self.found.clear()
			self.found[key] = Answer(_copied(result), tables, datetime.now())


@contextmanager
def remembered() -> Iterator[None]:
	"""Let this job's connection remember answers, until the block ends."""
	database = frappe.local.db
	if database.db_type != "mariadb":
		yield
		return
	database.sql = Answers(database.sql).sql
	try:
		yield
	finally:
		del database.sql


def _tables(text: str) -> frozenset[str]:
	return frozenset(one or other for one, other in TABLE.findall(text))


def _key(text: str, arguments: tuple, options: dict[str, Any]) -> tuple | None:
	"""Return what tells one question from another; None where the answer takes a form that is not kept."""
	chosen = {name: value for name, value in options.items() if value}
	values = chosen.pop("values", None)
	if not options.get("run", True) or set(chosen) - {"as_dict", "as_list", "pluck", "run"}:
		return None
	return (text, repr(arguments), repr(values), *sorted(chosen))


def _copied(rows: list | tuple) -> list | tuple:
	"""Return rows that the asker may change."""
	return type(rows)(row.copy() if isinstance(row, dict | list) else row for row in rows)
