"""Lets what ERPNext works out of a few queries, row by row, be worked out once in a transaction.

The same price, barcodes and order row are looked for when a row is mapped, saved and submitted; wording the
queries costs more than asking them. Invariant: the functions named here depend on their arguments, on who asks
and on what they ask of the database, and on nothing else; so a result is as good as the answers behind it, and
is kept, by its whole arguments, as long as all of them are (see `answers`). Other jobs and requests, in the
same process or not, ask as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any

import erpnext.stock.get_item_details
import frappe
import frappe.contacts.doctype.address.address
from erpnext.utilities.transaction_base import TransactionBase

from sales_order_ext.invoicing import answers

# Where each is found, and how many of its first arguments do not matter: of a method, the document.
READINGS = (
	(erpnext.stock.get_item_details, "get_item_price", 0),
	(erpnext.stock.get_item_details, "get_barcode_data", 0),
	(frappe.contacts.doctype.address.address, "get_default_address", 0),
	(TransactionBase, "get_prev_doc_reference_details", 1),
)


@contextmanager
def worked_out_once() -> Iterator[None]:
	"""Let this job's connection remember what the readings came to, until the block ends."""
	memory = answers.current()
	patched = []
	for owner, name, own in READINGS if memory else ():
		reading = vars(owner).get(name)
		# Another app's own version may depend on more.
		if reading and reading.__module__ == getattr(owner, "__module__", owner.__name__):
			setattr(owner, name, _remembering(reading, own, memory))
			patched.append((owner, name, reading))
	try:
		yield
	finally:
		for owner, name, reading in patched:
			setattr(owner, name, reading)


def _remembering(reading: Callable[..., Any], own: int, memory: answers.Answers) -> Callable[..., Any]:
	@wraps(reading)
	def remembered(*arguments: Any, **options: Any) -> Any:
		if answers.current() is not memory:
			return reading(*arguments, **options)
		work = partial(reading, *arguments[:own])
		return memory.worked_out((reading, frappe.session.user), work, *arguments[own:], **options)

	return remembered
