"""Makes return deliveries and credit notes through ERPNext's own mapper, cut to what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import frappe
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return as credit_of
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return as return_of
from frappe.model.document import Document
from frappe.utils import cint, flt

from sales_order_ext.decimals import ZERO, to_decimal
from sales_order_ext.order_entry.return_rules import Credit, share


@dataclass(frozen=True)
class Back:
	"""What comes back of a delivered row, how much of it is credited, and why."""

	row: str
	qty: Decimal
	credited: Decimal
	reason: Document


def return_delivery(note: str, parts: Sequence[Back]) -> str:
	"""Submit the return delivery of what comes back of a delivery; return its name.

	What is credited no longer counts for the order it came from, unless it is to be delivered again; what
	was never invoiced lowers what that order has delivered, and with it what is invoiced.
	"""
	back = return_of(note)
	by_row = {line.dn_detail: line for line in back.items}
	kept: list[Document] = []
	for part in parts:
		line = by_row[part.row]
		open_again = part.qty if part.reason.deliver_again else part.qty - part.credited
		for qty, linked in ((open_again, True), (part.qty - open_again, False)):
			if qty > 0:
				kept.append(_line(back, line, qty, linked, part.reason.warehouse))
	back.set("items", kept)
	_finish(back, frappe.db.get_value("Delivery Note", note, "net_total"))
	return back.name


def credit_note(invoice: str, parts: Sequence[Credit], goods_back: bool) -> str:
	"""Submit the credit note over parts of an invoice; return its name.

	It lowers what is due on the invoice as far as that is still open, else it is credit of its own.
	"""
	note = credit_of(invoice)
	by_row = {line.sales_invoice_item: line for line in note.items}
	lines = [_line(note, by_row[part.row], part.qty, True, None) for part in parts]
	note.set("items", lines)
	note.update({"update_stock": 0, "is_pos": 0, "payments": [], "payment_terms_template": None,
		"payment_schedule": [], "update_billed_amount_in_sales_order": 0,
		"update_billed_amount_in_delivery_note": cint(goods_back), "due_date": None})  # fmt: skip
	original = frappe.db.get_value(
		"Sales Invoice", invoice, ["net_total", "outstanding_amount"], as_dict=True
	)
	_finish(note, original.net_total, to_decimal(original.outstanding_amount))
	return note.name


def _line(doc: Document, source: Document, qty: Decimal, linked: bool, warehouse: str | None) -> Document:
	line = frappe.copy_doc(source)
	line.update({"parent": None, "name": None, "qty": -float(qty), "stock_qty": 0})
	if line.get("serial_no"):
		count = int(qty * (to_decimal(line.conversion_factor) or 1))
		line.serial_no = "\n".join(line.serial_no.split("\n")[:count])
	if warehouse:
		line.warehouse = warehouse
	if not linked:
		line.update({"so_detail": None, "against_sales_order": None})
	return line


def _finish(doc: Document, whole: float, outstanding: Decimal | None = None) -> None:
	"""Insert and submit; a fixed discount comes back in proportion, fixed charges stay paid."""
	for idx, line in enumerate(doc.items, 1):
		line.idx = idx
	doc.set("taxes", [tax for tax in doc.get("taxes") if tax.charge_type != "Actual"])
	if flt(doc.get("discount_amount")) and not flt(doc.get("additional_discount_percentage")):
		part = sum((to_decimal(line.qty) * to_decimal(line.rate) for line in doc.items), ZERO)
		total = to_decimal(whole) - to_decimal(doc.discount_amount)
		doc.discount_amount = float(-abs(share(to_decimal(doc.discount_amount), part, total)))
	doc.flags.ignore_permissions = False
	doc.insert()
	if outstanding is not None:
		doc.update_outstanding_for_self = cint(outstanding < abs(to_decimal(doc.grand_total)))
	doc.submit()
