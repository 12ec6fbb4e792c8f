"""What hooks and custom fields point at in Frappe and ERPNext is there, in the version at hand."""

import json

import frappe
import pytest

from sales_order_ext import hooks
from tests.contract.source import APP

FIELDS = json.loads((APP.root / "fixtures" / "custom_field.json").read_text())


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field["name"])
def test_custom_field_is_anchored(field):
	meta = frappe.get_meta(field["dt"])
	own = meta.get_field(field["fieldname"])
	assert own and own.fieldtype == field["fieldtype"]
	assert meta.get_field(field["insert_after"]), "insert_after names no field"
	if field["fieldtype"] == "Link" or field["fieldtype"].startswith("Table"):
		assert frappe.db.exists("DocType", field["options"])


@pytest.mark.parametrize(
	"hook", ["doc_events", "doctype_js", "doctype_list_js", "override_doctype_dashboards"]
)
def test_hooked_documents_exist(hook):
	for doctype in getattr(hooks, hook, {}):
		assert frappe.db.exists("DocType", doctype)


@pytest.mark.parametrize("hook", ["scheduler_events", "doc_events"])
def test_handlers_can_be_imported(hook):
	def leaves(value):
		return [value] if isinstance(value, str) else [one for part in value for one in leaves(part)]

	for events in getattr(hooks, hook, {}).values():
		for names in events.values() if isinstance(events, dict) else [events]:
			assert all(callable(frappe.get_attr(name)) for name in leaves(names))


@pytest.mark.parametrize("path", APP.doctypes, ids=lambda path: path.stem)
def test_links_and_roles_of_our_doctypes_exist(path):
	doctype = APP.doctypes[path]
	links = [
		one["options"]
		for one in doctype["fields"]
		if one["fieldtype"] in ("Link", "Table", "Table MultiSelect")
	]
	assert [name for name in links if not frappe.db.exists("DocType", name)] == []
	assert [one["role"] for one in doctype["permissions"] if not frappe.db.exists("Role", one["role"])] == []
