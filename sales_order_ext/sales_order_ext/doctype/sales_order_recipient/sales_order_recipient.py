"""Sales Order Recipient: somebody who is told when the order is edited."""

from __future__ import annotations

from frappe.model.document import Document


class SalesOrderRecipient(Document):
	pass
