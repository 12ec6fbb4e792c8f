"""Real processes win or import at the same moment: one order, one quotation, never more than was quoted."""

import json
import subprocess
import sys
import time

import frappe
import pytest

from sales_order_ext.preferences import SETTINGS
from sales_order_ext.won_quote import api
from tests.site.masters import COMPANY, CUSTOMER, ITEM
from tests.site.wins import quotation, row

CLERK = """
import json, os, sys, time
import frappe
frappe.init(os.environ["SOE_SITE"], sites_path=".")
frappe.connect()
frappe.set_user("Administrator")
from sales_order_ext.won_quote import api
frappe.get_meta("Sales Order"), frappe.get_meta("Quote Win")
frappe.db.rollback()
print("ready", flush=True)
sys.stdin.readline()
# As a request does: something is read before the endpoint takes its locks.
frappe.db.get_value("Quote Win", sys.argv[1], "status")
try:
	answer = getattr(api, sys.argv[2])(sys.argv[1])
	frappe.db.commit()
except Exception as error:
	frappe.db.rollback()
	answer = {"error": type(error).__name__}
print(json.dumps(answer), flush=True)
frappe.destroy()
"""


@pytest.fixture
def committed():
	"""Switch procurement on for other processes too; afterwards remove what was made."""
	switch(enable_procurement=1, external_quotes=1)
	quotes = []
	yield quotes
	frappe.db.rollback()
	for quote in quotes:
		for name in frappe.get_all("Quote Win", {"quotation": quote.name}, pluck="name", order_by="name"):
			if frappe.db.get_value("Quote Win", name, "status") == "Finished":
				api.undo(name)
			frappe.db.delete("Comment", {"reference_name": name})
			frappe.delete_doc("Quote Win", name, force=True, ignore_on_trash=True)
		quote.reload().cancel()
		quote.delete()
	switch(enable_procurement=0, external_quotes=0)


def switch(**values):
	for field, value in values.items():
		frappe.db.set_single_value(SETTINGS, field, value)
	frappe.clear_document_cache(SETTINGS, SETTINGS)
	frappe.db.commit()


def finish_at_once(*names):
	"""Finish each pass in a process of its own, all at the same moment; return their answers."""
	return at_once("finish", *names)


def at_once(endpoint, *arguments):
	"""Call an endpoint in a process for each argument, all at the same moment; return their answers."""
	clerks = [
		subprocess.Popen(
			[sys.executable, "-c", CLERK, argument, endpoint],
			stdin=subprocess.PIPE,
			stdout=subprocess.PIPE,
			text=True,
		)
		for argument in arguments
	]
	for clerk in clerks:
		assert clerk.stdout.readline() == "ready\n"
	time.sleep(0.2)
	for clerk in clerks:
		clerk.stdin.write("go\n")
		clerk.stdin.flush()
	answers = [json.loads(clerk.communicate(timeout=120)[0].splitlines()[-1]) for clerk in clerks]
	frappe.db.rollback()
	return answers


def orders_of(quote):
	filters = {"prevdoc_docname": quote.name, "docstatus": 1, "parenttype": "Sales Order"}
	return frappe.get_all("Sales Order Item", filters, ["parent", "qty"], order_by="parent")


def test_two_clicks_make_one_order(committed):
	quote = quotation(row(ITEM, qty=10))
	committed.append(quote)
	win = api.start(quotation=quote.name)
	frappe.db.commit()
	answers = finish_at_once(win.name, win.name)
	assert answers[0] == answers[1]
	assert [one.qty for one in orders_of(quote)] == [10]


def test_two_clerks_order_no_more_than_was_quoted(committed):
	quote = quotation(row(ITEM, qty=10))
	committed.append(quote)
	wins = [frappe.get_doc({"doctype": "Quote Win", "quotation": quote.name}) for _ in range(2)]
	for win in wins:
		win.insert()
		win.items[0].qty = 6
		win.save()
	frappe.db.commit()
	answers = finish_at_once(*(win.name for win in wins))
	assert sorted(answer.get("error", "") for answer in answers) == ["", "QuoteWinBlockedError"]
	assert [one.qty for one in orders_of(quote)] == [6]


def external_quote(qty):
	rows = [{"item_code": ITEM, "qty": qty, "rate": 12.5}]
	sent = {"source": "Configurator", "idempotency_key": "RACE-1", "company": COMPANY, "customer": CUSTOMER}
	return json.dumps({**sent, "items": rows})


def imported(committed):
	"""Return what was imported under the key of the race; have its quotation removed afterwards."""
	found = frappe.get_all("External Quote", {"import_key": "Configurator:RACE-1"}, pluck="quotation")
	committed += [frappe.get_doc("Quotation", name) for name in found]
	return found


@pytest.fixture
def no_external_quotes(committed):
	yield
	for name in frappe.get_all("External Quote", {"import_key": "Configurator:RACE-1"}, pluck="name"):
		frappe.db.set_value("Quotation", {"soe_external_quote": name}, "soe_external_quote", None)
		frappe.delete_doc("External Quote", name, force=True)
	frappe.db.commit()


def test_the_same_quote_sent_three_times_at_once_is_taken_in_once(committed, no_external_quotes):
	answers = at_once("import_external_quote", *[external_quote(3)] * 3)
	[quotation] = imported(committed)
	assert frappe.get_all("Quotation Item", {"parent": quotation}, pluck="qty") == [3]
	assert [answer.get("error") for answer in answers] == [None] * 3
	assert sorted(answer["created"] for answer in answers) == [False, False, True]
	assert {answer["quotation"] for answer in answers} == {quotation}


def test_another_quote_under_the_same_key_at_once_is_refused(committed, no_external_quotes):
	answers = at_once("import_external_quote", external_quote(3), external_quote(4))
	assert len(imported(committed)) == 1
	assert sorted(answer.get("error", "") for answer in answers) == ["", "ExternalQuoteError"]
