"""The room's only database access: types, and which type an order has."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.query_builder import Case
from frappe.query_builder.functions import Sum

from sales_order_ext import preferences
from sales_order_ext.decimals import ZERO, to_decimal
from sales_order_ext.order_type import rules
from sales_order_ext.order_type.rules import OrderType

DOCTYPE = "Sales Order Type"
SWITCH = "enable_order_types"
CLOSED = ("Closed", "On Hold")
PLACES = 6


def load(name: str | None) -> OrderType | None:
	"""Return a Sales Order Type by name, or None where there is none of that name."""
	if not name or not frappe.db.exists(DOCTYPE, name, cache=True):
		return None
	doc = frappe.get_cached_doc(DOCTYPE, name)
	return OrderType(
		name=doc.name,
		enabled=bool(doc.enabled),
		allocates=bool(doc.allocates),
		processing=doc.processing,
		back_order_moment=doc.back_order_moment,
		sourcing=doc.sourcing,
		document_kind=doc.document_kind,
		composition=doc.composition,
		invoice_term=doc.invoice_term or "",
		print_on_save=doc.print_on_save or "",
		print_format=doc.print_format or "",
		presets={field: doc.get(field) for field in rules.PRESETS if doc.get(field)},
	)


def type_of(doc: Document) -> OrderType:
	"""Return how a Sales Order behaves: by its type where types are switched on, else as untyped."""
	if not preferences.of(doc).enable_order_types:
		return rules.UNTYPED
	return load(doc.get("soe_order_type")) or rules.UNTYPED


def types_of(orders: Iterable[str]) -> dict[str, OrderType]:
	"""Return {sales order: how it behaves} of all that exist, in name order."""
	names = sorted(set(orders))
	if not names:
		return {}
	rows = frappe.get_all(
		"Sales Order",
		filters={"name": ("in", names)},
		fields=["name", "company", "soe_order_type"],
		order_by="name",
	)
	return {row.name: type_of(frappe._dict(row)) for row in rows}


def batch_allowed(orders: Iterable[str]) -> set[str]:
	"""Return those of the sales orders that batches (invoice runs, bulk deliveries) may process."""
	return {order for order, order_type in types_of(orders).items() if rules.batch_allowed(order_type)}


def default_type(doc: Document) -> str | None:
	"""Return the type for an order that names none: the customer's, the preferred, Invoice Order."""
	customers = frappe.get_cached_value("Customer", doc.customer, "soe_order_type") if doc.customer else None
	names = (customers, preferences.of(doc).default_order_type, rules.INVOICE_ORDER)
	return rules.default_type(map(load, names))


def fill_in(doc: Document, order_type: OrderType) -> None:
	"""Fill a new order in with what its type presets and it has nothing of its own for."""
	own = {field: doc.get(field) for field in rules.PRESETS.values()}
	if own["naming_series"] == doc.meta.get_naming_series_options()[0]:
		own["naming_series"] = None
	if own["selling_price_list"] == _general_price_list(doc.customer):
		own["selling_price_list"] = None
	doc.update(rules.presets_for(order_type, own))
	for row in doc.items if doc.set_warehouse else ():
		row.warehouse = row.warehouse or doc.set_warehouse


def _general_price_list(customer: str | None) -> str | None:
	"""Return the price list that every order starts with; None for a customer that has one of its own."""
	fields = ["default_price_list", "customer_group"]
	own, group = frappe.get_cached_value("Customer", customer, fields) if customer else (None, None)
	own = own or (group and frappe.get_cached_value("Customer Group", group, "default_price_list"))
	return None if own else frappe.db.get_single_value("Selling Settings", "selling_price_list")


def set_type(order: Document, order_type: str) -> None:
	"""Write the new type of a booked order, with a note of who changed it from what."""
	before = order.get("soe_order_type")
	order.db_set("soe_order_type", order_type)
	order.add_comment("Edit", frappe._("changed the order type from {0} to {1}").format(before, order_type))


def waiting_since(day: str) -> list[frappe._dict]:
	"""Return the booked orders that wait and are to be activated by `day`, oldest first.

	Each has `name`, `soe_activate_on`, `soe_activate_as`.
	"""
	return frappe.get_all(
		"Sales Order",
		filters={
			"docstatus": 1,
			"status": ("not in", CLOSED),
			"soe_order_type": ("in", waiting_types()),
			"soe_activate_on": ("<=", day),
		},
		fields=["name", "soe_activate_on", "soe_activate_as"],
		order_by="soe_activate_on, name",
	)


def waiting_types() -> list[str]:
	"""Return the names of the types whose orders neither reserve nor are processed."""
	filters = {"processing": rules.BLOCKED, "allocates": 0}
	return frappe.get_all(DOCTYPE, filters, pluck="name", order_by="name")


def forward_quantities(company: str, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Decimal]:
	"""Return {(item code, warehouse): stock units} that a company's waiting orders still want."""
	wanted = set(pairs)
	types = waiting_types() if wanted else []
	if not types:
		return {}
	order, row = frappe.qb.DocType("Sales Order"), frappe.qb.DocType("Sales Order Item")
	owed = row.stock_qty - row.delivered_qty * row.conversion_factor
	rows = (
		frappe.qb.from_(row)
		.inner_join(order)
		.on(order.name == row.parent)
		.select(row.item_code, row.warehouse, Sum(owed))
		.where((order.docstatus == 1) & (order.company == company) & order.status.notin(CLOSED))
		.where(order.soe_order_type.isin(types) & row.item_code.isin(sorted({item for item, _ in wanted})))
		.where((row.delivered_by_supplier == 0) & (owed > 0))
		.groupby(row.item_code, row.warehouse)
		.orderby(row.item_code, row.warehouse)
	).run()
	return {(item, place): to_decimal(qty, PLACES) for item, place, qty in rows if (item, place) in wanted}


def bins(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Decimal]:
	"""Return {(item code, warehouse): stock units on order at suppliers}."""
	wanted = set(pairs)
	items, places = {item for item, _ in wanted}, {place for _, place in wanted}
	filters = {"item_code": ("in", sorted(items)), "warehouse": ("in", sorted(places))}
	rows = frappe.get_all("Bin", filters, ["item_code", "warehouse", "ordered_qty"], order_by="name")
	return {(row.item_code, row.warehouse): to_decimal(row.ordered_qty, PLACES) for row in rows}


def own_sources(orders: Iterable[str]) -> dict[str, str]:
	"""Return {row: its own source} of the orders' rows that have one."""
	filters = {"parent": ("in", sorted(orders)), "soe_source": ("is", "set")}
	rows = frappe.get_all("Sales Order Item", filters, ["name", "soe_source"], order_by="name")
	return {row.name: row.soe_source for row in rows}


def on_order(order: str) -> dict[str, Decimal]:
	"""Return {row of an order: stock units} that were bought for it and have not come yet.

	On Purchase Orders, and on Material Requests as far as nobody has ordered of them.
	"""
	found: dict[str, Decimal] = {}
	for row in _purchased_rows(order) + _requested_rows(order):
		qty = max(to_decimal(row.qty, PLACES), ZERO)
		found[row.sales_order_item] = found.get(row.sales_order_item, ZERO) + qty
	return found


def open_requests(order: str) -> list[str]:
	"""Return the Material Requests that an order made for itself and nothing was ordered of."""
	request, row = frappe.qb.DocType("Material Request"), frappe.qb.DocType("Material Request Item")
	rows = (
		frappe.qb.from_(row)
		.inner_join(request)
		.on(request.name == row.parent)
		.select(request.name)
		.distinct()
		.where((row.sales_order == order) & (request.docstatus == 1) & (request.status != "Stopped"))
		.where((request.soe_sourcing != "") & (request.per_ordered == 0) & (request.per_received == 0))
		.orderby(request.name)
	).run()
	return [name for (name,) in rows]


def open_purchase_orders(order: str) -> list[str]:
	"""Return the submitted Purchase Orders with rows that were bought for an order and have not all come."""
	rows = [row.parent for row in _purchased_rows(order) if row.docstatus == 1 and row.qty > 0]
	return sorted(set(rows))


def _purchased_rows(order: str) -> list[frappe._dict]:
	head, row = frappe.qb.DocType("Purchase Order"), frappe.qb.DocType("Purchase Order Item")
	# ERPNext calls what the supplier ships received at once; it has come when the order is Delivered.
	shipped = Case().when(head.status == "Delivered", 0).else_(row.stock_qty)
	coming = row.stock_qty - row.received_qty * row.conversion_factor
	coming = Case().when(row.delivered_by_supplier == 1, shipped).else_(coming).as_("qty")
	query = frappe.qb.from_(row).inner_join(head).on(head.name == row.parent)
	query = query.where((row.sales_order == order) & row.sales_order_item.isnotnull())
	query = query.where((head.docstatus < 2) & head.status.notin(("Closed", "Cancelled")))
	return (
		query.select(row.sales_order_item, row.parent, row.docstatus, coming)
		.orderby(row.name)
		.run(as_dict=True)
	)


def _requested_rows(order: str) -> list[frappe._dict]:
	head, row = frappe.qb.DocType("Material Request"), frappe.qb.DocType("Material Request Item")
	coming = (row.stock_qty - row.ordered_qty).as_("qty")
	query = frappe.qb.from_(row).inner_join(head).on(head.name == row.parent)
	query = query.where((row.sales_order == order) & row.sales_order_item.isnotnull())
	query = query.where((head.docstatus == 1) & (head.material_request_type == "Purchase"))
	query = query.where(head.status.notin(("Stopped", "Cancelled")))
	return query.select(row.sales_order_item, coming).orderby(row.name).run(as_dict=True)
