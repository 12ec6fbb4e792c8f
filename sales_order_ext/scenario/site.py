"""Play a story on a real site, with real documents, through the endpoints that clerks use.

In a transaction that is rolled back at the end unless told otherwise, so a company can try a story on
its own settings. Run it with `bench --site SITE execute sales_order_ext.scenario.site.play --kwargs
'{"path": "FILE"}'`. Documents carry the story's dates; what asks for today's date gets the site's.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import frappe
from frappe.model.document import Document as DocumentOfFrappe
from frappe.utils import getdate, today

from sales_order_ext.order_entry.rules import ITEMS
from sales_order_ext.scenario import site_facts, site_masters, site_won_quote
from sales_order_ext.scenario import timeline as timeline_
from sales_order_ext.scenario.play import Document, Facts, failures
from sales_order_ext.scenario.play import play as play_story
from sales_order_ext.scenario.site_returns import ReturnSteps, returns_of
from sales_order_ext.scenario.site_service import ServiceSteps
from sales_order_ext.scenario.site_steps import atomic, submitted
from sales_order_ext.scenario.story import Groups, Return, Row, Story, load


def play(path: str, company: str | None = None, commit: bool = False) -> None:
	"""Play the story of a file, print its timeline, and throw if something did not hold.

	`company` defaults to the site's default company. With `commit` every step is kept.
	"""
	story = load(path)
	print(f"{story.title}\n")
	driver = Site(company, commit)
	try:
		steps = play_story(story, driver, lambda played: print("\n".join(timeline_.lines(played))))
	finally:
		frappe.db.rollback()
	unmet = failures(steps)
	if unmet:
		frappe.throw("<br>".join(unmet), title=story.title)


class Site(ReturnSteps, ServiceSteps):
	"""The driver for a real site; see `play.Driver`."""

	def __init__(self, company: str | None = None, commit: bool = False):
		self.company = company or frappe.defaults.get_global_default("company")
		self.commit = commit

	def begin(self, story: Story) -> None:
		self.story = story
		self.today = story.date or getdate(today())
		self.warehouse = site_masters.make(story, self.company, self.today)
		if self.commit:
			frappe.db.commit()

	def facts(self, document: Document) -> Facts:
		return site_facts.of(document)

	def stock(self) -> dict[str, Facts]:
		return site_facts.stock([item.code for item in self.story.items if item.stock], self.warehouse)

	@atomic
	def receive(self, rows: tuple[Row, ...]) -> list[Document]:
		items = [
			{"item_code": row.item, "qty": float(row.qty), "t_warehouse": self.warehouse, "basic_rate": 1}
			for row in rows
		]
		entry = self.new("Stock Entry", stock_entry_type="Material Receipt", items=items)
		return [submitted(entry)]

	@atomic
	def opportunity(self, customer: str) -> list[Document]:
		deal = self.new("Opportunity", opportunity_from="Customer", party_name=customer)
		return [Document("Opportunity", deal.insert().name)]

	@atomic
	def quote(
		self, customer: str, rows: tuple[Row, ...], opportunity: Document | None = None
	) -> list[Document]:
		quotation = self.new(
			"Quotation", quotation_to="Customer", party_name=customer, items=self._items(rows),
			taxes=self._taxes(), order_type="Sales", opportunity=opportunity and opportunity.name,
		)  # fmt: skip
		return [submitted(quotation)]

	@atomic
	def win(
		self,
		quote: Document,
		order_type: str | None = None,
		invoice_term: str | None = None,
		rows: tuple[Row, ...] | None = None,
		services: str | None = None,
		after: str | None = None,
	) -> list[Document]:
		head = {
			"transaction_date": self.today, "delivery_date": self._delivery_date(),
			"set_warehouse": self.warehouse, "order_type": order_type, "invoice_term": invoice_term,
		}  # fmt: skip
		return [site_won_quote.win(quote, head, rows, services, after), quote]

	@atomic
	def lose(
		self, quote: Document | None = None, opportunity: Document | None = None, reason: str = "Lost"
	) -> list[Document]:
		site_masters.ensure_reason(reason)
		return site_won_quote.lose(quote, opportunity, reason)

	@atomic
	def reopen(self, opportunity: Document) -> list[Document]:
		return site_won_quote.reopen(opportunity)

	@atomic
	def undo(self, order: Document) -> list[Document]:
		return site_won_quote.undo(order)

	@atomic
	def order(
		self,
		customer: str,
		rows: tuple[Row, ...],
		order_type: str | None = None,
		invoice_term: str | None = None,
		returns: tuple[Return, ...] = (),
		delivery: Document | None = None,
	) -> list[Document]:
		order = self.new(
			"Sales Order", customer=customer, transaction_date=self.today,
			delivery_date=self._delivery_date(), items=self._items(rows), taxes=self._taxes(),
			soe_order_type=order_type, soe_invoice_term=invoice_term,
			soe_returns=returns_of(delivery, returns),
		)  # fmt: skip
		return [submitted(order)]

	@atomic
	def change_type(self, order: Document, order_type: str) -> list[Document]:
		from sales_order_ext.order_type import api

		api.change_type(order.name, order_type)
		return [order]

	@atomic
	def deliver(self, order: Document, rows: tuple[Row, ...] | None = None) -> list[Document]:
		from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note

		note = make_delivery_note(order.name)
		if rows is not None:
			wanted = {row.item: float(row.qty) for row in rows}
			note.items = [line for line in note.items if line.item_code in wanted]
			for line in note.items:
				line.qty = wanted[line.item_code]
		return [self._submit_dated(note), order]

	@atomic
	def release(self, complete_orders_first: bool = False) -> list[Document]:
		from sales_order_ext.allocation import api

		customers = [customer.name for customer in self.story.customers]
		filters = {"customer": customers, "complete_orders_first": int(complete_orders_first)}
		rows = api.release(filters=filters)["rows"]
		served = dict.fromkeys(row["sales_order"] for row in rows if row["given"])
		return [Document("Sales Order", name) for name in served]

	@atomic
	def invoice_run(self, as_of: date | None = None) -> list[Document]:
		from sales_order_ext.invoicing import planning, runner

		day = as_of or self.today
		customers = [customer.name for customer in self.story.customers]
		filters = {"customer": ("in", customers), "company": self.company, "docstatus": 1}
		orders = frappe.get_all("Sales Order", filters, pluck="name", order_by="name")
		if not orders:
			return []
		asked = {"company": self.company, "orders": orders, "submit_invoices": 1}
		run = planning.new_run(planning.clean(asked | {"as_of": day, "posting_date": day}))
		planning.start(run)
		runner.process(run.name, runner.in_job() if self.commit else runner.in_caller())
		return self._invoices_of(run.name)

	@atomic
	def pay(
		self, amount: Decimal, order: Document | None = None, invoice: Document | None = None
	) -> list[Document]:
		from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

		paid = order or invoice
		payment = get_payment_entry(paid.kind, paid.name, party_amount=float(amount))
		payment.update({"posting_date": self.today, "reference_no": "story", "reference_date": self.today})
		return [submitted(payment), paid]

	@atomic
	def replace(self, order: Document, rows: tuple[Row, ...] = (), split: Groups = ()) -> list[Document]:
		from sales_order_ext.replacement import api

		draft = frappe.get_doc("Sales Order", api.start(order.name))
		for row in rows:
			self._replace_row(draft, row)
		draft.save()
		for items in split:
			api.split(draft.name, rows=[row.name for row in draft.items if row.item_code in items])
		done = api.confirm(draft.name)
		return [Document("Sales Order", name) for name in (*done["replacements"], done["inverse"])] + [order]

	@atomic
	def advance_to(self, date: date | None = None, days: Decimal | None = None) -> list[Document]:
		self.today = getdate(date) if date else self.today + timedelta(days=int(days or 1))
		return []

	def _invoices_of(self, run: str) -> list[Document]:
		"""Return the invoices that a run made, in its order, each with the orders on it; throw if one failed."""
		fields = ["invoice", "error"]
		groups = frappe.get_all("Invoice Run Group", {"invoice_run": run}, fields, order_by="number")
		failed = [group.error for group in groups if group.error]
		if failed:
			frappe.throw("<br>".join(failed))
		documents = []
		for invoice in [group.invoice for group in groups if group.invoice]:
			rows = {"parent": invoice, "docstatus": 1, "sales_order": ("is", "set")}
			orders = frappe.get_all("Sales Invoice Item", rows, pluck="sales_order", order_by="idx")
			documents += [Document("Sales Invoice", invoice)]
			documents += [Document("Sales Order", order) for order in dict.fromkeys(orders)]
		return documents

	def _replace_row(self, draft, row: Row) -> None:
		"""Set the quantity of the draft's row of this item: none removes it, a new item is added."""
		line = next((line for line in draft.items if line.item_code == row.item), None)
		if line and row.qty:
			line.qty = float(row.qty)
		elif line:
			draft.remove(line)
		else:
			draft.append("items", self._items((row,))[0] | {"delivery_date": self._delivery_date()})

	def _items(self, rows: tuple[Row, ...]) -> list[dict]:
		kinds = {item: kind for kind, item in ITEMS.items()}
		return [
			{
				"item_code": row.item,
				"qty": float(row.qty),
				"rate": float(row.rate),
				**({"soe_line_type": kinds[row.item], "description": row.words} if row.words
					else {"warehouse": self.warehouse}),
			}
			for row in rows
		]  # fmt: skip

	def _taxes(self) -> list[dict]:
		if not self.story.tax_rate:
			return []
		account = frappe.db.get_value(
			"Account", {"company": self.company, "account_type": "Tax", "is_group": 0}, order_by="name asc"
		)
		tax = {"charge_type": "On Net Total", "account_head": account, "description": "Tax"}
		return [tax | {"rate": float(self.story.tax_rate)}]

	def _delivery_date(self):
		return self.today + timedelta(days=7)

	def new(self, doctype: str, **fields: object) -> DocumentOfFrappe:
		dated = {"posting_date": self.today, "transaction_date": self.today, "set_posting_time": 1}
		return frappe.get_doc({"doctype": doctype, "company": self.company, **dated, **fields})

	def _submit_dated(self, doc) -> Document:
		doc.update({"posting_date": self.today, "set_posting_time": 1})
		return submitted(doc)
