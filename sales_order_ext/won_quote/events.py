"""Document events: what was wanted in vain is kept, and a reopened opportunity stays open."""

from __future__ import annotations

from frappe.model.document import Document

from sales_order_ext import preferences
from sales_order_ext.won_quote import losing


def quotation_on_submit(doc: Document, method: str | None = None) -> None:
	"""ERPNext calls an opportunity converted again by what was ordered before it was reopened."""
	if preferences.of(doc).enable_procurement:
		losing.follow_reopened(doc)


def quotation_on_update_after_submit(doc: Document, method: str | None = None) -> None:
	"""A quotation that is declared lost, by whatever door, is kept as lost demand."""
	if doc.status == "Lost" and preferences.of(doc).enable_procurement:
		losing.keep_quotation(doc)


def quotation_on_cancel(doc: Document, method: str | None = None) -> None:
	"""What is cancelled was not wanted in vain."""
	if preferences.of(doc).enable_procurement:
		losing.forget(doc)


def opportunity_on_update(doc: Document, method: str | None = None) -> None:
	"""Lost before anything was quoted: kept as lost demand. Opened again by hand: noted, so it can be won."""
	if not preferences.of(doc).enable_procurement:
		return
	if doc.status == "Lost":
		losing.keep_opportunity(doc)
	elif doc.status == "Open" and doc.get_doc_before_save() and doc.has_value_changed("status"):
		losing.note_reopened(doc)
