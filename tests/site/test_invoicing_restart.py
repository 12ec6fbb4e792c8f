"""The database itself is killed in the middle of a run and started again: a server of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys

import frappe
import pytest

from sales_order_ext.preferences import SETTINGS
from tests.site import masters, private_database
from tests.site.masters import SERVICE
from tests.site.test_invoicing_concurrency import ROOT, SCRIPT, queued

GROUPS = "select status, count(*) from `tabInvoice Run Group` where invoice_run = %s group by status"


def process(database, *arguments: str) -> subprocess.CompletedProcess:
	return subprocess.run(
		[sys.executable, str(SCRIPT), *arguments],
		env={**os.environ, **database.environment, "PYTHONPATH": str(ROOT)},
		capture_output=True,
		text=True,
		timeout=300,
	)


def test_a_run_is_resumed_after_its_database_was_killed(committed, tmp_path):
	absent = private_database.missing()
	if absent:
		pytest.skip(f"needs a database server of its own; not on the path: {', '.join(absent)}")
	frappe.db.set_single_value(SETTINGS, "enable_invoice_terms", 1)
	orders = [masters.sales_order((SERVICE, 3, 100), (SERVICE, 2, 50), soe_invoice_term="Immediate").name
		for _ in range(5)]  # fmt: skip
	run = queued(orders, submit_invoices=1)
	with private_database.copy_of_site(tmp_path) as database:
		dying = process(database, "crash", run, "2", str(database.server.pid))
		assert dying.returncode, dying.stdout
		assert database.server.wait() < 0
		database.start()
		assert dict(database.ask(GROUPS, run)) == {"Done": 2, "Pending": 3}
		resumed = process(database, "resume", run)
		assert resumed.returncode == 0, resumed.stderr
		assert dict(database.ask(GROUPS, run)) == {"Done": 5}
		ordered = database.ask("select name, qty from `tabSales Order Item` where parent in %s", orders)
		invoiced = database.ask(
			"select so_detail, sum(qty) from `tabSales Invoice Item` where sales_order in %s and docstatus = 1"
			" group by so_detail",
			orders,
		)
		assert sorted(invoiced) == sorted(ordered)
		assert database.ask("select distinct per_billed from `tabSales Order` where name in %s", orders) == [
			(100,)
		]
