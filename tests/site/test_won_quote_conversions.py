"""What services and recurring rows become: charges of a project, contract or ticket, and subscriptions."""

import frappe
import pytest
from frappe.utils import getdate, today

from sales_order_ext.won_quote import api
from tests.site.masters import COMPANY, CUSTOMER, OTHER_CUSTOMER, SERVICE, SUPPLIER, user
from tests.site.wins import actions, codes, order_of, plan, quotation, row, service, status


@pytest.fixture(autouse=True)
def procurement(switch_on):
	switch_on("enable_procurement")


def started(*rows, convert_to=None, **fields):
	"""Start a pass; convert all rows that are not goods as told."""
	win = api.start(quotation=quotation(*rows).name)
	for item in win.items:
		if convert_to and item.kind != "Product":
			item.convert_to = convert_to
	win.update(fields)
	return win.save()


@pytest.fixture
def holidays():
	"""Give the company a holiday list, which tasks made from a template ask for."""
	dates = {"from_date": "2020-01-01", "to_date": "2040-12-31"}
	doc = frappe.get_doc({"doctype": "Holiday List", "holiday_list_name": "None", **dates}).insert()
	frappe.db.set_value("Company", COMPANY, "default_holiday_list", doc.name)
	yield
	frappe.clear_document_cache("Company", COMPANY)


def template():
	task = frappe.get_doc({"doctype": "Task", "subject": "Fit", "is_template": 1, "duration": 2}).insert()
	tasks = [{"task": task.name, "subject": task.subject}]
	doc = frappe.get_doc({"doctype": "Project Template", "name": "Fit-out", "tasks": tasks})
	return doc.insert().name


def test_a_project_from_a_template_carries_the_charges(holidays):
	win = started(
		row(),
		row(SERVICE, qty=2, rate=55),
		convert_to="Project Charge",
		post_sale_action="Project",
		project_template=template(),
	)
	said = actions(win)
	assert said[:3] == ["Create Project from Template", "Create Sales Order", "Charge to Project"]
	result = api.finish(win.name)
	project = frappe.get_doc("Project", {"sales_order": result["sales_order"]})
	assert {"doctype": "Project", "name": project.name} in result["created"]
	assert (project.customer, project.company, project.status) == (CUSTOMER, COMPANY, "Open")
	assert frappe.db.count("Task", {"project": project.name}) == 1
	order = order_of(win)
	assert [(one.soe_charge_to_doctype, one.soe_charge_to, one.rate) for one in order.items] == [
		(None, None, 20),
		("Project", project.name, 55),
	]
	assert order.project == project.name
	assert actions(win) == said
	assert api.finish(win.name) == result


def test_undo_takes_project_and_tasks_back(holidays):
	win = started(row(), post_sale_action="Project", project_template=template())
	order = api.finish(win.name)["sales_order"]
	project = frappe.db.get_value("Project", {"sales_order": order})
	outcome = api.undo(win.name)
	assert outcome["kept"] == []
	assert not frappe.db.exists("Project", project)
	assert not frappe.db.exists("Task", {"project": project})
	assert not frappe.db.exists("Sales Order", order)


def test_a_proposal_project_is_activated_and_given_back():
	values = {"project_name": "Proposal", "company": COMPANY, "status": "Cancelled", "is_active": "No"}
	project = frappe.get_doc({"doctype": "Project", **values}).insert()
	win = started(row(), post_sale_action="Project", project=project.name)
	assert actions(win)[0] == "Activate Project"
	order = api.finish(win.name)["sales_order"]
	project.reload()
	assert (project.status, project.is_active, project.customer) == ("Open", "Yes", CUSTOMER)
	assert project.sales_order == order
	api.undo(win.name)
	project.reload()
	assert (project.status, project.is_active, project.customer or "") == ("Cancelled", "No", "")
	assert not project.sales_order


def test_a_project_of_another_customer_is_refused():
	values = {"project_name": "Theirs", "company": COMPANY, "customer": OTHER_CUSTOMER}
	project = frappe.get_doc({"doctype": "Project", **values}).insert()
	win = started(row(), post_sale_action="Project", project=project.name)
	assert codes(win) == ["project_of_others"]


def test_recurring_rows_become_a_contract_with_subscriptions():
	hosting, support = service("SOE-HOSTING"), service("SOE-SUPPORT")
	plan(hosting)
	plan(support, cost=200, billing_interval="Year")
	win = started(row(), row(hosting, qty=2, rate=30), row(support, qty=1, rate=200))
	assert [one.kind for one in win.items] == ["Product", "Recurring", "Recurring"]
	assert [one.convert_to for one in win.items][1:] == ["Contract Charge"] * 2
	said = actions(win)
	assert said.count("Create Subscription") == 2 and "Create Contract" in said
	result = api.finish(win.name)
	order = order_of(win)
	assert [one.item_code for one in order.items] == [row()["item_code"]], "a subscription bills the others"
	contract = frappe.get_doc("Contract", {"document_name": order.name})
	assert (contract.party_name, contract.start_date) == (CUSTOMER, getdate(today()))
	made = [one["name"] for one in result["created"] if one["doctype"] == "Subscription"]
	assert len(made) == 2
	monthly = frappe.get_doc("Subscription", made[0])
	assert [(one.plan, one.qty) for one in monthly.plans] == [(f"{hosting} 30 Month", 2)]
	assert status(frappe.get_doc("Quotation", win.quotation)) == "Ordered"
	assert codes(api.start(quotation=win.quotation)) == ["quotation_fully_ordered"]
	api.undo(win.name)
	assert not frappe.db.exists("Contract", contract.name)
	assert not frappe.get_all("Subscription", {"name": ("in", made)})
	assert [one.remaining_qty for one in api.start(quotation=win.quotation).items] == [10, 2, 1]


def test_an_invoiced_subscription_holds_the_order():
	hosting = service("SOE-HOSTING")
	plan(hosting)
	win = started(row(), row(hosting, qty=1, rate=30))
	made = [one["name"] for one in api.finish(win.name)["created"] if one["doctype"] == "Subscription"]
	invoice = frappe.get_doc("Subscription", made[0]).generate_invoice()
	with pytest.raises(frappe.ValidationError, match=invoice.name):
		api.undo(win.name)


def test_a_ticket_in_the_post_sale_type_is_assigned(switch_on):
	frappe.get_doc({"doctype": "Issue Type", "name": "Post Sale"}).insert()
	switch_on(post_sale_issue_type="Post Sale")
	rule = {
		"doctype": "Assignment Rule",
		"name": "After the sale",
		"document_type": "Issue",
		"description": "Post sale",
		"assign_condition": "issue_type == 'Post Sale'",
		"rule": "Round Robin",
		"users": [{"user": "Administrator"}],
		"assignment_days": [
			{"day": day}
			for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
		],
	}
	frappe.get_doc(rule).insert()
	win = started(row(), row(SERVICE, qty=1, rate=55), convert_to="Ticket Charge")
	api.finish(win.name)
	charged = order_of(win).items[1]
	ticket = frappe.get_doc("Issue", charged.soe_charge_to)
	assert (charged.soe_charge_to_doctype, ticket.issue_type) == ("Issue", "Post Sale")
	assert (ticket.customer, ticket.company) == (CUSTOMER, COMPANY)
	assert frappe.db.get_value("ToDo", {"reference_name": ticket.name}, "allocated_to") == "Administrator"
	api.undo(win.name)
	assert not frappe.db.exists("Issue", ticket.name)


def test_rules_of_the_item_group_preset_the_choice(holidays):
	fitting = frappe.get_doc({"doctype": "Item Group", "item_group_name": "Fitting", "is_group": 1}).insert()
	inner = {"doctype": "Item Group", "item_group_name": "Kitchens", "parent_item_group": fitting.name}
	kitchens = frappe.get_doc(inner).insert()
	labour = frappe.get_doc({"doctype": "Item Group", "item_group_name": "Hours"}).insert()
	values = {"doctype": "Quote Win Rule", "project_template": template(), "convert_to": "Project Charge"}
	frappe.get_doc(values | {"item_group": fitting.name}).insert()
	frappe.get_doc({"doctype": "Quote Win Rule", "item_group": labour.name, "is_labour": 1}).insert()
	fit = service("SOE-FIT", item_group=kitchens.name)
	hours = service("SOE-HOURS", item_group=labour.name)
	win = started(row(), row(fit, qty=1, rate=5), row(hours, qty=3, rate=5), row(SERVICE, qty=1))
	assert [one.convert_to for one in win.items] == [
		"Sales Order",
		"Project Charge",
		"Sales Order",
		"Sales Order",
	]
	assert (win.post_sale_action, win.project_template) == ("Project", "Fit-out")
	win.items[2].convert_to = "Project Charge"
	assert codes(win.save()) == ["charge_of_labour"]


def test_what_cannot_be_is_said():
	hosting = service("SOE-HOSTING", stock_uom="Hour")
	plan(hosting, currency="EUR")
	win = started(
		row(), row(hosting, qty=1.5, rate=30), post_sale_action="Project", project_template=template()
	)
	win.items[0].update({"convert_to": "Project Charge", "source": "Drop Shipment"})
	found = set(codes(win.save()))
	expected = {"charge_of_goods", "supplier_missing", "plan_currency", "qty_not_whole", "holidays_missing"}
	assert found == expected
	with pytest.raises(frappe.ValidationError, match="goods"):
		api.finish(win.name)


def test_who_may_not_make_projects_is_told():
	win = started(row(), post_sale_action="Project")
	with user("Sales User"):
		assert codes(win) == ["not_permitted"]
		with pytest.raises(frappe.PermissionError):
			api.finish(win.name)
	assert not frappe.db.exists("Sales Order", {"soe_quote_win": win.name})


def test_source_kind_and_supplier_reach_the_order(switch_on):
	switch_on("enable_order_types")
	frappe.get_doc({"doctype": "Mode of Payment", "mode_of_payment": "Till", "type": "Cash"}).insert()
	win = started(row(), mode_of_payment="Till")
	win.items[0].update({"source": "Drop Shipment", "supplier": SUPPLIER})
	api.finish(win.save().name)
	order = order_of(win)
	line = order.items[0]
	assert (line.soe_source, line.supplier, line.delivered_by_supplier) == ("Drop Shipment", SUPPLIER, 1)
	assert order.soe_mode_of_payment == "Till"


def test_a_failing_last_step_leaves_nothing(monkeypatch):
	hosting = service("SOE-HOSTING")
	plan(hosting)
	win = started(row(), row(hosting, qty=1, rate=30), post_sale_action="Project")
	before = {doctype: frappe.db.count(doctype) for doctype in ("Project", "Contract", "Subscription")}

	def fail(*args):
		raise RuntimeError

	monkeypatch.setattr("sales_order_ext.won_quote.order._record", fail)
	with pytest.raises(RuntimeError):
		api.finish(win.name)
	assert {doctype: frappe.db.count(doctype) for doctype in before} == before
	assert not frappe.db.exists("Sales Order", {"soe_quote_win": win.name})
