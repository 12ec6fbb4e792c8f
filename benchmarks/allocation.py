"""What reserving costs beside plain ERPNext, and how free stock is found among many reservations.

Run in the bench's `sites` folder, on a site that may be written to:

    ../env/bin/python …/benchmarks/allocation.py --site SITE [--part submit|contention|lookup] [--rows 50]

Plain ERPNext reserves by itself (Stock Settings and the order's Reserve Stock); ours is the same site with
Stock Reservations switched on. Both in the same run, in turn. What it made is deleted at the end.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import frappe

SETTINGS = "Sales Order Ext Settings"
PREFIX = "SOE-BENCH-"
RESERVATION = "Stock Reservation Entry"


def main() -> None:
	options = parse()
	frappe.init(options.site, sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	with scene(options.rows) as shop:
		for part in options.part or ("submit", "contention", "lookup"):
			{"submit": submit, "contention": contention, "lookup": lookup}[part](shop, options)
	frappe.destroy()


def parse() -> argparse.Namespace:
	parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
	parser.add_argument("--site", required=True)
	parser.add_argument("--part", action="append", choices=["submit", "contention", "lookup"])
	parser.add_argument("--rows", type=int, default=50, help="rows of the order, and items")
	parser.add_argument("--repeat", type=int, default=5)
	parser.add_argument("--processes", type=int, default=16)
	parser.add_argument("--orders", type=int, default=4, help="orders of each process")
	parser.add_argument("--reservations", type=int, default=100_000)
	return parser.parse_args()


class Shop:
	"""Masters of a run: one customer, one warehouse, and items that nothing else uses."""

	def __init__(self, rows: int) -> None:
		self.company = frappe.get_all("Company", pluck="name", order_by="creation", limit=1)[0]
		wanted = {"company": self.company, "is_group": 0}
		self.warehouse = frappe.get_all("Warehouse", wanted, pluck="name", order_by="name", limit=1)[0]
		self.items = [f"{PREFIX}{number:03}" for number in range(rows)]
		self.customer = f"{PREFIX}CUSTOMER"
		leaf = {kind: leaf_of(kind) for kind in ("Item Group", "Customer Group", "Territory")}
		for item_code in self.items:
			make("Item", item_code, item_code=item_code, item_group=leaf["Item Group"], stock_uom="Nos")
		make("Customer", self.customer, customer_name=self.customer,
			customer_group=leaf["Customer Group"], territory=leaf["Territory"])  # fmt: skip

	def stock_up(self, items: list[str], qty: float) -> None:
		rows = [
			{"item_code": item, "qty": qty, "t_warehouse": self.warehouse, "basic_rate": 1} for item in items
		]
		entry = {"doctype": "Stock Entry", "stock_entry_type": "Material Receipt", "company": self.company}
		frappe.get_doc({**entry, "items": rows}).insert().submit()

	def draft(self, items: list[str], qty: float, reserve: bool) -> str:
		"""Return a draft order; `reserve` ticks ERPNext's own Reserve Stock."""
		order = frappe.get_doc(
			{
				"doctype": "Sales Order", "company": self.company, "customer": self.customer,
				"delivery_date": frappe.utils.today(), "reserve_stock": int(reserve),
				"items": [
					{"item_code": item, "qty": qty, "rate": 1, "warehouse": self.warehouse,
						"reserve_stock": int(reserve)}
					for item in items
				],
			}
		)  # fmt: skip
		return order.insert().name


def leaf_of(doctype: str) -> str:
	return frappe.get_all(doctype, {"is_group": 0}, pluck="name", order_by="name", limit=1)[0]


def make(doctype: str, name: str, **fields: object) -> None:
	if not frappe.db.exists(doctype, name):
		frappe.get_doc({"doctype": doctype, **fields}).insert()


@contextmanager
def scene(rows: int) -> Iterator[Shop]:
	"""Set up, and put everything back."""
	before = frappe.get_doc("Stock Settings").as_dict()
	try:
		shop = Shop(rows)
		frappe.db.set_single_value(
			"Stock Settings", {"enable_stock_reservation": 1, "allow_partial_reservation": 1}
		)
		frappe.db.commit()
		yield shop
	finally:
		frappe.db.rollback()
		switch(False)
		clear(shop.items)
		for field in ("enable_stock_reservation", "allow_partial_reservation"):
			frappe.db.set_single_value("Stock Settings", field, before[field])
		frappe.db.delete("Item", {"name": ("like", f"{PREFIX}%")})
		frappe.db.delete("Customer", {"name": shop.customer})
		frappe.db.commit()


def clear(items: list[str]) -> None:
	"""Delete all documents of items, with their stock."""
	wanted = {"item_code": ("in", items)}
	for doctype, child in (("Sales Order", "Sales Order Item"), ("Stock Entry", "Stock Entry Detail")):
		names = frappe.get_all(child, wanted, pluck="parent", distinct=True, order_by="parent") or [""]
		for table, field in ((child, "parent"), (doctype, "name"), ("GL Entry", "voucher_no")):
			frappe.db.delete(table, {field: ("in", names)})
	for doctype in (RESERVATION, "Stock Ledger Entry", "Bin"):
		frappe.db.delete(doctype, wanted)
	frappe.db.commit()


def switch(ours: bool) -> None:
	frappe.get_doc(SETTINGS).update({"enable_stock_reservations": int(ours)}).save()
	frappe.db.set_single_value("Stock Settings", "enable_stock_reservation", 1)
	frappe.db.commit()


@contextmanager
def counted() -> Iterator[list[int]]:
	count, sql = [0], frappe.db.sql
	frappe.db.sql = lambda *arguments, **options: (count.append(1), sql(*arguments, **options))[1]
	try:
		yield count
	finally:
		del frappe.db.sql


def submit(shop: Shop, options: argparse.Namespace) -> None:
	"""Submit orders with a reservation for each row, plain and ours in turn."""
	shop.stock_up(shop.items, 1_000_000)
	took: dict[bool, list[tuple[float, int]]] = {False: [], True: []}
	for turn in range(options.repeat + 1):
		for ours in (False, True):
			switch(ours)
			name = shop.draft(shop.items, 1, reserve=not ours)
			frappe.db.commit()
			order = frappe.get_doc("Sales Order", name)
			began = time.perf_counter()
			with counted() as count:
				order.submit()
				frappe.db.commit()
			if turn:
				took[ours].append((time.perf_counter() - began, len(count) - 1))
			made = frappe.db.count(RESERVATION, {"voucher_no": name, "docstatus": 1})
			assert made == len(shop.items), made
	print(f"\nSubmit of an order of {len(shop.items)} rows with reservation (median of {options.repeat})")
	plain, ours = (statistics.median(seconds for seconds, _ in took[key]) for key in (False, True))
	print(f"  plain  {plain * 1000:7.0f} ms  {took[False][0][1]:5} queries")
	print(f"  ours   {ours * 1000:7.0f} ms  {took[True][0][1]:5} queries   ratio {ours / plain:.2f}")
	clear(shop.items)


def contention(shop: Shop, options: argparse.Namespace) -> None:
	"""Sixteen processes order the last units of three items, in different row orders."""
	items, qty = shop.items[:3], 3
	wanted = options.processes * options.orders * qty
	print(f"\n{options.processes} processes, {options.orders} orders each, three items, stock for 60 %")
	for ours in (False, True):
		shop.stock_up(items, int(wanted * 0.6))
		switch(ours)
		names = [
			shop.draft(random.Random(number).sample(items, 3), qty, reserve=not ours)
			for number in range(options.processes * options.orders)
		]
		frappe.db.commit()
		seconds, failures = race(names, options.processes)
		frappe.db.rollback()
		tell_contention("ours " if ours else "plain", items, len(names), seconds, failures)
		clear(items)


def race(names: list[str], processes: int) -> tuple[float, int]:
	"""Submit orders by forked processes that start together; return the seconds and the failures."""
	site = frappe.local.site
	wait, go = os.pipe()
	done, tell = os.pipe()
	children = []
	sys.stdout.flush()
	for number in range(processes):
		pid = os.fork()
		if not pid:
			os.close(go)
			failures = submit_each(site, names[number::processes], wait, tell)
			os._exit(min(failures, 250))
		children.append(pid)
	for _child in children:
		os.read(done, 1)
	began = time.perf_counter()
	os.close(go)
	failures = sum(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children)
	return time.perf_counter() - began, failures


def submit_each(site: str, names: list[str], wait: int, tell: int) -> int:
	frappe.init(site, sites_path=".", force=True)
	frappe.connect()
	frappe.set_user("Administrator")
	frappe.get_meta("Sales Order")
	frappe.db.rollback()
	os.write(tell, b".")
	os.read(wait, 1)
	failures = 0
	for name in names:
		try:
			frappe.get_doc("Sales Order", name).submit()
			frappe.db.commit()
		except Exception:
			frappe.db.rollback()
			failures += 1
	return failures


def tell_contention(who: str, items: list[str], orders: int, seconds: float, failures: int) -> None:
	"""Print what came of a race, and what the stock says afterwards."""
	oversold = wrong = free = 0.0
	for item_code in items:
		fields = ["actual_qty", "reserved_stock"]
		bin = frappe.db.get_value("Bin", {"item_code": item_code}, fields, as_dict=True)
		rows = frappe.get_all(RESERVATION, {"item_code": item_code, "docstatus": 1}, pluck="reserved_qty")
		oversold += max(sum(rows) - bin.actual_qty, 0)
		free += max(bin.actual_qty - sum(rows), 0)
		wrong += bin.reserved_stock != sum(rows)
	booked = orders - failures
	print(
		f"  {who}  {booked / seconds:5.1f} orders/s  {seconds:5.1f} s  booked {booked}/{orders}  "
		f"oversold {oversold:g}  left free {free:g}  wrong bins {wrong:g}"
	)


def lookup(shop: Shop, options: argparse.Namespace) -> None:
	"""Ask for the free stock of 1, 10 and all items among more and more open reservations."""
	from sales_order_ext.allocation.records import free_stock

	shop.stock_up(shop.items, 1_000_000)
	frappe.db.commit()
	print(f"\nFree stock of rows, in ms a row (open reservations spread over {len(shop.items)} items)")
	sizes = sorted({1, min(10, len(shop.items)), len(shop.items)})
	print("  reservations " + "".join(f"{size:>9} rows" for size in sizes))
	open_now = 0
	for total in sorted({options.reservations // 100, options.reservations // 10, options.reservations}):
		add_reservations(shop, total - open_now)
		open_now = total
		line = f"  {total:12,} "
		for size in sizes:
			pairs = [(item_code, shop.warehouse) for item_code in shop.items[:size]]
			line += f"{median_ms(lambda pairs=pairs: free_stock(pairs)) / size:14.2f}"
		print(line)
	clear(shop.items)


def median_ms(ask: Callable[[], object]) -> float:
	took = []
	for _turn in range(7):
		began = time.perf_counter()
		ask()
		took.append((time.perf_counter() - began) * 1000)
	return statistics.median(took[1:])


def add_reservations(shop: Shop, count: int) -> None:
	now, fields = frappe.utils.now(), (
		"name", "creation", "modified", "owner", "modified_by", "docstatus", "status", "item_code", "warehouse",
		"voucher_type", "voucher_no", "voucher_detail_no", "voucher_qty", "reserved_qty", "delivered_qty",
		"company",
	)  # fmt: skip
	rows = [
		(frappe.generate_hash(length=12), now, now, "Administrator", "Administrator", 1, "Reserved",
			shop.items[number % len(shop.items)], shop.warehouse, "Sales Order", f"{PREFIX}{number}",
			f"{PREFIX}{number}", 1, 1, 0, shop.company)
		for number in range(count)
	]  # fmt: skip
	frappe.db.bulk_insert(RESERVATION, fields, rows, chunk_size=5000)
	frappe.db.commit()
	frappe.db.sql_ddl(f"analyze table `tab{RESERVATION}`")


if __name__ == "__main__":
	main()
