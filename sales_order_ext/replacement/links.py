"""What follows an order to its replacement, and the statements that make it follow.

Links of a row move as a set to exactly one row of the replacement, so the figures stored on the row are
moved too and never recomputed. Drafts and submitted documents move; cancelled ones keep their history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import frappe
from frappe.query_builder import Case
from frappe.utils import now
from pypika.terms import Field

ORDER = "Sales Order"
LOG = "Order Replacement"


@dataclass(frozen=True)
class Link:
	"""Where a table names an order (`order_field`, for dynamic links with the DocType in `type_field`),
	its row (`row_field`) and, for a bundle, its packed row (`packed_field`)."""

	doctype: str
	order_field: str
	row_field: str = ""
	packed_field: str = ""
	type_field: str = ""


@dataclass(frozen=True)
class Reference:
	"""One row of a table that names the order: to be locked, moved and logged."""

	link: Link
	name: str
	order_row: str
	document_type: str
	document: str
	item_code: str = ""


RESERVATION = "Stock Reservation Entry"
BACK_ORDER = "Back Order"
DELIVERY_PLAN = "Delivery Schedule Item"
# Its `sales_order_item` names the row of a bundle's part where it makes such a part.
WORK_ORDER = "Work Order"
# Whoever drops a row drops these with it; they are no reason to keep it.
WITH_THEIR_ROW = (RESERVATION, BACK_ORDER, DELIVERY_PLAN)
LINKS = (
	Link("Delivery Note Item", "against_sales_order", "so_detail"),
	Link("Sales Invoice Item", "sales_order", "so_detail"),
	Link("POS Invoice Item", "sales_order", "so_detail"),
	Link("Payment Entry Reference", "reference_name", type_field="reference_doctype"),
	Link("Payment Entry Reference", "advance_voucher_no", type_field="advance_voucher_type"),
	Link("Journal Entry Account", "reference_name", type_field="reference_type"),
	Link("Journal Entry Account", "advance_voucher_no", type_field="advance_voucher_type"),
	Link("Advance Payment Ledger Entry", "against_voucher_no", type_field="against_voucher_type"),
	Link("GL Entry", "against_voucher", type_field="against_voucher_type"),
	Link("Payment Ledger Entry", "against_voucher_no", type_field="against_voucher_type"),
	Link("Payment Request", "reference_name", type_field="reference_doctype"),
	Link("Stock Reservation Entry", "voucher_no", "voucher_detail_no", type_field="voucher_type"),
	Link("Purchase Order", "inter_company_order_reference"),
	Link("Purchase Order Item", "sales_order", "sales_order_item", "sales_order_packed_item"),
	Link("Material Request Item", "sales_order", "sales_order_item", "packed_item"),
	Link("Pick List Item", "sales_order", "sales_order_item", "product_bundle_item"),
	Link(WORK_ORDER, "sales_order", "sales_order_item"),
	Link("Production Plan Item", "sales_order", "sales_order_item"),
	Link("Production Plan Item Reference", "sales_order", "sales_order_item"),
	Link("Production Plan Sub Assembly Item", "sales_order", "sales_order_item"),
	Link("Production Plan Sales Order", "sales_order"),
	Link("Material Request Plan Item", "sales_order"),
	Link("Purchase Receipt Item", "sales_order", "sales_order_item"),
	Link("Supplier Quotation Item", "sales_order"),
	Link("Maintenance Schedule Item", "sales_order"),
	Link("Maintenance Visit Purpose", "prevdoc_docname", type_field="prevdoc_doctype"),
	Link("Project", "sales_order"),
	Link("Auto Repeat", "reference_document", type_field="reference_doctype"),
	Link("Contract", "document_name", type_field="document_type"),
	Link("Bank Guarantee", "reference_docname", type_field="reference_doctype"),
	Link("Payment Order Reference", "reference_name", type_field="reference_doctype"),
	Link(DELIVERY_PLAN, "sales_order", "sales_order_item"),
	Link(BACK_ORDER, "sales_order", "sales_order_item"),
)
# Links that stay: a record of what happened to that very order.
STAY = (LOG, "Quote Win", ORDER)
# Ledgers follow in silence: they are not documents that somebody works on.
LEDGERS = ("Advance Payment Ledger Entry", "GL Entry", "Payment Ledger Entry")


def known() -> list[Link]:
	"""Return our links and those that other apps name in the hook `sales_order_replacement_links`.

	Each is a dict of the fields of `Link`, such as {"doctype": "Installation", "order_field": "sales_order"}.
	"""
	others = frappe.get_hooks("sales_order_replacement_links")
	return [*LINKS, *(Link(**one) for one in others)]


def existing() -> list[Link]:
	"""Return the links whose table and columns this site has (it may lack modules or be of another major)."""
	return [link for link in known() if frappe.db.table_exists(link.doctype) and _has_columns(link)]


def left_behind(order: str) -> list[str]:
	"""Return the DocTypes with rows that name the order in a Link field that nobody told us to move."""
	moved = {(link.doctype, link.order_field) for link in known()}
	found = []
	for doctype, field in _fields_that_link_orders():
		if doctype not in STAY and (doctype, field) not in moved and not frappe.get_meta(doctype).issingle:
			if frappe.db.exists(doctype, {field: order, "docstatus": ("<", 2)}):
				found.append(doctype)
	return found


def _fields_that_link_orders() -> list[tuple[str, str]]:
	filters = {"fieldtype": "Link", "options": ORDER}
	standard = frappe.get_all(
		"DocField", filters, ["parent", "fieldname"], as_list=True, order_by="parent asc"
	)
	custom = frappe.get_all("Custom Field", filters, ["dt", "fieldname"], as_list=True, order_by="dt asc")
	virtual = set(frappe.get_all("DocType", {"is_virtual": 1}, pluck="name", order_by="name asc"))
	return [(doctype, field) for doctype, field in (*standard, *custom) if doctype not in virtual]


def find(order: str, lock: bool = False) -> list[Reference]:
	"""Return every draft or submitted row that names the order; with `lock`, locked and as committed now."""
	found = []
	for link in existing():
		rows = _rows(link, order, lock)
		if lock and rows and not _is_indexed(link):
			_lock(link.doctype, [row.name for row in rows])
		for row in rows:
			document_type, document = row.get("parenttype") or link.doctype, row.get("parent") or row.name
			of_row = row.get("order_row") or "", document_type, document, row.get("item_code") or ""
			found.append(Reference(link, row.name, *of_row))
	return _by_bundle(found, order)


def _by_bundle(references: list[Reference], order: str) -> list[Reference]:
	"""Return the references with the bundle's row where a Work Order names the row of one of its parts."""
	if not any(reference.link.doctype == WORK_ORDER for reference in references):
		return references
	filters = {"parent": order, "parenttype": ORDER}
	parts = dict(
		frappe.get_all(
			"Packed Item", filters, ["name", "parent_detail_docname"], as_list=True, order_by="idx"
		)
	)
	return [replace(one, order_row=parts.get(one.order_row, one.order_row)) for one in references]


def documents_by_row(references: Iterable[Reference]) -> dict[str, tuple[str, ...]]:
	"""Return the names of the documents that use each row, but for what goes with its row."""
	documents: dict[str, set[str]] = {}
	for reference in references:
		if reference.order_row and reference.link.doctype not in WITH_THEIR_ROW:
			documents.setdefault(reference.order_row, set()).add(reference.document)
	return {row: tuple(sorted(names)) for row, names in documents.items()}


def move(references: Sequence[Reference], new_order: str, rows: Mapping[str, str]) -> None:
	"""Point the references at the replacement and its rows ({old row: new row}); touch their documents."""
	for link, names in _by_link(references).items():
		table = frappe.qb.DocType(link.doctype)
		update = frappe.qb.update(table).set(table[link.order_field], new_order)
		if link.row_field and rows:
			update = update.set(table[link.row_field], switched(table[link.row_field], rows))
		update.where(table.name.isin(names)).run()
	_touch(references)


def move_packed(references: Sequence[Reference], packed_rows: Mapping[str, str]) -> None:
	"""Point the references that name a packed row at the replacement's packed rows ({old: new})."""
	for link, names in _by_link(references).items():
		packed_field = link.row_field if link.doctype == WORK_ORDER else link.packed_field
		if packed_field and packed_rows and frappe.db.has_column(link.doctype, packed_field):
			table = frappe.qb.DocType(link.doctype)
			field = table[packed_field]
			frappe.qb.update(table).set(field, switched(field, packed_rows)).where(
				table.name.isin(names)
			).run()


def _has_columns(link: Link) -> bool:
	fields = (link.order_field, link.row_field, link.type_field)
	return all(frappe.db.has_column(link.doctype, field) for field in fields if field)


def _rows(link: Link, order: str, lock: bool) -> list[frappe._dict]:
	table = frappe.qb.DocType(link.doctype)
	query = frappe.qb.from_(table).select(table.name).where(table[link.order_field] == order)
	query = query.where(table.docstatus < 2).orderby(table.name)
	if link.type_field:
		query = query.where(table[link.type_field] == ORDER)
	if link.row_field:
		query = query.select(table[link.row_field].as_("order_row"))
	meta = frappe.get_meta(link.doctype)
	if meta.istable:
		query = query.select(table.parent, table.parenttype)
	if meta.has_field("item_code"):
		query = query.select(table.item_code)
	if lock and (_is_indexed(link) or frappe.db.transaction_writes):
		query = query.for_update()
	return query.run(as_dict=True)


def _lock(doctype: str, names: Sequence[str]) -> None:
	table = frappe.qb.DocType(doctype)
	frappe.qb.from_(table).select(table.name).where(table.name.isin(names)).for_update().run()


def _is_indexed(link: Link) -> bool:
	"""Return whether a locking read finds the rows by an index; without one it would lock the whole table."""
	key = f"sales_order_ext:index:{link.doctype}:{link.order_field}"
	return bool(frappe.cache.get_value(key, lambda: _count_leading_indexes(link)))


def _count_leading_indexes(link: Link) -> int:
	statement = """select count(*) from information_schema.statistics where table_schema = database()
		and table_name = %s and column_name = %s and seq_in_index = 1"""
	return frappe.db.sql(statement, (f"tab{link.doctype}", link.order_field))[0][0]


def switched(field: Field, values: Mapping[str, str | None]) -> Case:
	"""Return the term that turns the old values of a field into the new ones and keeps all others."""
	case = Case()
	for old, new in sorted(values.items()):
		case = case.when(field == old, new)
	return case.else_(field)


def _by_link(references: Iterable[Reference]) -> dict[Link, list[str]]:
	names: dict[Link, list[str]] = {}
	for reference in references:
		names.setdefault(reference.link, []).append(reference.name)
	return names


def _touch(references: Iterable[Reference]) -> None:
	"""Mark the moved documents as changed, so that a form opened before cannot overwrite the link."""
	documents: dict[str, set[str]] = {}
	for reference in references:
		if reference.document_type not in LEDGERS:
			documents.setdefault(reference.document_type, set()).add(reference.document)
	for doctype, names in sorted(documents.items()):
		table = frappe.qb.DocType(doctype)
		update = (
			frappe.qb.update(table).set(table.modified, now()).set(table.modified_by, frappe.session.user)
		)
		update.where(table.name.isin(sorted(names))).run()
		for name in sorted(names):
			frappe.clear_document_cache(doctype, name)
