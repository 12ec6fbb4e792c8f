"""Carries to the order what ERPNext's mapper leaves behind: the opportunity's fields, notes, attachments."""

from __future__ import annotations

import frappe
from frappe.model.document import Document

# Fields that opportunity and order share by meaning; which of them exist differs between versions.
SHARED = (
	"contact_person",
	"customer_address",
	"campaign",
	"source",
	"utm_campaign",
	"utm_content",
	"utm_medium",
	"utm_source",
)


def fill(order: Document, quotation: Document, opportunity: str | None) -> None:
	"""Give the order what quotation and opportunity have and it lacks: shared and same-named custom fields."""
	sources = [quotation]
	if opportunity:
		sources.append(frappe.get_doc("Opportunity", opportunity))
		order.soe_opportunity = opportunity
	for source in sources:
		for field in _common_fields(source, order):
			if source.get(field) and not order.get(field):
				order.set(field, source.get(field))
	issue = quotation.get("soe_external_quote") and frappe.db.get_value(
		"External Quote", quotation.soe_external_quote, "issue"
	)
	order.soe_issue = issue or None


def _common_fields(source: Document, order: Document) -> list[str]:
	own = {df.fieldname: df for df in source.meta.fields}
	custom = [
		df.fieldname
		for df in order.meta.get_custom_fields()
		if not df.no_copy and not df.fieldname.startswith("soe_") and _is_same(own.get(df.fieldname), df)
	]
	shared = [field for field in SHARED if _is_same(own.get(field), order.meta.get_field(field))]
	return shared + custom


def _is_same(one: Document | None, other: Document | None) -> bool:
	"""Return whether a value of one field can stand in the other; tables are left alone."""
	if not one or not other or one.fieldtype in frappe.model.table_fields:
		return False
	return one.fieldtype == other.fieldtype and (
		one.fieldtype not in ("Link", "Dynamic Link") or one.options == other.options
	)


def attach(order: Document, quotation: Document) -> None:
	"""Show the files and notes of quotation and opportunity at the order too."""
	sources = [("Quotation", quotation.name)]
	if _may_read_opportunity(order):
		sources.append(("Opportunity", order.soe_opportunity))
	seen = set()
	for doctype, name in sources:
		filters = {"attached_to_doctype": doctype, "attached_to_name": name}
		fields = ["file_name", "file_url", "is_private"]
		for file in frappe.get_all("File", filters, fields, order_by="creation asc, name asc"):
			if file.file_url not in seen:
				seen.add(file.file_url)
				_attach_file(order, file)
	_copy_notes(order)


def _attach_file(order: Document, file: frappe._dict) -> None:
	values = {"attached_to_doctype": order.doctype, "attached_to_name": order.name, **file}
	frappe.get_doc({"doctype": "File", **values}).insert(ignore_permissions=True)


def _may_read_opportunity(order: Document) -> bool:
	"""Return whether what is attached to the order's opportunity is for its user to pass on."""
	name = order.soe_opportunity
	return bool(name and frappe.has_permission("Opportunity", "read", name))


def _copy_notes(order: Document) -> None:
	if not _may_read_opportunity(order):
		return
	filters = {"parenttype": "Opportunity", "parent": order.soe_opportunity}
	for note in frappe.get_all("CRM Note", filters, ["note", "added_by"], order_by="idx"):
		if note.note:
			order.add_comment("Info", note.note, comment_email=note.added_by)
