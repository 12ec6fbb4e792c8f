"""Quote Win Rule: what the services of an item group are preset to become when a quotation is won."""

from __future__ import annotations

from frappe.model.document import Document

from sales_order_ext.won_quote import facts


class QuoteWinRule(Document):
	def validate(self) -> None:
		if self.is_labour:
			self.update({"convert_to": facts.SALES_ORDER, "subscription_plan": None})
		if self.subscription_plan:
			self.convert_to = facts.CONTRACT_CHARGE
