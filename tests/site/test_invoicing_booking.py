"""An invoice booked in one go is stored as one that was a draft before, and tells everyone the same."""

from __future__ import annotations

import frappe
import pytest

from sales_order_ext.invoicing import booking, events, invoices
from sales_order_ext.invoicing.facts import BY_SCHEDULE
from tests.site import masters, money
from tests.site.invoicing_helpers import STORED, all_stored, deliver, give_schedule, order_c, run
from tests.site.masters import ITEM, OTHER_CUSTOMER, SERVICE

IMMEDIATE = "Immediate"
TOLD = ["before_insert", "before_validate", "validate", "before_submit", "before_save", "after_insert", "on_update",
	"on_submit", "on_change"]  # fmt: skip


# A draft that is submitted has a version, which says no more than that it was one.
COMPARED = tuple(doctype for doctype in STORED if doctype != "Version")


def as_a_draft(document, name=None):
	"""Book an invoice in ERPNext's own way."""
	return document.insert(set_name=name).submit()


def goods_in_part_delivered():
	order = order_c("After Delivery", additional_discount_percentage=5, taxes=[tax()])
	masters.receive(ITEM, 20)
	deliver(order, {ITEM: 6})
	return [order]


def paid_in_advance():
	order = order_c(IMMEDIATE, taxes=[tax()])
	money.pay(order, 900)
	return [order]


def in_parts_over_time():
	terms = [{"invoice_portion": portion, "credit_days": days, "due_date_based_on": "Day(s) after invoice date"}
		for portion, days in ((30, 0), (70, 30))]  # fmt: skip
	template = frappe.get_doc(
		{"doctype": "Payment Terms Template", "template_name": "SOE 30/70", "terms": terms}
	)
	return [order_c(IMMEDIATE, payment_terms_template=template.insert().name)]


def in_another_currency():
	customer, _account = money.euro_customer()
	return [masters.sales_order((SERVICE, 3, 33.33), customer=customer, soe_invoice_term=IMMEDIATE, currency="EUR",
		conversion_rate=1.1, plc_conversion_rate=1)]  # fmt: skip


def less_by_a_rule_for_the_whole():
	rule = {"doctype": "Pricing Rule", "title": "SOE Ten Off", "apply_on": "Transaction", "selling": 1,
		"price_or_product_discount": "Price", "rate_or_discount": "Discount Percentage",
		"apply_discount_on": "Grand Total", "discount_percentage": 10, "currency": "USD",
		"company": masters.COMPANY}  # fmt: skip
	frappe.get_doc(rule).insert()
	return [order_c(IMMEDIATE)]


def less_by_a_rule_that_began_after_the_order():
	order = order_c(IMMEDIATE)
	rule = {"doctype": "Pricing Rule", "title": "SOE Item Off", "apply_on": "Item Code", "selling": 1,
		"items": [{"item_code": ITEM}], "price_or_product_discount": "Price",
		"rate_or_discount": "Discount Percentage", "discount_percentage": 10, "min_qty": 5, "currency": "USD",
		"company": masters.COMPANY}  # fmt: skip
	frappe.get_doc(rule).insert()
	return [order]


def several_for_one_customer():
	give_schedule(OTHER_CUSTOMER, frequency="Daily", day_of_month=0, cut_off_day=None)
	return [masters.sales_order((SERVICE, number, 12.5), (SERVICE, 1, 0.07), customer=OTHER_CUSTOMER,
		soe_invoice_term=BY_SCHEDULE, taxes=[tax()]) for number in (1, 2)]  # fmt: skip


def tax() -> dict:
	return {
		"charge_type": "On Net Total",
		"account_head": masters.tax_account(),
		"rate": 7,
		"description": "Tax",
	}


def booked(orders: list) -> list:
	"""Run over orders, and return the invoices."""
	groups = run(orders=[order.name for order in orders], submit_invoices=1)
	assert {group.status for group in groups} == {"Done"}, [group.error for group in groups]
	return [frappe.get_doc("Sales Invoice", group.invoice) for group in groups]


@pytest.fixture
def terms(switch_on):
	switch_on("enable_invoice_terms")


@pytest.fixture
def stored_both_ways(monkeypatch):
	"""Return a function that returns what is stored of orders' invoices in one go, and by way of a draft.

	The draft is completed and totalled when it is mapped as well, as ERPNext's own are.
	"""

	def both(orders):
		found = []
		for way, left_to_save in ((booking.book, invoices.DONE_ON_SAVE), (as_a_draft, ())):
			frappe.db.savepoint("both_ways")
			monkeypatch.setattr(booking, "book", way)
			monkeypatch.setattr(invoices, "DONE_ON_SAVE", left_to_save)
			booked(orders)
			found.append(all_stored())
			frappe.db.rollback(save_point="both_ways")
		return found

	return both


@pytest.mark.parametrize("orders", [goods_in_part_delivered, paid_in_advance, in_parts_over_time,
	in_another_currency, less_by_a_rule_for_the_whole, less_by_a_rule_that_began_after_the_order,
	several_for_one_customer], ids=lambda made: made.__name__)  # fmt: skip
def test_in_one_go_the_same_is_stored(terms, stored_both_ways, orders):
	at_once, by_a_draft = stored_both_ways(orders())
	for doctype in COMPARED:
		assert at_once[doctype] == by_a_draft[doctype]


def test_what_a_check_of_another_app_changes_after_the_totals_is_checked_again(
	terms, stored_both_ways, monkeypatch
):
	check = events.validate_sales_invoice

	def cheaper(doc, method=None):
		doc.update({"apply_discount_on": "Net Total", "additional_discount_percentage": 7})
		check(doc, method)

	monkeypatch.setattr(events, "validate_sales_invoice", cheaper)
	at_once, by_a_draft = stored_both_ways([order_c(IMMEDIATE)])
	assert "additional_discount_percentage: 7.0" in at_once["Sales Invoice"]
	for doctype in COMPARED:
		assert at_once[doctype] == by_a_draft[doctype]


def test_all_who_listen_are_told_once_and_of_a_status(terms, monkeypatch):
	told, statuses = [], []
	run_method = frappe.model.document.Document.run_method

	def listening(doc, method, *arguments, **options):
		if doc.doctype == "Sales Invoice" and method in TOLD:
			told.append(method)
			if method == "on_submit":
				statuses.append(doc.status)
		return run_method(doc, method, *arguments, **options)

	monkeypatch.setattr(frappe.model.document.Document, "run_method", listening)
	order = order_c(IMMEDIATE)
	booked([order])
	assert sorted(set(told)) == sorted(TOLD)
	assert told.index("validate") < told.index("before_save") < told.index("after_insert")
	assert told.count("validate") == told.count("on_submit") == 1
	assert statuses == ["Unpaid"]


def test_the_booked_invoice_can_be_gone_on_with(terms):
	[invoice] = booked([order_c(IMMEDIATE)])
	fresh = frappe.new_doc("Sales Invoice").update(frappe.copy_doc(invoice).as_dict())
	fresh.update(
		{"items": [{"item_code": SERVICE, "qty": 1, "rate": 5}], "taxes": [], "payment_schedule": []}
	)
	booking.book(fresh)
	assert (fresh.docstatus, fresh.is_new(), "before_submit" in vars(fresh)) == (1, None, False)
	fresh.cancel()
	assert frappe.db.get_value("Sales Invoice", fresh.name, ["docstatus", "status"]) == (2, "Cancelled")


def test_who_may_not_submit_books_nothing(terms):
	order = order_c(IMMEDIATE)
	[invoice] = booked([order])
	before = frappe.db.count("Sales Invoice")
	copy = frappe.copy_doc(invoice)
	with masters.user("Sales User"), pytest.raises(frappe.PermissionError):
		booking.book(copy)
	assert frappe.db.count("Sales Invoice") == before


def test_with_a_workflow_there_is_a_draft(terms):
	seen = []

	class Invoice(frappe._dict):
		def insert(self, set_name=None):
			seen.append(("insert", set_name))
			return self

		def submit(self):
			seen.append("submit")
			return self

	invoice = Invoice(meta=frappe._dict(get_workflow=lambda: "SOE Invoices"))
	assert booking.book(invoice, "KEPT") is invoice
	assert seen == [("insert", "KEPT"), "submit"]
