"""Quote Win Losing: a quotation of the same opportunity, and whether it is marked lost."""

from frappe.model.document import Document


class QuoteWinLosing(Document):
	pass
