"""The chain of documents around an order, from opportunity to pick list, made as clerks make them."""

import frappe
from frappe.utils import add_days, today

from sales_order_ext.fulfilment import api
from tests.site import masters
from tests.site.masters import COMPANY, CUSTOMER, ITEM, WAREHOUSE


def stages(order):
	return [row["stage"] for row in api.overview(order.name)["rows"]]


def documents(order, row=0):
	return [one["name"] for one in api.overview(order.name)["rows"][row]["documents"]]


def deliver(order, *quantities):
	"""Deliver so much of each row (0: none)."""
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note

	note = make_delivery_note(order.name)
	wanted = dict(zip((row.name for row in order.items), quantities, strict=False))
	note.items = [row for row in note.items if wanted.get(row.so_detail)]
	for row in note.items:
		row.qty = wanted[row.so_detail]
	return note.insert().submit()


def request(order):
	from erpnext.selling.doctype.sales_order.sales_order import make_material_request

	asked = make_material_request(order.name)
	asked.schedule_date = add_days(today(), 5)
	return asked.insert().submit()


def purchase(asked):
	from erpnext.stock.doctype.material_request.material_request import make_purchase_order

	ordered = make_purchase_order(asked.name)
	ordered.supplier = masters.SUPPLIER
	for row in ordered.items:
		row.rate = 5
	return ordered.insert().submit()


def receive(ordered):
	from erpnext.buying.doctype.purchase_order.purchase_order import make_purchase_receipt

	return make_purchase_receipt(ordered.name).insert().submit()


def reserve(order):
	order.reload()
	for row in order.items:
		row.reserve_stock = 1
	order.create_stock_reservation_entries(notify=False)
	return frappe.get_all(
		"Stock Reservation Entry", {"voucher_no": order.name}, pluck="name", order_by="name"
	)


def pick(order):
	from erpnext.selling.doctype.sales_order.sales_order import create_pick_list

	return create_pick_list(order.name).insert().submit()


def quoted(*rows, **fields):
	quotation = frappe.get_doc(
		{
			"doctype": "Quotation",
			"company": COMPANY,
			"quotation_to": "Customer",
			"party_name": CUSTOMER,
			"items": [{"item_code": item_code, "qty": qty, "rate": rate} for item_code, qty, rate in rows],
			**fields,
		}
	)
	return quotation.insert().submit()


def ordered_from(quotation):
	from erpnext.selling.doctype.quotation.quotation import make_sales_order

	order = make_sales_order(quotation.name)
	order.delivery_date = add_days(today(), 7)
	for row in order.items:
		row.warehouse = WAREHOUSE
	return order.insert().submit()


def opportunity():
	return frappe.get_doc(
		{
			"doctype": "Opportunity",
			"opportunity_from": "Customer",
			"party_name": CUSTOMER,
			"company": COMPANY,
			"notes": [
				{"note": "wants it soon", "added_by": "Administrator", "added_on": "2026-01-02 10:00:00"}
			],
		}
	).insert()


def other_supplier():
	supplier = frappe.get_doc("Supplier", masters.SUPPLIER)
	return frappe.copy_doc(supplier).update({"supplier_name": "Dogwood Supply"}).insert().name


def bundle_of_three():
	"""Return a new bundle of three of a new component."""
	item = frappe.get_doc("Item", ITEM)
	component = frappe.copy_doc(item).update({"item_code": "SOE-PART", "item_name": "SOE-PART"}).insert().name
	bundle = frappe.copy_doc(item).update(
		{"item_code": "SOE-KIT", "item_name": "SOE-KIT", "is_stock_item": 0}
	)
	bundle = bundle.insert().name
	frappe.get_doc(
		{
			"doctype": "Product Bundle",
			"new_item_code": bundle,
			"items": [{"item_code": component, "qty": 3}],
		}
	).insert()
	return bundle, component
