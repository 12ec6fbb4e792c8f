"""Two clerks book payments for invoices of one order at the same moment: neither's money is missed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import frappe
import pytest

from tests.site import money
from tests.site.masters import SERVICE, sales_order
from tests.site.payment_status import part, payment

PAYER = """
import json
import sys
import frappe
from sales_order_ext.payment import api
from tests.site import money
frappe.init({site!r}, sites_path=".")
frappe.connect()
frappe.set_user("Administrator")
step, name, invoice = sys.argv[1:]
document = frappe.get_doc("Sales Order" if step == "add" else "Payment Entry", name)
invoice = frappe.get_doc("Sales Invoice", invoice)
print("ready", flush=True)
sys.stdin.readline()
if step == "submit":
	document.submit()
elif step == "reconcile":
	money.reconcile(invoice, document, 60)
else:
	row = {{"reference_doctype": "Sales Invoice", "reference_name": invoice.name, "allocated_amount": 60}}
	api.add_payment(document.name, {{"references": [row], "paid_amount": 60}})
frappe.db.commit()
"""


@pytest.fixture
def committed_order(committed, switch_on):
	"""A committed order with two half invoices, and a draft payment for each."""
	switch_on("enable_payment_status")
	order = sales_order((SERVICE, 2, 50))
	invoices = [money.invoice(order, qty=1) for _ in range(2)]
	payments = [money.pay(invoice, submit=False) for invoice in invoices]
	frappe.db.commit()
	return order, payments


@pytest.fixture
def invoiced_order(committed, switch_on):
	"""A committed order with one invoice of 100, and two unallocated receipts of 60."""
	switch_on("enable_payment_status")
	order = sales_order((SERVICE, 1, 100))
	invoice = money.invoice(order)
	receipts = [money.receive_money(60) for _ in range(2)]
	frappe.db.commit()
	return order, invoice, receipts


def start(step, document, invoice) -> subprocess.Popen:
	environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
	process = subprocess.Popen(
		[sys.executable, "-c", PAYER.format(site=frappe.local.site), step, document.name, invoice],
		stdin=subprocess.PIPE,
		stdout=subprocess.PIPE,
		stderr=subprocess.PIPE,
		text=True,
		env=environment,
	)
	assert process.stdout.readline().strip() == "ready", process.stderr.read()
	return process


def race(*processes) -> list[str]:
	"""Let all go at once; return what each said at its end, nothing where it succeeded."""
	for process in processes:
		process.stdin.write("go\n")
		process.stdin.flush()
	errors = [process.communicate(timeout=120)[1] for process in processes]
	frappe.db.rollback()
	return [error if process.returncode else "" for error, process in zip(errors, processes, strict=True)]


def test_two_payments_at_once_both_count(committed_order):
	order, payments = committed_order
	processes = [start("submit", payment, payment.references[0].reference_name) for payment in payments]
	errors = race(*processes)
	assert errors == ["", ""], json.dumps(errors)
	stored = frappe.db.get_value("Sales Order", order.name, ["soe_per_paid", "soe_payment_status"])
	assert stored == (100, "Fully Paid")


@pytest.mark.parametrize("steps", [("reconcile", "reconcile"), ("reconcile", "add"), ("add", "add")])
def test_who_settles_one_invoice_at_once_takes_turns(invoiced_order, steps):
	order, invoice, receipts = invoiced_order
	documents = [order if step == "add" else receipt for step, receipt in zip(steps, receipts, strict=True)]
	pairs = zip(steps, documents, strict=True)
	errors = race(*[start(step, document, invoice.name) for step, document in pairs])
	assert sorted(map(bool, errors)) == [False, True], json.dumps(errors)
	refused = next(filter(None, errors))
	# ERPNext's reconciliation locks rows before ours: the database may have to choose who goes first.
	known = ("DocumentChangedError", "PaymentNotPossibleError", "QueryDeadlockError")
	assert any(error in refused for error in known), refused
	assert frappe.db.get_value("Sales Invoice", invoice.name, "outstanding_amount") == 40
	assert payment(order) == part(60)
