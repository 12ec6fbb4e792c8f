"""Terms and schedules as they are saved, and invoices made by hand beside the runs."""

from __future__ import annotations

import frappe
import pytest

from sales_order_ext.errors import (
	AlreadyInvoicedError,
	InvoiceScheduleError,
	InvoiceScheduleMissingError,
	InvoiceTermLockedError,
)
from sales_order_ext.invoicing import jobs, records
from sales_order_ext.invoicing.facts import BY_SCHEDULE
from tests.site import masters
from tests.site.invoicing_helpers import deliver, give_schedule, order_c, run, schedule
from tests.site.masters import COMPANY, CUSTOMER, ITEM, OTHER_CUSTOMER, OTHER_ITEM


@pytest.fixture
def terms_on(switch_on):
	switch_on("enable_invoice_terms")


def draft(**fields):
	return masters.sales_order((ITEM, 1, 100), submit=False, **fields)


def test_the_term_comes_from_the_nearest_that_names_one(terms_on, switch_on):
	assert draft().soe_invoice_term == "After Delivery"
	switch_on(default_invoice_term="Immediate")
	assert draft().soe_invoice_term == "Immediate"
	group = frappe.db.get_value("Customer", CUSTOMER, "customer_group")
	parent = frappe.db.get_value("Customer Group", group, "parent_customer_group")
	frappe.db.set_value("Customer Group", parent, "soe_invoice_term", "Do Not Invoice")
	assert draft().soe_invoice_term == "Do Not Invoice"
	frappe.db.set_value("Customer Group", group, "soe_invoice_term", "After Order Delivered")
	assert draft().soe_invoice_term == "After Order Delivered"
	frappe.db.set_value("Customer", CUSTOMER, "soe_invoice_term", "After Delivery")
	assert draft().soe_invoice_term == "After Delivery"
	order = draft(soe_invoice_term="Immediate")
	assert order.soe_invoice_term == "Immediate"
	order.customer = OTHER_CUSTOMER
	assert order.save().soe_invoice_term == "After Order Delivered"


def preset(order_type, term):
	frappe.get_doc("Sales Order Type", order_type).update({"invoice_term": term}).save()


def test_a_type_s_term_stands_between_the_order_s_own_and_the_customer_s(terms_on, switch_on):
	preset("Warehouse Order", "Immediate")
	frappe.db.set_value("Customer", CUSTOMER, "soe_invoice_term", "After Order Delivered")
	assert draft(soe_order_type="Warehouse Order").soe_invoice_term == "After Order Delivered"
	switch_on("enable_order_types")
	assert draft(soe_order_type="Warehouse Order").soe_invoice_term == "Immediate"
	assert draft(soe_order_type="POS Order").soe_invoice_term == "After Order Delivered"
	own = draft(soe_order_type="Warehouse Order", soe_invoice_term="Do Not Invoice")
	assert own.soe_invoice_term == "Do Not Invoice"
	switch_on(default_order_type="Warehouse Order")
	assert draft().soe_invoice_term == "Immediate"


def test_a_draft_s_term_follows_its_type_unless_it_is_the_order_s_own(terms_on, switch_on):
	switch_on("enable_order_types")
	preset("Warehouse Order", "Immediate")
	order = draft(soe_order_type="POS Order")
	for order_type, term in (("Warehouse Order", "Immediate"), ("POS Order", "After Delivery")):
		order.soe_order_type = order_type
		assert order.save().soe_invoice_term == term
	order.soe_invoice_term = "Do Not Invoice"
	order.save()
	order.soe_order_type = "Warehouse Order"
	assert order.save().soe_invoice_term == "Do Not Invoice"
	order.customer = OTHER_CUSTOMER
	assert order.save().soe_invoice_term == "Immediate"


def test_a_type_may_ask_for_the_schedule_only_where_the_customer_has_one(terms_on, switch_on):
	switch_on("enable_order_types")
	preset("Warehouse Order", BY_SCHEDULE)
	with pytest.raises(InvoiceScheduleMissingError, match=CUSTOMER):
		draft(soe_order_type="Warehouse Order")


def test_with_the_switch_off_nothing_happens():
	order = masters.sales_order((ITEM, 1, 100))
	assert not order.soe_invoice_term
	frappe.get_doc("Customer", CUSTOMER).update({"soe_invoice_term": BY_SCHEDULE}).save()
	jobs.run_due()
	assert not frappe.db.exists("Invoice Run", {"company": COMPANY})


def test_the_schedule_term_needs_a_schedule(terms_on):
	customer = frappe.get_doc("Customer", CUSTOMER)
	customer.soe_invoice_term = BY_SCHEDULE
	with pytest.raises(InvoiceScheduleMissingError, match=CUSTOMER):
		customer.save()
	with pytest.raises(InvoiceScheduleMissingError):
		draft(soe_invoice_term=BY_SCHEDULE)
	give_schedule(CUSTOMER)
	assert draft().soe_invoice_term == BY_SCHEDULE


def test_a_booked_order_changes_its_term_while_uninvoiced(terms_on):
	order = order_c("After Delivery")
	order.soe_invoice_term = "Immediate"
	order.save()
	run(orders=[order.name])
	order.reload()
	order.soe_invoice_term = "Do Not Invoice"
	with pytest.raises(InvoiceTermLockedError):
		order.save()


@pytest.mark.parametrize(
	"fields",
	[
		{"day_of_month": 32},
		{"cut_off_day": "Friday"},
		{"frequency": "Weekly", "weekday": None},
		{"frequency": "Fortnightly", "weekday": "Monday", "anchor_date": "2026-11-03", "cut_off_day": None},
	],
)
def test_impossible_schedules_are_refused(fields):
	with pytest.raises(InvoiceScheduleError):
		schedule(**fields)


def test_a_schedule_forgets_what_its_frequency_does_not_use():
	name = schedule(frequency="Fortnightly", anchor_date="2026-11-02", cut_off_day="Friday").name
	document = frappe.get_doc("Invoice Schedule", name)
	assert (document.weekday, document.day_of_month or 0) == ("Monday", 0)
	document.update({"frequency": "Daily"}).save()
	assert records.schedule(name).cut_offs == ()


def test_a_draft_of_a_run_is_not_invoiced_again_by_hand(terms_on):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	order = order_c("Immediate")
	run(orders=[order.name])
	with pytest.raises(AlreadyInvoicedError, match=order.name):
		make_sales_invoice(order.name).insert()


def test_a_delivery_is_not_invoiced_again_by_hand(terms_on):
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice

	for item_code in (ITEM, OTHER_ITEM):
		masters.receive(item_code, 100)
	order = order_c("After Delivery")
	first = deliver(order, {ITEM: 4})
	run(orders=[order.name], submit_invoices=1)
	with pytest.raises(AlreadyInvoicedError):
		make_sales_invoice(first.name).insert()
	second = deliver(order, {ITEM: 6})
	invoice = make_sales_invoice(second.name).insert().submit()
	assert invoice.total == 600
	assert run(orders=[order.name]) == []


def test_a_clerk_may_invoice_by_steps(terms_on):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	order = masters.sales_order((ITEM, 10, 100), soe_invoice_term="Do Not Invoice")
	for rate in (30, 70):
		invoice = make_sales_invoice(order.name)
		invoice.items[0].update({"qty": 10, "rate": rate, "price_list_rate": rate})
		invoice.insert().submit()
	order.reload()
	assert order.per_billed == 100


def test_credit_notes_reopen_an_order_only_where_they_say_so(terms_on):
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	order = masters.sales_order((ITEM, 10, 100), soe_invoice_term="Immediate")
	for reopens in (1, 0):
		[group] = run(orders=[order.name], submit_invoices=1)
		assert group.amount == 1000
		note = make_sales_return(group.invoice)
		note.update({"update_billed_amount_in_sales_order": reopens, "update_outstanding_for_self": 0})
		note.insert().submit()
	assert run(orders=[order.name]) == []


def test_what_is_due_is_run_daily_where_the_switch_is_on(terms_on, monkeypatch):
	monkeypatch.setattr(frappe.db, "commit", lambda: None)
	order = order_c("Immediate")
	jobs.run_due()
	names = frappe.get_all("Invoice Run Group", {"orders": order.name}, pluck="invoice_run", order_by="name")
	assert len(names) == 1
	assert frappe.db.get_value("Invoice Run", names[0], ["status", "submit_invoices"]) == ("Queued", 0)


def test_facts_are_read_in_few_queries_whatever_the_number_of_orders(terms_on):
	names = [order_c("Immediate").name for _ in range(3)]

	def queries(orders):
		before = frappe.db.sql("show session status like 'Questions'")[0][1]
		records.order_facts(orders)
		return int(frappe.db.sql("show session status like 'Questions'")[0][1]) - int(before)

	queries(names)
	assert queries(names) == queries(names[:1]) <= 10
