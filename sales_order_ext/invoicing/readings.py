"""Lets what ERPNext works out of a few queries, row by row, be worked out once in a transaction.

The same price, barcodes and order row are looked for when a row is mapped, saved and submitted; wording the
queries costs more than asking them. Invariant: the functions named here depend on their arguments, on who asks,
on what they ask of the database and on the documents of the tables that are named with them, and on nothing
else; so a result is as good as the answers behind it, and is kept, by its whole arguments, as long as all of
them are and none of these tables is written to (see `answers`). Other jobs and requests, in the same process or
not, ask as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial, wraps
from types import ModuleType
from typing import Any

import erpnext.selling.doctype.sales_order.sales_order
import erpnext.stock.doctype.item.item
import erpnext.stock.get_item_details
import frappe
import frappe.contacts.doctype.address.address
from erpnext.utilities.transaction_base import TransactionBase

from sales_order_ext.invoicing import answers

# An item's document, as Frappe's cache has it.
ITEM = frozenset(("tabItem", "tabItem Default", "tabUOM Conversion Detail", "tabItem Tax", "tabItem Supplier",
	"tabItem Customer Detail", "tabItem Barcode", "tabItem Reorder", "tabItem Variant Attribute"))  # fmt: skip


@dataclass(frozen=True)
class Reading:
	"""A function, by its name where it is called (`owner`) and where it is written (`home`, else there).

	`own`: how many of its first arguments do not matter: of a method, the document. `tables`: whose documents
	it takes from Frappe's cache.
	"""

	owner: ModuleType | type
	name: str
	own: int = 0
	home: ModuleType | None = None
	tables: frozenset[str] = frozenset()

	def find(self) -> Callable[..., Any] | None:
		"""Return the function; None where another app has put its own there, which may depend on more."""
		found = vars(self.owner).get(self.name)
		home = self.home or self.owner
		return found if found and found.__module__ == getattr(home, "__module__", home.__name__) else None


_item = erpnext.stock.doctype.item.item
READINGS = (
	Reading(erpnext.stock.get_item_details, "get_item_price"),
	Reading(erpnext.stock.get_item_details, "get_barcode_data"),
	Reading(erpnext.stock.get_item_details, "get_item_defaults", home=_item, tables=ITEM),
	Reading(erpnext.selling.doctype.sales_order.sales_order, "get_item_defaults", home=_item, tables=ITEM),
	Reading(frappe.contacts.doctype.address.address, "get_default_address"),
	Reading(TransactionBase, "get_prev_doc_reference_details", own=1),
)


@contextmanager
def worked_out_once() -> Iterator[None]:
	"""Let this job's connection remember what the readings came to, until the block ends."""
	memory = answers.current()
	patched = []
	for reading in READINGS if memory else ():
		plain = reading.find()
		if plain:
			setattr(reading.owner, reading.name, _remembering(reading, plain, memory))
			patched.append((reading, plain))
	try:
		yield
	finally:
		for reading, plain in patched:
			setattr(reading.owner, reading.name, plain)


def _remembering(reading: Reading, plain: Callable[..., Any], memory: answers.Answers) -> Callable[..., Any]:
	@wraps(plain)
	def remembered(*arguments: Any, **options: Any) -> Any:
		if answers.current() is not memory:
			return plain(*arguments, **options)
		work = partial(plain, *arguments[: reading.own])
		name = (plain, frappe.session.user)
		return memory.worked_out(name, reading.tables, work, *arguments[reading.own :], **options)

	return remembered
