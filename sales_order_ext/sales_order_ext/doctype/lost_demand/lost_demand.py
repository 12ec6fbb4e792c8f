"""Lost Demand: goods a customer wanted and did not get, and why. Made by the app, never by hand."""

from __future__ import annotations

from frappe.model.document import Document


class LostDemand(Document):
	pass
