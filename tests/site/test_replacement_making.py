"""Work orders, production plans, drop shipments, serial and batch reservations follow too."""

import json

import frappe
import pytest
from erpnext.selling.doctype.sales_order.sales_order import (
	get_work_order_items,
	make_delivery_note,
	make_work_orders,
)

from sales_order_ext.errors import DeliveredRowRemovedError
from sales_order_ext.replacement import api
from tests.site import masters
from tests.site.masters import COMPANY, ITEM, OTHER_ITEM, SUPPLIER, WAREHOUSE
from tests.site.replacement_shop import (
	ORDER,
	complete,
	figures,
	invoice,
	order_b,
	purchase_order,
	replace,
	start,
)

pytestmark = pytest.mark.usefixtures("replacements_on")


@pytest.fixture
def reserving():
	frappe.db.set_single_value("Stock Settings", "enable_stock_reservation", 1)
	frappe.clear_document_cache("Stock Settings", "Stock Settings")


def item(code, **fields):
	group = frappe.db.get_value("Item", ITEM, "item_group")
	values = {"item_group": group, "stock_uom": "Nos", "is_stock_item": 1, **fields}
	return frappe.get_doc({"doctype": "Item", "item_code": code, **values}).insert().name


@pytest.fixture
def made():
	"""An item that is made of ITEM, and its bill of materials."""
	product = item("SOE-MADE")
	bom = frappe.get_doc(
		{
			"doctype": "BOM",
			"item": product,
			"company": COMPANY,
			"quantity": 1,
			"items": [{"item_code": ITEM, "qty": 1, "rate": 1}],
		}
	)
	bom.insert().submit()
	masters.receive(ITEM, 50)
	return product, bom.name


def work_order(order, bom, qty):
	row = order.items[0]
	wanted = {
		"item_code": row.item_code, "bom": bom, "pending_qty": qty, "sales_order_item": row.name,
		"warehouse": WAREHOUSE, "description": "",
	}  # fmt: skip
	name = make_work_orders(json.dumps({"items": [wanted]}), order.name, COMPANY)[0]
	work = frappe.get_doc("Work Order", name)
	work.wip_warehouse, work.fg_warehouse, work.skip_transfer = WAREHOUSE, WAREHOUSE, 1
	work.save()
	return work.submit()


def manufacture(work, qty):
	from erpnext.manufacturing.doctype.work_order.work_order import make_stock_entry

	entry = frappe.get_doc(make_stock_entry(work.name, "Manufacture", qty))
	return entry.insert().submit()


def test_a_work_order_moves_is_produced_then_cancelled_and_the_order_completed(made):
	product, bom = made
	order = masters.sales_order((product, 5, 20))
	work = work_order(order, bom, 5)
	entry = manufacture(work, 2)
	assert figures(order, "work_order_qty", "produced_qty") == [(5, 2)]
	new = replace(order, 6)
	assert figures(new, "work_order_qty", "produced_qty") == [(5, 2)]
	assert figures(order, "work_order_qty", "produced_qty") == [(0, 0)]
	work.reload()
	assert (work.sales_order, work.sales_order_item) == (new.name, new.items[0].name)
	more = manufacture(work, 1)
	assert figures(new, "produced_qty") == [(3,)]
	more.cancel()
	frappe.get_doc("Stock Entry", entry.name).cancel()
	frappe.get_doc("Work Order", work.name).cancel()
	assert figures(new, "work_order_qty", "produced_qty") == [(0, 0)]
	complete(new)


def test_a_row_in_work_cannot_be_dropped(made):
	product, bom = made
	order = masters.sales_order((product, 5, 20), (ITEM, 1, 1))
	work_order(order, bom, 5)
	draft = start(order)
	draft.items = draft.items[1:]
	with pytest.raises(DeliveredRowRemovedError, match=product):
		draft.save()


def test_a_production_plan_moves_and_makes_its_work_order(made):
	product, _bom = made
	order = masters.sales_order((product, 5, 20))
	plan = frappe.get_doc(
		{
			"doctype": "Production Plan",
			"company": COMPANY,
			"get_items_from": "Sales Order",
			"for_warehouse": WAREHOUSE,
			"sales_orders": [{"sales_order": order.name, "sales_order_date": order.transaction_date}],
		}
	)
	plan.get_items()
	plan.insert().submit()
	assert figures(order, "production_plan_qty") == [(5,)]
	new = replace(order, 6)
	assert figures(new, "production_plan_qty") == [(5,)]
	plan.reload()
	assert {row.sales_order for row in (*plan.po_items, *plan.sales_orders)} == {new.name}
	assert plan.po_items[0].sales_order_item == new.items[0].name
	plan.make_work_order()
	work = frappe.get_doc("Work Order", {"production_plan": plan.name})
	assert (work.sales_order, work.sales_order_item) == (new.name, new.items[0].name)
	work.delete()
	plan.reload().cancel()
	assert figures(new, "production_plan_qty") == [(0,)]
	complete(new)


def drop_shipped(order):
	bought = purchase_order(order)
	for row in bought.items:
		row.rate = 1
	return bought.insert().submit()


def test_a_drop_shipment_moves_is_delivered_and_the_order_completed():
	order = order_b(submit=False)
	for row in order.items:
		row.delivered_by_supplier, row.supplier = 1, SUPPLIER
	order.save().submit()
	bought = drop_shipped(order)
	assert bought.customer == order.customer
	new = replace(order)
	assert figures(new, "ordered_qty") == [(6,), (9,)]
	bought.reload()
	assert {row.sales_order for row in bought.items} == {new.name}
	bought.update_status("Delivered")
	bought.update_delivered_qty_in_sales_order()
	assert figures(new, "delivered_qty") == [(6,), (9,)]
	invoice(new, 6, 9)
	assert new.reload().status == "Completed"


def test_a_drop_shipment_is_cancelled_after_it_moved():
	order = order_b(submit=False)
	order.items[0].delivered_by_supplier, order.items[0].supplier = 1, SUPPLIER
	order.save().submit()
	rows = order.items
	order.items = rows[:1]
	bought = drop_shipped(order)
	order.items = rows
	new = replace(order)
	frappe.get_doc("Purchase Order", bought.name).cancel()
	assert figures(new, "ordered_qty") == [(0,), (0,)]
	drop_shipped(new).update_status("Delivered")


def receive_numbers(code, qty):
	masters.receive(code, qty)


@pytest.mark.parametrize("numbers", ["serial", "batch"])
def test_numbered_stock_stays_reserved_and_is_trimmed(reserving, numbers):
	fields = (
		{"has_serial_no": 1, "serial_no_series": "SOESN.#####"}
		if numbers == "serial"
		else {"has_batch_no": 1, "create_new_batch": 1, "batch_number_series": "SOEBT.#####"}
	)
	code = item(f"SOE-{numbers}", **fields)
	receive_numbers(code, 5)
	order = masters.sales_order((code, 5, 10), reserve_stock=1)
	entry = frappe.get_doc("Stock Reservation Entry", {"voucher_no": order.name})
	assert sum(row.qty for row in entry.sb_entries) == 5
	frappe.db.set_value(ORDER, order.name, "reserve_stock", 0)
	new = replace(order, 3)
	entry.reload()
	assert (entry.voucher_no, entry.reserved_qty, sum(row.qty for row in entry.sb_entries)) == (
		new.name,
		3,
		3,
	)
	note = make_delivery_note(new.name, kwargs={"for_reserved_stock": True}).insert().submit()
	assert entry.reload().status == "Delivered"
	assert figures(new, "delivered_qty") == [(3,)]
	frappe.get_doc("Delivery Note", note.name).cancel()
	assert (entry.reload().delivered_qty, entry.status) == (0, "Reserved")
	entry.cancel()
	assert figures(new, "stock_reserved_qty") == [(0,)]
	masters.receive(OTHER_ITEM, 1)
	complete(new)


def test_a_work_order_for_a_part_of_a_bundle_follows_its_part(made):
	product, bom = made
	bundle = item("SOE-KIT", is_stock_item=0)
	parts = [{"item_code": product, "qty": 2}, {"item_code": OTHER_ITEM, "qty": 1}]
	frappe.get_doc({"doctype": "Product Bundle", "new_item_code": bundle, "items": parts}).insert()
	order = masters.sales_order((ITEM, 1, 1), (bundle, 2, 50))
	part = order.packed_items[0]
	wanted = {"item_code": product, "bom": bom, "pending_qty": 3, "sales_order_item": part.name}
	wanted |= {"warehouse": WAREHOUSE, "description": ""}
	work = frappe.get_doc(
		"Work Order", make_work_orders(json.dumps({"items": [wanted]}), order.name, COMPANY)[0]
	)
	work.update({"wip_warehouse": WAREHOUSE, "fg_warehouse": WAREHOUSE, "skip_transfer": 1})
	work.save().submit()
	draft = start(order)
	draft.items = draft.items[:1]
	with pytest.raises(DeliveredRowRemovedError, match=work.name):
		draft.save()
	_first, second = api.split(order.name, rows=[order.items[1].name])
	api.confirm(order.name)
	new = frappe.get_doc(ORDER, second)
	work.reload()
	assert (work.sales_order, work.sales_order_item) == (second, new.packed_items[0].name)
	# As ERPNext counts it for the next work order: 4 are sold, 3 of them are in work.
	pending = {row["item_code"]: row["pending_qty"] for row in get_work_order_items(second)}
	assert pending[product] == 1
	work.cancel()
	masters.receive(product, 4)
	masters.receive(OTHER_ITEM, 2)
	complete(new)
