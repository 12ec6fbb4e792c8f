"""Requests of single payment terms, as later releases of 16 make them, follow to the same terms of the replacement."""

import frappe
import pytest
from erpnext.accounts.doctype.payment_request.payment_request import make_payment_request

from tests.site.replacement_shop import ORDER, confirm, order_b, start

REQUESTED = "Payment Reference"


@pytest.fixture
def requested_terms(rolled_back):
	"""The rows of a Payment Request that name a schedule's row, also where ERPNext does not have them yet."""
	if frappe.db.exists("DocType", REQUESTED):
		yield
		return
	field = {"fieldname": "payment_schedule", "fieldtype": "Data", "label": "Payment Schedule"}
	made = {"doctype": "DocType", "name": REQUESTED, "module": "Accounts", "custom": 1, "istable": 1}
	frappe.get_doc({**made, "fields": [field]}).insert()
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.delete_doc("DocType", REQUESTED, force=True)
	frappe.db.sql_ddl(f"drop table if exists `tab{REQUESTED}`")
	frappe.cache.delete_value("db_tables")
	frappe.db.commit()


@pytest.fixture
def thirds():
	terms = []
	for name in ("First SOE", "Second SOE", "Third SOE"):
		frappe.get_doc({"doctype": "Payment Term", "payment_term_name": name}).insert()
		terms.append({"payment_term": name, "invoice_portion": 100 / 3, "credit_days": 10 * len(terms)})
	terms[-1]["invoice_portion"] = 100 - 200 / 3
	template = {"doctype": "Payment Terms Template", "template_name": "Thirds SOE", "terms": terms}
	return frappe.get_doc(template).insert().name


def request(order, *rows):
	made = make_payment_request(dt=ORDER, dn=order.name, recipient_id="b@example.com", mute_email=1)
	name = made["name"]
	if not frappe.db.exists("Payment Request", name):
		name = frappe.get_doc(made).insert().name
	for row in rows:
		parent = {"parent": name, "parenttype": "Payment Request", "parentfield": "payment_reference"}
		frappe.get_doc({"doctype": REQUESTED, **parent, "payment_schedule": row.name}).db_insert()
	return name


def requested(name):
	return frappe.get_all(
		REQUESTED, {"parent": name}, pluck="payment_schedule", order_by="creation asc, idx asc"
	)


def test_a_requested_term_stays_requested(requested_terms, thirds, switch_on):
	switch_on("enable_cancel_and_replace")
	order = order_b(payment_terms_template=thirds)
	name = request(order, order.payment_schedule[1])
	new = confirm(start(order, 7))
	assert [row.payment_term for row in new.payment_schedule] == ["First SOE", "Second SOE", "Third SOE"]
	assert frappe.db.get_value("Payment Request", name, "reference_name") == new.name
	assert requested(name) == [new.payment_schedule[1].name]
	last = confirm(start(new))
	assert requested(name) == [last.payment_schedule[1].name]


def test_a_requested_term_that_is_gone_is_no_longer_named(requested_terms, thirds, switch_on):
	switch_on("enable_cancel_and_replace")
	order = order_b(payment_terms_template=thirds)
	name = request(order, order.payment_schedule[2])
	draft = start(order)
	draft.payment_terms_template, draft.payment_schedule = None, []
	confirm(draft.save())
	assert requested(name) == [None]


def test_a_schedule_without_terms_keeps_its_requested_row(requested_terms, switch_on):
	switch_on("enable_cancel_and_replace")
	order = order_b()
	name = request(order, order.payment_schedule[0])
	new = confirm(start(order, 7))
	assert requested(name) == [new.payment_schedule[0].name]
