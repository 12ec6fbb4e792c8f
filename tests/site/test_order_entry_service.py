"""Orders over what a project or ticket used: each hour, material and expense billed once."""

import frappe
import pytest
from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice
from frappe.utils import add_days, today

from sales_order_ext.errors import NothingToBillError
from sales_order_ext.order_entry import api
from tests.site import masters
from tests.site.masters import COMPANY, CUSTOMER, ITEM, WAREHOUSE, user
from tests.site.orders import discard


@pytest.fixture(autouse=True)
def switched_on(switch_on):
	switch_on("enable_payment_status")


@pytest.fixture
def project():
	return frappe.get_doc({"doctype": "Project", "project_name": frappe.generate_hash(length=8), "company": COMPANY,
		"customer": CUSTOMER, "status": "Open"}).insert()  # fmt: skip


@pytest.fixture
def issue():
	return frappe.get_doc(
		{"doctype": "Issue", "subject": "Broken lift", "customer": CUSTOMER, "company": COMPANY}
	).insert()


def activity(rate):
	return frappe.get_doc({"doctype": "Activity Type", "activity_type": frappe.generate_hash(length=8),
		"billing_rate": rate}).insert().name  # fmt: skip


def worked(what, hours, day=None, rate=None, billable=1, by=None, **where):
	log = {"activity_type": what, "from_time": f"{day or today()} 08:00:00", "hours": hours, "is_billable": billable,
		"billing_hours": hours, **({"billing_rate": rate} if rate is not None else {}), **where}  # fmt: skip
	sheet = frappe.get_doc(
		{"doctype": "Timesheet", "company": COMPANY, "customer": CUSTOMER, "employee": by, "time_logs": [log]}
	)
	return sheet.insert().submit()


def employee():
	return frappe.get_doc({"doctype": "Employee", "first_name": "Ann", "company": COMPANY, "gender": "Female",
		"date_of_birth": "1990-01-01", "date_of_joining": "2020-01-01", "status": "Active"}).insert().name  # fmt: skip


def used(qty, **fields):
	masters.receive(ITEM, 20)
	row = {"item_code": ITEM, "qty": qty, "s_warehouse": WAREHOUSE}
	entry = frappe.get_doc({"doctype": "Stock Entry", "stock_entry_type": "Material Issue", "company": COMPANY,
		"items": [row], **fields})  # fmt: skip
	return entry.insert().submit()


def price(rate, item_code=ITEM):
	price_list = frappe.db.get_single_value("Selling Settings", "selling_price_list")
	frappe.db.delete("Item Price", {"item_code": item_code})
	frappe.get_doc(
		{"doctype": "Item Price", "item_code": item_code, "price_list": price_list, "price_list_rate": rate}
	).insert()


def rows_of(made):
	order = frappe.get_doc("Sales Order", made["sales_order"])
	return [(row.item_name, row.qty, row.rate) for row in order.items]


def test_hours_and_materials_at_their_rates(project):
	work = activity(80)
	sheet = worked(work, 3, project=project.name)
	worked(work, 1, rate=100, project=project.name)
	worked(work, 2, billable=0, project=project.name)
	worked(work, 5, day=add_days(today(), -3))
	used(4, project=project.name)
	price(25)
	made = api.make_order_from_project(project.name, today())
	assert sorted(rows_of(made)) == sorted([(work, 3, 80), (work, 1, 100), (ITEM, 4, 25)])
	order = frappe.get_doc("Sales Order", made["sales_order"])
	assert (order.docstatus, order.customer, order.project, order.grand_total) == (
		0,
		CUSTOMER,
		project.name,
		440,
	)
	assert all(row.item_code == "soe-custom" for row in order.items)
	order.submit()
	invoice = make_sales_invoice(order.name).insert().submit()
	detail = sheet.time_logs[0].name
	assert frappe.db.get_value("Timesheet Detail", detail, "sales_invoice") == invoice.name
	assert frappe.db.get_value("Timesheet", sheet.name, "status") == "Billed"
	assert frappe.db.get_value("Sales Order", order.name, "status") == "Completed"
	invoice.cancel()
	assert not frappe.db.get_value("Timesheet Detail", detail, "sales_invoice")


def test_an_hour_costs_what_is_agreed_for_the_employee_else_for_the_activity_else_the_list_price(project):
	ann, known, listed = employee(), activity(0), activity(0)
	worked(known, 1, project=project.name)
	worked(known, 2, project=project.name, by=ann)
	worked(listed, 3, project=project.name)
	# Rates that were agreed after the hours were booked.
	cost = {"doctype": "Activity Cost", "activity_type": known, "employee": ann}
	frappe.get_doc({**cost, "billing_rate": 95, "costing_rate": 40}).insert()
	frappe.db.set_value("Activity Type", known, "billing_rate", 80)
	group = frappe.db.get_value("Item", ITEM, "item_group")
	frappe.get_doc({"doctype": "Item", "item_code": listed, "item_group": group, "is_stock_item": 0}).insert()
	price(70, listed)
	made = api.make_order_from_project(project.name)
	assert sorted(rows_of(made)) == sorted([(known, 1, 80), (known, 2, 95), (listed, 3, 70)])


def test_billed_once_and_free_again(project):
	work = activity(80)
	worked(work, 3, project=project.name)
	used(1, project=project.name)
	order = frappe.get_doc("Sales Order", api.make_order_from_project(project.name)["sales_order"])
	with pytest.raises(NothingToBillError):
		api.make_order_from_project(project.name)
	order.set("items", [row for row in order.items if row.item_name == work])
	order.save().submit()
	assert len(rows_of(api.make_order_from_project(project.name))) == 1
	order.cancel()
	again = api.make_order_from_project(project.name)
	assert [row[0] for row in rows_of(again)] == [work]
	frappe.delete_doc("Sales Order", again["sales_order"])
	again = api.make_order_from_project(project.name)
	assert len(rows_of(again)) == 1
	discard(frappe.get_doc("Sales Order", again["sales_order"]))
	assert len(rows_of(api.make_order_from_project(project.name))) == 1


def charged(project, sheet, customer=CUSTOMER, **fields):
	"""Return an order, as a program would send it, that says it bills a time sheet."""
	log = sheet.time_logs[0]
	row = {"soe_line_type": "Custom", "item_name": "Hours", "qty": 1, "rate": 1, "soe_charge_key": "key"}
	charge = {
		"charge_key": "key",
		"source_doctype": "Timesheet",
		"source_name": sheet.name,
		"source_row": log.name,
	}
	return frappe.get_doc({"doctype": "Sales Order", "company": COMPANY, "customer": customer, "project": project,
		"delivery_date": today(), "skip_delivery_note": 1, "items": [row], "soe_charges": [charge], **fields})  # fmt: skip


def test_hours_of_others_are_not_billed_by_saying_so(project):
	own, other = project.name, frappe.copy_doc(project)
	other = other.update({"project_name": frappe.generate_hash(length=8)}).insert().name
	sheet = worked(activity(50), 2, project=own)
	for order in (charged(None, sheet), charged(other, sheet)):
		with pytest.raises(NothingToBillError, match=sheet.name):
			order.insert()
	order = charged(own, sheet).insert()
	with pytest.raises(NothingToBillError, match=sheet.name):
		charged(own, sheet).insert()  # that order bills it
	order.submit()
	make_sales_invoice(order.name).insert().submit()
	assert sheet.reload().time_logs[0].sales_invoice
	order.reload()
	again = worked(activity(50), 1, project=other)
	order.append("soe_charges", {**charged(own, again).soe_charges[0].as_dict(), "name": None})
	with pytest.raises((NothingToBillError, frappe.UpdateAfterSubmitError)):
		order.save()


def test_hours_of_a_project_that_one_may_not_read_are_not_billed(project):
	sheet = worked(activity(50), 2, project=project.name)
	order = charged(project.name, sheet)
	with user("Sales User") as name:
		frappe.set_user(name)
		assert not frappe.has_permission("Project", "read", doc=project.name)
		with pytest.raises(NothingToBillError, match=sheet.name):
			order.insert()


def test_until_a_day(project):
	work = activity(10)
	worked(work, 1, day=add_days(today(), -5), project=project.name)
	worked(work, 2, project=project.name)
	assert rows_of(api.make_order_from_project(project.name, add_days(today(), -1))) == [(work, 1, 10)]
	assert rows_of(api.make_order_from_project(project.name, today())) == [(work, 2, 10)]


def test_a_ticket_with_labour_and_materials(issue, project):
	task = frappe.get_doc(
		{"doctype": "Task", "subject": "Mend", "issue": issue.name, "project": project.name}
	).insert()
	work = activity(60)
	worked(work, 2, task=task.name, project=project.name)
	used(3, soe_issue=issue.name)
	made = api.make_order_from_issue(issue.name)
	assert [row[:2] for row in rows_of(made)] == [(work, 2), (ITEM, 3)]
	with pytest.raises(NothingToBillError):
		api.make_order_from_project(project.name)


def test_only_for_who_may(project):
	worked(activity(60), 2, project=project.name)
	with user("Stock User"), pytest.raises(frappe.PermissionError):
		api.make_order_from_project(project.name)
	project.db_set("customer", None)
	with pytest.raises(NothingToBillError, match="no customer"):
		api.make_order_from_project(project.name)
