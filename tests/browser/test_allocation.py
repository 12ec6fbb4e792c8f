"""A clerk types an order: rows hold stock, say who has the rest, and give it back when the form is left."""

import uuid

import pytest


@pytest.fixture
def shop(desk, open_desk):
	"""A fresh item with ten in stock, of which a colleague's form holds seven."""
	item = f"Lamp {uuid.uuid4().hex[:6]}"
	desk.insert("Item", item_code=item, item_group="Products", stock_uom="Nos", is_stock_item=1)
	company = desk.call("frappe.client.get_list", doctype="Company", limit_page_length=1)[0]["name"]
	warehouses = {"company": company, "is_group": 0, "warehouse_name": "Stores"}
	warehouse = desk.call("frappe.client.get_list", doctype="Warehouse", filters=warehouses)[0]["name"]
	row = {"item_code": item, "qty": 10, "t_warehouse": warehouse, "basic_rate": 5}
	entry = {"stock_entry_type": "Material Receipt", "company": company, "items": [row]}
	desk.submit(desk.insert("Stock Entry", **entry))
	user = f"jane-{uuid.uuid4().hex[:6]}@example.com"
	desk.insert("User", email=user, first_name="Jane", last_name="Doe", send_welcome_email=0,
		new_password="clerk-at-the-desk", roles=[{"role": "Sales User"}])  # fmt: skip
	jane = open_desk(user, "clerk-at-the-desk")
	asked = {"document_key": f"form-of-{user}", "row_key": "row", "item_code": item, "warehouse": warehouse}
	told = jane.call("sales_order_ext.allocation.api.hold", qty=7, **asked)
	assert (told["held"], told["short"]) == (7, 0)
	return {"item": item, "warehouse": warehouse, "jane": jane, "asked": asked}


def type_order(desk, shop, qty):
	"""Open a new order and type a row as a clerk does."""
	desk.page.evaluate("() => frappe.new_doc('Sales Order')")
	desk.page.wait_for_function("() => cur_frm?.doctype === 'Sales Order' && cur_frm.is_new()")
	desk.settle()
	desk.page.evaluate(
		"""async ([item, warehouse, qty]) => {
			await cur_frm.set_value("customer", "Maple Hotel");
			await cur_frm.set_value("delivery_date", "2099-12-31");
			await cur_frm.set_value("set_warehouse", warehouse);
			const row = cur_frm.doc.items?.[0] || cur_frm.add_child("items");
			cur_frm.refresh_field("items");
			await frappe.model.set_value(row.doctype, row.name, "item_code", item);
			await frappe.after_ajax();
			await frappe.model.set_value(row.doctype, row.name, "qty", qty);
			await frappe.model.set_value(row.doctype, row.name, "rate", 20);
		}""",
		[shop["item"], shop["warehouse"], qty],
	)


def held_by(desk, **filters):
	rows = desk.call(
		"frappe.client.get_list", doctype="Stock Hold", filters=filters, fields=["qty", "document_key"]
	)
	return sorted(row["qty"] for row in rows)


def test_a_row_says_what_it_holds_and_who_has_the_rest(desk, shop):
	type_order(desk, shop, 5)
	promise = desk.page.locator(".page-container:visible .soe-promise")
	promise.get_by_text("Held 3").wait_for()
	assert "Short 2" in promise.inner_text()
	assert "Jane Doe holds 7 until" in promise.inner_text()
	desk.page.evaluate("() => cur_frm.scroll_to_field('items')")
	desk.picture("stock-hold-row")
	desk.page.evaluate("() => cur_frm.save()")
	desk.page.wait_for_function("() => !cur_frm.is_new() && !cur_frm.is_dirty()")
	desk.settle()
	name = desk.document()["name"]
	assert held_by(desk, sales_order=name) == [3]
	desk.open("Stock Hold")
	desk.picture("stock-holds")
	shop["jane"].call("sales_order_ext.allocation.api.release", document_key=shop["asked"]["document_key"])
	desk.open("Sales Order", name)
	desk.submit(desk.call("frappe.client.get", doctype="Sales Order", name=name))
	assert held_by(desk, item_code=shop["item"]) == []
	assert desk.value("Sales Order", name, "soe_reservation_status") == "Fully Reserved"
	desk.reload()
	desk.open("Sales Order", name)
	desk.press_button("Unreserve", "Stock Reservation")
	desk.confirm("Yes")
	assert desk.value("Sales Order", name, "soe_reservation_status") == "Not Reserved"
	desk.page.wait_for_function("() => cur_frm.doc.soe_reservation_status === 'Not Reserved'")
	desk.settle()
	desk.press_button("Reserve", "Stock Reservation")
	desk.settle()
	assert desk.value("Sales Order", name, "soe_reservation_status") == "Fully Reserved"


@pytest.mark.parametrize("way", ["row", "route", "page"])
def test_leaving_gives_it_back(desk, shop, way):
	type_order(desk, shop, 3)
	desk.page.locator(".page-container:visible .soe-promise").get_by_text("Held 3").wait_for()
	assert held_by(desk, item_code=shop["item"]) == [3, 7]
	if way == "row":
		desk.page.evaluate("() => cur_frm.get_field('items').grid.grid_rows[0].remove()")
	elif way == "route":
		desk.page.evaluate("() => frappe.set_route('List', 'Customer')")
	else:
		desk.page.goto(f"{desk.address}/api/method/ping")
		desk.page.wait_for_timeout(1500)
		desk.page.goto(f"{desk.address}/app")
		desk.page.wait_for_function("() => window.frappe && frappe.boot && frappe.router")
	desk.page.wait_for_timeout(1500)
	desk.settle()
	assert held_by(desk, item_code=shop["item"]) == [7]
