"""External Quote: a quote of another quoting tool, and the quotation that stands for it here."""

from __future__ import annotations

from frappe.model.document import Document


class ExternalQuote(Document):
	pass
