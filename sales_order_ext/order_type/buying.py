"""Makes the Purchase Orders and Material Requests of an order's purchases.

They are a consequence of the order, made with its rights: who may submit the order need not be a buyer.
"""

from __future__ import annotations

from decimal import Decimal

import frappe
from erpnext.stock.doctype.item.item import get_item_defaults
from frappe.model.document import Document
from frappe.model.workflow import get_workflow_name
from frappe.utils import flt, getdate

from sales_order_ext.decimals import to_decimal
from sales_order_ext.order_type.rules import Purchase

ORDER, REQUEST = "Purchase Order", "Material Request"
CONTACT = {
	"customer_contact_person": "contact_person",
	"customer_contact_display": "contact_display",
	"customer_contact_mobile": "contact_mobile",
	"customer_contact_email": "contact_email",
}
COPIED = ("item_code", "item_name", "description", "uom", "conversion_factor", "stock_uom", "warehouse")


def default_supplier(item_code: str, company: str) -> str | None:
	"""Return the item's default supplier in a company."""
	return get_item_defaults(item_code, company).get("default_supplier")


def buy(order: Document, purchase: Purchase) -> Document:
	"""Submit the document of a purchase; where a workflow decides on such documents, leave it as a draft."""
	doc = _purchase_order(order, purchase) if purchase.supplier else _request(order, purchase)
	doc.insert()
	return doc if get_workflow_name(doc.doctype) else doc.submit()


def _purchase_order(order: Document, purchase: Purchase) -> Document:
	doc = _new(ORDER, order, purchase)
	supplier = frappe.get_cached_doc("Supplier", purchase.supplier)
	doc.supplier = supplier.name
	doc.currency = supplier.default_currency or frappe.get_cached_value(
		"Company", order.company, "default_currency"
	)
	doc.buying_price_list = supplier.default_price_list or doc.buying_price_list
	if purchase.drop_ship:
		_ship_to_customer(doc, order)
	doc.run_method("set_missing_values")
	for row in doc.items:
		# Without a price in the price list, the last one paid is a better guess than nothing.
		if not flt(row.rate):
			last = flt(frappe.get_cached_value("Item", row.item_code, "last_purchase_rate"))
			row.rate = last * flt(row.conversion_factor) / (flt(doc.conversion_rate) or 1)
	return doc


def _request(order: Document, purchase: Purchase) -> Document:
	doc = _new(REQUEST, order, purchase)
	doc.material_request_type = "Purchase"
	return doc


def _new(doctype: str, order: Document, purchase: Purchase) -> Document:
	"""Return an unsaved purchasing document with a row for each row of the order it is for."""
	doc = frappe.new_doc(doctype, company=order.company, transaction_date=getdate(), project=order.project)
	doc.flags.ignore_permissions = True
	doc.soe_sourcing = purchase.source
	for row in order.items:
		if row.name in purchase.quantities:
			doc.append("items", _line(row, order, purchase.quantities[row.name], purchase))
	doc.schedule_date = min(line.schedule_date for line in doc.items)
	return doc


def _line(row: Document, order: Document, stock_qty: Decimal, purchase: Purchase) -> dict:
	factor = to_decimal(row.conversion_factor) or Decimal(1)
	return {
		**{field: row.get(field) for field in COPIED},
		"qty": flt(stock_qty / factor, row.precision("qty")),
		"schedule_date": max(getdate(row.delivery_date or order.delivery_date), getdate()),
		"sales_order": order.name,
		"sales_order_item": row.name,
		"project": order.project,
		"delivered_by_supplier": int(purchase.drop_ship),
	}


def _ship_to_customer(doc: Document, order: Document) -> None:
	"""Tell the supplier whom to ship to, as ERPNext does: the ship-to, else the customer's address."""
	own = ("shipping_address_name", "shipping_address")
	address, display = own if order.shipping_address_name else ("customer_address", "address_display")
	doc.update({"customer": order.customer, "customer_name": order.customer_name})
	doc.update({"shipping_address": order.get(address), "shipping_address_display": order.get(display)})
	doc.update({target: order.get(source) for target, source in CONTACT.items()})
