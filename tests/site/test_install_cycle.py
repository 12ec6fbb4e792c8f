"""Install, use, uninstall: afterwards the database is what it was, to the last row.

Works on a site of its own, SOE_INSTALL_SITE, with real bench commands, and leaves the app uninstalled there.
"""

from __future__ import annotations

import os
import re

import frappe
import pytest

from sales_order_ext.setup import install
from tests.site.second_site import SecondSite, difference

UNINSTALL = ("uninstall-app", "sales_order_ext", "--yes", "--no-backup")
# What stays on purpose: the history of the company's own documents, which it keeps of deleted ones too, and
# ERPNext's own switch, which the admin was told of: switching it off would strand existing reservations. When
# that is saved, ERPNext makes its Property Setters anew, which version 16 notes.
HISTORY = {"tabVersion", "tabComment", "tabDeleted Document"}
OWN_DOCUMENTS = (
	" / Sales Order ",
	" / Stock Reservation Entry ",
	" / Stock Settings ",
	" / Property Setter ",
)
OURS = re.compile(r"soe_|Sales Order Preference")
# Frappe makes this index whenever it looks at a table sorted by creation, and looks when a field is added.
NATIVE_INDEX = " creation creation "
FRAPPE_TAKES = ("Desktop Icon", "Workspace Sidebar", "Workspace Sidebar Item")
NATIVE_SWITCH = "Stock Settings / enable_stock_reservation"


def left_behind(before: dict, after: dict) -> dict[str, list[str]]:
	"""Return the difference without what stays on purpose."""
	found = {}
	for table, lines in difference(before, after).items():
		if table in HISTORY:
			native = [line for line in lines if any(name in line for name in OWN_DOCUMENTS)]
			lines = [line for line in lines if line not in native or OURS.search(line)]
		if table == "tabSingles":
			lines = [line for line in lines if NATIVE_SWITCH not in line]
		if table == "indexes":
			lines = [line for line in lines if NATIVE_INDEX not in line]
		if lines:
			found[table] = lines
	return found


def done_by_us(found: dict) -> dict[str, list[str]]:
	"""Return a difference without what Frappe 16 takes from the desk, also where it is to say only what it would do."""
	kept = {
		table: [line for line in lines if not any(f" / {name} / " in line for name in FRAPPE_TAKES)]
		for table, lines in found.items()
		if table.removeprefix("tab") not in FRAPPE_TAKES
	}
	return {table: lines for table, lines in kept.items() if lines}


@pytest.fixture(scope="module")
def second():
	"""Return the second site: with ERPNext and a company, up to date, without the app."""
	site = SecondSite(os.environ.get("SOE_INSTALL_SITE", "soe-install.localhost"))
	if not os.path.isdir(site.name):
		pytest.skip(f"Site {site.name} is missing. dev/bench.py makes it.")
	if site.has_app():
		site.bench(*UNINSTALL)
	site.bench("migrate", "--skip-search-index")
	site.step("prepare")
	yield site
	if site.has_app():
		site.bench(*UNINSTALL)


def test_uninstalling_leaves_nothing_behind(second):
	before = second.step("snapshot")
	second.bench("install-app", "sales_order_ext")
	second.bench("migrate", "--skip-search-index")
	second.step("use")

	in_use = second.step("snapshot")
	assert left_behind(before, in_use), "the comparison sees nothing"
	second.bench(*UNINSTALL, "--dry-run")
	assert done_by_us(difference(in_use, second.step("snapshot"))) == {}

	second.bench(*UNINSTALL)
	assert len(second.step("clean")) == 1, "plain ERPNext cancels and deletes an order made with the app"
	assert left_behind(before, second.step("snapshot")) == {}

	second.bench("install-app", "sales_order_ext")
	assert second.has_app()
	second.bench(*UNINSTALL)
	assert left_behind(before, second.step("snapshot")) == {}


@pytest.mark.parametrize("version", ["14.50.0", "17.0.0-dev"])
def test_other_majors_are_refused(monkeypatch, version):
	monkeypatch.setattr(frappe, "__version__", version)
	with pytest.raises(frappe.ValidationError, match=rf"15 or 16.*Frappe {version}"):
		install.before_install()


def test_the_majors_we_run_on_are_accepted():
	install.before_install()
