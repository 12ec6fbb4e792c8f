"""The documents behind an order's rows: one query per kind of document, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import cint
from pypika import Table
from pypika.terms import Criterion

from sales_order_ext.decimals import ZERO, to_decimal
from sales_order_ext.fulfilment import rules
from sales_order_ext.fulfilment.records import ORDER, OrderLines, as_document


@dataclass(frozen=True)
class Trail:
	"""How the documents of one kind point at the rows of an order.

	`by_order` is the field naming the order, `by_row` the one naming the row; `quantity` and `done` are the
	fields that say how much, in the stock unit unless `factor` names the field to multiply with. Rows are
	found by `search`, the one of the two that has an index.
	"""

	doctype: str
	rows: str
	by_order: str
	by_row: str
	quantity: str
	done: str | None = None
	factor: str | None = None
	search: str = "order"
	also: tuple[str, ...] = ()


TRAILS = (
	Trail(
		"Delivery Note",
		"Delivery Note Item",
		"against_sales_order",
		"so_detail",
		quantity="stock_qty",
		also=("pick_list_item",),
	),
	Trail("Sales Invoice", "Sales Invoice Item", "sales_order", "so_detail", quantity="stock_qty"),
	Trail(
		"Purchase Order",
		"Purchase Order Item",
		"sales_order",
		"sales_order_item",
		quantity="qty",
		done="received_qty",
		factor="conversion_factor",
		also=("sales_order_packed_item",),
	),
	Trail(
		"Material Request",
		"Material Request Item",
		"sales_order",
		"sales_order_item",
		quantity="stock_qty",
		done="ordered_qty",
		search="row",
	),
	Trail("Pick List", "Pick List Item", "sales_order", "sales_order_item", quantity="stock_qty"),
	Trail(
		"Stock Reservation Entry",
		"Stock Reservation Entry",
		"voucher_no",
		"voucher_detail_no",
		quantity="reserved_qty",
		done="delivered_qty",
	),
)


@dataclass(frozen=True)
class Link:
	"""One row of another document, behind a row of the order (or the order as a whole: None)."""

	document: Document
	row: str | None
	quantity: Decimal
	done: Decimal
	of_component: bool = False
	from_pick_list: bool = False


def read_links(lines: OrderLines) -> list[Link]:
	"""Return every row of another document that is not cancelled and points at the order, oldest first."""
	return [link for trail in TRAILS for link in _read_trail(trail, lines)]


def movements(links: Iterable[Link]) -> list[rules.Movement]:
	"""Return the links that count towards a row's stage: booked, in the row's own unit, not struck off."""
	return [
		rules.Movement(
			kind=link.document.doctype,
			row=link.row,
			quantity=link.done if _stopped(link.document) else link.quantity,
			done=_done(link),
		)
		for link in links
		if link.row and link.document.docstatus == 1 and not link.of_component and _counts(link.document)
	]


def _done(link: Link) -> Decimal:
	if link.document.doctype == rules.DELIVERY:
		return link.quantity if link.from_pick_list else ZERO
	return link.done


def _stopped(document: Document) -> bool:
	"""Whether nothing more will come of what is still open on the document."""
	return document.status in ("Closed", "Stopped") and document.doctype in (rules.PURCHASE, rules.REQUEST)


def _counts(document: Document) -> bool:
	if document.doctype == rules.INVOICE:
		# A credit note that leaves the order's billed amount alone leaves its quantity alone, too.
		credit = cint(document.is_return) and not cint(document.update_billed_amount_in_sales_order)
		return not credit and not cint(document.is_debit_note)
	if document.doctype == rules.DELIVERY:
		return not cint(document.is_return)
	return document.doctype != rules.REQUEST or document.material_request_type == "Purchase"


def _read_trail(trail: Trail, lines: OrderLines) -> list[Link]:
	parent, child = frappe.qb.DocType(trail.doctype), frappe.qb.DocType(trail.rows).as_("line")
	is_own_row = trail.rows == trail.doctype
	found = (
		frappe.qb.from_(child)
		.join(parent)
		.on(parent.name == (child.name if is_own_row else child.parent))
		.select(parent.star, *[child[column].as_(alias) for alias, column in _columns(trail).items()])
		.where(_points_at(trail, lines, child))
		.where(child.voucher_type == ORDER if is_own_row else child.parenttype == trail.doctype)
		.where(parent.docstatus < 2)
		.orderby(parent.creation)
		.orderby(parent.name)
		.run(as_dict=True)
	)
	return _links(trail, lines, found)


def _points_at(trail: Trail, lines: OrderLines, child: Table) -> Criterion:
	by_order = child[trail.by_order] == lines.order.name
	if trail.search == "order":
		return by_order
	by_row = child[trail.by_row].isin([row.name for row in lines.rows])
	# Components of a bundle may name the order only.
	return by_row | by_order if lines.bundles else by_row


def _columns(trail: Trail) -> dict[str, str]:
	"""Return {alias: column} of what a document's row says, apart from the document's own columns."""
	named = {"row": trail.by_row, "qty": trail.quantity, "done": trail.done, "factor": trail.factor}
	named |= {column: column for column in trail.also}
	return {f"link_{name}": column for name, column in named.items() if column}


def _links(trail: Trail, lines: OrderLines, found: Iterable[frappe._dict]) -> list[Link]:
	documents: dict[str, Document] = {}
	links = []
	for one in found:
		reference = {alias: one.pop(alias) for alias in _columns(trail)}
		if one.name not in documents:
			documents[one.name] = as_document(trail.doctype, one)
		row = reference.get("link_sales_order_packed_item") or reference["link_row"]
		factor = to_decimal(reference.get("link_factor") or 1)
		links.append(
			Link(
				document=documents[one.name],
				row=lines.row_of(row),
				quantity=to_decimal(reference["link_qty"]) * factor,
				done=to_decimal(reference.get("link_done")) * factor,
				of_component=row in lines.bundles,
				from_pick_list=bool(reference.get("link_pick_list_item")),
			)
		)
	return links
