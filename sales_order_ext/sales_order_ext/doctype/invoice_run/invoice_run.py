"""Invoice Run: one batch of invoices by the orders' terms, and its record."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, today

from sales_order_ext.errors import InvoiceRunError
from sales_order_ext.invoicing import run_records
from sales_order_ext.unfilled import Unfilled

ASKED = ("company", "posting_date", "as_of", "submit_invoices", "customer", "customer_group", "territory",
	"invoice_term", "orders")  # fmt: skip


class InvoiceRun(Unfilled):
	# An empty filter means all, not the group and territory of new customers.
	LEFT_EMPTY = ("customer", "customer_group", "territory")

	def before_validate(self) -> None:
		self.as_of = self.as_of or today()
		self.posting_date = self.posting_date or self.as_of

	def validate(self) -> None:
		before = self.get_doc_before_save()
		if not before:
			self.status = "Draft"
		elif before.status != "Draft" and any(_changed(self, before, field) for field in ASKED):
			frappe.throw(
				_("This run has begun; what it invoices cannot be changed. Make a new one instead."),
				InvoiceRunError,
			)

	def on_trash(self) -> None:
		if self.status in run_records.GOING:
			frappe.throw(_("Stop this run before you delete it."), InvoiceRunError)
		run_records.delete_groups(self.name)


def _changed(run: Document, before: Document, field: str) -> bool:
	if field in ("posting_date", "as_of"):
		return getdate(run.get(field)) != getdate(before.get(field))
	return (run.get(field) or "") != (before.get(field) or "")
