"""The fulfilment of one order as a person looks at it: header, rows with stage and documents, origin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from frappe.model.document import Document

from sales_order_ext import preferences
from sales_order_ext.fulfilment import approvals, around, records, rules, trails
from sales_order_ext.fulfilment.access import Reader
from sales_order_ext.fulfilment.records import ORDER, OrderLines
from sales_order_ext.fulfilment.trails import Link

HEADER = (
	"name",
	"docstatus",
	"status",
	"customer",
	"customer_name",
	"company",
	"currency",
	"grand_total",
	"transaction_date",
	"delivery_date",
	"po_no",
	"delivery_status",
	"billing_status",
	"per_delivered",
	"per_billed",
	"per_picked",
)
SWITCHED_HEADER = {
	"enable_order_types": ("soe_order_type",),
	"enable_lifecycle_status": ("soe_lifecycle_status", "soe_is_overdue", "soe_sent_on"),
	"enable_payment_status": ("soe_payment_status", "soe_per_paid"),
	"enable_stock_reservations": ("soe_reservation_status",),
}
ROW = ("name", "idx", "item_code", "item_name", "qty", "uom", "stock_qty", "stock_uom", "warehouse")
TEXT = "Text"
READ_DOCTYPES = (
	ORDER,
	"Quotation",
	"Opportunity",
	around.PAYMENT,
	around.TICKET,
	*(trail.doctype for trail in trails.TRAILS),
)


def build(name: str) -> dict[str, Any]:
	"""Return the overview of an order that the acting user may read; throw PermissionError otherwise."""
	order = records.read_order(name)
	surroundings = around.read_surroundings(name, READ_DOCTYPES)
	reader = Reader(READ_DOCTYPES, surroundings.shares)
	reader.require(order)
	lines = records.read_lines(order)
	links = trails.read_links(lines)
	origin = records.read_origin(lines)
	row_facts = stages(lines, links)
	order.apply_fieldlevel_read_permissions()
	shown = [link for link in links if reader.may_read(link.document)]
	quotations, opportunities, tickets, payments = (
		[one for one in documents if reader.may_read(one)]
		for documents in (
			origin.quotations.values(),
			origin.opportunities.values(),
			around.read_tickets(order),
			around.read_payments(name),
		)
	)
	documents = [*opportunities, *quotations, *tickets, order, *(link.document for link in shown), *payments]
	return {
		"order": _header(order),
		"rows": _rows(lines, row_facts, shown),
		"other_documents": _documents(link for link in shown if not link.row),
		"quotations": [{**_named(one), "rows": origin.rows[one.name]} for one in quotations],
		"opportunities": [_named(one) for one in opportunities],
		"tickets": [{**_named(one), "subject": one.subject} for one in tickets],
		"payments": [_named(one) for one in payments],
		"attachments": surroundings.attachments,
		"timeline": around.timeline(documents),
		"may_approve": approvals.may_approve(order),
	}


def stages(lines: OrderLines, links: Iterable[Link]) -> dict[str, rules.RowFacts]:
	"""Return {row: facts}, from all documents: what a user may not read still happened."""
	of_row = defaultdict(list)
	for movement in trails.movements(links):
		of_row[movement.row].append(movement)
	one_by_one = approvals.one_by_one(lines.order)
	return {
		row.name: rules.row_facts(records.ordered_row(row, lines, one_by_one), of_row[row.name])
		for row in lines.rows
	}


def _header(order: Document) -> dict[str, Any]:
	fields = list(HEADER)
	for switch, switched in SWITCHED_HEADER.items():
		if preferences.get(switch, order.company):
			fields += switched
	return {field: order.get(field) for field in fields}


def _rows(lines: OrderLines, facts: dict[str, rules.RowFacts], links: Iterable[Link]) -> list[dict[str, Any]]:
	of_row = defaultdict(list)
	for link in links:
		of_row[link.row].append(link)
	return [
		{
			**{field: row.get(field) for field in ROW},
			"stage": rules.stage(facts[row.name]),
			"quantities": _quantities(facts[row.name]),
			"approved_by": row.get("soe_approved_by"),
			"documents": _documents(of_row[row.name]),
		}
		for row in lines.rows
		if row.get("soe_line_type") != TEXT
	]


def _quantities(facts: rules.RowFacts) -> dict[str, float]:
	"""Return what is where, in the stock unit."""
	names = ("requested", "on_order", "received", "reserved", "picked", "shipped", "invoiced")
	return {name: float(getattr(facts, name)) for name in names}


def _documents(links: Iterable[Link]) -> list[dict[str, Any]]:
	"""Return each document once, with the quantity (stock unit) of all its rows behind this one."""
	documents: dict[tuple[str, str], dict[str, Any]] = {}
	for link in links:
		key = (link.document.doctype, link.document.name)
		shown = documents.setdefault(key, {**_named(link.document), "quantity": 0.0})
		shown["quantity"] += float(link.quantity)
	return list(documents.values())


def _named(document: Document) -> dict[str, Any]:
	return {
		"doctype": document.doctype,
		"name": document.name,
		"docstatus": document.docstatus,
		"status": document.get("status"),
	}
