"""Splitting a draft: several replacements of one order, each with rows of its own, confirmed together.

What is due to the whole order is shared by the rows' net amounts (a fixed discount, actual charges); what
cannot be shared (a coupon, a fixed loyalty redemption) stays with the first part.
"""

from __future__ import annotations

from collections.abc import Sequence

import frappe
from frappe.model.document import Document
from frappe.utils import flt

from sales_order_ext.replacement import draft as drafts
from sales_order_ext.replacement import messages, records, rules

TEXT = "Text"
ONCE = ("coupon_code", "loyalty_points", "loyalty_amount", "auto_repeat", "inter_company_order_reference")


def by_warehouse(draft: Document) -> list[list[str]]:
	"""Return the draft's rows by warehouse, in the order in which the warehouses appear.

	A text line goes with the row that it stands above.
	"""
	groups: dict[str, list[str]] = {}
	above: list[str] = []
	for row in draft.items:
		above.append(row.name)
		if row.get("soe_line_type") != TEXT:
			group = groups.setdefault(row.warehouse or "", [])
			group += above
			above = []
	found = list(groups.values()) or [[]]
	found[-1] += above
	return found


def chosen(draft: Document, rows: Sequence[str]) -> list[list[str]]:
	"""Return the draft's rows in two groups: those that stay, and those that were chosen.

	A row may be named itself or by the row of the original that it replaces.
	"""
	wanted = set(rows)
	taken = [row.name for row in draft.items if wanted & {row.name, row.soe_replaced_row}]
	return [[row.name for row in draft.items if row.name not in taken], taken]


def split(draft: Document, groups: Sequence[Sequence[str]]) -> list[str]:
	"""Leave the first group of rows on `draft` and move each other to a draft of its own; return all names."""
	groups = [group for group in groups if group]
	if len(groups) < 2:
		messages.throw_all([rules.violation("one_part", order=draft.name)])
	original = frappe.get_doc(records.ORDER, draft.soe_replaced_order)
	number = records.new_number(draft.soe_root_order)
	others = [_part(draft, group, number + step) for step, group in enumerate(groups[1:])]
	_share(draft, others, groups)
	_keep(draft, groups[0])
	others_before = records.siblings_of(draft)
	draft.flags.soe_parts = [*others_before, *others]
	draft.save(ignore_permissions=True)
	for part in others:
		part.flags.soe_starting = True
		part.flags.soe_parts = [*others_before, draft, *(one for one in others if one is not part)]
		part.insert(
			ignore_permissions=True,
			set_name=rules.replacement_name(draft.soe_root_order, part.soe_replacement_no),
		)
		drafts.restore_packed_warehouses(part, original)
		drafts.copy_attachments(draft.name, part)
	return [part.name for part in records.parts_with(draft)]


def _part(draft: Document, rows: Sequence[str], number: int) -> Document:
	part = frappe.copy_doc(draft)
	for row, old in zip(part.items, draft.items, strict=True):
		row.update({"name": old.name, "soe_replaced_row": old.soe_replaced_row})
	_keep(part, rows)
	for row in part.items:
		row.name = None
	part.update({field: None for field in ONCE if part.meta.has_field(field)})
	part.update(
		{"docstatus": 0, "packed_items": [], "soe_returns": [], "soe_replacement_no": number}
		| {field: draft.get(field) for field in records.IDENTITY if field != "soe_replacement_no"}
	)
	return part


def _keep(draft: Document, rows: Sequence[str]) -> None:
	kept = [row for row in draft.items if row.name in set(rows)]
	draft.set("items", kept)
	draft.set("packed_items", [])
	for number, row in enumerate(kept, start=1):
		row.idx = number


def _share(draft: Document, others: Sequence[Document], groups: Sequence[Sequence[str]]) -> None:
	"""Divide fixed amounts by net amount; the first part keeps what rounding leaves."""
	nets = {row.name: flt(row.net_amount or row.amount) for row in draft.items}
	whole = sum(nets.values())
	for part, rows in zip(others, groups[1:], strict=True):
		share = sum(nets[row] for row in rows) / whole if whole else 0
		if draft.discount_amount and not draft.additional_discount_percentage:
			part.discount_amount = flt(draft.discount_amount * share, draft.precision("discount_amount"))
		for tax, old in zip(part.taxes, draft.taxes, strict=True):
			if tax.charge_type == "Actual":
				tax.tax_amount = flt(old.tax_amount * share, old.precision("tax_amount"))
	if draft.discount_amount and not draft.additional_discount_percentage:
		draft.discount_amount -= sum(flt(part.discount_amount) for part in others)
	for number, tax in enumerate(draft.taxes):
		if tax.charge_type == "Actual":
			tax.tax_amount -= sum(flt(part.taxes[number].tax_amount) for part in others)
