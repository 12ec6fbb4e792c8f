"""Invoice Run Group: one invoice of a run, made or to be made, and why if it was not."""

from __future__ import annotations

import frappe
from frappe.model.document import Document


class InvoiceRunGroup(Document):
	pass


def on_doctype_update() -> None:
	"""Workers look for the pending groups of a run, in their order."""
	frappe.db.add_index("Invoice Run Group", ["invoice_run", "status"])
