"""Site tests: masters are made once and committed, every test is rolled back."""

from __future__ import annotations

import os
from contextlib import contextmanager

import frappe
import pytest
from frappe.core.doctype.access_log import access_log

from sales_order_ext.order_entry import lines, rules
from sales_order_ext.preferences import PREFERENCE, SETTINGS, SWITCHES
from tests.site import leftovers, masters

# Beside other workers of pytest-xdist, each has a site of its own. Processes that a test starts read it too.
os.environ["SOE_SITE"] = os.environ["SOE_SITES"].split()[
	int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
]


@pytest.fixture(scope="session", autouse=True)
def site():
	"""Connect to the test site, with the masters in place and every switch off.

	Printing is not logged: Frappe commits that log, and with it the test.
	"""
	frappe.init(os.environ["SOE_SITE"], sites_path=".")
	frappe.connect()
	masters.ensure()
	switch_everything_off()
	keep_line_items()
	with pytest.MonkeyPatch.context() as patch:
		patch.setattr(access_log, "_make_access_log", lambda *args, **kwargs: None, raising=False)
		yield frappe.local.site
	frappe.destroy()


def switch_everything_off() -> None:
	"""Begin as after install, also on a site where an earlier run was broken off."""
	for name in frappe.get_all(PREFERENCE, pluck="name"):
		frappe.delete_doc(PREFERENCE, name)
	frappe.get_doc(SETTINGS).update(dict.fromkeys(SWITCHES, 0)).save()
	frappe.db.commit()


def keep_line_items() -> None:
	"""Have what the first switch makes, so that no test makes it anew."""
	for kind in rules.ITEMS:
		lines.item_of(kind)
	frappe.db.commit()


@pytest.fixture(autouse=True)
def rolled_back(site):
	"""Run a test as Administrator and undo what it did."""
	frappe.set_user("Administrator")
	yield
	frappe.set_user("Administrator")
	frappe.db.rollback()
	forget_documents()
	frappe.flags.pop("warehouse_account_map", None)
	frappe.clear_messages()


@pytest.fixture
def committed(rolled_back):
	"""Let a test and the processes it starts commit; afterwards all of it is taken away."""
	with leftovers.taken_away():
		yield


def forget_documents() -> None:
	"""Empty Frappe's caches of documents and values: they may hold what has just been rolled back."""
	getattr(frappe, "client_cache", frappe.cache).delete_keys("document_cache::")
	frappe.db.value_cache.clear()


@pytest.fixture
def switch_on():
	"""Return a function that switches preferences on (or sets values) for this test."""

	def switch(*switches: str, **values: object) -> None:
		assert set(switches) <= set(SWITCHES)
		settings = frappe.get_doc(SETTINGS)
		settings.update({switch: 1 for switch in switches} | values)
		settings.save()

	return switch


@pytest.fixture
def statements(monkeypatch):
	"""Return a context manager that lists the SQL statements run inside it."""

	@contextmanager
	def listen():
		run: list[str] = []
		with monkeypatch.context() as patch:
			sql = frappe.db.sql
			patch.setattr(
				frappe.db,
				"sql",
				lambda query, *args, **kwargs: (run.append(str(query)), sql(query, *args, **kwargs))[1],
			)
			yield run

	return listen


@pytest.fixture
def types_on(switch_on):
	"""Switch order types on, with reservations and back orders."""
	switch_on("enable_order_types", "enable_stock_reservations", "enable_back_orders")


@pytest.fixture
def payment_on(switch_on):
	"""Switch payment status on."""
	switch_on("enable_payment_status")


@pytest.fixture
def replacements_on(switch_on):
	"""Switch cancel and replace on."""
	switch_on("enable_cancel_and_replace")


@pytest.fixture
def invoicing_on(switch_on):
	"""Switch invoice terms on, and have stock to deliver."""
	switch_on("enable_invoice_terms")
	for item_code in (masters.ITEM, masters.OTHER_ITEM):
		masters.receive(item_code, 100)


@pytest.fixture
def january():
	"""Have stock before the schedule cases of January 2026."""
	entry = frappe.get_doc("Stock Entry", masters.receive(masters.ITEM, 100))
	entry.cancel()
	entry = frappe.copy_doc(entry)
	entry.update({"posting_date": "2026-01-01", "posting_time": "08:00:00", "set_posting_time": 1})
	entry.insert().submit()
