"""The Order Replacement log: what the original had reached, what followed, and the money effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import frappe
from frappe.model.document import Document
from frappe.utils import flt, now

from sales_order_ext.replacement import comparison, records
from sales_order_ext.replacement.facts import Order
from sales_order_ext.replacement.links import LEDGERS, Reference


def write(
	inverse: Document,
	replacement: Document,
	old: Order,
	new: Order,
	references: Sequence[Reference],
) -> Document:
	"""Store and return the log of one replacement.

	`old` is the original as it stood before, or the part of it that this replacement took over.
	"""
	entry = frappe.new_doc(records.LOG)
	entry.update(
		{
			"replacement_order": replacement.name,
			"original_order": old.name,
			"inverse_order": inverse.name,
			"root_order": replacement.soe_root_order,
			"replacement_no": replacement.soe_replacement_no,
			"company": replacement.company,
			"customer": replacement.customer,
			"currency": replacement.currency,
			"replaced_by": frappe.session.user,
			"replaced_on": now(),
			"paid": float(old.paid),
			"old_total": float(old.total),
			"new_total": float(new.total),
			"difference": float(new.total - old.total),
		}
	)
	for change in comparison.difference(old, new):
		entry.append("rows", row_values(change))
	for (doctype, name), count in sorted(_moved(references).items()):
		entry.append("references", {"reference_type": doctype, "reference": name, "row_count": count})
	return entry.insert(ignore_permissions=True)


def row_values(change: comparison.Change) -> dict:
	"""Return one line of the difference as plain values."""
	old, new = change.old, change.new
	values: dict = {
		"change": change.kind,
		"item_code": change.item_code,
		"item_name": (new or old).item_name,
		"uom": (new or old).uom,
		"original_row": old.name if old else "",
		"replacement_row": new.name if new else "",
		"difference": float(change.amount),
	}
	for prefix, row in (("old", old), ("new", new)):
		for figure in ("qty", "rate", "amount"):
			values[f"{prefix}_{figure}"] = float(getattr(row, figure)) if row else 0
	for figure in ("delivered", "billed", "reserved", "ordered", "work_order", "picked"):
		values[figure] = flt(getattr(old, figure)) if old else 0
	return values


def _moved(references: Sequence[Reference]) -> Counter[tuple[str, str]]:
	return Counter(
		(ref.document_type, ref.document) for ref in references if ref.document_type not in LEDGERS
	)
