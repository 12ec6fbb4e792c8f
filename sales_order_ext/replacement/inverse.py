"""The inverse order: the exact negative of a replaced order, written as data and booked as closed.

ERPNext refuses negative orders and would recompute discounts and charges with the wrong sign. So the
mirror is stored row by row without running the document's events; it touches no stock and no customer's
credit, and nets the replaced order out of every report.
"""

from __future__ import annotations

import frappe
from frappe.model import optional_fields
from frappe.model.document import Document
from frappe.utils import now

from sales_order_ext.replacement import rules
from sales_order_ext.replacement.signs import negated

PROGRESS = {
	"Sales Order": ("advance_paid", "per_delivered", "per_billed", "per_picked", "soe_per_paid"),
	"Sales Order Item": (
		"delivered_qty",
		"returned_qty",
		"billed_amt",
		"ordered_qty",
		"requested_qty",
		"work_order_qty",
		"produced_qty",
		"planned_qty",
		"production_plan_qty",
		"picked_qty",
		"stock_reserved_qty",
		"subcontracted_qty",
	),
	"Packed Item": ("ordered_qty", "picked_qty", "packed_qty", "requested_qty"),
	"Payment Schedule": ("paid_amount", "base_paid_amount", "discounted_amount"),
}
# Rows that name other rows of the same document: {table: {field: table of the row named}}.
INNER_LINKS = {
	"packed_items": {"parent_detail_docname": "items"},
	"item_wise_tax_details": {"item_row": "items", "tax_row": "taxes"},
}


def insert(original: Document, transaction_date: str) -> Document:
	"""Store the inverse of `original`, dated as the replacement, and return it."""
	inverse = build(original, transaction_date)
	inverse.db_insert()
	for row in inverse.get_all_children():
		row.db_insert()
	return inverse


def build(original: Document, transaction_date: str) -> Document:
	"""Return the unsaved inverse of `original` with its names, states and inner links in place."""
	inverse = frappe.get_doc(
		negated(frappe.copy_doc(original).as_dict(), frappe.get_hooks("sales_order_amounts"))
	)
	inverse.update(
		{
			"name": rules.inverse_name(original.name),
			"docstatus": 1,
			"status": "Closed",
			"transaction_date": transaction_date,
			"delivery_date": None,
			"delivery_status": "Not Delivered",
			"billing_status": "Not Billed",
			"reserve_stock": 0,
			"in_words": "",
			"base_in_words": "",
			"pricing_rules": [],
			"auto_repeat": None,
			"po_no": None,
			"inter_company_order_reference": None,
			"soe_is_cancelled": 1,
			"soe_canceled_order": original.name,
			"soe_root_order": original.get("soe_root_order") or original.name,
			"soe_replacement_role": rules.INVERSE,
		}
	)
	_forget(inverse, ("soe_replaced_order", "soe_replaced_state", *optional_fields))
	for row in inverse.items:
		row.update(
			{"delivery_date": None, "reserve_stock": 0, "soe_replaced_row": None, "purchase_order": None}
		)
	for doc in (inverse, *inverse.get_all_children()):
		clear_progress(doc)
	_name(inverse, original)
	return inverse


def clear_progress(doc: Document) -> None:
	"""Set what has been delivered, billed, ordered, paid … on an order or a row of it to nothing."""
	doc.update({field: 0 for field in PROGRESS.get(doc.doctype, ()) if doc.meta.has_field(field)})


def _forget(doc: Document, fields: tuple[str, ...]) -> None:
	doc.update({field: None for field in fields})


def _name(inverse: Document, original: Document) -> None:
	"""Name the rows, make inner links follow, and stamp all as made now by the acting user."""
	stamp = {"creation": now(), "modified": now(), "owner": frappe.session.user}
	stamp["modified_by"] = stamp["owner"]
	inverse.update(stamp)
	names: dict[str, dict[str, str]] = {}
	for field in inverse.meta.get_table_fields():
		names[field.fieldname] = {}
		old_rows = original.get(field.fieldname) or ()
		for row, old in zip(inverse.get(field.fieldname), old_rows, strict=False):
			row.update({**stamp, "docstatus": 1, "parent": inverse.name, "parenttype": inverse.doctype})
			row.parentfield = field.fieldname
			row.set_new_name()
			names[field.fieldname][old.name] = row.name
	for table, links in INNER_LINKS.items():
		for row in inverse.get(table) or ():
			row.update({field: names[target].get(row.get(field)) for field, target in links.items()})
