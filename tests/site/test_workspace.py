"""The Sales Orders workspace: what stands on it for whom, and steps that switch capabilities on one by one."""

import frappe
import pytest
from frappe.desk import desktop
from frappe.utils import add_days, today

from sales_order_ext.preferences import PREFERENCE, SETTINGS, SWITCHES
from sales_order_ext.sales_order_ext.report.opportunity_funnel import opportunity_funnel
from sales_order_ext.sales_order_ext.report.orders_due_to_invoice import orders_due_to_invoice
from sales_order_ext.setup.workspace import ONBOARDING, WORKSPACE, follow_switches
from tests.site.masters import COMPANY, ITEM, sales_order, user

PAGE = {"name": WORKSPACE, "title": WORKSPACE, "public": 1}


def steps():
	names = frappe.get_all("Onboarding Step Map", {"parent": ONBOARDING}, pluck="step", order_by="idx asc")
	return [frappe.get_doc("Onboarding Step", name) for name in names]


def done():
	return {step.field for step in steps() if step.is_complete}


def shown():
	page = desktop.get_desktop_page(frappe.as_json(PAGE))
	return {
		"cards": {card.number_card_name for card in page["number_cards"]["items"]},
		"charts": {chart.chart_name for chart in page["charts"]["items"]},
		"onboardings": {one["label"] for one in page["onboardings"]["items"] + beside_the_sidebar()},
	}


def beside_the_sidebar():
	"""Return the onboardings that the desk asks for where the sidebar, not the page, opens them."""
	if not hasattr(desktop, "get_onboarding_data"):
		return []
	onboarding = frappe.db.get_value("Workspace Sidebar", WORKSPACE, "module_onboarding")
	return desktop.get_onboarding_data(onboarding) or []


@pytest.fixture
def company_default():
	frappe.defaults.set_user_default("Company", COMPANY)
	yield
	frappe.clear_cache(user="Administrator")


def test_there_is_a_step_for_every_switch():
	assert sorted(step.field for step in steps()) == sorted(SWITCHES)
	assert {(step.reference_document, step.action, step.value_to_validate) for step in steps()} == {
		(SETTINGS, "Update Settings", "1")
	}
	# A panel that lists the steps shows nothing else of each.
	assert len({step.action_label for step in steps()}) == len(SWITCHES)


def test_a_step_is_done_while_its_switch_is_on_for_anybody(switch_on):
	follow_switches()
	assert done() == set()
	switch_on("enable_payment_status")
	assert done() == {"enable_payment_status"}
	row = {"doctype": PREFERENCE, "property": "enable_back_orders", "company": COMPANY, "value": "1"}
	frappe.get_doc(row).insert()
	assert done() == {"enable_payment_status", "enable_back_orders"}
	switch_on(enable_payment_status=0)
	assert done() == {"enable_back_orders"}


def test_the_workspace_shows_the_steps_to_those_who_may_take_them(switch_on):
	frappe.db.set_single_value("System Settings", "enable_onboarding", 1)
	frappe.clear_cache(doctype="System Settings")
	switch_on("enable_payment_status")
	with user("System Manager", "Sales Manager"):
		assert shown()["onboardings"] == {ONBOARDING}
	with user("Sales User"):
		assert shown()["onboardings"] == set()


def test_each_role_sees_the_cards_of_what_it_may_read(switch_on):
	switch_on("enable_payment_status")
	with user("Sales User"):
		found = shown()
	assert {"Open Sales Order Value", "Due to Invoice", "Oldest Back Order", "Won Rate"} <= found["cards"]
	assert "Opportunities Quoted and Won" in found["charts"]
	with user("Stock User"):
		found = shown()
	assert {"Open Back Order Value", "Oldest Back Order"} <= found["cards"]
	assert "Won Rate" not in found["cards"]


def test_what_is_due_to_invoice_is_a_figure(company_default, switch_on):
	order = sales_order((ITEM, 2, 50), soe_invoice_term="Immediate")
	assert orders_due_to_invoice.due_value()["value"] == 0
	switch_on("enable_invoice_terms")
	before = orders_due_to_invoice.due_value()["value"]
	sales_order((ITEM, 3, 50), soe_invoice_term="Immediate")
	assert orders_due_to_invoice.due_value()["value"] == before + 150
	assert order.docstatus == 1
	with user("Purchase User"), pytest.raises(frappe.PermissionError):
		orders_due_to_invoice.due_value()


def test_the_won_rate_is_of_the_last_twelve_months(company_default, monkeypatch):
	rows = [{"opportunities": 3, "won": 1}, {"opportunities": 1, "won": 1}]
	asked = []
	monkeypatch.setattr(opportunity_funnel, "funnel", lambda filters: (asked.append(filters), rows)[1])
	assert opportunity_funnel.won_rate()["value"] == 50
	assert asked[0].company == COMPANY
	assert add_days(today(), -367) < str(asked[0].from_date) < add_days(today(), -364)
	rows.clear()
	assert opportunity_funnel.won_rate()["value"] == 0
	with user("Stock User"), pytest.raises(frappe.PermissionError):
		opportunity_funnel.won_rate()
