"""Order Replacement Row."""

from frappe.model.document import Document


class OrderReplacementRow(Document):
	"""A line of an Order Replacement."""
