"""The figures of a run's invoices: taxes, discounts, currencies, terms, advances, rounding, what stays apart."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import add_days, getdate, today

from tests.site import masters
from tests.site.invoicing_helpers import (
	dated_order,
	deliver,
	give_schedule,
	invoice_of,
	only,
	order_c,
	reasons,
	run,
	take_back,
)
from tests.site.masters import COMPANY, CUSTOMER, ITEM, OTHER_CUSTOMER, OTHER_ITEM, SERVICE


@pytest.fixture(autouse=True)
def terms_on(invoicing_on):
	pass


def tax(**fields) -> dict:
	return {"charge_type": "On Net Total", "rate": 10, "description": "Tax",
		"account_head": masters.tax_account(), **fields}  # fmt: skip


def delivered_in_parts(order, *parts: dict) -> list:
	"""Deliver and invoice an order part by part; return the submitted invoices."""
	found = []
	for quantities in parts:
		deliver(order, quantities)
		found.append(invoice_of(only(run(orders=[order.name], submit_invoices=1))))
	order.reload()
	return found


def test_prices_with_tax_in_them_and_a_discount_in_per_cent():
	order = masters.sales_order((ITEM, 3, 110), soe_invoice_term="After Delivery",
		additional_discount_percentage=5, apply_discount_on="Grand Total",
		taxes=[tax(included_in_print_rate=1)])  # fmt: skip
	invoices = delivered_in_parts(order, {ITEM: 1}, {ITEM: 2})
	assert [round(one.grand_total, 2) for one in invoices] == [104.5, 209]
	assert sum(one.grand_total for one in invoices) == pytest.approx(order.grand_total)
	assert all(one.taxes[0].included_in_print_rate for one in invoices)
	assert order.per_billed == 100


def test_inclusive_and_exclusive_prices_are_never_mixed(january):
	give_schedule(OTHER_CUSTOMER)
	for included in (0, 1, 1):
		order = dated_order(
			"2026-01-10", customer=OTHER_CUSTOMER, taxes=[tax(included_in_print_rate=included)]
		)
		deliver(order, {ITEM: 1}, "2026-01-20")
	groups = run(customer=OTHER_CUSTOMER, as_of="2026-01-31")
	assert sorted(len(group.orders.split()) for group in groups) == [1, 2]
	assert {group.status for group in groups} == {"Done"}


def test_the_exchange_rate_is_that_of_the_posting_date():
	single_account = "allow_multi_currency_invoices_against_single_party_account"
	frappe.get_doc("Accounts Settings").update({single_account: 1}).save()
	for day, rate in ((add_days(today(), -1), 1.2), (today(), 1.3)):
		frappe.get_doc({"doctype": "Currency Exchange", "date": day, "from_currency": "EUR",
			"to_currency": "USD", "exchange_rate": rate, "for_selling": 1, "for_buying": 1}).insert()  # fmt: skip
	order = masters.sales_order((ITEM, 2, 100), soe_invoice_term="Immediate", currency="EUR",
		conversion_rate=1.1, plc_conversion_rate=1)  # fmt: skip
	group = only(
		run(orders=[order.name], posting_date=add_days(today(), -1), as_of=today(), submit_invoices=1)
	)
	invoice = invoice_of(group)
	assert (invoice.conversion_rate, invoice.grand_total, invoice.base_grand_total) == (1.2, 200, 240)


def test_the_invoice_has_the_order_s_payment_terms_and_they_are_never_mixed(january):
	for name, days in (("SOE 10", 10), ("SOE 20", 20)):
		term = {"due_date_based_on": "Day(s) after invoice date", "credit_days": days, "invoice_portion": 100}
		frappe.get_doc({"doctype": "Payment Term", "payment_term_name": name, **term}).insert()
		frappe.get_doc({"doctype": "Payment Terms Template", "template_name": name,
			"terms": [{"payment_term": name, **term}]}).insert()  # fmt: skip
	give_schedule(OTHER_CUSTOMER)
	for name in ("SOE 10", "SOE 20", "SOE 20"):
		order = dated_order("2026-01-10", customer=OTHER_CUSTOMER, payment_terms_template=name)
		deliver(order, {ITEM: 1}, "2026-01-20")
	groups = run(customer=OTHER_CUSTOMER, as_of="2026-01-31", submit_invoices=1)
	found = {invoice_of(group).payment_terms_template: invoice_of(group) for group in groups}
	assert {name: one.total for name, one in found.items()} == {"SOE 10": 100, "SOE 20": 200}
	assert getdate(found["SOE 20"].due_date) == getdate("2026-02-20")
	assert [row.payment_amount for row in found["SOE 20"].payment_schedule] == [200]


def test_advances_on_the_orders_are_inherited_and_no_other_payment():
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	order = order_c("After Delivery")
	cash = frappe.get_all("Account", {"company": COMPANY, "account_type": "Cash", "is_group": 0}, pluck="name",
		order_by="name")[0]  # fmt: skip
	for amount, against in ((900, order.name), (50, None)):
		payment = get_payment_entry("Sales Order", order.name, party_amount=amount)
		payment.update({"reference_no": "1", "reference_date": today(), "paid_to": cash})
		if not against:
			payment.references = []
		payment.insert().submit()
	first, second = delivered_in_parts(order, {ITEM: 6}, {ITEM: 4, OTHER_ITEM: 4})
	assert [row.allocated_amount for row in first.advances] == [680]
	assert (first.total_advance, first.outstanding_amount) == (680, 0)
	assert (second.total_advance, second.outstanding_amount) == (220, 380)


def test_parts_with_odd_prices_add_up_to_the_order():
	order = masters.sales_order((ITEM, 7, 14.29), (OTHER_ITEM, 3, 33.33), soe_invoice_term="After Delivery",
		taxes=[tax(rate=8.25)])  # fmt: skip
	parts = [{ITEM: 2}, {ITEM: 2, OTHER_ITEM: 1}, {ITEM: 3, OTHER_ITEM: 2}]
	invoices = delivered_in_parts(order, *parts)
	assert sum(one.total for one in invoices) == pytest.approx(order.total)
	assert sum(one.grand_total for one in invoices) == pytest.approx(order.grand_total, abs=0.02)
	assert order.per_billed == pytest.approx(100)
	assert run(orders=[order.name]) == []


def test_free_rows_go_with_the_next_priced_one_and_only_once():
	order = masters.sales_order((ITEM, 2, 100), (OTHER_ITEM, 2, 0), soe_invoice_term="After Delivery")
	deliver(order, {OTHER_ITEM: 1})
	assert run(orders=[order.name]) == []
	assert reasons(order)[OTHER_ITEM][0] == "free_of_charge"
	first, second = delivered_in_parts(order, {ITEM: 1}, {ITEM: 1, OTHER_ITEM: 1})
	assert {row.item_code: row.qty for row in first.items} == {ITEM: 1, OTHER_ITEM: 1}
	assert {row.item_code: row.qty for row in second.items} == {ITEM: 1, OTHER_ITEM: 1}
	assert run(orders=[order.name]) == []


def test_goods_that_came_back_are_not_invoiced_and_their_replacement_is():
	order = masters.sales_order((ITEM, 5, 100), soe_invoice_term="After Delivery")
	note = deliver(order, {ITEM: 5})
	take_back(note, {ITEM: 2})
	assert only(run(orders=[order.name], submit_invoices=1)).amount == 300
	deliver(order, {ITEM: 2})
	assert only(run(orders=[order.name], submit_invoices=1)).amount == 200
	assert run(orders=[order.name]) == []


@pytest.mark.parametrize(
	("wish", "values"),
	[
		("soe_one_invoice_per_po", ({"po_no": "A"}, {"po_no": "B"}, {"po_no": "A"})),
		("soe_one_invoice_per_order", ({}, {})),
	],
)
def test_what_a_customer_wants_apart_is_apart(january, wish, values):
	give_schedule(OTHER_CUSTOMER)
	frappe.get_doc("Selling Settings").update({"allow_against_multiple_purchase_orders": 1}).save()
	for fields in values:
		deliver(dated_order("2026-01-10", customer=OTHER_CUSTOMER, **fields), {ITEM: 1}, "2026-01-20")
	filters = {"customer": OTHER_CUSTOMER, "as_of": "2026-01-31"}
	from sales_order_ext.invoicing import api

	assert len(api.preview({"company": COMPANY, **filters})) == 1
	frappe.db.set_value("Customer", OTHER_CUSTOMER, wish, 1)
	groups = run(**filters)
	assert [group.status for group in groups] == ["Done", "Done"]
	assert sum(group.amount for group in groups) == 100 * len(values)


def test_commissions_of_different_people_are_never_mixed(january):
	give_schedule(OTHER_CUSTOMER)
	partner = frappe.get_doc({"doctype": "Sales Partner", "partner_name": "SOE Partner", "commission_rate": 3,
		"territory": "All Territories"}).insert()  # fmt: skip
	for name in (None, partner.name):
		order = dated_order("2026-01-10", customer=OTHER_CUSTOMER, sales_partner=name)
		deliver(order, {ITEM: 1}, "2026-01-20")
	groups = run(customer=OTHER_CUSTOMER, as_of="2026-01-31", submit_invoices=1)
	assert sorted(invoice_of(group).sales_partner or "" for group in groups) == ["", partner.name]


def test_services_of_an_order_with_goods_wait_for_the_first_goods():
	order = masters.sales_order((ITEM, 2, 100), (SERVICE, 1, 80), soe_invoice_term="After Delivery")
	alone = masters.sales_order((SERVICE, 1, 80), soe_invoice_term="After Delivery", customer=CUSTOMER)
	groups = run(orders=[order.name, alone.name])
	assert [group.orders for group in groups] == [alone.name]
	assert reasons(order)[SERVICE][0] == "goes_with_goods"
