"""Lets the rows of a group's orders be read together that Frappe reads order by order.

An order is loaded when it is mapped and when its status is set, each time with a question to each of its
tables. Invariant: plain reads of one transaction all show the same moment, so what one of them finds for many
orders is what many would find for one each, until the table is written to (see `answers`). What locks is asked
order by order as ever; nothing is locked that would not be.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sales_order_ext.invoicing import answers

# How Frappe asks for the rows of one document.
ROWS = re.compile(
	r"\s*select\s+\*\s+from\s+(`tab[^`]+`)\s+where\s+`parent`\s*=\s*%\((\w+)\)s\s+and\s+`parenttype`\s*=\s*%\((\w+)\)s"
	r"\s+and\s+`parentfield`\s*=\s*%\((\w+)\)s\s+order\s+by\s+`idx`\s+asc\s*",
	re.I,
)
TOGETHER = 20  # orders
# A table that is written to between one order and the next is soon asked order by order again.
OFTEN = 3


class Family:
	"""Documents of a doctype whose rows will be asked for one after the other."""

	def __init__(self, memory: answers.Answers, doctype: str, names: list[str]) -> None:
		self.memory = memory
		self.doctype = doctype
		self.read: Counter = Counter()
		self.near: dict[str, tuple[str, ...]] = {}
		for begin in range(0, len(names), TOGETHER):
			near = tuple(names[begin : begin + TOGETHER])
			self.near.update(dict.fromkeys(near, near))

	def ask(self, text: str, *arguments: Any, **options: Any) -> None:
		"""Read the rows of the documents near the one asked for, and keep them as answers."""
		found = _question(text)
		if not found or not options.get("as_dict") or len(arguments) != 1 or len(arguments[0]) != 3:
			return
		(table, parent, parenttype, parentfield), values = found, arguments[0]
		near, field = self.near.get(values[parent], ()), values[parentfield]
		if values[parenttype] != self.doctype or len(near) < 2 or self.read[near, table, field] >= OFTEN:
			return
		self.read[near, table, field] += 1
		rows_of: dict[str, list] = {name: [] for name in near}
		for row in self._rows(table, near, field):
			# A name that only the database takes for the same is another document's.
			if row.parent not in rows_of:
				return
			rows_of[row.parent].append(row)
		for name, rows in rows_of.items():
			key = answers.key_of(text, ({**values, parent: name},), options)
			self.memory.keep(key, frozenset((table.strip("`"),)), rows)

	def _rows(self, table: str, parents: tuple[str, ...], field: str) -> list:
		return self.memory.run(
			f"select * from {table} where `parent` in %(parents)s and `parenttype` = %(parenttype)s"
			" and `parentfield` = %(parentfield)s order by `idx` asc",
			{"parents": parents, "parenttype": self.doctype, "parentfield": field},
			as_dict=True,
		)


def expect(doctype: str, names: Iterable[str]) -> None:
	"""Let the rows of these documents be read together from now on, in a job whose connection remembers.

	The caller has locked the documents in this transaction, before it read anything.
	"""
	memory = answers.current()
	if memory:
		names = list(names)
		memory.ahead = Family(memory, doctype, names).ask
		memory.locked = frozenset(names)


@lru_cache(200)
def _question(text: str) -> tuple[str, ...] | None:
	found = ROWS.fullmatch(text)
	return found and found.groups()
