"""Orders over the work on a project in the in-memory shop: hours and materials, each billed once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sales_order_ext.decimals import ZERO
from sales_order_ext.order_entry import billing
from sales_order_ext.order_entry.rules import CUSTOM, ITEMS
from sales_order_ext.scenario.papers import Order, Project, Record
from sales_order_ext.scenario.play import Document, Refused
from sales_order_ext.scenario.shop_steps import whole
from sales_order_ext.scenario.story import Row

if TYPE_CHECKING:
	from sales_order_ext.scenario.shop import Shop


class ServiceSteps:
	"""The steps of projects."""

	@whole
	def project(self: Shop, customer: str) -> list[Document]:
		paper = Project("", customer)
		self.add("PROJ", paper)
		return [Document("Project", paper.name)]

	@whole
	def work(self: Shop, project: Document, activity: str, hours: Decimal, rate: Decimal) -> list[Document]:
		paper = Record()
		self.add("TS", paper)
		charge = billing.Charge(
			billing.LABOUR, paper.name, paper.name, activity, activity, self.today, hours, rate
		)
		self.papers[project.name].charges.append(charge)
		return [Document("Timesheet", paper.name)]

	@whole
	def use(self: Shop, project: Document, rows: tuple[Row, ...]) -> list[Document]:
		paper = Record()
		self.add("MAT", paper)
		prices = {item.code: item.price for item in self.story.items}
		for number, row in enumerate(rows):
			if row.qty > self.on_hand[row.item] - self.reserved(row.item):
				raise Refused("NegativeStockError", f"not enough {row.item} in stock")
			self.on_hand[row.item] -= row.qty
			charge = billing.Charge(
				billing.MATERIAL, paper.name, f"{paper.name}-{number}", row.item, row.item, self.today,
				row.qty, prices[row.item],
			)  # fmt: skip
			self.papers[project.name].charges.append(charge)
		return [Document("Stock Entry", paper.name)]

	@whole
	def bill(self: Shop, project: Document, up_to: date | None = None) -> list[Document]:
		source = self.papers[project.name]
		unbilled = _unbilled(source, self.orders, up_to or self.today)
		lines = [self.line(ITEMS[CUSTOM], one.qty, one.rate) for one in billing.lines(unbilled)]
		if not lines:
			raise Refused("NothingToBillError", f"{source.name} has nothing to bill")
		order = self.book(source.customer, lines, None, None)
		order.required = self.today
		order.bills = tuple(charge.row for charge in unbilled)
		return [Document("Sales Order", order.name), project]


def _unbilled(project: Project, orders: list[Order], up_to: date) -> list[billing.Charge]:
	"""Return what no standing order bills, until a day."""
	billed = {row for order in orders if not order.closed for row in order.bills}
	return [one for one in project.charges if one.day <= up_to and one.row not in billed and one.qty > ZERO]
