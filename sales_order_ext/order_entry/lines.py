"""Custom lines (sold, but in no inventory) and text lines (headings and notes) among an order's items.

Both are rows of ERPNext's own item tables, on an item of ours that is never stocked, so that they move,
print and are copied like any row. A text line has quantity and price zero: it weighs nothing in any total,
delivery percentage or invoice, and nothing waits for it. Deliveries and invoices take the texts along that
stand above what they bring.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from sales_order_ext import preferences
from sales_order_ext.errors import LineError
from sales_order_ext.markup import as_html, as_text
from sales_order_ext.order_entry import rules
from sales_order_ext.order_entry.rules import CUSTOM, ITEMS, TEXT

NAMES = {TEXT: "Text", CUSTOM: "Custom Line"}
ORDER_FIELD = {"Delivery Note": "against_sales_order", "Sales Invoice": "sales_order"}
NAME_LENGTH = 140
SAVEPOINT = "soe_line_item"
# ERPNext shows names of rows as HTML.
OPENING = re.compile(r"<(?=[a-zA-Z/!?])")
NOT_PRINTED = {
	**dict.fromkeys(("qty", "rate", "amount", "net_rate", "net_amount")),
	**dict.fromkeys(("item_code", "uom", "stock_uom"), ""),
}
NOTHING = dict.fromkeys(
	("qty", "stock_qty", "rate", "price_list_rate", "base_price_list_rate", "discount_percentage",
		"discount_amount", "margin_rate_or_amount", "amount"), 0.0
)  # fmt: skip


def complete(doc: Document) -> None:
	"""Fill in what ERPNext wants of custom and text rows, before it looks at them."""
	for row in doc.get("items"):
		kind = _kind(row)
		if kind != (row.get("soe_line_type") or None):
			row.soe_line_type = kind
		if kind:
			_fill_in(doc, row, kind)
	if any(row.get("soe_line_type") == TEXT for row in doc.get("items")):
		_allow_empty_rows(doc)


def carry_texts(doc: Document) -> None:
	"""Give a new delivery or invoice the text lines of its orders, each above the rows it stands above."""
	field = ORDER_FIELD[doc.doctype]
	orders = list(dict.fromkeys(row.get(field) for row in doc.items if row.get(field)))
	if not orders or doc.get("is_return") or any(row.get("soe_line_type") == TEXT for row in doc.items):
		return
	texts = _texts(orders)
	if not texts:
		return
	ordered = _sequence(list({text.parent for text in texts.values()}))
	places = rules.place_texts([row.get("so_detail") or "" for row in doc.items], ordered, texts.keys())
	own, items = list(doc.items), []
	for place in places:
		if isinstance(place, int):
			items.append(own[place])
		else:
			text = texts[place]
			values = {"soe_line_type": TEXT, "item_name": text.item_name, "description": text.description}
			items.append(doc.append("items", values))
	doc.set("items", items)
	for idx, row in enumerate(doc.items, 1):
		row.idx = idx


def print_texts(doc: Document) -> None:
	"""Show of a text line only its text: the printed copy has no item, quantity or price there.

	Most formats print the description, those that ERPNext 16 begins with the name alone: it holds the whole text.
	"""
	for row in doc.get("items"):
		if row.get("soe_line_type") == TEXT:
			row.update(NOT_PRINTED)
			words = OPENING.sub("‹", _words(row))
			row.item_name = words if words.startswith(row.item_name or "") else row.item_name
		elif row.get("soe_line_type") == CUSTOM:
			row.item_code = row.item_name


def offer_items() -> None:
	"""Have the items of custom and text lines while a switch is on for anybody.

	The desk names them on rows that Frappe checks before any handler could make them. A site that is not set up
	yet has no group for them.
	"""
	if not preferences.any_switch_on() or not frappe.db.exists("Item Group", {"is_group": 0}):
		return
	for kind, item_code in ITEMS.items():
		frappe.db.savepoint(SAVEPOINT)
		try:
			item_of(kind)
		except frappe.ValidationError as error:
			# Another app may want more of an item than we know; that is no reason to keep a switch off.
			frappe.db.rollback(save_point=SAVEPOINT)
			frappe.clear_last_message()
			said = _("Make the service item {0} by hand, text and custom lines need it: {1}")
			frappe.msgprint(said.format(item_code, as_html(as_text(error))), indicator="orange")


def item_of(kind: str) -> str:
	"""Return the item that custom or text rows stand on; make it when it is first needed."""
	item_code = ITEMS[kind]
	if not frappe.db.exists("Item", item_code, cache=True):
		_make_item(item_code, kind)
	return item_code


def _kind(row: Document) -> str | None:
	"""Return what a row is: a row whose item was changed to a real one is an item row again."""
	kind = row.get("soe_line_type") or None
	if row.get("item_code") and row.item_code not in ITEMS.values():
		return None
	return kind or next((one for one, item_code in ITEMS.items() if item_code == row.get("item_code")), None)


def _fill_in(doc: Document, row: Document, kind: str) -> None:
	row.item_code = item_of(kind)
	given = _words(row)
	if not row.get("item_name") or (row.item_name == _(NAMES[kind]) and given):
		row.item_name = OPENING.sub("‹", given.split("\n")[0])[:NAME_LENGTH] or _(NAMES[kind])
	row.description = row.get("description") or row.item_name
	unit = frappe.get_cached_value("Item", row.item_code, "stock_uom")
	row.uom = row.get("uom") or unit
	row.update({"stock_uom": unit, "conversion_factor": row.get("conversion_factor") or 1, "warehouse": None})
	if row.meta.has_field("delivery_date"):
		row.delivery_date = row.delivery_date or doc.get("delivery_date")
	if row.meta.has_field("income_account"):
		row.income_account = row.income_account or next(
			(one.income_account for one in doc.items if one.get("income_account")), None
		)
	if kind == TEXT:
		row.update(NOTHING)
	elif row.get("qty") is None:
		row.qty = 1


def _words(row: Document) -> str:
	"""Return the description, which is HTML, as text."""
	return as_text(row.get("description") or "")


def _allow_empty_rows(doc: Document) -> None:
	"""Let ERPNext pass quantities of zero; refuse those of rows that are no text."""
	if not doc.flags.allow_zero_qty:
		for row in doc.items:
			if row.get("soe_line_type") != TEXT and not flt(row.get("qty")):
				frappe.throw(_("Row {0}: enter a quantity, or remove the row.").format(row.idx), LineError)
	doc.flags.allow_zero_qty = True


def _texts(orders: list[str]) -> dict[str, frappe._dict]:
	rows = frappe.get_all(
		"Sales Order Item",
		filters={"parent": ("in", orders), "parenttype": "Sales Order", "soe_line_type": TEXT},
		fields=["name", "parent", "item_name", "description"],
		order_by="parent asc, idx asc",
	)
	return {row.name: row for row in rows}


def _sequence(orders: Collection[str]) -> list[list[str]]:
	"""Return the names of each order's rows, in their order."""
	filters = {"parent": ("in", list(orders)), "parenttype": "Sales Order"}
	found: dict[str, list[str]] = {}
	for row in frappe.get_all(
		"Sales Order Item", filters, ["name", "parent"], order_by="parent asc, idx asc"
	):
		found.setdefault(row.parent, []).append(row.name)
	return list(found.values())


def _make_item(item_code: str, kind: str) -> None:
	group = frappe.db.get_single_value("Stock Settings", "item_group")
	groups = frappe.get_all("Item Group", {"is_group": 0}, pluck="name", order_by="lft asc", limit=1)
	units = frappe.get_all("UOM", {"name": "Nos"}, pluck="name", order_by="name asc")
	unit = units[0] if units else frappe.get_all("UOM", {"enabled": 1}, pluck="name", order_by="name asc")[0]
	item = frappe.new_doc("Item")
	item.update({"item_code": item_code, "item_name": NAMES[kind], "item_group": group or groups[0],
		"stock_uom": unit, "is_stock_item": 0, "is_purchase_item": 0, "is_sales_item": 1,
		"include_item_in_manufacturing": 0})  # fmt: skip
	try:
		item.insert(ignore_permissions=True, set_name=item_code)
	except frappe.DuplicateEntryError:  # somebody else was first
		frappe.clear_last_message()
	frappe.db.value_cache.clear()
