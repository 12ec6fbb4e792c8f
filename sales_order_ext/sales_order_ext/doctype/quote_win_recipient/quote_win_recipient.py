"""Quote Win Recipient."""

from frappe.model.document import Document


class QuoteWinRecipient(Document):
	pass
