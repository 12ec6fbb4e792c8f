"""The desk with and without the app's switches."""

from tests.browser.conftest import SWITCHES
from tests.browser.desk import Desk

OURS = {"Won…", "Lost…", "Cancel and Replace", "Copy Lines", "Process", "Add Payment"}


def an_order(desk: Desk) -> str:
	order = desk.insert(
		"Sales Order",
		customer="Maple Hotel",
		delivery_date="2099-12-31",
		items=[{"item_code": "Desk Lamp", "qty": 1, "rate": 60, "delivery_date": "2099-12-31"}],
	)
	return desk.submit(order)["name"]


def test_switched_off_the_order_shows_nothing_of_ours(desk):
	name = an_order(desk)
	desk.switch(**dict.fromkeys(SWITCHES, 0))
	desk.open("Sales Order", name)
	assert not OURS & set(desk.buttons())
	shown = desk.page.evaluate(
		"() => cur_frm.fields.filter((f) => f.df.fieldname?.startsWith('soe_') && f.disp_status !== 'None'"
		" && !f.section?.df?.hidden_due_to_dependency && !f.tab?.df?.hidden_due_to_dependency"
		" && !f.df.hidden_due_to_dependency && !f.df.hidden && !['Section Break', 'Column Break', 'Tab Break']"
		".includes(f.df.fieldtype)).map((f) => f.df.fieldname)"
	)
	assert shown == []


def test_switched_on_the_order_shows_its_buttons_and_statuses(desk):
	name = an_order(desk)
	desk.open("Sales Order", name)
	assert "Cancel and Replace" in desk.buttons()
	assert desk.document()["soe_reservation_status"]


def test_no_button_of_an_order_leaves_the_window(desk):
	desk.open("Sales Order", an_order(desk))
	single = desk.page.locator(".page-container:visible .custom-actions > .soe-button")
	for width, shown in ((2400, True), (1000, False), (2400, True)):
		desk.page.set_viewport_size({"width": width, "height": 900})
		single.first.wait_for(state="visible" if shown else "hidden")
		assert {one.is_visible() for one in single.all()} == {shown}
	desk.page.set_viewport_size({"width": 1000, "height": 900})
	single.first.wait_for(state="hidden")
	desk.press_button("Add Payment")
	desk.dialog().get_by_text("To settle").wait_for()


def test_the_settings_say_what_each_switch_does(desk):
	desk.open("Sales Order Ext Settings", "Sales Order Ext Settings")
	switches = desk.page.locator(".page-container:visible [data-fieldname^='enable_'].frappe-control")
	said = {
		one.get_attribute("data-fieldname"): one.locator(".help-box").first.inner_text().strip()
		for one in switches.all()
	}
	assert set(said) == set(SWITCHES)
	assert all(said.values())
	desk.picture("settings")
