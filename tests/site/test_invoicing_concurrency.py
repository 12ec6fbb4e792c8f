"""Real processes at the same orders, one of them killed: every quantity is invoiced exactly once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import frappe
import pytest

from sales_order_ext.invoicing import api, planning, run_records
from sales_order_ext.preferences import SETTINGS
from tests.site import masters
from tests.site.invoicing_helpers import groups_of
from tests.site.masters import COMPANY, SERVICE

SCRIPT = Path(__file__).with_name("invoicing_process.py")
ROOT = SCRIPT.parents[2]


@pytest.fixture
def orders(committed):
	"""Eight committed orders of a service, each of two rows."""
	frappe.db.set_single_value(SETTINGS, "enable_invoice_terms", 1)
	names = [
		masters.sales_order((SERVICE, 3, 100), (SERVICE, 2, 50), soe_invoice_term="Immediate").name
		for _ in range(8)
	]
	frappe.db.commit()
	return names


def queued(orders: list[str], **filters) -> str:
	run = planning.new_run(planning.clean({"company": COMPANY, "orders": orders, **filters}))
	planning.start(run)
	frappe.db.commit()
	return run.name


def begin(*arguments: str) -> subprocess.Popen:
	return subprocess.Popen(
		[sys.executable, str(SCRIPT), *arguments],
		env={**os.environ, "PYTHONPATH": str(ROOT)},
		stdout=subprocess.PIPE,
		stderr=subprocess.STDOUT,
		text=True,
	)


def end(*processes: subprocess.Popen) -> list[str]:
	said = [process.communicate(timeout=300)[0] for process in processes]
	frappe.db.rollback()
	frappe.db.value_cache.clear()
	assert [process.returncode for process in processes] == [0] * len(processes), said
	return said


def assert_invoiced_exactly_once(orders: list[str]) -> None:
	ordered = {row.name: row.qty for row in rows_of("Sales Order Item", {"parent": ("in", orders)}, "name")}
	invoiced: dict[str, float] = {}
	for row in rows_of("Sales Invoice Item", {"sales_order": ("in", orders)}, "so_detail"):
		invoiced[row.so_detail] = invoiced.get(row.so_detail, 0) + row.qty
	assert invoiced == ordered


def rows_of(doctype: str, filters: dict, field: str) -> list:
	filters = {"docstatus": ("<", 2), **filters}
	return frappe.get_all(doctype, filters=filters, fields=[field, "qty"], order_by="creation, idx")


def test_12_two_runs_at_once_over_the_same_orders(orders):
	runs = [queued(orders, submit_invoices=1) for _ in range(2)]
	end(*[begin("work", run) for run in runs])
	assert_invoiced_exactly_once(orders)
	statuses = sorted(group.status for run in runs for group in groups_of(run))
	assert statuses == ["Done"] * 8 + ["Skipped"] * 8
	for run in runs:
		assert frappe.db.get_value("Invoice Run", run, "status") == "Completed"
	billed = frappe.get_all("Sales Order", {"name": ("in", orders)}, pluck="per_billed", order_by="name")
	assert billed == [100] * 8


def test_two_workers_share_the_groups_of_one_run(orders):
	run = queued(orders, submit_invoices=1)
	end(begin("work", run, "2"), begin("work", run, "2"))
	assert_invoiced_exactly_once(orders)
	assert [group.status for group in groups_of(run)] == ["Done"] * 8
	assert_numbered_without_gaps(run)
	assert frappe.db.get_value("Invoice Run", run, ["status", "groups_done"]) == ("Completed", 8)


def test_13_a_killed_run_is_resumed(orders):
	run = queued(orders, submit_invoices=1)
	dying = begin("die", run, "3")
	dying.communicate(timeout=300)
	assert dying.returncode == -signal.SIGKILL
	frappe.db.rollback()
	assert [group.status for group in groups_of(run)] == ["Done"] * 3 + ["Pending"] * 5
	assert frappe.db.get_value("Invoice Run", run, "status") == "Running"
	assert run in run_records.going()
	api.resume(run)
	frappe.db.rollback()
	end(begin("work", run))
	assert_invoiced_exactly_once(orders)
	groups = groups_of(run)
	assert [group.status for group in groups] == ["Done"] * 8
	assert len({group.invoice for group in groups}) == 8
	assert frappe.db.get_value("Invoice Run", run, "status") == "Completed"


def test_a_killed_worker_s_numbers_are_used_when_the_run_is_resumed(orders):
	frappe.get_doc("Sales Order", orders[2]).update_status("On Hold")
	frappe.db.commit()
	frappe.db.set_value("Sales Order", orders[2], "status", "To Deliver and Bill")
	run = queued(orders, submit_invoices=1)
	frappe.db.set_value("Sales Order", orders[2], "status", "On Hold")
	frappe.db.commit()
	dying = begin("die", run, "4", "2")
	dying.communicate(timeout=300)
	assert dying.returncode == -signal.SIGKILL
	api.resume(run)
	frappe.db.commit()
	end(begin("work", run, "2"))
	statuses = [group.status for group in groups_of(run)]
	assert statuses == ["Done"] * 2 + ["Skipped"] + ["Done"] * 5
	assert_numbered_without_gaps(run, but=1)


def test_a_run_goes_on_after_the_database_was_gone(orders):
	run = queued(orders, submit_invoices=1)
	severed = begin("sever", run, "3")
	said = severed.communicate(timeout=300)[0]
	assert severed.returncode, said
	frappe.db.rollback()
	assert [group.status for group in groups_of(run)] == ["Done"] * 3 + ["Pending"] * 5
	api.resume(run)
	frappe.db.commit()
	end(begin("work", run))
	assert_invoiced_exactly_once(orders)
	assert {group.status for group in groups_of(run)} == {"Done"}


def assert_numbered_without_gaps(run: str, but: int = 0) -> None:
	numbers = sorted(int(group.invoice.rsplit("-", 1)[1]) for group in groups_of(run) if group.invoice)
	assert numbers[-1] - numbers[0] + 1 <= len(numbers) + but


def test_a_clerk_invoices_by_hand_meanwhile(orders):
	run = queued(orders)
	end(begin("work", run), begin("clerk", *reversed(orders)))
	assert_invoiced_exactly_once(orders)
	assert {group.status for group in groups_of(run)} <= {"Done", "Skipped"}
