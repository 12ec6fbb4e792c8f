"""Order lists, the daily job and payments among very many orders.

    env/bin/python benchmarks/status_lists.py --site SITE [--orders 1000000] [--keep]

Run it in the sites folder of a bench. It copies the site's tables into a database of its own (named after the
site, ending in _bench), generates the orders there, measures, and drops the database again. The site itself
is only read. It wants MariaDB's administrator: SOE_DB_ROOT_USER and SOE_DB_ROOT_PASSWORD, else root without.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import frappe
import pymysql
from frappe.utils import add_days, getdate, today

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

PAGE = 20
REPEATS = 7
MANY = 10_000
FIELDS = [
	"name", "owner", "creation", "modified", "docstatus", "customer_name", "status", "grand_total", "currency",
	"delivery_date", "per_delivered", "per_billed", "soe_lifecycle_status", "soe_is_overdue",
	"soe_payment_status", "soe_per_paid", "soe_reservation_status",
]  # fmt: skip
PAGES = {
	"native: Completed (nearly all)": {"status": "Completed"},
	"native: To Deliver and Bill (few)": {"status": "To Deliver and Bill"},
	"native: Closed (very few)": {"status": "Closed"},
	"payment: Fully Paid (nearly all)": {"soe_payment_status": "Fully Paid"},
	"payment: Partly Paid (few)": {"soe_payment_status": "Partly Paid"},
	"payment: Overpaid (very few)": {"soe_payment_status": "Overpaid"},
	"life cycle: Invoiced (nearly all)": {"soe_lifecycle_status": "Invoiced"},
	"life cycle: Due (few)": {"soe_lifecycle_status": "Due"},
	"life cycle: Overdue (very few)": {"soe_lifecycle_status": "Overdue"},
	"overdue flag (very few)": {"soe_is_overdue": 1},
	"reservation: Fully Reserved": {"soe_reservation_status": "Fully Reserved"},
	"reservation: Partially Reserved": {"soe_reservation_status": "Partially Reserved"},
}
SORTED = {
	"native: by status": ({}, "status"),
	"by payment status": ({}, "soe_payment_status"),
	"by life cycle": ({}, "soe_lifecycle_status"),
	"by reservation status": ({}, "soe_reservation_status"),
	"native: To Deliver and Bill, by date": ({"status": "To Deliver and Bill"}, "delivery_date"),
	"life cycle: Due, by date": ({"soe_lifecycle_status": "Due"}, "delivery_date"),
	"native: To Deliver and Bill, % billed": ({"status": "To Deliver and Bill"}, "per_billed"),
	"payment: Partly Paid, by % paid": ({"soe_payment_status": "Partly Paid"}, "soe_per_paid"),
}
# Of 1,000 orders, 40 are open; of the rest, 960, a tenth are services that were invoiced and never delivered.
OPEN = "seq mod 1000 < 40"
VALUES = {
	"name": "concat('BENCH-', lpad(seq, 8, '0'))",
	"creation": "date_sub(now(), interval seq * 30 second)",
	"modified": "date_sub(now(), interval seq * 30 second)",
	"owner": "'Administrator'",
	"modified_by": "'Administrator'",
	"docstatus": "1",
	"company": "%(company)s",
	"customer": "%(customer)s",
	"customer_name": "%(customer)s",
	"currency": "'USD'",
	"conversion_rate": "1",
	"grand_total": "100",
	"transaction_date": "date_sub(curdate(), interval seq div 2880 day)",
	"delivery_date": f"if({OPEN}, date_add(curdate(), interval seq mod 7 + 1 day), date_sub(curdate(), interval seq div 2880 + 1 day))",
	"status": f"case when seq mod 1000 = 999 then 'Closed' when {OPEN} then 'To Deliver and Bill' else 'Completed' end",
	"per_delivered": f"if({OPEN} or seq mod 10 = 9, 0, 100)",
	"per_billed": f"if({OPEN}, 0, 100)",
	"soe_payment_status": f"case when seq mod 1000 = 999 then 'Overpaid' when seq mod 1000 < 20 then 'Partly Paid' when {OPEN} then 'Not Paid' else 'Fully Paid' end",
	"soe_per_paid": f"if({OPEN}, 0, 100)",
	"soe_lifecycle_status": f"case when seq mod 1000 = 999 then 'Closed' when seq mod 1000 = 39 then 'Overdue' when {OPEN} then 'Due' else 'Invoiced' end",
	"soe_is_overdue": "seq mod 1000 = 39",
	"soe_reservation_status": f"case when seq mod 1000 < 5 then 'Partially Reserved' when {OPEN} then 'Not Reserved' else 'Fully Reserved' end",
	"skip_delivery_note": "0",
}  # fmt: skip


def main() -> None:
	parser = argparse.ArgumentParser(
		description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
	)
	parser.add_argument("--site", required=True)
	parser.add_argument("--orders", type=int, default=20_000)
	parser.add_argument("--keep", action="store_true", help="leave the database there")
	options = parser.parse_args()
	frappe.init(options.site, sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	with copied_database(options.keep):
		generate(options.orders)
		compare_indexes()
		compare_pages()
		daily_job(options.orders)
		payments()
	frappe.destroy()


@contextmanager
def copied_database(keep: bool) -> Iterator[None]:
	"""Work in a copy of the site's database, with a cache of its own."""
	site, copy = frappe.conf.db_name, f"{frappe.conf.db_name}_bench"
	root = pymysql.connect(
		host=frappe.conf.db_host or "127.0.0.1",
		user=os.environ.get("SOE_DB_ROOT_USER", "root"),
		password=os.environ.get("SOE_DB_ROOT_PASSWORD", ""),
		autocommit=True,
	)
	cursor = root.cursor()
	cursor.execute(f"drop database if exists `{copy}`")
	cursor.execute(f"create database `{copy}` character set utf8mb4 collate utf8mb4_unicode_ci")
	cursor.execute("select table_name from information_schema.tables where table_schema = %s and table_type = 'BASE TABLE'", site)  # fmt: skip
	for (table,) in cursor.fetchall():
		cursor.execute(f"create table `{copy}`.`{table}` like `{site}`.`{table}`")
		cursor.execute(f"insert into `{copy}`.`{table}` select * from `{site}`.`{table}`")
	cursor.execute(f"select user, host from mysql.user where user = '{site}'")
	for user, host in cursor.fetchall():
		cursor.execute(f"grant all on `{copy}`.* to `{user}`@`{host}`")
	frappe.db.sql(f"use `{copy}`")
	frappe.local.conf.db_name = copy
	frappe.clear_cache()
	try:
		yield
	finally:
		frappe.db.rollback()
		if not keep:
			cursor.execute(f"drop database `{copy}`")
		root.close()


def generate(count: int) -> None:
	"""Generate orders, with one row each, in the database."""
	company = frappe.get_all("Company", pluck="name", order_by="name", limit=1)[0]
	customer = frappe.get_all("Customer", pluck="name", order_by="name", limit=1)[0]
	item = frappe.get_all("Item", {"is_stock_item": 1}, pluck="name", order_by="name", limit=1)[0]
	started = time.perf_counter()
	columns, values = ", ".join(VALUES), ", ".join(VALUES.values())
	names = {"company": company, "customer": customer, "item": item}
	for start in range(0, count, 100_000):
		end = min(start + 100_000, count)
		source = f"(select seq + {start} as seq from seq_1_to_{end - start}) numbers"
		frappe.db.sql(f"insert into `tabSales Order` ({columns}) select {values} from {source}", names)
		frappe.db.sql(
			f"""insert into `tabSales Order Item` (name, parent, parenttype, parentfield, idx, docstatus, item_code,
			qty, delivered_qty, amount) select concat('ROW-', seq), {VALUES["name"]}, 'Sales Order', 'items', 1, 1,
			if(seq mod 10 = 9, 'a service', %(item)s), 1, if({OPEN} or seq mod 10 = 9, 0, 1), 100 from {source}""",
			names,
		)
		frappe.db.commit()
	frappe.db.sql("analyze table `tabSales Order`, `tabSales Order Item`")
	print(f"{count:,} orders generated in {time.perf_counter() - started:.0f} s\n")


def compare_indexes() -> None:
	"""Measure building the indexes on the full table."""
	from sales_order_ext.setup import indexes

	indexes.drop()
	started = time.perf_counter()
	indexes.create()
	print(f"indexes built, writers not blocked, in {time.perf_counter() - started:.1f} s\n")
	frappe.db.sql("analyze table `tabSales Order`")


def compare_pages() -> None:
	"""Measure the first page of each filter and of each sequence, and how the database finds it."""
	sort = frappe.get_meta("Sales Order").sort_field or "modified"
	print(f"{'first page, sorted by ' + sort:36}{'ms':>8}{'rows read':>11}  index")
	for title, filters in PAGES.items():
		compare_page(title, filters, sort)
	print(f"{'first page of all, or of few':36}")
	for title, (filters, sort) in SORTED.items():
		compare_page(title, filters, sort)
	print()


def compare_page(title: str, filters: dict, sort: str) -> None:
	"""Measure one first page."""
	ms, read = timed(lambda: page(filters, sort)), rows_read(lambda: page(filters, sort))
	print(f"{title:36}{ms:8.1f}{read:11,}  {plan(filters, sort)}", flush=True)


def page(filters: dict, sort: str, run: bool = True) -> object:
	"""Ask for a page as the list view does."""
	order_by = f"`tabSales Order`.`{sort}` desc"
	return frappe.get_list("Sales Order", filters, FIELDS, order_by=order_by, limit=PAGE, run=run)


def plan(filters: dict, sort: str) -> str:
	"""Return the index that the database chooses, and whether it sorts what it finds."""
	row = frappe.db.sql(f"explain {page(filters, sort, run=False)}", as_dict=True)[0]
	return f"{row.key or 'none'}{' + sort' if 'filesort' in (row.Extra or '') else ''}"


def daily_job(count: int) -> None:
	"""Let a hundredth of the orders pass their date, then run the job, and compare it with a bare update."""
	from sales_order_ext.lifecycle import records

	companies = frappe.get_all("Company", pluck="name")

	def run() -> None:
		records.mark_overdue(companies, getdate())

	run()  # what a switched-on site has caught up with long ago
	frappe.db.commit()
	ms = timed(run, once=True)
	print(f"daily job, nothing to do: {ms / 1000:.2f} s, {rows_read(run):,} rows and index entries read")
	frappe.db.rollback()
	before = frappe.db.count("Sales Order", {"soe_is_overdue": 1})
	late = "update `tabSales Order` set delivery_date = %s where soe_lifecycle_status = 'Due' limit %s"
	frappe.db.sql(late, (add_days(today(), -1), count // 100))
	frappe.db.commit()
	ms = timed(run, once=True)
	frappe.db.commit()
	changed = frappe.db.count("Sales Order", {"soe_is_overdue": 1}) - before
	said(f"daily job, {changed:,} orders become overdue", ms, changed)
	frappe.db.sql("create temporary table late (primary key (name)) select name from `tabSales Order` where delivery_date = %s and soe_is_overdue", add_days(today(), -1))  # fmt: skip
	for title, values in (
		("a column without an index", "is_internal_customer = 1"),
		("an indexed column", "status = 'On Hold'"),
		("the two columns of the job", "soe_lifecycle_status = 'Closed', soe_is_overdue = 1"),
	):
		bare = f"update `tabSales Order` join late using (name) set {values}"
		ms = timed(lambda bare=bare: frappe.db.sql(bare), once=True)
		frappe.db.rollback()
		said(f"bare update of {title}", ms, changed)
	print()


def said(title: str, ms: float, changed: int) -> None:
	"""Say how long a change of so many orders took."""
	print(f"{title}: {ms / 1000:.2f} s, {ms / changed * 100:.2f} s per 100,000", flush=True)


def payments() -> None:
	"""Measure what payment status adds to a payment, for a customer of few and of many orders."""
	from tests.site import masters, money

	settings = frappe.get_doc("Sales Order Ext Settings")
	print(f"{'submitting a payment of':36}{'ms':>8}{'queries':>9}")
	for customer, orders in ((masters.CUSTOMER, MANY), (masters.OTHER_CUSTOMER, 1)):
		frappe.db.sql("update `tabSales Order` set customer = %s where customer != %s limit %s",
			(customer, customer, orders)) if orders > 1 else None  # fmt: skip
		for on in (0, 1):
			settings.update({"enable_payment_status": on}).db_set("enable_payment_status", on)
			frappe.clear_document_cache(settings.doctype, settings.name)
			times, counts = [], []
			for _ in range(REPEATS):
				order = masters.sales_order((masters.SERVICE, 1, 100), customer=customer)
				payment = money.pay(order, 40, submit=False)
				frappe.db.commit()
				with masters.counted() as run:
					times.append(timed(payment.submit, once=True))
					frappe.db.commit()
				counts.append(len(run))
			title = f"{orders:,} orders, {'on' if on else 'off'}"
			print(f"{title:36}{median(times):8.0f}{median(counts):9.0f}")


def timed(act: Callable, once: bool = False) -> float:
	"""Return the median milliseconds of an act."""
	times = []
	for _ in range(1 if once else REPEATS):
		started = time.perf_counter()
		act()
		times.append((time.perf_counter() - started) * 1000)
	return median(times)


def rows_read(act: Callable) -> int:
	"""Return how many rows the database read for an act."""
	before = _reads()
	act()
	return _reads() - before


def _reads() -> int:
	counters = frappe.db.sql("show session status like 'Handler_read%'")
	return sum(int(value) for _name, value in counters)


if __name__ == "__main__":
	main()
