"""Back Order: what a row of a booked order waits for. Made and filled by the app, never by hand;
mode and priority are the user's."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt


class BackOrder(Document):
	def validate(self) -> None:
		"""Keep the priority in its range, and let the status say how much is filled, unless cancelled."""
		self._keep_what_is_the_app_s()
		if not 1 <= cint(self.priority) <= 9:
			frappe.throw(_("Choose a priority from 1 (served first) to 9 (served last)."))
		if self.status != "Cancelled":
			self.status = self._filled_status()

	def _keep_what_is_the_app_s(self) -> None:
		"""Let a user's save change nothing but mode and priority, whatever a program sends."""
		before = self.get_doc_before_save()
		if before and not self.flags.ignore_permissions:
			for field in self.meta.get("fields", {"read_only": 1}):
				self.set(field.fieldname, before.get(field.fieldname))

	def _filled_status(self) -> str:
		left = flt(self.qty, self.precision("qty")) - flt(self.filled_qty, self.precision("qty"))
		if left <= 0:
			return "Filled"
		return "Partly Filled" if self.filled_qty else "Open"
