"""Typing an order: custom and text lines, lines of earlier orders, goods that come back, and who is told."""

from tests.browser.conftest import SWITCHES
from tests.browser.desk import Desk

CUSTOMER = "Maple Hotel"
LAMP = "Desk Lamp"
DAY = "2099-12-31"


def booked(desk: Desk, qty: float = 3) -> dict:
	row = {"item_code": LAMP, "qty": qty, "rate": 60, "delivery_date": DAY}
	order = desk.submit(desk.insert("Sales Order", customer=CUSTOMER, delivery_date=DAY, items=[row]))
	desk.receive(order)
	return order


def rows(desk: Desk) -> list[tuple]:
	return [
		(row["description"] if row.get("soe_line_type") else row["item_code"], row["qty"], row["rate"])
		for row in desk.document()["items"]
	]


def add_line(desk: Desk, button: str, **values: str) -> None:
	desk.page.locator(".form-grid-container:visible, .form-grid:visible").get_by_role(
		"button", name=button
	).first.or_(desk.page.get_by_role("button", name=button)).first.click()
	for field, value in values.items():
		desk.dialog().locator(f"[data-fieldname='{field}'] :is(input, textarea):visible").first.fill(value)
	desk.confirm("Add")


def test_an_order_is_typed_with_texts_custom_lines_and_earlier_rows(desk):
	booked(desk)
	draft = desk.insert("Sales Order", customer=CUSTOMER, delivery_date=DAY, items=[
		{"item_code": LAMP, "qty": 1, "rate": 55, "delivery_date": DAY}])  # fmt: skip
	desk.open("Sales Order", draft["name"])
	add_line(desk, "Text Line", text="Second floor")
	add_line(desk, "Custom Line", description="Cut to size", qty="2", rate="7.5")
	desk.page.evaluate("() => cur_frm.save()")
	desk.settle()
	assert rows(desk) == [(LAMP, 1, 55), ("Second floor", 0, 0), ("Cut to size", 2, 7.5)]
	assert desk.document()["total"] == 70
	desk.page.evaluate("() => cur_frm.scroll_to_field('items')")
	desk.picture("order-lines")
	desk.press_button("Copy Lines", "Get Items From")
	desk.settle()
	search = desk.dialog().locator("[data-fieldname='search'] input")
	search.fill("Lamp")
	desk.page.wait_for_timeout(500)
	desk.settle()
	desk.picture("copy-lines")
	search.press("ArrowDown")
	desk.page.keyboard.press("Enter")
	assert desk.dialog().locator(".soe-choose:checked").count() == 1
	search.fill("no such thing")
	desk.page.wait_for_timeout(500)
	desk.settle()
	assert desk.dialog().locator("tbody tr").count() == 1
	desk.confirm("Copy (1)")
	desk.page.wait_for_function("() => cur_frm.doc.items.length === 4")
	assert rows(desk)[3][0] == LAMP


def shown_line_buttons(desk: Desk) -> list[str]:
	return [
		label
		for label in ("Text Line", "Custom Line", "Choose Delivered Goods")
		if desk.page.get_by_role("button", name=label).locator("visible=true").count()
	]


def test_a_booked_order_offers_no_more_lines(desk):
	draft = desk.insert("Sales Order", customer=CUSTOMER, delivery_date=DAY, soe_order_type="Mixed Order", items=[
		{"item_code": LAMP, "qty": 1, "rate": 55, "delivery_date": DAY}])  # fmt: skip
	desk.open("Sales Order", draft["name"])
	assert shown_line_buttons(desk) == ["Text Line", "Custom Line", "Choose Delivered Goods"]
	desk.page.evaluate("() => cur_frm.save('Submit')")
	desk.confirm("Yes") if desk.dialog().count() else None
	desk.page.wait_for_function("() => cur_frm.doc.docstatus === 1")
	desk.settle()
	assert shown_line_buttons(desk) == []
	other = desk.insert("Sales Order", customer=CUSTOMER, delivery_date=DAY, soe_order_type="Mixed Order", items=[
		{"item_code": LAMP, "qty": 1, "rate": 55, "delivery_date": DAY}])  # fmt: skip
	desk.open("Sales Order", other["name"])
	assert shown_line_buttons(desk) == ["Text Line", "Custom Line", "Choose Delivered Goods"]


def test_goods_come_back(desk):
	order = booked(desk)
	note = desk.call(
		"erpnext.selling.doctype.sales_order.sales_order.make_delivery_note", source_name=order["name"]
	)
	desk.submit(desk.insert(**{**note, "doctype": "Delivery Note"}))
	desk.page.evaluate(
		"(customer) => frappe.new_doc('Sales Order', { customer, soe_order_type: 'Returns Order' })", CUSTOMER
	)
	desk.page.wait_for_function("() => window.cur_frm && cur_frm.is_new() && cur_frm.doc.customer")
	desk.settle()
	desk.page.evaluate("() => cur_frm.set_value('soe_order_type', 'Returns Order')")
	desk.settle()
	returns = desk.page.locator("[data-fieldname='soe_returns'] .grid-footer")
	returns.get_by_role("button", name="Choose Delivered Goods").wait_for()
	assert not returns.get_by_role("button", name="Add Row").is_visible()
	desk.page.get_by_role("button", name="Choose Delivered Goods").click()
	desk.settle()
	desk.dialog().locator(".soe-choose").first.check()
	reason = desk.dialog().locator("[data-fieldname='credit_reason'] input")
	reason.fill("Returned in Good Condition")
	desk.settle()
	reason.press("Tab")
	desk.picture("returns-choose")
	desk.confirm("Take Back")
	desk.page.evaluate(
		"""async () => {
			for (const row of cur_frm.doc.soe_returns)
				await frappe.model.set_value(row.doctype, row.name, { qty: 1 });
			cur_frm.doc.items = [];
			await cur_frm.save();
		}"""
	)
	desk.settle()
	document = desk.document()
	[row] = document["soe_returns"]
	assert not document.get("__islocal") and document["soe_total_with_returns"] == -60
	assert (row["credit_reason"], row["amount"]) == ("Returned in Good Condition", -60)
	desk.page.evaluate("() => cur_frm.scroll_to_field('soe_returns')")
	desk.picture("returns-order")


def test_the_switched_off_desk_shows_no_button(desk):
	draft = desk.insert("Sales Order", customer=CUSTOMER, delivery_date=DAY, items=[
		{"item_code": LAMP, "qty": 1, "rate": 55, "delivery_date": DAY}])  # fmt: skip
	desk.switch(**dict.fromkeys(SWITCHES, 0))
	desk.open("Sales Order", draft["name"])
	assert not desk.page.get_by_role("button", name="Text Line").count()
	assert not {"Copy Lines", "Copy from Orders"} & set(desk.buttons())
