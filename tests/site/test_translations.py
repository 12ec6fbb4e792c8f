"""German in use: our sentences are found, and those that ERPNext has too stay as ERPNext says them."""

import frappe
import pytest
from frappe.translate import get_translations_from_apps

from sales_order_ext.sales_order_ext.report.back_orders import back_orders
from sales_order_ext.sales_order_ext.report.lost_demand import lost_demand
from sales_order_ext.sales_order_ext.report.orders_due_to_invoice import orders_due_to_invoice
from sales_order_ext.sales_order_ext.report.reservation_shortfall import reservation_shortfall

# Of Frappe a verb, of version 16 the economist's supply, and a small letter; ours are a noun and two labels.
OUR_WORDS = {"Inverse", "Supply", "Fortnightly"}


@pytest.fixture
def german():
	frappe.local.lang = "de"
	yield
	frappe.local.lang = "en"


def test_sentences_and_names_are_german(german):
	assert frappe._("Why?") == "Warum?"
	assert frappe._("{0} rows copied").format(3) == "3 Zeilen kopiert"
	assert frappe._(frappe.get_meta("Invoice Run").name) == "Rechnungslauf"


def test_a_word_in_its_own_sense_is_german_too(german):
	assert frappe._("Release", context="Back Order") == "Freigeben"
	assert frappe._("Left") == "Links" and frappe._("Left", context="Quantity") == "Übrig"


def test_reports_say_choices_in_the_user_s_language():
	told = {
		back_orders: {"mode", "reason"},
		lost_demand: {"cause", "reference_doctype"},
		reservation_shortfall: {"status"},
	}
	for report, fields in told.items():
		assert {one["fieldname"] for one in report.columns() if one["fieldtype"] == "Select"} == fields
	(term,) = (one for one in orders_due_to_invoice.columns("USD") if one["fieldname"] == "invoice_term")
	assert term["fieldtype"] == "Select"


def test_what_frappe_and_erpnext_say_stays_as_it_was():
	ours, theirs = german_of("sales_order_ext"), german_of("frappe", "erpnext")
	assert theirs, "nothing to compare with"
	differing = {text for text in ours.keys() & theirs.keys() if ours[text] != theirs[text]}
	assert differing <= OUR_WORDS


def german_of(*apps):
	return get_translations_from_apps("de", list(apps))
