"""Quote Win Action."""

from frappe.model.document import Document


class QuoteWinAction(Document):
	pass
