"""German in use: our sentences are found, and those that ERPNext has too stay as ERPNext says them."""

import csv
from pathlib import Path

import frappe
import pytest


@pytest.fixture
def german():
	frappe.local.lang = "de"
	yield
	frappe.local.lang = "en"


def lines(app):
	path = Path(frappe.get_app_path(app, "translations", "de.csv"))
	if not path.exists():
		pytest.skip(f"{app} keeps its German elsewhere")
	with path.open(newline="", encoding="utf-8") as file:
		return {(line[0], "".join(line[2:])): line[1] for line in csv.reader(file) if len(line) > 1}


def test_sentences_and_names_are_german(german):
	assert frappe._("Why?") == "Warum?"
	assert frappe._("{0} rows copied").format(3) == "3 Zeilen kopiert"
	assert frappe._(frappe.get_meta("Invoice Run").name) == "Rechnungslauf"


def test_a_word_in_its_own_sense_is_german_too(german):
	assert frappe._("Release", context="Back Order") == "Freigeben"
	assert frappe._("Left") == "Links" and frappe._("Left", context="Quantity") == "Übrig"


def test_what_erpnext_says_stays_as_it_was():
	ours, theirs = lines("sales_order_ext"), lines("erpnext")
	assert [text for text in ours.keys() & theirs.keys() if ours[text] != theirs[text]] == []
