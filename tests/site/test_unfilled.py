"""Fields that mean something empty take no default: neither of the user nor of ERPNext's settings."""

import frappe
import pytest

from sales_order_ext.preferences import PREFERENCE
from tests.site.invoicing_helpers import only, order_c, run
from tests.site.masters import COMPANY, CUSTOMER, ITEM, WAREHOUSE

RUN, EARMARK = "Invoice Run", "Stock Earmark"


def another(doctype: str, name: str) -> str:
	"""Return a leaf of a tree that is not this one."""
	filters = {"is_group": 0, "name": ("!=", name)}
	return frappe.get_all(doctype, filters, pluck="name", order_by="lft", limit=1)[0]


@pytest.fixture
def usual(monkeypatch):
	"""Have the defaults that Selling Settings set for new customers and orders."""
	own = frappe.get_doc("Customer", CUSTOMER)
	usual = {
		"customer_group": another("Customer Group", own.customer_group),
		"territory": another("Territory", own.territory),
		"selling_price_list": "Standard Selling",
		"company": COMPANY,
	}
	real = frappe.defaults.get_defaults
	monkeypatch.setattr(frappe.defaults, "get_defaults", lambda *args: frappe._dict(real(*args), **usual))
	frappe.local.new_doc_templates.clear()
	yield usual
	frappe.local.new_doc_templates.clear()


def made(doctype: str, **fields: object):
	return frappe.get_doc({"doctype": doctype, **fields}).insert().reload()


def test_a_run_invoices_all_customers_whichever_group_new_ones_get(usual, switch_on):
	switch_on("enable_invoice_terms")
	order = order_c("Immediate")
	group = only(run(orders=[order.name]))
	assert (group.customer, group.amount) == (CUSTOMER, 1280)
	fields = ["customer_group", "territory"]
	invoice_run = frappe.db.get_value("Invoice Run Group", group.name, "invoice_run")
	assert not any(frappe.db.get_value(RUN, invoice_run, fields))
	asked = made(RUN, company=COMPANY, territory=usual["territory"])
	assert (asked.customer_group, asked.territory) == (None, usual["territory"])


def test_an_earmark_is_for_the_customer_that_it_names(usual):
	fields = {"item_code": ITEM, "warehouse": WAREHOUSE, "qty": 1, "until": frappe.utils.today()}
	assert not made(EARMARK, customer=CUSTOMER, **fields).customer_group
	group = usual["customer_group"]
	assert made(EARMARK, customer_group=group, **fields).customer_group == group


def test_scopes_and_presets_stay_empty(usual):
	preference = made(PREFERENCE, property="hold_minutes", value="5", role="Sales User")
	assert not preference.company
	assert not made("Sales Order Type", order_type_name="Plain").selling_price_list
