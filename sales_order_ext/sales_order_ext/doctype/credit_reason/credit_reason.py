"""Credit Reason: why goods are returned or credited, and whether stock comes back."""

from __future__ import annotations

from frappe.model.document import Document


class CreditReason(Document):
	pass
