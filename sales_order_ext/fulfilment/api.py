"""What the desk asks about the fulfilment of an order, and what is written from there. No switch of its own."""

from typing import Any

import frappe

from sales_order_ext import again, inputs
from sales_order_ext.fulfilment import approvals, notes
from sales_order_ext.fulfilment import feed as feeds
from sales_order_ext.fulfilment import overview as overviews
from sales_order_ext.fulfilment import why as reasons


@frappe.whitelist()
def overview(sales_order: str) -> dict[str, Any]:
	"""Return the order's header facts, its rows with stage and documents, and where it came from.

	What the user may not read is left out. At most 12 queries, whatever the number of rows.
	"""
	return overviews.build(sales_order)


@frappe.whitelist()
def feed(sales_order: str, after: str | None = None) -> dict[str, Any]:
	"""Return comments, notes and to-dos of the order and its opportunity, newest first.

	`after` of the answer, given back, is the next page; None at the end.
	"""
	return feeds.page(sales_order, after)


@frappe.whitelist()
def why(sales_order: str) -> list[dict[str, Any]]:
	"""Return the rows that are not reserved, delivered or invoiced, each with its reasons.

	A row has `row`, `idx`, `item_code` and `answers` of `about`, `code`, `reason`, and
	what mends it: `button` or `opens`.
	"""
	order = frappe.get_doc("Sales Order", sales_order)
	order.check_permission("read")
	return reasons.answers(order)


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def add_note(
	sales_order: str,
	text: str,
	reference_doctype: str = "Sales Order",
	reference_name: str | None = None,
) -> dict[str, Any]:
	"""Write `text` about the order, or answer at its opportunity (`reference_…`); return the feed's first page."""
	order = frappe.get_doc("Sales Order", sales_order)
	order.check_permission("read")
	about = (reference_doctype, reference_name or (order.name if reference_doctype == "Sales Order" else ""))
	notes.add(order, text, about, feeds.documents(sales_order))
	return feeds.page(sales_order)


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def approve_rows(sales_order: str, rows: list | str) -> dict[str, list[str]]:
	"""Approve rows (names) of an order as one who has the Row Approval Role.

	Returns the names of the rows `approved` now and of those still `waiting`. Throws ApprovalError.
	"""
	order = frappe.get_doc("Sales Order", sales_order, for_update=True)
	order.check_permission("read")
	return approvals.approve(order, inputs.names(rows, "rows"))
