"""Every endpoint is typed, asks for permission first, and writes on POST alone."""

import pytest

from tests.contract import endpoints
from tests.contract.source import APP, make_source

GOOD = """
import frappe
from sales_order_ext import again
from sales_order_ext.room import records

@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def start(order: str) -> str:
	"Start."
	doc = frappe.get_doc("Sales Order", order)
	doc.check_permission("write")
	return records.make(doc)
"""
RECORDS = """
import frappe

def make(doc):
	return frappe.get_doc({}).insert().name

def load(order):
	doc = frappe.get_doc("Sales Order", order)
	frappe.has_permission("Sales Order", doc=doc, throw=True)
	return doc

class Reader:
	def require(self, order):
		if not frappe.has_permission("Sales Order", doc=order):
			raise frappe.PermissionError

def look(order):
	frappe.has_permission("Sales Order", doc=order)
"""
CHANGES = [
	("", "", ""),
	('doc = frappe.get_doc("Sales Order", order)', "doc = records.load(order)", ""),
	('doc.check_permission("write")', "reader.require(doc)", ""),
	("order: str)", "order)", "no type annotation for order"),
	("-> str:", ":", "no type annotation for return"),
	("import frappe", "from __future__ import annotations\nimport frappe", "__future__"),
	("order: str)", 'order: "str")', "text"),
	("order: str)", "order: list[str])", "JSON"),
	("order: str)", "order: list[str] | None = None)", "JSON"),
	("order: str)", "order: list[str] | str | None = None)", ""),
	("order: str)", "order: dict | str)", ""),
	('doc.check_permission("write")', "pass", "permission"),
	('doc.check_permission("write")', "records.look(order)", "permission"),
	('doc.check_permission("write")', "doc.save()", "permission"),
	('methods=["POST"]', "", "POST"),
	("@again.after_deadlock\n", "", "again"),
	(
		'@frappe.whitelist(methods=["POST"])\n@again.after_deadlock',
		'@again.after_deadlock\n@frappe.whitelist(methods=["POST"])',
		"again",
	),
	('methods=["POST"]', 'methods=["GET", "POST"]', "POST"),
]


def test_the_app_s_endpoints():
	assert endpoints.problems(APP) == []


@pytest.mark.parametrize("old, new, complaint", CHANGES)
def test_the_rules_notice(tmp_path, old, new, complaint):
	source = make_source(tmp_path, room__api_py=GOOD.replace(old, new), room__records_py=RECORDS)
	found = endpoints.problems(source)
	assert bool(found) == bool(complaint)
	assert all(complaint in one for one in found)
