"""Lets the status of an order follow from one reading of it.

To find an order's status ERPNext reads the order, turns it with all its rows into a dictionary for one condition
after the other, and before it stores the status Frappe reads all of it again, to know what it was before.
Invariants: a dictionary follows from the values of the document and of its rows alone, so while all of them are
the same the dictionary is (fields that are computed may follow from more: where there is one, nothing is kept);
and an order whose row this job has locked was, before its status is set, what was read of it last, if nothing was
written since and nothing changed in memory. Its rows are not locked a second time: the status writes none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from functools import wraps
from typing import Any

import frappe
from erpnext.selling.doctype.sales_order.sales_order import SalesOrder
from frappe.model.base_document import get_controller

from sales_order_ext.invoicing import answers

ORDER = "Sales Order"


class LastOrder:
	"""What a job remembers of the order that it read last, and of the one that it told last."""

	def __init__(self, memory: answers.Answers) -> None:
		self.memory = memory
		self.read: tuple[Any, ...] = ()
		self.told: tuple[Any, ...] = ()

	def load_from_db(self, plain: Callable[..., Any], order: SalesOrder) -> Any:
		result = plain(order)
		self.read = (order, self.memory.changes, _values(order))
		return result

	def set_status(
		self, plain: Callable[..., Any], order: SalesOrder, *arguments: Any, **options: Any
	) -> Any:
		if order.name in self.memory.locked and self._is_as_read(order):
			order._doc_before_save = _copied(order)
		return plain(order, *arguments, **options)

	def _is_as_read(self, order: SalesOrder) -> bool:
		if self.read[:2] != (order, self.memory.changes):
			return False
		before, now = self.read[2], _values(order)
		# What is no field may have come since: how an order is worked with.
		return [row for row, _old in before] == [row for row, _new in now] and all(
			old.items() <= new.items() for (_row, old), (_same, new) in zip(before, now, strict=True)
		)

	def as_dict(self, plain: Callable[..., Any], order: SalesOrder, *arguments: Any, **options: Any) -> Any:
		if arguments or options:
			return plain(order, *arguments, **options)
		if not self.told or self.told[:2] != (order, _values(order)):
			told = plain(order)
			# What is no field, and found while it is told, is with it from now on.
			self.told = (order, _values(order), told)
		return answers.copied(self.told[2])


@contextmanager
def found_once() -> Iterator[None]:
	"""Let the class of orders remember the last order, until the block ends."""
	memory = answers.current()
	last = memory and LastOrder(memory)
	# A class of its own, which another app may have put in ERPNext's place, does these things in its own way.
	is_erpnext_s = get_controller(ORDER) is SalesOrder and not _has_computed_fields()
	own = ("load_from_db", "set_status", "as_dict") if last and is_erpnext_s else ()
	names = [name for name in own if name not in vars(SalesOrder)]
	for name in names:
		setattr(SalesOrder, name, _remembering(getattr(SalesOrder, name), getattr(last, name), memory))
	try:
		yield
	finally:
		for name in names:
			delattr(SalesOrder, name)


def _remembering(
	plain: Callable[..., Any], careful: Callable[..., Any], memory: answers.Answers
) -> Callable[..., Any]:
	@wraps(plain)
	def remembered(order: SalesOrder, *arguments: Any, **options: Any) -> Any:
		if answers.current() is not memory:
			return plain(order, *arguments, **options)
		return careful(plain, order, *arguments, **options)

	return remembered


def _has_computed_fields() -> bool:
	head = frappe.get_meta(ORDER)
	forms = [head, *(frappe.get_meta(field.options) for field in head.get_table_fields())]
	return any(
		field.options or hasattr(get_controller(form.name), field.fieldname)
		for form in forms
		for field in form.get("fields", {"is_virtual": 1})
	)


def _values(order: SalesOrder) -> list[tuple[Any, dict[str, Any]]]:
	"""Return the order and its rows, each with its values."""
	return [(row, vars(row).copy()) for row in (order, *order.get_all_children())]


def _copied(order: SalesOrder) -> SalesOrder:
	"""Return an order of the same values, with rows of its own."""
	before = copy(order)
	before.flags = frappe._dict()
	for field in order.meta.get_table_fields():
		before.set(field.fieldname, [copy(row) for row in order.get(field.fieldname) or []])
	return before
