"""Order Replacement Reference."""

from frappe.model.document import Document


class OrderReplacementReference(Document):
	"""A line of an Order Replacement."""
