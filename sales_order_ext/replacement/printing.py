"""What the print of a change shows, and what an e-mail with that print carries besides: the order itself."""

from __future__ import annotations

import json
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from sales_order_ext.order_type import records as order_types
from sales_order_ext.replacement import compare, records, successors

PRINT_FORMAT = "Order Changes"


def order_changes(doc: Document) -> dict[str, Any] | None:
	"""Return old and new for a print of a replacement, its original or its log; None for other orders.

	Shape: as the difference, with `order` (the new document) and `replacements` (the names of all).
	"""
	orders = _replacements(doc)
	if not orders:
		return None
	return {**compare.compare(orders), "order": orders[0], "replacements": [order.name for order in orders]}


def attach_orders(mail: Document) -> None:
	"""Attach to an e-mail with the print of a change the print of each booked order that came of it."""
	if mail.reference_doctype != records.ORDER or PRINT_FORMAT not in (mail.attachments or ""):
		return
	attachments = json.loads(mail.attachments)
	changes = next((one for one in attachments if one.get("print_format") == PRINT_FORMAT), None)
	if changes:
		changes["file_name"] = _("{0}-changes").format(changes["name"])
		for order in _replacements(frappe.get_doc(records.ORDER, mail.reference_name)):
			if order.docstatus.is_submitted():
				own = {"name": order.name, "file_name": order.name, "html": None}
				own["print_format"] = _own_format(order)
				attachments.append({**changes, **own})
		mail.attachments = json.dumps(attachments)


def _own_format(order: Document) -> str:
	return order_types.type_of(order).print_format or order.meta.default_print_format or "Standard"


def _replacements(doc: Document) -> list[Document]:
	"""Return the orders that a document became or becomes; not those of a customer who is none of its reader's."""
	if doc.doctype == records.LOG:
		names = [doc.replacement_order]
	elif doc.get("soe_is_cancelled"):
		names = successors.replacements_of(doc.get("soe_canceled_order") or doc.name)
	else:
		names = [doc.name] if doc.get("soe_replaced_order") else records.open_drafts(doc.name)
	orders = [frappe.get_doc(records.ORDER, name) for name in names]
	orders = [one for one in orders if not one.docstatus.is_cancelled() or successors.was_booked(one.name)]
	return [order for order in orders if order.customer == doc.customer or order.has_permission("read")]
