"""Sales Order Charge: an hour, a material or an expense that an order's row bills, so that no other does."""

from __future__ import annotations

from frappe.model.document import Document


class SalesOrderCharge(Document):
	pass
