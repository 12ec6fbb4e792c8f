"""External Quote Item: a row of an external quote."""

from frappe.model.document import Document


class ExternalQuoteItem(Document):
	pass
