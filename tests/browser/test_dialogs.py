"""Dialogs in which something is typed: Escape on a refusal closes the refusal, and what was typed stays."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.desk import Desk

CUSTOMER = "Maple Hotel"
DAY = "2099-12-31"


def an_order(desk: Desk, **fields) -> dict:
	rows = [
		{"item_code": item, "qty": 2, "rate": 60, "delivery_date": DAY} for item in ("Desk Lamp", "Assembly")
	]
	return desk.insert("Sales Order", customer=CUSTOMER, delivery_date=DAY, items=rows, **fields)


def a_quotation(desk: Desk) -> str:
	values = {"quotation_to": "Customer", "party_name": CUSTOMER, "order_type": "Sales"}
	rows = [{"item_code": "Desk Lamp", "qty": 2, "rate": 60}]
	return desk.submit(desk.insert("Quotation", items=rows, **values))["name"]


def field(desk: Desk, name: str) -> Locator:
	return desk.dialog().locator(f"[data-fieldname='{name}'] :is(input, textarea):visible").first


def fill(desk: Desk, name: str, value: str) -> Locator:
	field(desk, name).wait_for()
	desk.settle()
	field(desk, name).fill(value)
	return field(desk, name)


def custom_line(desk: Desk) -> Locator:
	desk.open("Sales Order", an_order(desk)["name"])
	desk.page.locator(".grid-footer:visible").get_by_role("button", name="Custom Line").click()
	return fill(desk, "description", "Cut to size")


def copied_lines(desk: Desk) -> Locator:
	desk.submit(an_order(desk))
	desk.open("Sales Order", an_order(desk)["name"])
	desk.press_button("Copy Lines", "Get Items From")
	desk.settle()
	quantity = desk.dialog().locator("tbody [data-field='qty']").first
	quantity.fill("0")
	return quantity


def invoices_from_orders(desk: Desk) -> Locator:
	name = desk.submit(an_order(desk))["name"]
	desk.page.evaluate("(name) => { frappe.route_options = { name: ['in', [name]] } }", name)
	desk.open("Sales Order")
	desk.page.locator(f".list-row-checkbox[data-name='{name}']").check()
	head = desk.page.locator(".page-container:visible .page-head")
	head.get_by_role("button", name="Actions").click()
	head.get_by_text("Create Invoices from Orders").click()
	day = fill(desk, "posting_date", "")
	day.press("Tab")
	return day


def chosen_rows(desk: Desk) -> Locator:
	name = desk.submit(an_order(desk))["name"]
	desk.open("Sales Order", desk.call("sales_order_ext.replacement.api.start", sales_order=name))
	head = desk.page.locator(".page-container:visible .page-head")
	head.get_by_role("button", name="Replacement", exact=True).click()
	head.locator(".dropdown-menu.show").get_by_text("Split Chosen Rows", exact=True).click()
	boxes = desk.dialog().locator("input[type=checkbox]")
	expect(boxes).to_have_count(2)
	for box in boxes.all():
		box.check()
	return boxes.first


def lost_quotation(desk: Desk) -> Locator:
	desk.open("Quotation", a_quotation(desk))
	desk.press_button("Lost…")
	return fill(desk, "detailed_reason", "They found it for less.")


# Opening a dialog and typing into it; its button, which refuses that; what the refusal says.
REFUSED = {
	"custom line": (custom_line, "Add", "Missing"),
	"copied lines": (copied_lines, "Copy (1)", "above zero"),
	"invoices from orders": (invoices_from_orders, "Create", "Missing"),
	"rows of a replacement": (chosen_rows, "Move to an Order of Their Own", "All rows would go"),
	"lost quotation": (lost_quotation, "Lost", "Missing"),
}


def escape_from(desk: Desk, refusal: Locator) -> None:
	refusal.wait_for()
	desk.page.wait_for_function("() => window.cur_dialog === frappe.msg_dialog")
	desk.page.keyboard.press("Escape")
	desk.page.wait_for_function("() => !frappe.msg_dialog.$wrapper.is(':visible')")


@pytest.mark.parametrize("case", REFUSED)
def test_what_was_typed_stays_when_a_refusal_is_closed(desk, case):
	open_and_type, button, said = REFUSED[case]
	typed = open_and_type(desk)
	kind, value = typed.get_attribute("type"), typed.input_value()
	dialog = desk.dialog()
	dialog.get_by_role("button", name=button, exact=True).click()
	escape_from(desk, desk.page.locator(".msgprint", has_text=said))
	expect(dialog).to_be_visible()
	expect(typed).to_be_checked() if kind == "checkbox" else expect(typed).to_have_value(value)
	desk.close()
	dialog.wait_for(state="hidden")


def test_the_wizard_and_a_release_stay_beneath_a_message(desk):
	desk.open("Quotation", a_quotation(desk))
	desk.press_button("Won…")
	desk.dialog().locator("[data-page='Lines']").click()
	desk.settle()
	quantity = desk.dialog().locator("tbody [data-field='qty']").first
	quantity.fill("1")
	desk.page.evaluate("() => { frappe.msgprint('The line is down.') }")
	escape_from(desk, desk.page.locator(".msgprint", has_text="line is down"))
	expect(quantity).to_have_value("1")
	desk.page.keyboard.press("Escape")
	desk.open("Back Order")
	desk.press_button("Preview Release")
	typed = field(desk, "complete_orders_first")
	typed.check()
	desk.page.evaluate("() => { frappe.msgprint('The line is down.') }")
	escape_from(desk, desk.page.locator(".msgprint", has_text="line is down"))
	expect(typed).to_be_checked()
