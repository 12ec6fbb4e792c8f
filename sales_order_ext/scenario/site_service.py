"""Orders over the work on a project on a real site."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import frappe

from sales_order_ext.scenario import site_masters
from sales_order_ext.scenario.play import Document
from sales_order_ext.scenario.site_steps import atomic, submitted
from sales_order_ext.scenario.story import Row

if TYPE_CHECKING:
	from sales_order_ext.scenario.site import Site


class ServiceSteps:
	"""The steps of projects."""

	@atomic
	def project(self: Site, customer: str) -> list[Document]:
		name = f"Story {frappe.generate_hash(length=8)}"
		return [Document("Project", self.new("Project", project_name=name, customer=customer).insert().name)]

	@atomic
	def work(self: Site, project: Document, activity: str, hours: Decimal, rate: Decimal) -> list[Document]:
		site_masters.ensure_activity(activity)
		customer = frappe.db.get_value("Project", project.name, "customer")
		log = {"activity_type": activity, "from_time": f"{self.today} 08:00:00", "hours": float(hours),
			"billing_hours": float(hours), "billing_rate": float(rate), "is_billable": 1, "project": project.name}  # fmt: skip
		return [submitted(self.new("Timesheet", customer=customer, time_logs=[log]))]

	@atomic
	def use(self: Site, project: Document, rows: tuple[Row, ...]) -> list[Document]:
		items = [
			{"item_code": row.item, "qty": float(row.qty), "s_warehouse": self.warehouse} for row in rows
		]
		entry = self.new("Stock Entry", stock_entry_type="Material Issue", project=project.name, items=items)
		return [submitted(entry)]

	@atomic
	def bill(self: Site, project: Document, up_to: date | None = None) -> list[Document]:
		from sales_order_ext.order_entry import api

		made = api.make_order_from_project(project.name, str(up_to or self.today))
		frappe.get_doc("Sales Order", made["sales_order"]).submit()
		return [Document("Sales Order", made["sales_order"]), project]
