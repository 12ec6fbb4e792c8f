"""Old and new of a replacement for a reader: of a draft as it stands, of a booked one from the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import flt

from sales_order_ext.decimals import text, to_decimal
from sales_order_ext.replacement import comparison, links, log, messages, records, rules
from sales_order_ext.replacement.facts import Order, label_of

SUMS = ("old_total", "new_total", "difference", "paid", "outstanding")
LISTS = ("rows", "problems", "warnings")


def compare(parts: Sequence[Document]) -> dict[str, Any]:
	"""Return old and new of one replacement, or of several that replace one order together."""
	results = [_of_draft(part) if part.docstatus.is_draft() else _of_log(part) for part in parts]
	whole = results[0]
	for other in results[1:]:
		whole |= {field: flt(whole[field] + other[field], 9) for field in SUMS}
		whole |= {
			field: whole[field] + [one for one in other[field] if one not in whole[field]] for field in LISTS
		}
	return whole


def _of_draft(draft: Document) -> dict[str, Any]:
	original = frappe.get_doc(records.ORDER, draft.soe_replaced_order)
	documents = links.documents_by_row(links.find(original.name))
	whole, new = records.paid_order_of(original, documents), records.order_of(draft)
	parts = [records.order_of(part) for part in records.parts_with(draft)]
	others = [part for part in parts if part.name != draft.name]
	is_first = parts[0].name == draft.name
	old = comparison.share_of(whole, new, others, is_first, draft.precision("grand_total"))
	problems = rules.original_violations(whole, new) + rules.draft_violations(whole, new, others)
	problems += rules.billed_violations(whole, new)
	problems += rules.quotation_excess(new.rows, records.quotation_left(original, draft))
	rows = [_row(change, draft) for change in comparison.difference(old, new)]
	warnings = rules.warnings(whole, new, others)
	if is_first:
		warnings += rules.first_part_warnings(whole, new, others)
	return {
		**_header(old, new),
		"rows": rows,
		"problems": [messages.sentence(one) for one in problems],
		"warnings": [messages.sentence(one) for one in warnings],
	}


def _header(old: Order, new: Order) -> dict[str, Any]:
	return {
		"original": old.name,
		"replacement": new.name,
		"currency": new.currency,
		"old_total": float(old.total),
		"new_total": float(new.total),
		"difference": float(new.total - old.total),
		"paid": float(old.paid),
		"outstanding": float(new.total - old.paid),
	}


def _row(change: comparison.Change, draft: Document) -> dict[str, Any]:
	"""Return a line of the difference with what the row must keep: least quantity, goods, the row itself."""
	old, new = change.old, change.new
	is_used = bool(old and (old.progress or old.documents))
	return {
		**log.row_values(change),
		"label": (new or old).label,
		"idx": (new or old).idx,
		"replacement_order": draft.name,
		"least_qty": text(old.delivered) if old and old.delivered else "",
		"least_amount": float(old.billed) if old else 0,
		"is_fixed": is_used,
		"documents": list(old.documents) if old else [],
	}


def _of_log(replacement: Document) -> dict[str, Any]:
	entry = frappe.get_doc(records.LOG, replacement.name)
	rows = [
		{
			**row.as_dict(no_default_fields=True),
			"label": label_of(row.item_code, row.item_name or ""),
			"idx": row.idx,
			"replacement_order": replacement.name,
		}
		for row in entry.rows
	]
	return {
		"original": entry.original_order,
		"replacement": entry.replacement_order,
		"outstanding": float(to_decimal(entry.new_total) - to_decimal(entry.paid)),
		"rows": rows,
		"problems": [],
		"warnings": [],
		**{field: entry.get(field) for field in ("currency", "old_total", "new_total", "difference", "paid")},
	}
