"""Redis, the cache and the queue, does not answer: what plain ERPNext does without it goes on, the rest waits."""

import os
import subprocess
import sys
import time

import frappe
import pytest

from sales_order_ext.preferences import SETTINGS, SWITCHES
from tests.contract.source import PACKAGE
from tests.site import clerks, private_redis, web
from tests.site.masters import CUSTOMER

ITEM = clerks.ITEMS[0]
RUN_JOBS = """
import sys, frappe
frappe.init(sys.argv[1], sites_path=".")
frappe.connect()
for method in sys.argv[2:]:
	frappe.get_attr(method)()
	frappe.db.commit()
"""


@pytest.fixture
def redis():
	if private_redis.missing():
		pytest.skip(f"needs a Redis of its own; {private_redis.PROGRAM} is not on the path")
	with private_redis.may_go_away() as redis:
		yield redis


@pytest.fixture
def day(committed):
	return clerks.open_shop()


def run_process(redis, *command):
	ran = subprocess.run([sys.executable, *command], env={**os.environ, **redis.environment},
		capture_output=True, text=True, timeout=250)  # fmt: skip
	assert ran.returncode == 0, ran.stderr
	frappe.db.rollback()


def run_jobs(redis, *methods):
	run_process(redis, "-c", RUN_JOBS, os.environ["SOE_SITE"], *methods)


def work_off(redis):
	"""Be a worker until no job is left."""
	site = os.environ["SOE_SITE"]
	run_process(redis, "-m", "frappe.utils.bench_helper", "frappe", "--site", site, "worker", "--burst")


def clerk_of(address, day_and_key):
	day, key = day_and_key
	return clerks.Clerk(web.Caller(address, key), day, 1)


def order_of(clerk, qty, **fields):
	document = clerk._document("Sales Order", delivery_date=clerk.day.today, customer=CUSTOMER, **fields)
	row = {**document["items"][0], "item_code": ITEM, "qty": qty}
	return clerk._submitted({**document, "items": [row]})


def stock_of(clerk, qty):
	row = {"item_code": ITEM, "qty": qty, "t_warehouse": clerk.day.warehouse, "basic_rate": 5}
	entry = {"doctype": "Stock Entry", "stock_entry_type": "Material Receipt", "company": clerk.day.company}
	return clerk._submitted({**entry, "items": [row]})


def once_noticed(ask):
	"""Return the answer once Frappe has noticed that Redis went: version 16 takes ten seconds and fails till then."""
	ends = time.monotonic() + 60
	answer = ask()
	while answer.status == 500 and PACKAGE not in answer.text and time.monotonic() < ends:
		time.sleep(1)
		answer = ask()
	return answer


def waiting():
	"""Return what back orders of the item still wait for."""
	frappe.db.rollback()
	rows = frappe.get_all("Back Order", {"item_code": ITEM}, ["qty", "filled_qty"], order_by="name")
	return sum(row.qty - row.filled_qty for row in rows)


def runs():
	frappe.db.rollback()
	return frappe.get_all("Invoice Run", pluck="status", order_by="name")


def test_what_could_not_be_queued_is_refused_or_caught_up(day, redis):
	redis.start()
	with web.served(**redis.environment) as address:
		clerk = clerk_of(address, day)
		assert order_of(clerk, 100, soe_order_type="Active Order").status == 200
		redis.stop()
		assert waiting() == 70
		received = once_noticed(lambda: stock_of(clerk, 100))
		assert received.status == 200, received.text
		filters = {"company": clerk.day.company, "submit_invoices": 1}
		refused = clerk._ours("invoicing.api.run", filters=filters)
		assert (refused.status, "QueueAwayError" in refused.text) == (417, True), refused.text
		assert (runs(), waiting()) == ([], 70)
		redis.start()
		made = order_of(clerk, 1, soe_invoice_term="Immediate").message["name"]
		assert clerk._ours("invoicing.api.run", filters=filters | {"orders": [made]}).status == 200
	run_jobs(redis, "sales_order_ext.allocation.jobs.sweep")
	work_off(redis)
	assert (waiting(), runs()) == (0, ["Completed"])


def test_a_switch_whose_old_orders_cannot_be_measured_stays_off(day, redis):
	frappe.get_doc(SETTINGS).update(dict.fromkeys(SWITCHES, 0)).save()
	frappe.db.commit()
	with web.served(**redis.environment) as address:
		caller = clerk_of(address, day).caller
		answer = caller.put(SETTINGS, SETTINGS, {"enable_payment_status": 1})
	assert (answer.status, "QueueAwayError" in answer.text) == (417, True), answer.text
	frappe.db.rollback()
	assert not frappe.db.get_single_value(SETTINGS, "enable_payment_status", cache=False)


def test_a_replacement_is_not_given_up_by_halves(day, redis):
	"""Frappe wants its queue to delete a draft."""
	redis.start()
	with web.served(**redis.environment) as address:
		clerk = clerk_of(address, day)
		order = order_of(clerk, 2).message["name"]
		draft = clerk._ours("replacement.api.start", sales_order=order).message
		redis.stop()
		refused = clerk._ours("replacement.api.abandon", sales_order=order)
		assert (refused.status, "QueueAwayError" in refused.text) == (417, True), refused.text
		frappe.db.rollback()
		assert frappe.db.get_value("Sales Order", draft, "docstatus") == 0
		redis.start()
		assert clerk._ours("replacement.api.abandon", sales_order=order).message == order
	frappe.db.rollback()
	assert not frappe.db.exists("Sales Order", draft)


def test_scheduled_jobs_leave_nothing_half_done_without_redis(day, redis):
	"""Also where they would have queued something: goods wait to be given, an invoice is due."""
	jobs = frappe.get_hooks("scheduler_events", app_name=PACKAGE)
	crons = [method for methods in jobs.pop("cron", {}).values() for method in methods]
	methods = [*crons, *(method for found in jobs.values() for method in found)]
	assert methods
	with web.served(**redis.environment) as address:
		clerk = clerk_of(address, day)
		assert order_of(clerk, 100, soe_order_type="Active Order").status == 200
		assert order_of(clerk, 1, soe_invoice_term="Immediate").status == 200
		assert stock_of(clerk, 100).status == 200
	run_jobs(redis, *methods)
	assert (waiting(), runs()) == (70, [])
	redis.start()
	run_jobs(redis, *methods)
	work_off(redis)
	assert (waiting(), runs()) == (0, ["Completed"])
