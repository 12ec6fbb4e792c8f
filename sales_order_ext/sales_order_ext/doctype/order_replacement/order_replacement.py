"""Order Replacement: the log of one cancel and replace, written when the replacement is booked."""

from frappe.model.document import Document


class OrderReplacement(Document):
	"""One original, its inverse and its replacement; never changed afterwards."""
