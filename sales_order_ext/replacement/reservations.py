"""Stock reservations follow their row, fitted to what is still to be delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import frappe
from frappe.model.document import Document
from frappe.utils import flt

from sales_order_ext.decimals import text, to_decimal
from sales_order_ext.replacement import figures, messages, rules
from sales_order_ext.replacement.links import RESERVATION, Reference

FIELDS = ["name", "voucher_detail_no", "warehouse", "reserved_qty", "delivered_qty", "voucher_qty"]


def check_removed(original: rules.Order, draft: rules.Order, references: Sequence[Reference]) -> None:
	"""Throw if a row that is dropped has a reservation something was delivered from."""
	dropped = {old.name: old for old, new in rules.pairs(original, draft) if old and (not new or not new.qty)}
	if dropped:
		entries = [entry for entry in _entries(references) if entry.voucher_detail_no in dropped]
		found = [
			rules.violation(
				"row_removed", row=old.idx, item=old.label, qty=text(to_decimal(entry.delivered_qty))
			)
			for entry in entries
			if entry.delivered_qty and (old := dropped[entry.voucher_detail_no])
		]
		messages.throw_all(found)


def split(
	references: Sequence[Reference], rows: Mapping[str, str]
) -> tuple[list[Reference], list[Reference]]:
	"""Return the references that move, and the reservations of rows that the replacement does not have."""
	kept: list[Reference] = []
	gone: list[Reference] = []
	for reference in references:
		is_gone = reference.link.doctype == RESERVATION and reference.order_row not in rows
		(gone if is_gone else kept).append(reference)
	return kept, gone


def release(references: Sequence[Reference]) -> None:
	"""Cancel the reservations of dropped rows."""
	for reference in references:
		_cancel(reference.name)


def fit(original: Document, draft: Document, references: Sequence[Reference]) -> None:
	"""Reduce each row's reservations to what is pending, and carry the row's total in memory."""
	by_row: dict[str, list[frappe._dict]] = {}
	for entry in _entries(references):
		by_row.setdefault(entry.voucher_detail_no, []).append(entry)
	old_rows = {row.name: row for row in original.items}
	for row in draft.items:
		old = old_rows.get(row.soe_replaced_row)
		entries = by_row.get(row.name, [])
		row.stock_reserved_qty = flt(old.stock_reserved_qty) if old else 0
		if old and entries:
			row.stock_reserved_qty -= _fit_row(old, row, entries)


def _fit_row(old: Document, new: Document, entries: Sequence[frappe._dict]) -> float:
	"""Fit one row's entries; return by how much they shrank. A changed warehouse lets go of the old one."""
	pending = flt(new.qty) - flt(new.delivered_qty) if old.warehouse == new.warehouse else 0
	pending = max(0, pending) * flt(new.conversion_factor or 1)
	kept = figures.kept_reservations(
		[
			figures.Reservation(one.name, to_decimal(one.reserved_qty), to_decimal(one.delivered_qty))
			for one in entries
		],
		to_decimal(pending),
	)
	voucher_qty = flt(new.qty) * flt(new.conversion_factor or 1)
	shrunk = 0.0
	for entry in entries:
		reserved = float(kept[entry.name])
		if reserved != entry.reserved_qty or voucher_qty != entry.voucher_qty:
			_resize(entry.name, reserved, voucher_qty)
		shrunk += entry.reserved_qty - reserved
	return shrunk


def _resize(name: str, reserved_qty: float, voucher_qty: float) -> None:
	"""Store new quantities of a reservation and let ERPNext update row, status and Bin; cancel it at zero."""
	if not reserved_qty:
		return _cancel(name)
	entry = frappe.get_doc(RESERVATION, name)
	_trim_serial_and_batch(entry, entry.reserved_qty - reserved_qty)
	entry.db_set({"reserved_qty": reserved_qty, "voucher_qty": voucher_qty})
	entry.update_reserved_qty_in_voucher()
	entry.update_status()
	entry.update_reserved_stock_in_bin()


def _trim_serial_and_batch(entry: Document, excess: float) -> None:
	"""Let go of the last undelivered serial and batch numbers of a reservation that shrinks."""
	for row in reversed(entry.get("sb_entries") or []):
		taken = min(excess, flt(row.qty) - flt(row.delivered_qty))
		if taken <= 0:
			continue
		excess -= taken
		if taken == flt(row.qty):
			row.db_set("qty", 0)
			frappe.db.delete(row.doctype, {"name": row.name})
		else:
			row.db_set("qty", flt(row.qty) - taken)


def _cancel(name: str) -> None:
	entry = frappe.get_doc(RESERVATION, name)
	entry.flags.ignore_permissions = True
	entry.cancel()


def _entries(references: Sequence[Reference]) -> list[frappe._dict]:
	names = [ref.name for ref in references if ref.link.doctype == RESERVATION]
	if not names:
		return []
	filters = {"name": ("in", names), "docstatus": 1, "voucher_type": "Sales Order"}
	return frappe.get_all(RESERVATION, filters=filters, fields=FIELDS, order_by="creation, name")
