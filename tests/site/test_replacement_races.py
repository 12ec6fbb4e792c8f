"""Cancel and replace when things happen at once, or break in the middle. Real processes, committed data."""

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import frappe
import pytest

from sales_order_ext.preferences import SETTINGS
from sales_order_ext.replacement import api, confirm, inverse, log, schedule
from tests.site import masters
from tests.site.replacement_shop import ORDER, assert_replaced, deliver, invoice, order_a, order_b, pay, start

WORKER = Path(__file__).with_name("replacement_worker.py")
RESERVING = "enable_stock_reservation"
WATCHED = (
	"Sales Order",
	"Sales Order Item",
	"Payment Schedule",
	"Delivery Note Item",
	"Payment Entry Reference",
	"Advance Payment Ledger Entry",
	"Stock Reservation Entry",
	"Bin",
	"Order Replacement",
	"Comment",
)


@pytest.fixture
def committed(rolled_back):
	"""Switch the feature on for all processes; afterwards take away whatever this test committed."""
	before = {doctype: names(doctype) for doctype in all_tables()}
	reserving = frappe.db.get_single_value("Stock Settings", RESERVING)
	switch(1)
	yield
	frappe.db.rollback()
	for doctype, kept in before.items():
		gone = names(doctype) - kept
		if gone:
			frappe.db.delete(doctype, {"name": ("in", sorted(gone))})
	restore_bins()
	frappe.db.set_single_value("Stock Settings", RESERVING, reserving)
	switch(0)


def all_tables():
	tables = frappe.get_all("DocType", {"issingle": 0, "is_virtual": 0}, pluck="name", order_by="name")
	ours = ("Selling", "Stock", "Accounts", "Sales Order Ext", "Core", "Setup")
	modules = dict(frappe.get_all("DocType", fields=["name", "module"], as_list=True, order_by="name"))
	return [table for table in tables if modules[table] in ours and frappe.db.table_exists(table)]


def names(doctype):
	return {row[0] for row in frappe.db.sql(f"select name from `tab{doctype}`")}


def restore_bins():
	from erpnext.stock.stock_balance import get_reserved_qty, update_bin_qty

	for one in frappe.get_all("Bin", fields=["item_code", "warehouse"], order_by="name"):
		stock = (one.item_code, one.warehouse)
		update_bin_qty(*stock, {"reserved_qty": get_reserved_qty(*stock), "actual_qty": on_hand(*stock)})
		frappe.db.set_value(
			"Bin", {"item_code": stock[0], "warehouse": stock[1]}, "reserved_stock", reserved(*stock)
		)


def reserved(item_code, warehouse):
	entries = frappe.get_all(
		"Stock Reservation Entry",
		filters={"item_code": item_code, "warehouse": warehouse, "docstatus": 1},
		fields=["reserved_qty", "delivered_qty"],
		order_by="name",
	)
	return sum(entry.reserved_qty - entry.delivered_qty for entry in entries)


def on_hand(item_code, warehouse):
	rows = frappe.get_all(
		"Stock Ledger Entry",
		filters={"item_code": item_code, "warehouse": warehouse, "is_cancelled": 0},
		pluck="qty_after_transaction",
		order_by="posting_datetime desc, creation desc",
		limit=1,
	)
	return rows[0] if rows else 0


def switch(value):
	settings = frappe.get_doc(SETTINGS)
	settings.enable_cancel_and_replace = value
	settings.save()
	frappe.db.commit()


def at_once(*calls):
	"""Let every (action, order) run in a process of its own, at the same moment; return the outcomes."""
	with ExitStack() as stack:
		workers = [
			stack.enter_context(
				subprocess.Popen(
					[sys.executable, str(WORKER), *call],
					stdin=subprocess.PIPE,
					stdout=subprocess.PIPE,
					text=True,
				)
			)
			for call in calls
		]
		for worker in workers:
			assert worker.stdout.readline().strip() == "ready"
		for worker in workers:
			worker.stdin.write("go\n")
			worker.stdin.flush()
		outcomes = [json.loads(worker.stdout.readlines()[-1]) for worker in workers]
	frappe.db.rollback()
	frappe.clear_cache(doctype=ORDER)
	return outcomes


def test_case_12_two_clerks_start_at_once(committed):
	order = order_a()
	frappe.db.commit()
	outcomes = at_once(*[("start", order.name)] * 3)
	assert {outcome.get("result") for outcome in outcomes} == {f"{order.name}-1"}
	assert frappe.db.count(ORDER, {"soe_replaced_order": order.name}) == 1


def test_case_13_two_processes_confirm_the_same_draft(committed):
	order = order_a()
	draft = start(order, 4)
	frappe.db.commit()
	outcomes = at_once(*[("confirm", draft.name)] * 2)
	errors = [outcome["error"] for outcome in outcomes if "error" in outcome]
	assert errors == ["AlreadyReplacedError"], outcomes
	chain = frappe.get_all(ORDER, {"soe_root_order": order.name}, pluck="name", order_by="name")
	assert sorted(chain) == sorted([order.name, f"{order.name}-1", f"{order.name}*R*"])
	assert_replaced(order, frappe.get_doc(ORDER, draft.name))


def test_a_delivery_and_a_confirmation_at_once(committed):
	order = order_a()
	draft = start(order, 4)
	note = deliver(order, 2, submit=False)
	frappe.db.commit()
	booked, delivered = at_once(("confirm", draft.name), ("submit", note.name))
	assert "result" in booked or "result" in delivered, (booked, delivered)
	holder = draft.name if "result" in booked else order.name
	note.reload()
	assert {row.against_sales_order for row in note.items} == {holder}
	expected = 2 if "result" in delivered else 0
	assert frappe.get_doc(ORDER, holder).items[0].delivered_qty == expected


@pytest.mark.parametrize("action, doctype, field", [
	("invoice", "Sales Invoice", "sales_order"),
	("deliver", "Delivery Note", "against_sales_order"),
	("bill", "Sales Invoice", "sales_order"),
])  # fmt: skip
def test_what_is_made_while_an_order_is_replaced_is_on_the_living_order_or_not_at_all(
	committed, action, doctype, field
):
	order = order_a()
	draft = start(order, 4)
	masters.receive(masters.ITEM, 2)
	target = invoice(order, 2, submit=False).name if action == "invoice" else order.name
	frappe.db.commit()
	booked, made = at_once(("confirm", draft.name), (action, target))
	assert "result" in booked or "result" in made, (booked, made)
	holder = draft.name if "result" in booked else order.name
	table = f"{doctype} Item"
	linked = {row[0] for row in frappe.get_all(table, {"item_code": masters.ITEM, "docstatus": ("<", 2),
		field: ("like", f"{order.name}%")}, [field], as_list=True)}  # fmt: skip
	assert linked <= {holder}, (booked, made)
	row = frappe.get_doc(ORDER, holder).items[0]
	done = row.delivered_qty if action == "deliver" else row.billed_amt / row.rate
	assert done == (2 if "result" in made else 0), (booked, made)


def test_two_clerks_confirm_two_parts_at_once(committed):
	order = order_b()
	first, second = api.split(order.name, rows=[order.items[1].name])
	frappe.db.commit()
	outcomes = at_once(("confirm", first), ("confirm", second))
	errors = [outcome["error"] for outcome in outcomes if "error" in outcome]
	assert errors == ["AlreadyReplacedError"], outcomes
	assert [frappe.db.get_value(ORDER, name, "docstatus") for name in (first, second)] == [1, 1]
	assert frappe.db.count(ORDER, {"soe_canceled_order": order.name}) == 1


def snapshot():
	return {
		doctype: frappe.db.sql(f"select * from `tab{doctype}` order by name", as_dict=True)
		for doctype in WATCHED
	}


STEPS = [
	(confirm, "lock_and_check"),
	(confirm, "close_original"),
	(inverse, "insert"),
	(confirm, "move_links"),
	(confirm, "carry_rows"),
	(confirm, "mark_original"),
	(schedule, "carry"),
	(confirm, "carry_packed_rows"),
	(confirm, "set_percentages"),
	(confirm, "update_quotations"),
	(confirm, "write_log"),
	(log, "write"),
	(confirm, "_tell"),
]


def test_a_failure_after_any_step_leaves_nothing(committed, monkeypatch):
	frappe.db.set_single_value("Stock Settings", RESERVING, 1)
	masters.receive(masters.ITEM, 6)
	order = order_b(reserve_stock=1)
	pay(order, 50)
	deliver(order, 0, 4)
	draft = start(order, 7)
	frappe.db.commit()
	before = snapshot()
	for module, step in STEPS:
		with monkeypatch.context() as patch:
			patch.setattr(module, step, failing(getattr(module, step)))
			patch.setattr(frappe.db, "commit", lambda: pytest.fail("committed in the middle"))
			with pytest.raises(ZeroDivisionError):
				api.confirm(draft.name)
		frappe.db.rollback()
		assert snapshot() == before, step
	new = frappe.get_doc(ORDER, api.confirm(draft.name)["replacement"])
	assert_replaced(order, new)


def failing(step):
	def run(*args, **kwargs):
		step(*args, **kwargs)
		raise ZeroDivisionError(step.__name__)

	return run
