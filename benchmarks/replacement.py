"""What confirming a replacement costs, beside ERPNext's own way: cancel, amend, submit.

Run in the sites folder of a bench, on a site that has a company: `../env/bin/python …/benchmarks/replacement.py
--site SITE`. The order to be replaced is half delivered and half billed; ERPNext's way allows no such
thing, so its order has nothing linked. Everything is rolled back. Prints medians, queries and ratios.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, today

ORDER, SETTINGS = "Sales Order", "Sales Order Ext Settings"


@contextmanager
def counted() -> Iterator[list[int]]:
	"""Count the SQL statements that run inside."""
	count, run = [0], frappe.db.sql

	def sql(*arguments: object, **options: object) -> object:
		count[0] += 1
		return run(*arguments, **options)

	frappe.db.sql = sql
	try:
		yield count
	finally:
		del frappe.db.sql


class Shop:
	"""What the orders of the benchmark are made of; lives in a transaction that is rolled back."""

	def __init__(self, rows: int):
		self.company = frappe.get_all("Company", pluck="name", order_by="creation asc", limit=1)[0]
		abbreviation = frappe.db.get_value("Company", self.company, "abbr")
		self.warehouse = f"Stores - {abbreviation}"
		self.customer = frappe.get_doc(
			{
				"doctype": "Customer",
				"customer_name": "Benchmark",
				"customer_group": leaf("Customer Group"),
				"territory": leaf("Territory"),
			}
		).insert()
		self.items = [self.make_item(f"SOE-BENCH-{number:03}") for number in range(rows)]
		entry = {"doctype": "Stock Entry", "stock_entry_type": "Material Receipt", "company": self.company}
		stock = [
			{"item_code": item, "qty": 10, "t_warehouse": self.warehouse, "basic_rate": 5}
			for item in self.items
		]
		frappe.get_doc({**entry, "items": stock}).insert().submit()

	def make_item(self, code: str) -> str:
		fields = {"item_group": leaf("Item Group"), "stock_uom": "Nos", "is_stock_item": 1}
		return frappe.get_doc({"doctype": "Item", "item_code": code, **fields}).insert().name

	def order(self) -> Document:
		rows = [{"item_code": item, "qty": 10, "rate": 7, "warehouse": self.warehouse} for item in self.items]
		fields = {"company": self.company, "customer": self.customer.name, "items": rows}
		dates = {"transaction_date": today(), "delivery_date": add_days(today(), 7)}
		return frappe.get_doc({"doctype": ORDER, **fields, **dates}).insert().submit()


def leaf(doctype: str) -> str:
	"""Return a record that is no group."""
	return frappe.get_all(doctype, {"is_group": 0}, pluck="name", order_by="lft", limit=1)[0]


def half_done(order: Document) -> None:
	"""Deliver and bill half of every row."""
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note, make_sales_invoice

	for make in (make_delivery_note, make_sales_invoice):
		document = make(order.name)
		for row in document.items:
			row.qty = 5
		document.insert().submit()


def prepare_replacement(shop: Shop) -> Callable[[], object]:
	"""Return what confirms the replacement of a half delivered and billed order."""
	from sales_order_ext.replacement import api

	order = shop.order()
	half_done(order)
	draft = api.start(order.name)
	return lambda: api.confirm(draft)


def prepare_amendment(shop: Shop) -> Callable[[], object]:
	"""Return what cancels, amends and submits an order with nothing linked."""
	order = shop.order()

	def amend() -> Document:
		booked = frappe.get_doc(ORDER, order.name)
		booked.cancel()
		amended = frappe.copy_doc(booked)
		amended.update({"amended_from": booked.name, "docstatus": 0})
		return amended.insert().submit()

	return amend


def measure(prepare: Callable[[Shop], Callable[[], object]], rows: int) -> tuple[float, int]:
	"""Return (milliseconds, statements) of one run; undone afterwards."""
	try:
		frappe.get_doc(SETTINGS).update({"enable_cancel_and_replace": 1}).save()
		act = prepare(Shop(rows))
		with counted() as statements:
			start = time.perf_counter()
			act()
			took = time.perf_counter() - start
		return took * 1000, statements[0]
	finally:
		frappe.db.rollback()
		frappe.clear_document_cache(SETTINGS, SETTINGS)


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--site", required=True)
	parser.add_argument("--rows", type=int, nargs="+", default=[5, 50])
	parser.add_argument("--repeat", type=int, default=3)
	options = parser.parse_args()
	frappe.init(options.site, sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	frappe.flags.mute_emails = True
	print(f"{'rows':>5} {'replace':>20} {'cancel+amend+submit':>22} {'time':>7} {'queries':>8}")
	for rows in options.rows:
		found = {}
		for name, prepare in (("ours", prepare_replacement), ("plain", prepare_amendment)):
			runs = [measure(prepare, rows) for _run in range(options.repeat)]
			found[name] = statistics.median(run[0] for run in runs), runs[-1][1]
		ours, plain = found["ours"], found["plain"]
		print(
			f"{rows:>5} {ours[0]:>10.0f} ms {ours[1]:>5} q {plain[0]:>12.0f} ms {plain[1]:>5} q"
			f" {ours[0] / plain[0]:>6.2f}× {ours[1] / plain[1]:>7.2f}×"
		)
	frappe.destroy()
	return 0


if __name__ == "__main__":
	sys.exit(main())
