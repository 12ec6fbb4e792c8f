"""Order types as a clerk meets them: chosen, waiting, changed, processed, activated from the list, printed."""

import pytest


@pytest.fixture
def clerk(desk):
	"""A clerk's desk with what this room needs."""
	desk.switch(default_order_type="", print_on_save="Never")
	return desk


def receive(desk, qty):
	"""Book chairs in where orders take them from."""
	rows = desk.insert(
		"Sales Order",
		customer="Maple Hotel",
		delivery_date="2099-12-31",
		items=[{"item_code": "Oak Chair", "qty": 1, "rate": 60, "delivery_date": "2099-12-31"}],
	)
	row = {
		"item_code": "Oak Chair",
		"qty": qty,
		"basic_rate": 40,
		"t_warehouse": rows["items"][0]["warehouse"],
	}
	fields = {"stock_entry_type": "Material Receipt", "company": rows["company"], "items": [row]}
	desk.submit(desk.insert("Stock Entry", **fields))


def an_order(desk, order_type, qty=2, submit=True, **fields):
	order = desk.insert(
		"Sales Order",
		customer="Maple Hotel",
		delivery_date="2099-12-31",
		soe_order_type=order_type,
		items=[{"item_code": "Oak Chair", "qty": qty, "rate": 60, "delivery_date": "2099-12-31"}],
		**fields,
	)
	return desk.submit(order)["name"] if submit else order["name"]


def test_a_forward_order_waits_and_is_changed_by_hand(clerk):
	name = an_order(clerk, "Forward Order", soe_activate_on="2099-06-01")
	clerk.open("Sales Order", name)
	clerk.page.get_by_text("Reserves no stock.").first.wait_for()
	clerk.page.get_by_text("This is a Forward Order. It waits until").wait_for()
	assert not {"Process", "Delivery Note", "Sales Invoice", "Pick List"} & set(clerk.buttons())
	clerk.picture("order-type-forward")
	clerk.press_button("Change Order Type", "Status")
	clerk.enter(clerk.dialog().locator("input[data-fieldname=order_type]"), "Active Order")
	clerk.dialog().get_by_text("Is delivered and invoiced from its own form only").wait_for()
	clerk.confirm("Change")
	assert clerk.value("Sales Order", name, "soe_order_type") == "Active Order"


def test_processing_is_told_first_and_then_done(clerk):
	receive(clerk, 2)
	name = an_order(clerk, "Invoice Order", qty=1)
	clerk.open("Sales Order", name)
	clerk.press_button("Process")
	clerk.dialog().get_by_text("Delivered now").wait_for()
	clerk.picture("order-type-process")
	clerk.confirm("Process")
	clerk.dialog().get_by_text("Delivery Note").first.wait_for()
	assert clerk.value("Sales Order", name, "per_delivered") == 100


def test_chosen_forward_orders_are_activated_from_the_list(clerk):
	waiting, other = an_order(clerk, "Forward Order", qty=1), an_order(clerk, "Active Order", qty=1)
	clerk.open("Sales Order")
	clerk.page.evaluate("() => cur_list.refresh()")
	clerk.settle()
	for name in (waiting, other):
		clerk.page.locator(f".list-row-checkbox[data-name='{name}']").check()
	clerk.page.locator(".page-container:visible .actions-btn-group button").first.click()
	clerk.page.locator(".actions-btn-group .dropdown-menu.show").get_by_text(
		"Activate Forward Orders"
	).click()
	clerk.confirm("Activate")
	clerk.dialog().get_by_text("1 of 2 orders activated").wait_for()
	assert clerk.value("Sales Order", waiting, "soe_order_type") == "Invoice Order"
	assert clerk.value("Sales Order", other, "soe_order_type") == "Active Order"


def test_saving_opens_the_print_in_the_types_format(clerk):
	receive(clerk, 3)
	clerk.switch(print_on_save="On Save")
	clerk.set_value("Sales Order Type", "Active Order", print_format="Sales Order with Allocation")
	name = an_order(clerk, "Active Order", qty=900)
	clerk.open("Sales Order", name)
	clerk.page.evaluate(
		"() => { cur_frm.set_value('po_no', cur_frm.docname).then(() => cur_frm.save('Update')) }"
	)
	clerk.page.wait_for_function("() => frappe.get_route()[0] === 'print'")
	clerk.settle()
	clerk.page.frame_locator(".print-format-container").get_by_text("Active Order").wait_for()
	clerk.picture("order-type-print")
	clerk.set_value("Sales Order Type", "Active Order", print_format="")
	clerk.switch(print_on_save="Never")
	assert clerk.value("Sales Order", name, "soe_printed") == 1
