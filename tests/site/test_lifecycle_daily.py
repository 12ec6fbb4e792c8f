"""Days pass, and life cycle status is switched on late: what changes then, and what is read for it."""

import frappe
import pytest
from erpnext.selling.doctype.sales_order.sales_order import update_status
from frappe.utils import add_days, today

from sales_order_ext import backfills
from sales_order_ext.lifecycle import jobs, records
from tests.site import money
from tests.site.masters import ITEM, OTHER_ITEM, SERVICE, receive, sales_order
from tests.site.order_life import life_cycle, undated


@pytest.fixture
def on(switch_on):
	switch_on("enable_lifecycle_status")


def test_the_daily_job_is_one_statement_and_agrees_with_the_rule(on, statements):
	receive(ITEM, 9)
	orders = [sales_order((ITEM, 1, 100)) for _ in range(3)]
	orders.append(sales_order((ITEM, 1, 100), (SERVICE, 1, 5)))
	half = sales_order((ITEM, 2, 100), (OTHER_ITEM, 1, 5))
	money.invoice(half, qty=1)
	billed = sales_order((ITEM, 1, 100))
	money.invoice(billed)
	delivered = sales_order((ITEM, 1, 100), (SERVICE, 1, 5))
	money.deliver(delivered)
	closed = sales_order((ITEM, 1, 100))
	update_status("Closed", closed.name)
	counts = []
	for some in ([orders[0]], [*orders[1:], half, billed, delivered, closed]):
		for order in some:
			dates = {"delivery_date": add_days(today(), -1)}
			frappe.db.set_value("Sales Order", order.name, dates, update_modified=False)
		with statements() as run:
			jobs.mark_overdue()
		counts.append(len([query for query in run if query.lower().startswith("update")]))
	assert counts == [1, 1]
	assert {life_cycle(order) for order in orders} == {("Overdue", 1)}
	assert life_cycle(half) == ("Partially Invoiced", 1)
	assert life_cycle(billed) == ("Invoiced", 1)
	assert life_cycle(delivered) == ("Due", 0)
	assert life_cycle(closed) == ("Closed", 0)


def test_the_daily_job_finds_orders_by_indexes_that_hold_no_others(on, monkeypatch):
	asked, run = [], frappe.db.sql
	monkeypatch.setattr(frappe.db, "sql", lambda *args, **how: asked.append(args) or run(*args, **how))
	jobs.mark_overdue()
	monkeypatch.undo()
	looks = [args for args in asked if "FORCE INDEX" in str(args[0])]
	used = [frappe.db.sql(f"explain {query}", values, as_dict=True)[0] for query, values in looks]
	assert [row.key for row in used] == [records.OPEN_BY_STATUS, records.BY_DATE]
	assert {row.type for row in used} == {"range"}


def test_the_daily_job_does_nothing_while_switched_off(statements):
	with statements() as run:
		jobs.mark_overdue()
	assert not [query for query in run if query.lower().startswith("update")]


def test_switching_on_places_the_orders_that_are_there(switch_on, monkeypatch):
	order, draft = sales_order((ITEM, 1, 100)), undated(submit=False)
	enqueued = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **arguments: enqueued.append(method))
	switch_on("enable_lifecycle_status")
	assert enqueued == ["sales_order_ext.lifecycle.jobs.backfill"]
	monkeypatch.setattr(frappe.db, "commit", lambda: None)
	monkeypatch.setattr(backfills, "CHUNK", 1)
	assert jobs.backfill() >= 2
	assert life_cycle(order) == ("Due", 0)
	assert life_cycle(draft) == ("Draft", 0)
