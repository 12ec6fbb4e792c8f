"""Winning against plain ERPNext: `finish` beside make_sales_order, insert and submit, in the same run.

Run it in the bench's sites folder: `../env/bin/python PATH/benchmarks/won_quote.py --site SITE`. Everything is
rolled back.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import frappe
from frappe.utils import add_days, today

sys.path.insert(0, str(Path(__file__).parents[1]))

SIZES = (5, 50)


def quotation(items: list[str]) -> str:
	"""Submit a quotation of a row per item; return its name."""
	customer = frappe.get_all("Customer", pluck="name", order_by="name", limit=1)[0]
	company = frappe.defaults.get_global_default("company")
	warehouse = frappe.get_all(
		"Warehouse", {"company": company, "is_group": 0}, pluck="name", order_by="name", limit=1
	)[0]
	rows = [{"item_code": item, "qty": 2, "rate": 10, "warehouse": warehouse} for item in items]
	values = {"party_name": customer, "company": company, "items": rows, "valid_till": add_days(today(), 9)}
	doc = frappe.get_doc({"doctype": "Quotation", "quotation_to": "Customer", **values})
	return doc.insert().submit().name


def make_items(count: int) -> list[str]:
	"""Make stocked items; return their codes."""
	group = frappe.get_all("Item Group", {"is_group": 0}, pluck="name", order_by="lft", limit=1)[0]
	codes = [f"SOE-BENCH-{number:03d}" for number in range(count)]
	for code in codes:
		if not frappe.db.exists("Item", code):
			values = {"item_code": code, "item_group": group, "stock_uom": "Nos", "is_stock_item": 1}
			frappe.get_doc({"doctype": "Item", **values}).insert()
	return codes


def plain(name: str) -> None:
	"""Order a quotation as ERPNext does."""
	from erpnext.selling.doctype.quotation.quotation import make_sales_order

	order = make_sales_order(name)
	order.delivery_date = today()
	for row in order.items:
		row.delivery_date = today()
	order.insert().submit()


def won(name: str) -> None:
	"""Finish the pass that `start` made."""
	from sales_order_ext.won_quote import api

	api.finish(name)


def measured(run: Callable[[str], None], name: str) -> tuple[float, int]:
	"""Return seconds and SQL statements of one run."""
	count, sql = 0, frappe.db.sql

	def counted(*args, **kwargs):
		nonlocal count
		count += 1
		return sql(*args, **kwargs)

	frappe.db.sql = counted
	begun = time.perf_counter()
	try:
		run(name)
	finally:
		frappe.db.sql = sql
	return time.perf_counter() - begun, count


def compare(size: int, rounds: int) -> dict[str, tuple[float, int]]:
	"""Return {what: (median seconds, statements)}; the two take turns."""
	from sales_order_ext.won_quote import api

	items = make_items(size)
	runs: dict[str, list[tuple[float, int]]] = {"plain": [], "finish": []}
	for number in range(rounds + 1):
		pairs = [
			("plain", plain, quotation(items)),
			("finish", won, api.start(quotation=quotation(items)).name),
		]
		for what, run, name in pairs if number % 2 else reversed(pairs):
			result = measured(run, name)
			if number:  # The first round fills caches.
				runs[what].append(result)
	return {what: (statistics.median(one[0] for one in found), found[-1][1]) for what, found in runs.items()}


def main() -> None:
	"""Print the table."""
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--site", required=True)
	parser.add_argument("--rounds", type=int, default=5)
	asked = parser.parse_args()
	frappe.init(asked.site, sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	settings = frappe.get_doc("Sales Order Ext Settings")
	settings.update({"enable_procurement": 1}).save()
	print(f"{'rows':>5} {'plain':>9} {'finish':>9} {'ratio':>6}   statements")
	for size in SIZES:
		found = compare(size, asked.rounds)
		(plainly, before), (winning, after) = found["plain"], found["finish"]
		ratio = winning / plainly
		print(
			f"{size:>5} {plainly * 1000:>7.0f}ms {winning * 1000:>7.0f}ms {ratio:>6.2f}   {before} -> {after}"
		)
	frappe.db.rollback()
	frappe.clear_cache()
	frappe.destroy()


if __name__ == "__main__":
	main()
