"""Uninstall, the mirror of install: nothing of ours stays behind.

Frappe removes the module's DocTypes, reports, workspaces and, as they carry our module, Custom Fields and
Property Setters. It leaves the custom fields' columns, the scheduled jobs, the patch log, copies of what it
deleted, and what other records say about our DocTypes: this removes them.

Three things stay on purpose: the history (Version) of the company's own documents, counters of numbers
once given, and the items of custom and text lines where documents have such lines.
"""

from __future__ import annotations

import json
from pathlib import Path

import frappe

from sales_order_ext.preferences import CACHE_KEY
from sales_order_ext.setup import indexes

APP = "sales_order_ext"
MODULE = "Sales Order Ext"
OWN_COLUMNS = r"soe\_%"
OWN_CODE = "sales_order_ext.%"
# Roles that only our DocTypes know.
OWN_ROLES = ("External Quote Import",)
OWN_COPIES = {"data": ("like", f'%"module": "{MODULE}"%')}
LINE_ITEMS = ("soe-text", "soe-custom")
# What files of the app brought to the desk, in folders that version 15 does not read.
DESK_FOLDERS = ("desktop_icon", "workspace_sidebar")

# What users made for one of our DocTypes, and what Frappe noted about its documents: {DocType: field naming it}.
# Not every version has every one.
MADE_FOR = {
	"Assignment Rule": "document_type",
	"Auto Repeat": "reference_doctype",
	"Calendar View": "reference_doctype",
	"Client Script": "dt",
	"Custom Field": "dt",
	"Dashboard Chart": "document_type",
	"Data Import": "reference_doctype",
	"Document Naming Rule": "document_type",
	"File": "attached_to_doctype",
	"Kanban Board": "reference_doctype",
	"List View Settings": "name",
	"Notification": "document_type",
	"Number Card": "document_type",
	"Print Format": "doc_type",
	"Property Setter": "doc_type",
	"Report": "ref_doctype",
	"Server Script": "reference_doctype",
	"Webhook": "webhook_doctype",
	"Workflow": "document_type",
}
NOTED_ABOUT = {
	"Activity Log": "reference_doctype",
	"Comment": "reference_doctype",
	"Custom DocPerm": "parent",
	"Deleted Document": "deleted_doctype",
	"DocShare": "share_doctype",
	"Document Follow": "ref_doctype",
	"Document Share Key": "reference_doctype",
	"Dynamic Link": "link_doctype",
	"Email Unsubscribe": "reference_doctype",
	"Global Search DocType": "document_type",
	"List Filter": "reference_doctype",
	"Logs To Clear": "ref_doctype",
	"Milestone": "reference_type",
	"Notification Log": "document_type",
	"Notification Subscribed Document": "document",
	"Reminder": "reminder_doctype",
	"Tag Link": "document_type",
	"ToDo": "reference_type",
	"User Permission": "allow",
	"Version": "ref_doctype",
	"View Log": "reference_doctype",
	"Workflow Action": "reference_doctype",
}
# Correspondence stays; only its link to our document goes.
CORRESPONDENCE = {
	"Communication": "reference_doctype",
	"Email Queue": "reference_doctype",
	"Event": "reference_doctype",
}


def after_uninstall() -> None:
	"""Remove what Frappe left. Does nothing on a dry run, which calls this too: the app is still there."""
	if APP in frappe.get_installed_apps():
		return
	doctypes = own_doctypes()
	delete_what_was_made_for(doctypes)
	delete_notes_about(doctypes)
	delete_settings_of(doctypes)
	delete_boards()
	delete_line_items()
	delete_desk_records()
	delete_permission_log()
	delete_copies()
	delete_code_names()
	indexes.drop()
	delete_roles()
	drop_columns()
	frappe.db.commit()
	frappe.cache.delete_value(CACHE_KEY)


def own_doctypes() -> list[str]:
	"""Return the names of our DocTypes from their files: the database no longer knows them."""
	return sorted(record["name"] for record in _files("doctype", APP))


def delete_what_was_made_for(doctypes: list[str]) -> None:
	"""Delete reports, print formats, workflows, attachments and the like of our DocTypes, with their rows."""
	for kind, field in _existing(MADE_FOR):
		for name in frappe.get_all(kind, {field: ("in", doctypes)}, pluck="name", order_by="name"):
			if kind == "File":  # else its deletion is noted at the document, whose DocType is gone
				frappe.db.set_value(kind, name, field, None)
			frappe.delete_doc(kind, name, force=True, ignore_on_trash=kind != "File", delete_permanently=True)


def delete_notes_about(doctypes: list[str]) -> None:
	"""Delete history, shares, tags and the like of our documents, and unlink correspondence from them."""
	for kind, field in _existing(NOTED_ABOUT):
		frappe.db.delete(kind, {field: ("in", doctypes)})
	for kind, field in _existing(CORRESPONDENCE):
		table = frappe.qb.DocType(kind)
		frappe.qb.update(table).set(table[field], None).where(table[field].isin(doctypes)).run()


def delete_settings_of(doctypes: list[str]) -> None:
	"""Delete what is stored for a DocType, field or module of ours outside documents."""
	for table in ("__UserSettings", "__global_search"):
		frappe.db.delete(table, {"doctype": ("in", doctypes)})
	frappe.db.delete("Singles", {"doctype": ("in", doctypes)})
	frappe.db.delete("Singles", {"field": ("like", OWN_COLUMNS)})
	frappe.db.delete("Property Setter", {"field_name": ("like", OWN_COLUMNS)})
	frappe.db.delete("DefaultValue", {"defkey": ("in", doctypes)})
	frappe.db.delete("DefaultValue", {"defkey": ("like", OWN_COLUMNS)})
	frappe.db.delete("Variant Field", {"field_name": ("like", OWN_COLUMNS)})
	frappe.db.delete("List Filter", {"filters": ("like", f'%"{OWN_COLUMNS}')})
	frappe.db.delete("Block Module", {"module": MODULE})


def delete_boards() -> None:
	"""Delete the boards whose columns are one of our fields."""
	boards = frappe.get_all("Kanban Board", fields=["name", "field_name"], order_by="name")
	for name in (board.name for board in boards if (board.field_name or "").startswith("soe_")):
		frappe.delete_doc("Kanban Board", name, force=True, ignore_on_trash=True, delete_permanently=True)


def delete_line_items() -> None:
	"""Delete the items that custom and text lines stand on, unless the company's documents have such lines."""
	for item_code in LINE_ITEMS:
		used = any(
			frappe.db.exists(table, {"item_code": item_code})
			for table in ("Sales Order Item", "Delivery Note Item", "Sales Invoice Item", "Quotation Item")
		)
		if not used and frappe.db.exists("Item", item_code):
			frappe.delete_doc("Item", item_code, force=True, ignore_permissions=True, delete_permanently=True)


def delete_desk_records() -> None:
	"""Delete the onboarding steps, which carry no module, and the icons and sidebars of version 16."""
	own = _files("onboarding_step", APP)
	for folder in DESK_FOLDERS:
		own += _files(folder)
	for record in own:
		if frappe.db.table_exists(record["doctype"]):
			frappe.delete_doc(
				record["doctype"],
				record["name"],
				force=True,
				ignore_missing=True,
				ignore_on_trash=True,
				delete_permanently=True,
			)


def delete_permission_log() -> None:
	"""Delete what version 16 logged of who may use our reports, DocTypes and fields: copies of these tell which."""
	if not frappe.db.table_exists("Permission Log"):
		return
	fields = ["deleted_doctype", "deleted_name"]
	for copy in frappe.get_all("Deleted Document", OWN_COPIES, fields, order_by="name"):
		for kind, name in (("for_doctype", "for_document"), ("reference_type", "reference")):
			frappe.db.delete("Permission Log", {kind: copy.deleted_doctype, name: copy.deleted_name})


def delete_copies() -> None:
	"""Delete the copies (Deleted Document) that Frappe just made of our own DocTypes, fields and the like."""
	frappe.db.delete("Deleted Document", OWN_COPIES)
	frappe.db.delete("Deleted Document", {"deleted_doctype": "Module Def", "deleted_name": MODULE})
	frappe.db.delete(
		"Deleted Document", {"deleted_doctype": "Scheduled Job Type", "data": ("like", f'%"{OWN_CODE}')}
	)


def delete_code_names() -> None:
	"""Delete the records that name our code: scheduled jobs with their log, and executed patches."""
	jobs = frappe.get_all("Scheduled Job Type", {"method": ("like", OWN_CODE)}, pluck="name", order_by="name")
	frappe.db.delete("Scheduled Job Log", {"scheduled_job_type": ("in", jobs)})
	frappe.db.delete("Scheduled Job Type", {"name": ("in", jobs)})
	frappe.db.delete("Patch Log", {"patch": ("like", OWN_CODE)})


def delete_roles() -> None:
	"""Take our roles from everybody and delete them."""
	for kind in ("Has Role", "Custom DocPerm", "DocPerm"):
		frappe.db.delete(kind, {"role": ("in", OWN_ROLES)})
	for role in OWN_ROLES:
		frappe.delete_doc("Role", role, force=True, ignore_missing=True, delete_permanently=True)


def drop_columns() -> None:
	"""Drop the columns that the custom fields left, in one statement a table."""
	rows = frappe.db.sql(
		"""select table_name, column_name from information_schema.columns
		where table_schema = database() and column_name like %s order by table_name, column_name""",
		(OWN_COLUMNS,),
	)
	columns: dict[str, list[str]] = {}
	for table, column in rows:
		columns.setdefault(table, []).append(column)
	for table, names in columns.items():
		drops = ", ".join(f"DROP COLUMN `{name}`" for name in names)
		frappe.db.sql_ddl(f"ALTER TABLE `{table}` {drops}")


def _files(folder: str, *within: str) -> list[dict]:
	"""Return the records that the app's files of a folder hold."""
	files = Path(frappe.get_app_path(APP, *within, folder)).rglob("*.json")
	return [json.loads(path.read_text()) for path in sorted(files)]


def _existing(fields: dict[str, str]) -> list[tuple[str, str]]:
	"""Return those pairs of (DocType, field) that this site has."""
	return [
		(doctype, field)
		for doctype, field in fields.items()
		if frappe.db.table_exists(doctype) and frappe.db.has_column(doctype, field)
	]
