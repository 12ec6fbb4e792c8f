"""Upgrading: whatever runs on a migrate finds its work done the second time, and leaves what people chose."""

from pathlib import Path

import frappe

from sales_order_ext.preferences import SETTINGS
from tests.contract.source import APP, PACKAGE
from tests.site.masters import ITEM, SERVICE, receive, sales_order
from tests.site.second_site import difference, snapshot


def patches():
	lines = Path(APP.root, "patches.txt").read_text().splitlines()
	return [line.split()[0] for line in lines if line and not line.startswith(("[", "#"))]


def migrate_again():
	"""Run all patches once more, as if none were noted, and what follows every migrate."""
	for patch in patches():
		frappe.get_attr(f"{patch}.execute")()
	for hook in frappe.get_hooks("after_migrate", app_name=PACKAGE):
		frappe.get_attr(hook)()


def test_all_patches_again_change_nothing_on_a_site_in_use(switch_on):
	switch_on(
		"enable_stock_reservations",
		"enable_payment_status",
		"enable_lifecycle_status",
		order_entry_defaults=0,
	)
	receive(ITEM, 2)
	sales_order((ITEM, 3, 20), (SERVICE, 1, 50))
	frappe.get_doc("Credit Reason", "Goodwill").update({"restock": 1}).save()
	frappe.get_doc("Sales Order Type", "Invoice Order").update({"enabled": 0}).save()
	migrate_again()  # the desk follows the switches
	before = snapshot()
	migrate_again()
	assert patches() and difference(before, snapshot()) == {}
	assert not frappe.get_doc(SETTINGS).order_entry_defaults


def test_a_site_from_before_order_entry_gets_what_an_install_gives():
	reasons = frappe.get_all("Credit Reason", pluck="name", order_by="name")
	for reason in reasons:
		frappe.delete_doc("Credit Reason", reason)
	frappe.db.delete("Singles", {"doctype": SETTINGS, "field": "order_entry_defaults"})
	migrate_again()
	assert frappe.get_all("Credit Reason", pluck="name", order_by="name") == reasons
	assert frappe.db.get_single_value(SETTINGS, "order_entry_defaults", cache=False)
