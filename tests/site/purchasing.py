"""What the tests of sourcing ask the site and do at the supplier's side."""

from __future__ import annotations

import frappe
from erpnext.buying.doctype.purchase_order import purchase_order as erpnext
from frappe.utils import today

from tests.site.masters import COMPANY, SUPPLIER


def supplied(item_code: str, supplier: str = SUPPLIER) -> None:
	"""Give an item a default supplier in the company."""
	item = frappe.get_doc("Item", item_code)
	rows = [row for row in item.item_defaults if row.company == COMPANY]
	row = rows[0] if rows else item.append("item_defaults", {"company": COMPANY})
	row.default_supplier = supplier
	item.save()


def bought(doctype: str, order: str) -> list[tuple]:
	"""Return (item code, quantity, docstatus, parent) of the rows that were bought for an order."""
	fields = ["item_code", "qty", "docstatus", "parent"]
	rows = frappe.get_all(f"{doctype} Item", {"sales_order": order}, fields, order_by="creation, idx")
	return [(row.item_code, row.qty, row.docstatus, row.parent) for row in rows]


def receive_bought(purchase_order: str, qty: float | None = None):
	"""Submit the Purchase Receipt of a Purchase Order, or of a part of its first row."""
	receipt = erpnext.make_purchase_receipt(purchase_order)
	if qty:
		receipt.items[0].update({"qty": qty, "received_qty": qty})
	return receipt.insert().submit()


def invoice_bought(purchase_order: str):
	"""Submit a stock-moving Purchase Invoice of a Purchase Order."""
	invoice = erpnext.make_purchase_invoice(purchase_order)
	invoice.update({"update_stock": 1, "bill_no": frappe.generate_hash(length=8), "bill_date": today()})
	return invoice.insert().submit()


def order_requested(request: str, supplier: str = SUPPLIER):
	"""Submit the Purchase Order that a buyer makes of a Material Request."""
	from erpnext.stock.doctype.material_request.material_request import make_purchase_order

	order = make_purchase_order(request)
	order.update({"supplier": supplier, "schedule_date": today()})
	for row in order.items:
		row.schedule_date = today()
	return order.insert().submit()


def ship_to(customer: str) -> str:
	"""Return a shipping address of a customer."""
	address = {
		"doctype": "Address",
		"address_title": customer,
		"address_type": "Shipping",
		"address_line1": "4 Harbour Lane",
		"city": "Portland",
		"country": "United States",
		"links": [{"link_doctype": "Customer", "link_name": customer}],
	}
	return frappe.get_doc(address).insert().name
