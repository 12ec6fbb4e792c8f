"""Quote Win: one pass of winning a quotation, and its record."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from sales_order_ext.errors import QuoteWinFinishedError
from sales_order_ext.won_quote import facts, records


class QuoteWin(Document):
	def before_insert(self) -> None:
		frappe.get_doc("Quotation", self.quotation).check_permission("read")
		self.run_key = records.next_run_key(self.quotation)

	def validate(self) -> None:
		if self.flags.in_pass:
			return
		before = self.get_doc_before_save()
		if before:
			before.refuse_if_finished()
			self.run_key = before.run_key
		# What undoing believes is written by the pass alone.
		self.update({"status": facts.DRAFT, "sales_order": None, "actions": [], "undo_data": None})
		records.bring_up_to_date(self)

	def on_trash(self) -> None:
		self.refuse_if_finished()

	def refuse_if_finished(self) -> None:
		"""Throw unless this pass is a draft."""
		if self.status != facts.DRAFT:
			frappe.throw(
				_("{0} is {1} and stays as it is. Start another pass from the quotation.").format(
					self.name, _(self.status)
				),
				QuoteWinFinishedError,
			)
