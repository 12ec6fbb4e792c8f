"""What the form is told when it opens: open replacements, who replaced it, and what a draft must keep."""

from __future__ import annotations

from frappe.model.document import Document

from sales_order_ext import preferences
from sales_order_ext.replacement import compare, records


def facts_for_form(order: Document) -> dict | None:
	"""Return {"open": drafts, "replacements": booked ones, "difference": …, "parts": …}, as far as they apply.

	None where there is nothing to tell; an order that has nothing to do with replacements costs nothing
	while the feature is off, and one query while it is on.
	"""
	if order.get("soe_is_cancelled"):
		original = order.get("soe_canceled_order") or order.name
		return {"replacements": records.replacements_of(original)}
	if order.get("soe_replaced_order") and order.docstatus.is_draft():
		parts = [part.name for part in records.parts_with(order)]
		return {"difference": compare.compare([order]), "parts": parts}
	if order.docstatus.is_submitted() and preferences.of(order).enable_cancel_and_replace:
		return {"open": records.open_drafts(order.name)}
	return None
