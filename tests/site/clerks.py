"""Clerks at work over HTTP: each takes what it finds and does something with it, as people would.

Used by `tests/site/test_soak.py` for a minute's work and by `benchmarks/soak.py` for hours.
"""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import frappe
import requests

from sales_order_ext.preferences import SETTINGS, SWITCHES
from tests.site import masters, web
from tests.site.web import Answer, Caller

BUSY = {409, 417, 403, 404, 508}
ITEMS = ("SOE-SOAK-A", "SOE-SOAK-B", "SOE-SOAK-C")
ROLES = (
	"Accounts Manager", "Accounts User", "Sales Manager", "Sales Master Manager", "Sales User", "Stock Manager",
	"Stock User", "System Manager",
)  # fmt: skip


@dataclass
class Day:
	"""What the clerks share, and what came of their work."""

	today: str
	company: str
	warehouse: str
	customers: list[str]
	items: list[str]
	orders: list[str] = field(default_factory=list)
	done: Counter = field(default_factory=Counter)
	refused: Counter = field(default_factory=Counter)
	reasons: Counter = field(default_factory=Counter)
	broken: list[tuple[str, int, str]] = field(default_factory=list)
	seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


def open_shop() -> tuple[Day, str]:
	"""Commit stock of items of their own with every switch on; return the day, and a key to the clerks' API."""
	frappe.get_doc(SETTINGS).update(dict.fromkeys(SWITCHES, 1)).save()
	for item_code in ITEMS:
		masters._ensure("Item", item_code, item_code=item_code, is_stock_item=1, **masters._item_defaults())
		masters.receive(item_code, 30)
	with masters.user(*ROLES) as name:
		frappe.set_user("Administrator")
		key = web.key_of(name)
	frappe.db.commit()
	customers = [masters.CUSTOMER, masters.OTHER_CUSTOMER]
	return Day(frappe.utils.today(), masters.COMPANY, masters.WAREHOUSE, customers, list(ITEMS)), key


class Clerk:
	"""One of them, with dice of its own."""

	def __init__(self, caller: Caller, day: Day, seed: int):
		self.caller, self.day, self.dice, self.number = caller, day, random.Random(seed), seed
		self.work: list[tuple[int, Callable[[], Answer | None]]] = [
			(5, self.book_an_order), (3, self.win_a_quotation), (4, self.process), (2, self.change_type),
			(3, self.replace), (3, self.pay), (3, self.invoice), (2, self.receive), (1, self.cancel), (3, self.look),
			(2, self.reserve), (3, self.type_and_leave), (2, self.release), (2, self.deliver),
		]  # fmt: skip

	def step(self, act: Callable[[], Answer | None] | None = None) -> None:
		"""Do one thing, that or any."""
		weights = [weight for weight, _act in self.work]
		act = act or self.dice.choices([act for _weight, act in self.work], weights)[0]
		began = time.monotonic()
		try:
			answer = act()
		except requests.RequestException as error:
			answer = Answer(0, None, str(error))
		if answer is None:
			return
		self.day.seconds[act.__name__].append(time.monotonic() - began)
		if answer.status == 200:
			self.day.done[act.__name__] += 1
		elif answer.status in BUSY:
			self.day.refused[act.__name__] += 1
			self.day.reasons[act.__name__, answer.reason] += 1
		else:
			self.day.broken.append((act.__name__, answer.status, answer.text[-6000:]))

	def book_an_order(self) -> Answer:
		document = self._document("Sales Order", delivery_date=self.day.today, customer=self._customer())
		return self._keep(self._submitted(document))

	def win_a_quotation(self) -> Answer:
		document = self._document("Quotation", quotation_to="Customer", party_name=self._customer())
		answer = self._submitted(document)
		if answer.status != 200:
			return answer
		win = self._ours("won_quote.api.start", quotation=answer.message["name"])
		if win.status != 200:
			return win
		answer = self._ours("won_quote.api.finish", quote_win=win.message["name"])
		if answer.status == 200:
			self.day.orders.append(answer.message["sales_order"])
		return answer

	def process(self) -> Answer | None:
		return self._with_order("order_type.api.process")

	def change_type(self) -> Answer | None:
		kind = self.dice.choice(["Invoice Order", "Reserve Order", "Forward Order", "Active Order"])
		return self._with_order("order_type.api.change_type", order_type=kind)

	def replace(self) -> Answer | None:
		started = self._with_order("replacement.api.start")
		if started is None or started.status != 200:
			return started
		name = started.message if isinstance(started.message, str) else started.message["name"]
		draft = self.caller.get("Sales Order", name)
		if draft.status == 200 and self.dice.random() < 0.8:
			rows = draft.message["items"]
			rows[0]["qty"] += self.dice.choice([-1, 1, 2])
			self.caller.put("Sales Order", name, {"items": rows})
		ending = "confirm" if self.dice.random() < 0.8 else "abandon"
		return self._keep(self._ours(f"replacement.api.{ending}", sales_order=name), name)

	def pay(self) -> Answer | None:
		order = self._order()
		context = self._ours("payment.api.payment_context", sales_order=order) if order else None
		if context is None or context.status != 200:
			return context
		amount = self.dice.choice([1, 10.55, 200])
		row = {"reference_doctype": "Sales Order", "reference_name": order, "allocated_amount": amount}
		payload = {
			"paid_amount": amount,
			"references": [row],
			"reference_no": "soak",
			"reference_date": self.day.today,
		}
		return self._ours("payment.api.add_payment", sales_order=order, payload=payload)

	def invoice(self) -> Answer | None:
		chosen = [order for order in {self._order() for _ in range(4)} if order]
		return self._ours("invoicing.api.create_from_orders", orders=chosen, submit_invoices=1)

	def deliver(self) -> Answer | None:
		order = self._order()
		method = "erpnext.selling.doctype.sales_order.sales_order.make_delivery_note"
		made = self.caller.post(method, {"source_name": order}) if order else None
		if made is None or made.status != 200:
			return made
		return self._submitted(made.message)

	def receive(self) -> Answer:
		"""Take in less than is sold, so that orders wait."""
		rows = [
			{
				"item_code": item,
				"qty": self.dice.randint(1, 12),
				"t_warehouse": self.day.warehouse,
				"basic_rate": 5,
			}
			for item in self._some_items()
		]
		entry = {
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"company": self.day.company,
		}
		return self._submitted({**entry, "items": rows})

	def cancel(self) -> Answer | None:
		order = self._order()
		return (
			self.caller.post("frappe.client.cancel", {"doctype": "Sales Order", "name": order})
			if order
			else None
		)

	def look(self) -> Answer | None:
		return self._with_order(self.dice.choice(["fulfilment.api.overview", "fulfilment.api.why",
			"invoicing.api.explain", "order_type.api.preview_process", "replacement.api.chain"]))  # fmt: skip

	def reserve(self) -> Answer | None:
		return self._with_order(f"allocation.api.{self.dice.choice(['reserve', 'unreserve'])}")

	def release(self) -> Answer:
		return self._ours("allocation.api.release", filters={"company": self.day.company})

	def type_and_leave(self) -> Answer:
		form = f"soak-{self.number}-{self.dice.randint(0, 10**9)}"
		for number, item in enumerate(self._some_items()):
			stock = {"item_code": item, "warehouse": self.day.warehouse, "qty": self.dice.randint(1, 5)}
			self._ours("allocation.api.hold", document_key=form, row_key=str(number), **stock)
		return self._ours("allocation.api.leave", document_key=form)

	def _document(self, doctype: str, **fields: object) -> dict:
		rows = [
			{"item_code": item, "qty": self.dice.randint(1, 4), "rate": self.dice.choice([3.33, 10, 49.95]),
				"warehouse": self.day.warehouse}
			for item in self._some_items()
		]  # fmt: skip
		return {
			"doctype": doctype,
			"company": self.day.company,
			"transaction_date": self.day.today,
			"items": rows,
			**fields,
		}

	def _submitted(self, document: dict) -> Answer:
		"""Insert a document and submit it, in two requests as the desk does."""
		made = self.caller.post("frappe.client.insert", {"doc": document})
		return self.caller.post("frappe.client.submit", {"doc": made.message}) if made.status == 200 else made

	def _keep(self, answer: Answer, name: str = "") -> Answer:
		if answer.status == 200:
			self.day.orders.append(name or answer.message["name"])
		return answer

	def _with_order(self, endpoint: str, **arguments: object) -> Answer | None:
		order = self._order()
		return self._ours(endpoint, sales_order=order, **arguments) if order else None

	def _ours(self, endpoint: str, **arguments: object) -> Answer:
		return self.caller.call(endpoint, arguments)

	def _order(self) -> str:
		"""Return one of the newest orders, so that several clerks meet at one."""
		return self.dice.choice(self.day.orders[-20:]) if self.day.orders else ""

	def _customer(self) -> str:
		return self.dice.choice(self.day.customers)

	def _some_items(self) -> list[str]:
		return self.dice.sample(self.day.items, self.dice.randint(1, min(3, len(self.day.items))))


def work_together(clerks: list[Clerk], go_on: Callable[[int], bool]) -> None:
	"""Let all work at once, each until `go_on` (asked with the number of its steps) says no."""

	def one(clerk: Clerk) -> None:
		steps = 0
		while go_on(steps):
			clerk.step()
			steps += 1

	with ThreadPoolExecutor(len(clerks)) as pool:
		for clerk in [pool.submit(one, clerk) for clerk in clerks]:
			clerk.result()


def wrong_figures(day: Day) -> list[str]:
	"""Return what is not true of the stock and the orders after all that."""
	from sales_order_ext import integrity

	frappe.db.rollback()
	found = [str(row) for row in integrity.differences(day.company)]
	for item in day.items:
		found += _wrong_stock(item, day.warehouse)
	found += [f"{order}: more invoiced than ordered" for order in _beyond("billed_amt", "amount")]
	found += [f"{order}: more delivered than ordered" for order in _beyond("delivered_qty", "qty")]
	gaps = frappe.db.sql("select voucher_no from `tabGL Entry` where is_cancelled = 0 group by voucher_no"
		" having abs(sum(debit) - sum(credit)) > 0.005")  # fmt: skip
	return found + [f"{voucher}: ledger does not balance" for (voucher,) in gaps]


def _beyond(done: str, wanted: str) -> list[str]:
	return frappe.db.sql_list(
		f"select distinct parent from `tabSales Order Item` where docstatus = 1 and qty > 0 and {done} > {wanted} + 0.01"
	)


def _wrong_stock(item: str, warehouse: str) -> list[str]:
	pair = (item, warehouse)
	figures = frappe.db.sql(
		"select actual_qty, reserved_qty, reserved_stock from tabBin where item_code = %s and warehouse = %s",
		pair,
	)
	actual, reserved, kept = figures[0] if figures else (0, 0, 0)
	moved = frappe.db.sql("select sum(actual_qty) from `tabStock Ledger Entry` where is_cancelled = 0"
		" and item_code = %s and warehouse = %s", pair)[0][0] or 0  # fmt: skip
	entries = frappe.db.sql("select sum(reserved_qty - delivered_qty) from `tabStock Reservation Entry`"
		" where docstatus = 1 and status not in ('Delivered', 'Cancelled') and item_code = %s and warehouse = %s",
		pair)[0][0] or 0  # fmt: skip
	owed = frappe.db.sql("select sum(greatest(row.stock_qty - row.delivered_qty * row.conversion_factor, 0))"
		" from `tabSales Order Item` row join `tabSales Order` so on so.name = row.parent where so.docstatus = 1"
		" and so.status != 'Closed' and row.qty > 0 and row.item_code = %s and row.warehouse = %s", pair)[0][0] or 0  # fmt: skip
	checks = {
		f"{item}: {actual} in the Bin, {moved} in the ledger": actual == moved,
		f"{item}: {kept} reserved in the Bin, {entries} by entries": kept == entries,
		f"{item}: {entries} promised of {actual}": entries <= actual,
		f"{item}: {reserved} ordered in the Bin, {owed} by orders": reserved == owed,
	}
	return [text for text, right in checks.items() if not right]
