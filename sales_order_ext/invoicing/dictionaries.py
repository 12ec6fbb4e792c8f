"""Lets an order that has not changed be turned into a dictionary once.

To find an order's status ERPNext holds it against one condition after the other, and turns the order with all
its rows into a dictionary for each. Invariant: a dictionary follows from the values of the document and of its
rows alone; so while all of them are the same the dictionary is, and each asker gets a copy to change. Fields
that are computed may follow from more: where there is one, all is told anew each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import frappe
from erpnext.selling.doctype.sales_order.sales_order import SalesOrder
from frappe.model.base_document import get_controller

from sales_order_ext.invoicing import answers

TELL = "as_dict"


@contextmanager
def told_once() -> Iterator[None]:
	"""Let the class of orders remember the last order that was told, until the block ends."""
	# A class of its own, which another app may have put in ERPNext's place, says it in its own way.
	if not answers.current() or TELL in vars(SalesOrder) or _has_computed_fields():
		yield
		return
	setattr(SalesOrder, TELL, _remembering(getattr(SalesOrder, TELL)))
	try:
		yield
	finally:
		delattr(SalesOrder, TELL)


def _has_computed_fields() -> bool:
	head = frappe.get_meta("Sales Order")
	forms = [head, *(frappe.get_meta(field.options) for field in head.get_table_fields())]
	return any(
		field.options or hasattr(get_controller(form.name), field.fieldname)
		for form in forms
		for field in form.get("fields", {"is_virtual": 1})
	)


def _remembering(tell: Callable[..., Any]) -> Callable[..., Any]:
	memory = answers.current()
	last: list[Any] = [None, None, None]

	def remembered(order: SalesOrder, *arguments: Any, **options: Any) -> Any:
		if arguments or options or answers.current() is not memory:
			return tell(order, *arguments, **options)
		values = [(row, vars(row).copy()) for row in (order, *order.get_all_children())]
		if last[0] is not order or last[1] != values:
			last[:] = order, values, tell(order)
		return answers.copied(last[2])

	return remembered
