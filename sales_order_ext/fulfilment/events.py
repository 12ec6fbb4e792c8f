"""Document events: rows keep their approvals only as long as they stay what was approved."""

from __future__ import annotations

from frappe.model.document import Document

from sales_order_ext.fulfilment import approvals


def validate(doc: Document, method: str | None = None) -> None:
	"""Sales Order: a changed row needs its approval again."""
	if approvals.role_for(doc):
		approvals.keep(doc)


def before_submit(doc: Document, method: str | None = None) -> None:
	"""Sales Order: nothing is booked that waits for approval; whoever may approve does so by submitting."""
	role = approvals.role_for(doc)
	if role:
		approvals.require(doc, role)


def before_update_after_submit(doc: Document, method: str | None = None) -> None:
	"""Sales Order: as with a draft."""
	if approvals.role_for(doc):
		approvals.keep(doc)


def row_before_update_after_submit(doc: Document, method: str | None = None) -> None:
	"""Sales Order Item saved by itself, as Update Items does."""
	approvals.keep_row(doc)
