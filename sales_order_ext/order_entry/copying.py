"""Appends rows to a draft order: ask the rules, save through the document, and keep all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import frappe
from frappe.model.document import Document

from sales_order_ext import errors, transactions
from sales_order_ext.order_entry import records, rules
from sales_order_ext.order_entry.messages import MESSAGES

SAVEPOINT = "soe_copy"


def writable_order(name: str) -> Document:
	"""Return the order; throw PermissionError unless the acting user may write it."""
	order = frappe.get_doc(records.ORDER, name)
	order.check_permission("write")
	return order


def copy_chosen(order: Document, chosen: Sequence[rules.ChosenRow]) -> dict[str, Any]:
	"""Append the rows a clerk ticked."""
	target = records.target_of(order)
	sources = records.readable_rows({row.source for row in chosen if row.source})
	errors.throw_all(rules.check_chosen(target, chosen, sources), MESSAGES)
	return _append(order, rules.lines_from_chosen(target, chosen, sources))


def copy_orders(order: Document, names: Sequence[str]) -> dict[str, Any]:
	"""Append all rows of other orders, in the sequence of their names as given."""
	target = records.target_of(order)
	readable = records.readable_orders(names)
	rows = records.rows_of_orders([name for name in names if name in readable])
	errors.throw_all(rules.check_orders(target, names, readable, rows), MESSAGES)
	return _append(order, rules.lines_from_orders(target, rows))


def _append(order: Document, lines: Sequence[rules.NewLine]) -> dict[str, Any]:
	with transactions.all_or_nothing(SAVEPOINT):
		rows = records.append(order, lines)
		_check_kept(rows, lines)
	return {"sales_order": order.name, "rows": [row.name for row in rows]}


def _check_kept(rows: Sequence[Document], lines: Sequence[rules.NewLine]) -> None:
	"""Throw when a pricing rule overruled a price that was to stay."""
	wanted = [
		line if line.rate is None else replace(line, rate=records.rate_of(row, line.rate))
		for row, line in zip(rows, lines, strict=True)
	]
	saved = [records.rate_of(row, row.rate) for row in rows]
	errors.throw_all(rules.check_kept(wanted, saved), MESSAGES)
