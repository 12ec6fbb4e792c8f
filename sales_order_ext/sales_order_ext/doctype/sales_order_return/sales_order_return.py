"""Sales Order Return: a row that takes back, or credits, what an earlier delivery brought."""

from __future__ import annotations

from frappe.model.document import Document


class SalesOrderReturn(Document):
	pass
