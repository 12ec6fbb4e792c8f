"""Two clerks press at the same moment: hours, materials and expenses of a project are billed by one order."""

import json
import subprocess
import sys
import time

import frappe
import pytest
from frappe.utils import today

from sales_order_ext.order_entry import api, expenses
from tests.site import expense_claims, masters
from tests.site.masters import COMPANY, CUSTOMER, ITEM, WAREHOUSE

CLERK = """
import json, os, sys
import frappe
frappe.init(os.environ["SOE_SITE"], sites_path=".")
frappe.connect()
frappe.set_user("Administrator")
from sales_order_ext.order_entry import api
frappe.get_meta("Sales Order"), frappe.get_meta("Project")
frappe.db.rollback()
print("ready", flush=True)
sys.stdin.readline()
# As a request does: something is read before the endpoint takes its locks.
frappe.db.get_value("Project", sys.argv[1], "status")
try:
	answer = api.make_order_from_project(sys.argv[1])
	frappe.db.commit()
except Exception as error:
	frappe.db.rollback()
	answer = {"error": type(error).__name__}
print(json.dumps(answer), flush=True)
frappe.destroy()
"""


@pytest.fixture(scope="module")
def claims():
	"""Expense claims, as where HRMS is installed."""
	expense_claims.install()
	yield
	expense_claims.uninstall()


@pytest.fixture
def foreign_claims(claims):
	"""Claims that may be in another currency, as newer versions of HRMS keep them."""
	field = {"dt": expenses.ROW, "fieldname": "base_sanctioned_amount", "fieldtype": "Currency"}
	field = frappe.get_doc(
		{"doctype": "Custom Field", "label": "Granted in Company Currency", **field}
	).insert()
	yield
	frappe.db.rollback()
	field.delete()
	frappe.db.commit()


@pytest.fixture
def project(claims, committed):
	"""A project with hours, materials and expenses, for other processes too."""
	activity = frappe.generate_hash(length=8)
	frappe.get_doc({"doctype": "Activity Type", "activity_type": activity, "billing_rate": 50}).insert()
	project = frappe.get_doc({"doctype": "Project", "project_name": activity, "company": COMPANY,
		"customer": CUSTOMER, "status": "Open"}).insert()  # fmt: skip
	frappe.get_doc({"doctype": "Timesheet", "company": COMPANY, "customer": CUSTOMER, "time_logs": [
		{"activity_type": activity, "from_time": f"{today()} 08:00:00", "hours": 4, "billing_hours": 4,
		"is_billable": 1, "project": project.name}]}).insert().submit()  # fmt: skip
	masters.receive(ITEM, 3)
	issue = frappe.get_doc({"doctype": "Stock Entry", "stock_entry_type": "Material Issue", "company": COMPANY,
		"project": project.name, "items": [{"item_code": ITEM, "qty": 3, "s_warehouse": WAREHOUSE}]})  # fmt: skip
	issue.insert().submit()
	rows = ("Travel", 120, 1), ("Hotel", 90, 1), ("Lunch", 15, 0)
	expense_claims.claimed(today(), *rows, project=project.name)
	frappe.db.commit()
	return project.name


def test_two_who_press_at_once_make_one_order(project):
	clerks = [
		subprocess.Popen(
			[sys.executable, "-c", CLERK, project], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
		)
		for _number in range(2)
	]
	for clerk in clerks:
		assert clerk.stdout.readline() == "ready\n"
	time.sleep(0.2)
	for clerk in clerks:
		clerk.stdin.write("go\n")
		clerk.stdin.flush()
	answers = [json.loads(clerk.communicate(timeout=120)[0].splitlines()[-1]) for clerk in clerks]
	frappe.db.rollback()
	assert sorted("sales_order" in answer for answer in answers) == [False, True]
	assert {answer.get("error") for answer in answers} - {None} <= {
		"NothingToBillError",
		"QueryDeadlockError",
	}
	assert frappe.db.count("Sales Order", {"project": project}) == 1
	order = frappe.get_doc("Sales Order", {"project": project})
	sources = sorted((one.source_doctype, one.qty) for one in order.soe_charges)
	assert sources == [("Expense Claim", 1), ("Expense Claim", 1), ("Stock Entry", 3), ("Timesheet", 4)]


def test_only_approved_expenses_claimed_as_billable_are_billed(project):
	expense_claims.claimed(today(), ("Taxi", 30, 1), project=project, status="Rejected")
	elsewhere = frappe.get_doc(
		{"doctype": "Project", "project_name": frappe.generate_hash(length=8), "company": COMPANY}
	).insert()
	expense_claims.claimed(today(), ("Parking", 5, 1), project=elsewhere.name)
	order = frappe.get_doc("Sales Order", api.make_order_from_project(project)["sales_order"])
	billed = {row.item_name: (row.qty, row.rate) for row in order.items[2:]}
	assert billed == {"Hotel": (1, 90), "Travel": (1, 120)}
	order.set("items", [row for row in order.items if row.item_name != "Hotel"])
	order.save()
	again = frappe.get_doc("Sales Order", api.make_order_from_project(project)["sales_order"])
	assert [row.item_name for row in again.items] == ["Hotel"]
	frappe.db.rollback()


def test_a_row_that_names_its_own_project_is_billed_to_that_one_alone(project):
	elsewhere = frappe.get_doc({"doctype": "Project", "project_name": frappe.generate_hash(length=8),
		"company": COMPANY, "customer": CUSTOMER}).insert()  # fmt: skip
	theirs = ("Ferry", 40, 1, elsewhere.name)
	expense_claims.claimed(today(), ("Train", 25, 1), theirs, project=project)
	masters.receive(ITEM, 2)
	frappe.get_doc({"doctype": "Stock Entry", "stock_entry_type": "Material Issue", "company": COMPANY,
		"project": project, "items": [
			{"item_code": ITEM, "qty": 2, "s_warehouse": WAREHOUSE, "project": elsewhere.name}]}).insert().submit()  # fmt: skip
	own, other = (
		frappe.get_doc("Sales Order", api.make_order_from_project(name)["sales_order"])
		for name in (project, elsewhere.name)
	)
	assert [row.item_name for row in other.items][1:] == ["Ferry"]
	assert [(mark.source_doctype, mark.qty) for mark in other.soe_charges] == [
		("Stock Entry", 2),
		("Expense Claim", 1),
	]
	assert sorted(row.item_name for row in own.items[2:]) == ["Hotel", "Train", "Travel"]
	assert [mark.qty for mark in own.soe_charges if mark.source_doctype == "Stock Entry"] == [3]
	frappe.db.rollback()


def test_a_row_that_the_approver_refused_is_not_billed(project):
	claim = expense_claims.claimed(today(), ("Minibar", 12, 1), project=project)
	claim.expenses[0].db_set("sanctioned_amount", 0)
	order = frappe.get_doc("Sales Order", api.make_order_from_project(project)["sales_order"])
	assert sorted(row.item_name for row in order.items[2:]) == ["Hotel", "Travel"]
	frappe.db.rollback()


def test_what_was_claimed_in_another_currency_is_billed_in_the_companys(project, foreign_claims):
	claim = expense_claims.claimed(today(), ("Metro", 100, 1), project=project)
	claim.expenses[0].db_set("base_sanctioned_amount", 112.5)
	order = frappe.get_doc("Sales Order", api.make_order_from_project(project)["sales_order"])
	assert [(row.item_name, row.rate) for row in order.items[2:]] == [("Metro", 112.5)]
	frappe.db.rollback()
