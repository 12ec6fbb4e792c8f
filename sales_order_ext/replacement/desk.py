"""What the form is told when it opens: open replacements, who replaced it, and what a draft must keep."""

from __future__ import annotations

from frappe.model.document import Document

from sales_order_ext import preferences
from sales_order_ext.replacement import compare, records, successors


def facts_for_form(order: Document) -> dict | None:
	"""Return what the form shows of replacements, as far as it applies.

	`open`: drafts that would replace the order; `replacements`: orders that replaced it; where these are
	not what is worked on any more, `living`: what is, or, if all was cancelled, `cancelled`: what was last.
	Of a draft `difference` and `parts`; of a cancelled replacement `was_booked`.

	None where there is nothing to tell; an order that has nothing to do with replacements costs nothing
	while the feature is off, and one query while it is on.
	"""
	if order.get("soe_is_cancelled"):
		return _replaced(order.get("soe_canceled_order") or order.name)
	if order.get("soe_replaced_order") and order.docstatus.is_cancelled():
		return {"was_booked": successors.was_booked(order.name)}
	if order.get("soe_replaced_order") and order.docstatus.is_draft():
		parts = [part.name for part in records.parts_with(order)]
		return {"difference": compare.compare([order]), "parts": parts}
	if order.docstatus.is_submitted() and preferences.of(order).enable_cancel_and_replace:
		return {"open": records.open_drafts(order.name)}
	return None


def _replaced(original: str) -> dict[str, list[str]]:
	direct = successors.replacements_of(original)
	living, cancelled = successors.ends_of(original)
	if living == direct:
		return {"replacements": direct}
	return {"replacements": direct, "living": living, "cancelled": [] if living else cancelled}
