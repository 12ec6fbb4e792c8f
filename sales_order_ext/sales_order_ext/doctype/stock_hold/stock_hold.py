"""Stock Hold: what a row of a draft keeps for a while. Made and given back by the app, never by hand."""

from __future__ import annotations

import frappe
from frappe.model.document import Document


class StockHold(Document):
	pass


def on_doctype_update() -> None:
	"""Index what free stock asks for."""
	frappe.db.add_index("Stock Hold", ["item_code", "warehouse"])
