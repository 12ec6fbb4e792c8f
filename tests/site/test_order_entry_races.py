"""Two clerks press at the same moment: what a project used is billed by one order."""

import json
import subprocess
import sys
import time

import frappe
import pytest
from frappe.utils import today

from tests.site.masters import COMPANY, CUSTOMER

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


@pytest.fixture
def project():
	"""A project with four billable hours, for other processes too; afterwards it is as if never made."""
	activity = frappe.generate_hash(length=8)
	frappe.get_doc({"doctype": "Activity Type", "activity_type": activity, "billing_rate": 50}).insert()
	project = frappe.get_doc({"doctype": "Project", "project_name": activity, "company": COMPANY,
		"customer": CUSTOMER, "status": "Open"}).insert()  # fmt: skip
	sheet = frappe.get_doc({"doctype": "Timesheet", "company": COMPANY, "customer": CUSTOMER, "time_logs": [
		{"activity_type": activity, "from_time": f"{today()} 08:00:00", "hours": 4, "billing_hours": 4,
		"is_billable": 1, "project": project.name}]}).insert().submit()  # fmt: skip
	frappe.db.commit()
	yield project.name
	frappe.db.rollback()
	for name in frappe.get_all("Sales Order", {"project": project.name}, pluck="name", order_by="name"):
		frappe.delete_doc("Sales Order", name, force=True)
	sheet.reload().cancel()
	sheet.delete()
	frappe.delete_doc("Project", project.name, force=True)
	frappe.delete_doc("Activity Type", activity, force=True)
	frappe.db.commit()


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
