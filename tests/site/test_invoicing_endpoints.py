"""The endpoints of invoicing: what they choose, refuse and leave behind."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import add_days, getdate, today

from sales_order_ext.errors import InvalidInputError, InvoiceRunError, SwitchedOffError
from sales_order_ext.invoicing import api, jobs, planning, records, run_records
from tests.site import masters
from tests.site.invoicing_helpers import order_c, schedule
from tests.site.masters import COMPANY, ITEM, OTHER_CUSTOMER


@pytest.fixture(autouse=True)
def terms_on(switch_on):
	switch_on("enable_invoice_terms")


def test_filters_choose_and_closed_orders_wait():
	order = order_c("Immediate")
	for filters in (
		{"term": "Immediate"},
		{"group": "All Customer Groups"},
		{"territory": "All Territories"},
	):
		assert order.name in [name for group in api.preview({"company": COMPANY, **filters})
			for name in group["orders"]]  # fmt: skip
	assert api.preview({"company": COMPANY, "customer": OTHER_CUSTOMER, "orders": order.name}) == []
	order.update_status("Closed")
	assert api.preview({"company": COMPANY, "orders": [order.name]}) == []
	assert {row["code"] for row in api.explain(order.name)["rows"]} == {"order_closed"}


@pytest.mark.parametrize(
	"filters",
	[
		{},
		{"company": "No Such Company"},
		{"company": COMPANY, "customer": "Nobody"},
		{"company": COMPANY, "orders": ["SAL-ORD-NONE"]},
		{"company": COMPANY, "colour": "green"},
		{"company": COMPANY, "as_of": "soon"},
	],
)
def test_bad_filters_are_refused_before_anything_is_written(filters):
	before = frappe.db.count("Invoice Run")
	for endpoint in (api.preview, api.run):
		with pytest.raises((InvoiceRunError, InvalidInputError)):
			endpoint(filters)
	assert frappe.db.count("Invoice Run") == before


def test_drafts_are_foreign_orders():
	order = masters.sales_order((ITEM, 1, 100), submit=False)
	with pytest.raises(InvoiceRunError, match=order.name):
		api.preview({"company": COMPANY, "orders": [order.name]})
	with pytest.raises(InvoiceRunError):
		api.explain(order.name)


def test_a_run_is_queued_with_its_groups_and_dated_today():
	order = order_c("Immediate")
	name = api.run({"company": COMPANY, "orders": [order.name]})
	document = frappe.get_doc("Invoice Run", name)
	assert (document.status, document.groups_total) == ("Queued", 1)
	assert getdate(document.as_of) == getdate(document.posting_date) == getdate(today())
	assert name in run_records.going()
	with pytest.raises(InvoiceRunError):
		api.start(name)
	document.reload()
	document.as_of = add_days(today(), 1)
	with pytest.raises(InvoiceRunError):
		document.save()
	with pytest.raises(InvoiceRunError):
		frappe.delete_doc("Invoice Run", name)


def test_who_may_and_may_not(switch_on):
	order = order_c("Immediate")
	frappe.set_user("Guest")
	for call in (lambda: api.preview({"company": COMPANY}), lambda: api.run({"company": COMPANY}),
		lambda: api.explain(order.name)):  # fmt: skip
		with pytest.raises(frappe.PermissionError):
			call()
	frappe.set_user("Administrator")
	frappe.db.set_single_value("Sales Order Ext Settings", "enable_invoice_terms", 0)
	frappe.clear_document_cache("Sales Order Ext Settings", "Sales Order Ext Settings")
	with pytest.raises(SwitchedOffError):
		api.preview({"company": COMPANY})


def test_schedule_dates():
	name = schedule().name
	assert api.schedule_dates(name, "2026-02-01", "2026-02-28") == [
		{"invoice_date": getdate("2026-02-28"), "cut_off": getdate("2026-02-25")}
	]
	with pytest.raises(InvoiceRunError):
		api.schedule_dates(name, "2026-02-01", "2026-01-01")
	with pytest.raises(InvoiceRunError):
		api.schedule_dates(name, "1026-02-01", "2026-01-01")


def test_one_company_s_trouble_does_not_stop_the_daily_run(monkeypatch):
	for name in ("commit", "rollback"):
		monkeypatch.setattr(frappe.db, name, lambda: None)
	logged = []
	monkeypatch.setattr(frappe, "log_error", lambda title: logged.append(title))
	order = order_c("Immediate")
	monkeypatch.setattr(records, "companies", lambda: ["No Such Company", COMPANY])
	jobs.run_due()
	assert frappe.db.exists("Invoice Run Group", {"orders": order.name})
	assert logged == ["Invoice Run: No Such Company"]


def test_a_run_left_behind_is_taken_up(monkeypatch):
	order = order_c("Immediate")
	name = api.run({"company": COMPANY, "orders": [order.name]})
	queued = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **options: queued.append(options))
	jobs.resume_left_behind()
	assert [options["job_id"] for options in queued if options["invoice_run"] == name] == [
		f"soe_invoice_run::{name}::0"
	]
	assert all(options["deduplicate"] and options["enqueue_after_commit"] for options in queued)


def test_a_run_of_thousands_of_chosen_orders_is_kept_whole():
	names = [f"SAL-ORD-2026-{number:05}" for number in range(5000)]
	run = planning.new_run({**planning.clean({"company": COMPANY}), "orders": names})
	assert run_records.order_list(run.reload().orders) == names
