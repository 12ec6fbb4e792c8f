"""Invoice Schedule: on which dates a customer is invoiced, and up to which delivery date."""

from __future__ import annotations

from typing import Any

from frappe.model.document import Document
from frappe.utils import cstr, getdate

from sales_order_ext import errors
from sales_order_ext.invoicing import calendar
from sales_order_ext.invoicing.messages import MESSAGES

DAY_FIELDS = ("weekday", "anchor_date", "day_of_month", "second_day_of_month", "cut_off_day",
	"second_cut_off_day")  # fmt: skip


class InvoiceSchedule(Document):
	def autoname(self) -> None:
		"""Name it as the user says, else after its days."""
		self.schedule_name = self.schedule_name or self.name or self._description()
		self.name = self.schedule_name

	def before_validate(self) -> None:
		"""Empty what the frequency does not use, so that nothing hidden takes effect later."""
		used = calendar.FIELDS.get(self.frequency, DAY_FIELDS)
		self.update({field: None for field in DAY_FIELDS if field not in used})
		if self.frequency == calendar.FORTNIGHTLY and self.anchor_date and not self.weekday:
			self.weekday = calendar.WEEKDAYS[getdate(self.anchor_date).weekday()]

	def validate(self) -> None:
		errors.throw_all(calendar.problems(self.facts()), MESSAGES)

	def facts(self) -> dict[str, Any]:
		"""Return the fields as the calendar reads them."""
		return {
			"name": self.name,
			"frequency": self.frequency,
			"minimum_amount": self.minimum_amount,
			**{field: self.get(field) for field in DAY_FIELDS},
			"anchor_date": getdate(self.anchor_date) if self.anchor_date else None,
		}

	def _description(self) -> str:
		parts = [self.frequency, self.weekday, self.day_of_month, self.second_day_of_month, self.cut_off_day]
		return " ".join(cstr(part) for part in parts if part)
