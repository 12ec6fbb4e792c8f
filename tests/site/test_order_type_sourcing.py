"""Back-to-Back and Drop Shipment: what is bought for an order, and what becomes of it."""

import frappe
import pytest
from frappe.utils import strip_html

from sales_order_ext.errors import SupplierMissingError
from sales_order_ext.order_type import api
from tests.site import orders, purchasing
from tests.site.masters import (
	CUSTOMER,
	ITEM,
	OTHER_ITEM,
	SERVICE,
	SUPPLIER,
	WAREHOUSE,
	receive,
	sales_order,
	user,
)
from tests.site.orders import typed

BACK_TO_BACK, DROP = "Back-to-Back Order", "Drop Shipment Order"


def test_back_to_back_asks_for_the_shortage_alone(types_on):
	receive(ITEM, 3)
	order = typed(BACK_TO_BACK, (ITEM, 5, 20), (OTHER_ITEM, 2, 10), (SERVICE, 1, 50))
	assert orders.reserved(order.name) == {ITEM: 3}
	[(first, qty, booked, request), (second, *rest)] = purchasing.bought("Material Request", order.name)
	assert (first, qty, booked, second, rest) == (ITEM, 2, 1, OTHER_ITEM, [2, 1, request])
	assert purchasing.bought("Purchase Order", order.name) == []
	assert api.source(order.name) == []


def test_back_to_back_orders_where_a_supplier_is_known(types_on):
	purchasing.supplied(ITEM)
	order = typed(BACK_TO_BACK, (ITEM, 5, 20), (OTHER_ITEM, 2, 10))
	[(item, qty, booked, name)] = purchasing.bought("Purchase Order", order.name)
	assert (item, qty, booked) == (ITEM, 5, 1)
	bought = frappe.get_doc("Purchase Order", name)
	assert (bought.supplier, bought.customer, bought.soe_sourcing) == (SUPPLIER, None, "Back-to-Back")
	assert bought.items[0].delivered_by_supplier == 0
	assert [row[:2] for row in purchasing.bought("Material Request", order.name)] == [(OTHER_ITEM, 2)]


def test_nothing_is_bought_where_stock_is_enough(types_on):
	receive(ITEM, 5)
	order = typed(BACK_TO_BACK)
	assert purchasing.bought("Material Request", order.name) == []


def test_what_is_received_for_an_order_is_reserved_for_it(types_on):
	purchasing.supplied(ITEM)
	order = typed(BACK_TO_BACK)
	earlier = typed("Invoice Order")
	[(*_, name)] = purchasing.bought("Purchase Order", order.name)
	purchasing.receive_bought(name, 2)
	assert (orders.reserved(order.name), orders.reserved(earlier.name)) == ({ITEM: 2}, {})
	assert orders.status(order.name) == "Partially Reserved"
	receipt = purchasing.receive_bought(name)
	assert orders.reserved(order.name) == {ITEM: 5}
	receipt.cancel()
	assert orders.reserved(order.name) == {ITEM: 2}
	assert orders.bin_of(ITEM).reserved_stock == 2


def test_a_stock_moving_purchase_invoice_is_a_receipt_too(types_on):
	purchasing.supplied(ITEM)
	order = typed(BACK_TO_BACK)
	[(*_, name)] = purchasing.bought("Purchase Order", order.name)
	invoice = purchasing.invoice_bought(name)
	assert orders.reserved(order.name) == {ITEM: 5}
	invoice.cancel()
	assert orders.reserved(order.name) == {}


def test_what_a_buyer_orders_of_the_request_is_reserved_too(types_on):
	order = typed(BACK_TO_BACK)
	[(*_, request)] = purchasing.bought("Material Request", order.name)
	bought = purchasing.order_requested(request)
	assert api.source(order.name) == []
	purchasing.receive_bought(bought.name)
	assert orders.reserved(order.name) == {ITEM: 5}


def test_goods_go_back_to_the_supplier_without_a_quarrel_over_reservations(types_on):
	from erpnext.stock.doctype.purchase_receipt.purchase_receipt import make_purchase_return

	purchasing.supplied(ITEM)
	order = typed(BACK_TO_BACK)
	[(*_, name)] = purchasing.bought("Purchase Order", order.name)
	receipt = purchasing.receive_bought(name)
	back = make_purchase_return(receipt.name)
	back.items[0].update({"qty": -2, "received_qty": -2})
	back.insert().submit()
	assert orders.reserved(order.name) == {ITEM: 3}


def test_cancelling_the_order_takes_the_request_along_and_leaves_the_purchase_order_to_a_person(types_on):
	order = typed(BACK_TO_BACK)
	order.cancel()
	assert [row[2] for row in purchasing.bought("Material Request", order.name)] == [2]
	purchasing.supplied(ITEM)
	ordered = typed(BACK_TO_BACK)
	[(*_, name)] = purchasing.bought("Purchase Order", ordered.name)
	frappe.clear_messages()
	ordered.cancel()
	said = strip_html(str(frappe.get_message_log()))
	assert f"{name} stays" in said, said
	assert frappe.db.get_value("Purchase Order", name, "docstatus") == 1
	assert purchasing.bought("Purchase Order", ordered.name) == []
	purchasing.receive_bought(name)


def test_a_cancelled_purchase_can_be_made_again(types_on):
	purchasing.supplied(ITEM)
	order = typed(BACK_TO_BACK)
	[(*_, name)] = purchasing.bought("Purchase Order", order.name)
	frappe.get_doc("Purchase Order", name).cancel()
	[again] = api.source(order.name)
	assert again["doctype"] == "Purchase Order"
	assert again["name"] != name


def test_drop_shipment_tells_the_supplier_whom_to_ship_to(types_on):
	from erpnext.buying.doctype.purchase_order.purchase_order import update_status

	purchasing.supplied(ITEM)
	receive(ITEM, 50)
	address = purchasing.ship_to(CUSTOMER)
	before = orders.bin_of(ITEM)
	order = typed(DROP, (ITEM, 5, 20), (SERVICE, 1, 50), shipping_address_name=address)
	assert [row.delivered_by_supplier for row in order.items] == [1, 0]
	[(item, qty, booked, name)] = purchasing.bought("Purchase Order", order.name)
	bought = frappe.get_doc("Purchase Order", name)
	assert (item, qty, booked, bought.customer, bought.shipping_address) == (ITEM, 5, 1, CUSTOMER, address)
	assert "Harbour Lane" in bought.shipping_address_display
	assert bought.items[0].delivered_by_supplier == 1
	assert orders.reserved(order.name) == {}
	update_status("Delivered", name)
	assert frappe.db.get_value("Sales Order Item", order.items[0].name, "delivered_qty") == 5
	assert orders.bin_of(ITEM) == before


def test_drop_shipment_wants_a_supplier_when_it_is_booked(types_on):
	frappe.db.savepoint("request")
	order = typed(DROP, submit=False)
	with pytest.raises(SupplierMissingError, match="Row 1: name the supplier"):
		order.submit()
	frappe.db.rollback(save_point="request")
	other = typed(DROP, submit=False, items=[row(ITEM, supplier=SUPPLIER)])
	other.submit()
	assert frappe.db.get_value(
		"Purchase Order", purchasing.bought("Purchase Order", other.name)[0][3], "supplier"
	)


def row(item_code, qty=5, **fields):
	return {"item_code": item_code, "qty": qty, "rate": 20, "warehouse": WAREHOUSE, **fields}


def test_a_row_says_where_it_comes_from_before_its_type_does(types_on):
	purchasing.supplied(ITEM)
	rows = [
		row(ITEM, 4, soe_source="Drop Shipment"),
		row(ITEM, 3),
		row(OTHER_ITEM, 2, soe_source="Back-to-Back"),
	]
	order = typed("Invoice Order", items=rows)
	assert [line[:2] for line in purchasing.bought("Purchase Order", order.name)] == [(ITEM, 4)]
	assert [line[:2] for line in purchasing.bought("Material Request", order.name)] == [(OTHER_ITEM, 2)]
	stock = typed(BACK_TO_BACK, items=[row(ITEM, 2, soe_source="From Stock")])
	assert purchasing.bought("Purchase Order", stock.name) == []


def test_changing_the_type_buys_what_the_new_type_buys(types_on):
	order = typed("Forward Order")
	api.change_type(order.name, BACK_TO_BACK)
	assert [line[:2] for line in purchasing.bought("Material Request", order.name)] == [(ITEM, 5)]
	receive(OTHER_ITEM, 5)
	purchasing.supplied(OTHER_ITEM)
	shipped = typed("Invoice Order", (OTHER_ITEM, 5, 10))
	assert orders.reserved(shipped.name) == {OTHER_ITEM: 5}
	api.change_type(shipped.name, DROP)
	assert orders.reserved(shipped.name) == {}
	assert [line[:2] for line in purchasing.bought("Purchase Order", shipped.name)] == [(OTHER_ITEM, 5)]


def test_a_sales_user_needs_no_right_to_buy(types_on):
	purchasing.supplied(ITEM)
	with user("Sales User"):
		order = typed(BACK_TO_BACK, (ITEM, 1, 20), (OTHER_ITEM, 1, 10))
	assert len(purchasing.bought("Purchase Order", order.name)) == 1
	assert len(purchasing.bought("Material Request", order.name)) == 1


def test_boxes_are_bought_in_boxes(types_on):
	box = frappe.get_doc("Item", OTHER_ITEM)
	if not any(one.uom == "Box" for one in box.uoms):
		box.append("uoms", {"uom": "Box", "conversion_factor": 12})
		box.save()
	frappe.db.set_value("UOM", "Box", "must_be_whole_number", 1)
	receive(OTHER_ITEM, 30)
	order = typed(BACK_TO_BACK, items=[row(OTHER_ITEM, 5, uom="Box")])
	[request] = frappe.get_all(
		"Material Request Item", {"sales_order": order.name}, ["qty", "uom", "stock_qty"], order_by="idx"
	)
	assert (request.qty, request.uom, request.stock_qty) == (3, "Box", 36)


def test_a_replacement_buys_what_it_orders_more(types_on, switch_on):
	from sales_order_ext.replacement import api as replacement

	switch_on("enable_cancel_and_replace")
	purchasing.supplied(ITEM)
	order = typed(BACK_TO_BACK)
	draft = frappe.get_doc("Sales Order", replacement.start(order.name))
	draft.items[0].qty = 8
	draft.save()
	replacement.confirm(draft.name)
	assert sorted(line[:2] for line in purchasing.bought("Purchase Order", draft.name)) == [
		(ITEM, 3),
		(ITEM, 5),
	]


def test_with_types_off_nothing_is_bought(switch_on):
	switch_on("enable_stock_reservations")
	order = sales_order((ITEM, 5, 20), soe_order_type=BACK_TO_BACK)
	assert purchasing.bought("Material Request", order.name) == []
