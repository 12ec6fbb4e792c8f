"""Measures invoice runs against plain ERPNext, one order at a time, on the same machine in the same minutes.

Run in the sites folder of a bench, on a site for tests: `env/bin/python invoice_run.py --site SITE`. It makes
a company, an item and customers of its own, copies one order as often as needed, and leaves the documents.
Each way runs in a process of its own, warmed up by two orders. Times and queries are per order.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import frappe
from frappe.utils import today

from benchmarks import invoice_run_data as data
from sales_order_ext.invoicing import jobs, planning

WAYS = (
	("plain ERPNext, one order at a time", "plain", 1),
	("one invoice per order, 1 worker", "single", 1),
	("one invoice per order, 2 workers", "single", 2),
	("one invoice per customer, 1 worker", "grouped", 1),
	("one invoice per customer, 2 workers", "grouped", 2),
)


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--site", required=True)
	parser.add_argument("--orders", type=int, default=100)
	parser.add_argument("--customers", type=int, default=10)
	parser.add_argument("--rows", type=int, default=5)
	parser.add_argument("--ways", default="plain,single,grouped")
	parser.add_argument("--workers", type=int, default=2, help="leave out the ways with more workers")
	parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
	options = parser.parse_args()
	frappe.init(options.site, sites_path=".")
	frappe.connect()
	try:
		if options.child:
			print(json.dumps(child(*options.child)))
		else:
			compare(options)
	finally:
		frappe.destroy()


def compare(options: argparse.Namespace) -> None:
	"""Measure each way and print a table."""
	data.ensure(options.customers, options.rows)
	plain_wall = None
	print(f"{options.orders} orders of {options.rows} rows, {options.customers} customers; per order:")
	print(f"{'':40}{'wall ms':>9}{'CPU ms':>9}{'queries':>9}{'peak MB':>9}{'plain =':>9}")
	for label, way, workers in WAYS:
		if way not in options.ways.split(",") or workers > options.workers:
			continue
		found = measure(options.site, way, workers, options.orders, options.customers)
		wall = 1000 * found["wall"] / options.orders
		plain_wall = plain_wall or wall
		print(
			f"{label:40}{wall:9.1f}{1000 * found['cpu'] / options.orders:9.1f}"
			f"{found['queries'] / options.orders:9.1f}{found['peak']:9.0f}{plain_wall / wall:8.2f}x",
			flush=True,
		)


def measure(site: str, way: str, workers: int, orders: int, customers: int) -> dict[str, float]:
	"""Return wall and CPU seconds, queries and peak memory (MB) of invoicing fresh orders in one way."""
	names = data.copy_orders(way, orders, customers)
	warm = [data.copy_orders(way, 2, 1) for _ in range(workers)]
	data.switch(way != "plain")
	if way == "plain":
		arguments = [["plain", data.batch_of(warm[0]), data.batch_of(names)]]
	else:
		run = queued(names)
		arguments = [["work", queued(warm[number]), run, str(workers)] for number in range(workers)]
	command = [sys.executable, "-m", "benchmarks.invoice_run", "--site", site, "--child"]
	children = [
		subprocess.Popen([*command, *some], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
		for some in arguments
	]
	for one in children:  # each says when it is warm
		assert one.stdout.readline().strip() == "warm"
	begun = time.monotonic()
	for one in children:
		one.stdin.write("go\n")
		one.stdin.flush()
	found = [json.loads(one.communicate()[0].splitlines()[-1]) for one in children]
	wall = time.monotonic() - begun
	frappe.db.rollback()
	data.assert_invoiced(names)
	return {"wall": wall, "cpu": sum(one["cpu"] for one in found),
		"queries": sum(one["queries"] for one in found), "peak": max(one["peak"] for one in found)}  # fmt: skip


def queued(orders: list[str]) -> str:
	"""Return a queued run over the orders, which submits."""
	filters = {"company": data.COMPANY, "orders": orders, "submit_invoices": 1, "as_of": today()}
	run = planning.new_run(planning.clean(filters))
	planning.start(run)
	frappe.db.commit()
	return run.name


def child(kind: str, warm: str, what: str, workers: str = "1") -> dict[str, float]:
	"""Do one worker's part: warm up, wait for the start, and return what the rest took."""
	do: Callable[[str], None] = {"plain": plain, "work": lambda run: jobs.work(run, int(workers))}[kind]
	do(warm)
	print("warm", flush=True)
	sys.stdin.readline()
	queries, cpu = questions(), time.process_time()
	do(what)
	return {
		"cpu": time.process_time() - cpu,
		"queries": questions() - queries,
		"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
	}


def plain(batch: str) -> None:
	"""Invoice a batch of orders as a clerk or a script does with ERPNext alone."""
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	for order in requests(data.orders_of(batch)):
		make_sales_invoice(order).insert().submit()


def requests(orders: list[str]) -> Iterator[str]:
	"""Yield the orders, each in a transaction of its own."""
	for order in orders:
		yield order
		frappe.db.commit()


def questions() -> int:
	"""Return how many statements this connection has run."""
	return int(frappe.db.sql("show session status like 'Questions'")[0][1])


if __name__ == "__main__":
	main()
