"""The database throws a connection out at a write, early or late: all or nothing is there, and again it works."""

import os
import re
import time
from dataclasses import dataclass, field

import frappe
import pymysql
import pytest

from sales_order_ext import preferences
from sales_order_ext.allocation import api as allocation
from sales_order_ext.allocation import jobs as allocation_jobs
from sales_order_ext.invoicing import jobs as invoicing_jobs
from sales_order_ext.lifecycle import jobs as lifecycle_jobs
from sales_order_ext.order_type import api as order_type
from sales_order_ext.payment import api as payment
from sales_order_ext.replacement import api as replacement
from sales_order_ext.won_quote import api as won_quote
from tests.site import clerks, leftovers, masters, wins
from tests.site.masters import COMPANY, WAREHOUSE, sales_order
from tests.site.test_invoicing_concurrency import assert_invoiced_exactly_once, queued

ITEM, OTHER = clerks.ITEMS[:2]
WRITE = re.compile(
	r"\s*(?:insert|update|delete|replace|commit)\b(?:(?: ignore| into| from)*\s+`?((?<=`)tab[^`]*|tab\w+))?",
	re.I,
)
LAST = 2048


@dataclass
class Other:
	"""A second connection: throws the first out, and sees what is committed."""

	connection: pymysql.Connection
	written: set[str] = field(default_factory=set)

	def ask(self, query: str) -> list[tuple]:
		with self.connection.cursor() as cursor:
			cursor.execute(query)
			return list(cursor.fetchall())

	def throw_out(self, number: int) -> None:
		"""Kill a connection and wait until it is gone, with all that it had not committed."""
		self.ask(f"kill {number}")
		ends = time.monotonic() + 20
		while self.ask(f"select id from information_schema.processlist where id = {number}"):
			assert time.monotonic() < ends, "the killed connection stays"
			time.sleep(0.01)

	def committed(self, tables: set[str] | None = None) -> dict[str, int]:
		"""Return a checksum of each of these tables, or of all."""
		if tables is None:
			tables = {row[0] for row in self.ask("show full tables where table_type = 'BASE TABLE'")}
		names = ", ".join(f"`{table}`" for table in sorted(tables))
		return {name.split(".", 1)[1]: sum_ for name, sum_ in self.ask(f"checksum table {names}")}


@pytest.fixture
def other():
	conf = frappe.conf
	connection = pymysql.connect(host=conf.db_host, port=int(conf.db_port), user=conf.db_user or conf.db_name,
		password=conf.db_password, database=conf.db_name, autocommit=True)  # fmt: skip
	with connection:
		yield Other(connection)


@pytest.fixture(scope="module")
def day(site):
	"""Stock of the items and every switch on, for all tests here."""
	with leftovers.taken_away():
		frappe.set_user("Administrator")
		yield clerks.open_shop()[0]


@pytest.fixture(autouse=True)
def nothing_queued(monkeypatch):
	"""Nobody would work it off."""
	monkeypatch.setattr(allocation_jobs, "enqueue_fill", lambda *stock: None)


def attempt(act, at, other):
	"""Do something as a request of its own whose connection is lost at its n-th write; return whether it was."""
	own, written = frappe.local.db, 0
	start_request()
	frappe.connect()
	frappe.db.sql("set session innodb_lock_wait_timeout = 5")
	mine, run = frappe.db.sql("select connection_id()")[0][0], frappe.db.sql

	def sql(query, *arguments, **options):
		nonlocal written
		if write := WRITE.match(str(query)):
			written += 1
			other.written |= {write[1]} - {None}
		if written == at:
			written = LAST
			other.throw_out(mine)
		return run(query, *arguments, **options)

	frappe.db.sql = sql
	try:
		act()
		frappe.db.commit()
		assert written < LAST, "nobody was told that the connection was lost"
	except (frappe.db.OperationalError, pymysql.err.InterfaceError):
		assert written >= LAST
	else:
		frappe.db.close()
	finally:
		start_request()
		frappe.local.db = own
		frappe.set_user("Administrator")
		frappe.db.rollback()
	return written >= LAST


def start_request():
	"""Forget everything that a request remembers, as between two of them."""
	frappe.local.db = None
	frappe.destroy()
	frappe.init(os.environ["SOE_SITE"], sites_path=".")


def order_and_goods():
	"""An order that waits for goods, and the goods."""
	order = sales_order((ITEM, 500, 20), soe_order_type="Active Order")
	masters.receive(ITEM, 600)
	return order.name


def finish_won_quote():
	win = won_quote.start(quotation=wins.quotation(wins.row(ITEM, 3), wins.row(OTHER, 2)).name)
	return lambda: won_quote.finish(win.name)


def undo_won_quote():
	win = won_quote.start(quotation=wins.quotation(wins.row(ITEM, 3)).name)
	won_quote.finish(win.name)
	return lambda: won_quote.undo(win.name)


def submit_with_reservation():
	name = sales_order((ITEM, 3, 20), (OTHER, 2, 10), submit=False).name
	return lambda: frappe.get_doc("Sales Order", name).submit()


def cancel_with_reservation():
	name = sales_order((ITEM, 3, 20), (OTHER, 2, 10)).name
	return lambda: frappe.get_doc("Sales Order", name).cancel()


def process_order():
	name = sales_order((ITEM, 3, 20), (OTHER, 2, 10), soe_invoice_term="Immediate").name
	return lambda: order_type.process(name)


def change_type():
	name = sales_order((ITEM, 3, 20), soe_order_type="Forward Order").name
	return lambda: order_type.change_type(name, "Invoice Order")


def confirm_replacement():
	order = sales_order((ITEM, 3, 20), (OTHER, 2, 10))
	draft = frappe.get_doc("Sales Order", replacement.start(order.name))
	draft.items[0].qty = 4
	draft.save()
	return lambda: replacement.confirm(draft.name)


def add_payment():
	order = sales_order((ITEM, 3, 20))
	row = {"reference_doctype": "Sales Order", "reference_name": order.name, "allocated_amount": 25}
	payload = {
		"paid_amount": 25,
		"references": [row],
		"reference_no": "1",
		"reference_date": frappe.utils.today(),
	}
	return lambda: payment.add_payment(order.name, payload)


def release_back_orders():
	order_and_goods()
	return lambda: allocation.release({"company": COMPANY})


def hold():
	stock = {"item_code": ITEM, "warehouse": WAREHOUSE, "qty": 2}
	return lambda: allocation.hold(document_key="lost", row_key="1", **stock)


def leave():
	hold()()
	return lambda: allocation.leave("lost")


def mark_overdue():
	order = sales_order((ITEM, 3, 20), delivery_date=frappe.utils.today())
	yesterday = frappe.utils.add_days(frappe.utils.today(), -1)
	for doctype, filters in (("Sales Order", order.name), ("Sales Order Item", {"parent": order.name})):
		frappe.db.set_value(doctype, filters, "delivery_date", yesterday)
	return lifecycle_jobs.mark_overdue


@pytest.mark.parametrize(
	"scene",
	[finish_won_quote, undo_won_quote, submit_with_reservation, cancel_with_reservation, process_order, change_type,
		confirm_replacement, add_payment, release_back_orders, hold, leave, mark_overdue],
)  # fmt: skip
def test_all_or_nothing(day, other, scene):
	act = scene()
	frappe.db.commit()
	before, at = other.committed(), 1
	while attempt(act, at, other):
		now = other.committed(other.written)
		assert now == {table: before[table] for table in now}
		at *= 2
	assert at > 1 and other.committed() != before
	assert clerks.wrong_figures(day) == []


def test_a_job_that_fills_back_orders_leaves_each_order_whole(day, other):
	order, at = order_and_goods(), 1
	frappe.db.commit()
	while attempt(lambda: allocation_jobs.fill(ITEM, WAREHOUSE), at, other):
		assert clerks.wrong_figures(day) == []
		at *= 2
	assert at > 1
	assert frappe.get_all("Back Order", {"sales_order": order}, pluck="status") == ["Filled"]
	assert clerks.wrong_figures(day) == []


def test_an_invoice_run_goes_on_where_it_lost_its_connection(day, other):
	orders = [
		sales_order((ITEM, 2, 20), soe_invoice_term="Immediate", po_no=str(number)).name
		for number in range(3)
	]
	run, at = queued(orders, submit_invoices=1), 1
	while attempt(lambda: invoicing_jobs.work(run), at, other):
		assert clerks.wrong_figures(day) == []
		at *= 2
	assert at > 1
	assert frappe.db.get_value("Invoice Run", run, "status") == "Completed"
	assert_invoiced_exactly_once(orders)
	assert clerks.wrong_figures(day) == []


def test_a_preference_that_was_never_committed_holds_for_nobody(day, other):
	"""Whoever saves one reads them as well: what was read must not stay in the cache."""
	row = {
		"doctype": "Sales Order Preference",
		"property": "hold_minutes",
		"value": "77",
		"user": "Administrator",
	}

	def save():
		frappe.get_doc(row).insert()
		assert preferences.get("hold_minutes") == 77

	at = 1
	while attempt(save, at, other):
		assert preferences.get("hold_minutes") != 77
		at += 1
	assert at > 1 and preferences.get("hold_minutes") == 77
	preferences.clear_cache()
