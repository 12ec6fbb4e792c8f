"""What the database knows of an order's fulfilment: one query per kind of document, whatever the rows."""

from __future__ import annotations

from dataclasses import dataclass, field

import frappe
from frappe.model.document import Document
from frappe.utils import cint

from sales_order_ext.decimals import to_decimal
from sales_order_ext.fulfilment import rules
from sales_order_ext.markup import as_html

ORDER = "Sales Order"


@dataclass(frozen=True)
class OrderLines:
	"""An order with its rows; what its items are; `bundles`: packed item → the row it is packed for."""

	order: Document
	stocked: frozenset[str]
	bundles: dict[str, str]

	@property
	def rows(self) -> list[Document]:
		return self.order.items

	def row_of(self, name: str | None) -> str | None:
		"""Return the order's row that a document's reference means, also through a packed item."""
		return self.bundles.get(name, name) if name else None


@dataclass
class Origin:
	"""Where an order came from: quotations with their rows (`row`: the order's row made of it), opportunities."""

	quotations: dict[str, Document] = field(default_factory=dict)
	rows: dict[str, list[frappe._dict]] = field(default_factory=dict)
	opportunities: dict[str, Document] = field(default_factory=dict)


def read_order(name: str) -> Document:
	"""Return the order with its own fields, without rows; throw DoesNotExistError where there is none."""
	order = frappe.qb.DocType(ORDER)
	found = frappe.qb.from_(order).select(order.star).where(order.name == name).run(as_dict=True)
	if not found:
		frappe.throw(
			frappe._("There is no Sales Order {0}. Check its name.").format(as_html(name)),
			frappe.DoesNotExistError,
		)
	return as_document(ORDER, found[0])


def read_lines(order: Document) -> OrderLines:
	"""Put the rows on the order and tell what their items are, in one query."""
	row, item, packed = (frappe.qb.DocType(name) for name in ("Sales Order Item", "Item", "Packed Item"))
	found = (
		frappe.qb.from_(row)
		.left_join(item)
		.on(item.name == row.item_code)
		.left_join(packed)
		.on((packed.parent_detail_docname == row.name) & (packed.parenttype == ORDER))
		.select(row.star, item.is_stock_item.as_("link_stocked"), packed.name.as_("link_packed"))
		.where((row.parent == order.name) & (row.parenttype == ORDER))
		.orderby(row.idx)
		.run(as_dict=True)
	)
	rows, stocked, bundles = {}, set(), {}
	for one in found:
		is_stocked, packed_item = one.pop("link_stocked"), one.pop("link_packed")
		rows[one.name] = one
		if is_stocked or packed_item or one.delivered_by_supplier:
			stocked.add(one.name)
		if packed_item:
			bundles[packed_item] = one.name
	order.set("items", list(rows.values()))
	return OrderLines(order, frozenset(stocked), bundles)


def read_origin(lines: OrderLines) -> Origin:
	"""Return the quotations that the order's rows name, and their opportunities, in one query."""
	names = {row.prevdoc_docname for row in lines.rows if row.prevdoc_docname}
	origin = Origin()
	if not names:
		return origin
	made_of = {row.quotation_item: row.name for row in lines.rows if row.quotation_item}
	parent, child, lead = (frappe.qb.DocType(name) for name in ("Quotation", "Quotation Item", "Opportunity"))
	columns = ("name", "item_code", "item_name", "qty", "uom")
	lead_columns = [*frappe.get_meta("Opportunity").get_valid_columns()]
	found = (
		frappe.qb.from_(child)
		.join(parent)
		.on(child.parent == parent.name)
		.left_join(lead)
		.on(lead.name == parent.opportunity)
		.select(
			parent.star,
			*[child[column].as_(f"link_{column}") for column in columns],
			*[lead[column].as_(f"lead_{column}") for column in lead_columns],
		)
		.where(parent.name.isin(sorted(names)) & (child.parenttype == "Quotation"))
		.orderby(parent.creation)
		.orderby(parent.name)
		.orderby(child.idx)
		.run(as_dict=True)
	)
	for one in found:
		row = frappe._dict({column: one.pop(f"link_{column}") for column in columns})
		row.row = made_of.get(row.name)
		opportunity = frappe._dict({column: one.pop(f"lead_{column}") for column in lead_columns})
		if one.name not in origin.quotations:
			origin.quotations[one.name] = as_document("Quotation", one)
		origin.rows.setdefault(one.name, []).append(row)
		if opportunity.name and opportunity.name not in origin.opportunities:
			origin.opportunities[opportunity.name] = as_document("Opportunity", opportunity)
	return origin


def ordered_row(row: Document, lines: OrderLines, one_by_one: bool) -> rules.OrderedRow:
	"""Return a row of the order as the rules see it, in the stock unit.

	`one_by_one`: rows are approved by a role, and some of this order's are.
	"""
	places = row.precision("stock_qty") or 3
	return rules.OrderedRow(
		name=row.name,
		ordered=to_decimal(row.stock_qty, places),
		shipped=to_decimal(to_decimal(row.delivered_qty) * to_decimal(row.conversion_factor or 1), places),
		picked=to_decimal(row.picked_qty, places),
		approved=rules.is_approved(lines.order.docstatus != 0, bool(row.get("soe_approved_by")), one_by_one),
		ships=row.name in lines.stocked,
		drop_shipped=bool(cint(row.delivered_by_supplier)),
		bundle=row.name in lines.bundles.values(),
	)


def as_document(doctype: str, values: frappe._dict) -> Document:
	"""Return a document of stored values, without its tables: enough to ask who may read it."""
	return frappe.get_doc({**values, "doctype": doctype})
