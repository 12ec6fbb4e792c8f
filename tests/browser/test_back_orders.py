"""Back orders at the desk: what waits is bought, released by hand, and filled by what comes in."""

import uuid

import pytest

from tests.browser.desk import Desk


@pytest.fixture
def item(desk: Desk) -> str:
	"""A new item that there is nothing of."""
	name = f"Journey Shelf {uuid.uuid4().hex[:6]}"
	return desk.insert("Item", item_code=name, item_group="Products", stock_uom="Nos", is_stock_item=1)[
		"name"
	]


def an_order(desk: Desk, item: str, qty: int) -> str:
	"""Book an Active order of something; return its name."""
	customer = desk.call("frappe.client.get_list", doctype="Customer", limit_page_length=1)[0]["name"]
	row = {
		"item_code": item,
		"qty": qty,
		"rate": 50,
		"delivery_date": "2099-12-31",
		"warehouse": stores(desk),
	}
	order = desk.insert(
		"Sales Order",
		customer=customer,
		delivery_date="2099-12-31",
		soe_order_type="Active Order",
		items=[row],
	)
	return desk.submit(order)["name"]


def stores(desk: Desk) -> str:
	filters = {"warehouse_name": "Stores", "is_group": 0}
	return desk.call("frappe.client.get_value", doctype="Warehouse", filters=filters, fieldname="name")[
		"name"
	]


def receive(desk: Desk, item: str, qty: int) -> None:
	row = {"item_code": item, "qty": qty, "t_warehouse": stores(desk), "basic_rate": 10}
	desk.submit(desk.insert("Stock Entry", stock_entry_type="Material Receipt", items=[row]))


def back_order(desk: Desk, order: str) -> dict:
	fields = ["name", "status", "filled_qty", "material_request"]
	found = desk.call(
		"frappe.client.get_list", doctype="Back Order", filters={"sales_order": order}, fields=fields
	)
	return found[0]


def test_the_shortage_is_bought_and_released_by_hand(desk: Desk, item: str):
	desk.switch(back_order_mode="Manual")
	order = an_order(desk, item, 2)
	desk.open("Sales Order", order)
	desk.press_button("Order Shortage", group="Back Orders")
	desk.dialog().get_by_text("Requested").wait_for()
	assert back_order(desk, order)["material_request"]
	desk.close()
	receive(desk, item, 5)
	desk.press_button("Release", group="Back Orders")
	desk.dialog().get_by_role("cell", name=item).wait_for()
	desk.confirm("Release")
	desk.page.wait_for_function("() => cur_frm.doc.soe_reservation_status === 'Fully Reserved'")
	assert back_order(desk, order)["status"] == "Filled"
	desk.switch(back_order_mode="Automatic")


def test_the_preview_says_why_and_stock_that_comes_fills_what_waits(desk: Desk, item: str, work):
	desk.switch(back_order_mode="Automatic")
	order = an_order(desk, item, 2)
	desk.page.evaluate("(item) => { frappe.route_options = { item_code: item }; }", item)
	desk.open("Back Order")
	desk.press_button("Preview Release")
	desk.dialog().get_by_text("Nothing is free").wait_for()
	assert desk.dialog().get_by_role("button", name="Release").first.is_disabled()
	desk.close()
	receive(desk, item, 1)
	work()
	assert back_order(desk, order)["status"] == "Partly Filled"
	receive(desk, item, 4)
	work()
	assert back_order(desk, order)["filled_qty"] == 2


def test_the_release_is_looked_at_and_the_report_lists_what_waits(desk: Desk, item: str):
	desk.switch(back_order_mode="Manual")
	orders = [an_order(desk, item, qty) for qty in (2, 5)]
	receive(desk, item, 4)
	desk.page.evaluate("(item) => { frappe.route_options = { item_code: item }; }", item)
	desk.open("Back Order")
	for box in desk.page.locator(".list-row-checkbox:visible").all():
		box.check()
	head = desk.page.locator(".page-container:visible .page-head")
	head.get_by_role("button", name="Actions").click()
	head.locator(".dropdown-menu.show").get_by_text("Release", exact=True).click()
	rows = desk.dialog().locator("tbody tr")
	rows.nth(1).wait_for()
	assert [row.locator("td").nth(7).inner_text() for row in rows.all()] == ["2", "2"]
	desk.close()
	desk.page.evaluate(
		"(item) => { frappe.route_options = { item_code: item }; frappe.set_route('query-report', 'Back Orders'); }",
		item,
	)
	for order in orders:
		desk.page.locator(".dt-row", has_text=order).wait_for()
	desk.settle()
	desk.switch(back_order_mode="Automatic")
