"""Quote Win Item."""

from frappe.model.document import Document


class QuoteWinItem(Document):
	pass
