"""What the print of a change shows: old and new, row by row, in the words and currency of the order."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.model.document import Document

from sales_order_ext.replacement import compare, records

# What custom lines stand on: nothing that a customer knows.
OWN_ITEMS = "soe-"


def order_changes(doc: Document) -> dict[str, Any] | None:
	"""Return old and new for a print of a replacement, its original or its log; None for other orders.

	Shape: as the difference, with `order` (the new document), `changed` (is anything different) and in
	each row `item_name`.
	"""
	names = _replacements(doc)
	if not names:
		return None
	orders = [frappe.get_doc(records.ORDER, name) for name in names]
	facts = compare.compare(orders)
	item_names = dict(
		frappe.get_all(
			"Sales Order Item",
			{"name": ("in", [row["replacement_row"] or row["original_row"] for row in facts["rows"]])},
			["name", "item_name"],
			as_list=True,
			order_by="name asc",
		)
	)
	for row in facts["rows"]:
		row["item_name"] = item_names.get(row["replacement_row"] or row["original_row"], row["item_code"])
		if row["item_code"].startswith(OWN_ITEMS):
			row["item_code"] = row["item_name"]
	changed = [row for row in facts["rows"] if row["change"] != "Same"]
	return {**facts, "order": orders[0], "replacements": names, "changed": changed}


def _replacements(doc: Document) -> list[str]:
	if doc.doctype == records.LOG:
		return [doc.replacement_order]
	if doc.get("soe_is_cancelled"):
		return records.replacements_of(doc.get("soe_canceled_order") or doc.name)
	return [doc.name] if doc.get("soe_replaced_order") else records.open_drafts(doc.name)
