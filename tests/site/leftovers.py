"""Takes away what a test committed: new rows of every table go, stock figures and settings go back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import frappe

from sales_order_ext.preferences import SETTINGS
from sales_order_ext.setup import workspace

SINGLES = (SETTINGS, "Stock Settings", "Selling Settings", "Accounts Settings")
BIN = "Bin"


@contextmanager
def taken_away() -> Iterator[None]:
	"""Remember what the site has; at the end delete what has come since, whoever committed it.

	Numbers that were drawn stay drawn. Changes to rows that were there before stay, but for Bins and settings.
	"""
	before = {table: _names(table) for table in _tables()}
	bins = frappe.db.sql("select * from tabBin", as_dict=True)
	singles = frappe.db.sql("select * from tabSingles where doctype in %s", [SINGLES], as_dict=True)
	yield
	frappe.db.rollback()
	for table, kept in before.items():
		new = sorted(_names(table) - kept)
		if new:
			frappe.db.delete(table, {"name": ("in", new)})
	for bin in bins:
		frappe.db.set_value(BIN, bin.pop("name"), bin, update_modified=False)
	frappe.db.delete("Singles", {"doctype": ("in", SINGLES)})
	for single in singles:
		frappe.db.sql("insert into tabSingles (doctype, field, value) values (%(doctype)s, %(field)s, %(value)s)",
			single)  # fmt: skip
	for single in SINGLES:
		frappe.clear_document_cache(single, single)
	workspace.follow_switches()
	frappe.db.commit()
	frappe.clear_cache(doctype=BIN)


def _tables() -> list[str]:
	doctypes = frappe.get_all("DocType", {"issingle": 0, "is_virtual": 0}, pluck="name", order_by="name")
	there = set(frappe.db.get_tables(cached=False))
	return [doctype for doctype in doctypes if f"tab{doctype}" in there]


def _names(doctype: str) -> set[object]:
	return {row[0] for row in frappe.db.sql(f"select name from `tab{doctype}`")}
