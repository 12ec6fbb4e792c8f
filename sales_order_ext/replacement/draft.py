"""The draft of a replacement: a copy of the order as it stands, free of what has happened to it.

Fields that ERPNext (or any app) marks "No Copy" start empty; those that say what was ordered, rather
than what became of it, are kept.
"""

from __future__ import annotations

import frappe
from frappe.model import optional_fields
from frappe.model.document import Document
from frappe.utils import add_days, cstr, getdate

from sales_order_ext.replacement import rules
from sales_order_ext.replacement.inverse import clear_progress
from sales_order_ext.replacement.records import order_of, workflow_state_field

KEPT = {
	"Sales Order": {
		"naming_series",
		"title",
		"delivery_date",
		"payment_schedule",
		"rounding_adjustment",
		"base_rounding_adjustment",
		"other_charges_calculation",
		"party_account_currency",
		"select_print_heading",
		"from_date",
		"to_date",
		"reserve_stock",
		"has_unit_price_items",
		"soe_document_kind",
		"soe_mode_of_payment",
		"soe_charges",
		"soe_activate_on",
		"soe_activate_as",
		"inter_company_order_reference",
	},
	"Sales Order Item": {
		"delivery_date",
		"stock_qty",
		"stock_uom_rate",
		"target_warehouse",
		"prevdoc_docname",
		"quotation_item",
		"blanket_order",
		"blanket_order_rate",
		"bom_no",
		"valuation_rate",
		"gross_profit",
		"soe_charge_key",
	},
}


def build(original: Document, number: int, today: str) -> Document:
	"""Return the unsaved draft that is to replace `original`, dated today."""
	draft = frappe.copy_doc(original)
	for doc in (draft, *draft.get_all_children()):
		_start_over(doc)
	for row, old in zip(draft.items, original.items, strict=True):
		row.soe_replaced_row = old.name
	draft.update(
		{
			"docstatus": 0,
			"packed_items": [],
			"pricing_rules": [],
			"ignore_pricing_rule": 1,
			"soe_replacement_role": rules.REPLACEMENT,
			"soe_replacement_no": number,
			"soe_root_order": original.get("soe_root_order") or original.name,
			"soe_replaced_order": original.name,
			"soe_replaced_state": rules.state_of(order_of(original)),
		}
	)
	_bring_dates_forward(draft, today)
	return draft


def restore_packed_warehouses(draft: Document, original: Document) -> None:
	"""Give bundle parts the warehouses that were chosen on the original; ERPNext rebuilt the rows."""
	old_names = {row.name: row.soe_replaced_row for row in draft.items}
	chosen = {(part.parent_detail_docname, part.item_code): part.warehouse for part in original.packed_items}
	for part in draft.packed_items:
		warehouse = chosen.get((old_names.get(part.parent_detail_docname), part.item_code))
		if warehouse and warehouse != part.warehouse:
			part.warehouse = warehouse
			part.db_update()


def copy_attachments(source: str, draft: Document) -> None:
	"""Attach to the draft what is attached to the order it was copied from; the files are shared."""
	filters = {"attached_to_doctype": draft.doctype, "attached_to_name": source, "is_folder": 0}
	fields = ["file_url", "file_name", "is_private", "folder"]
	for file in frappe.get_all("File", filters, fields, order_by="creation asc"):
		values = {"doctype": "File", "attached_to_doctype": draft.doctype, "attached_to_name": draft.name}
		frappe.get_doc({**values, **file}).insert(ignore_permissions=True)


def _start_over(doc: Document) -> None:
	"""Empty what must not be copied, and the progress that ERPNext forgets to mark so."""
	kept = KEPT.get(doc.doctype, set())
	if doc.doctype in ("Sales Order", "Sales Order Item"):
		for field in doc.meta.get("fields", {"no_copy": 1}):
			if field.fieldname not in kept:
				doc.set(field.fieldname, [] if field.fieldtype == "Table" else None)
	workflow_state = workflow_state_field(doc) if doc.doctype == "Sales Order" else None
	doc.update({field: None for field in (*optional_fields, workflow_state) if field})
	clear_progress(doc)


def _bring_dates_forward(draft: Document, today: str) -> None:
	"""Date the draft today; later dates stay, earlier ones become today (due dates stay distinct)."""
	draft.transaction_date = today
	for row in (draft, *draft.items):
		if row.delivery_date and getdate(row.delivery_date) < getdate(today):
			row.delivery_date = today
	taken: set[str] = set()
	for term in draft.payment_schedule:
		due = max(getdate(term.due_date or today), getdate(today))
		while cstr(due) in taken:
			due = add_days(due, 1)
		taken.add(cstr(due))
		term.due_date = due
		if term.discount_date and getdate(term.discount_date) > due:
			term.discount_date = due
