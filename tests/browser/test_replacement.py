"""Cancel and replace at the desk: draft, what must stay, split, confirm, who replaces whom, changes, chain."""

from tests.browser.desk import Desk

MAKE_NOTE = "erpnext.selling.doctype.sales_order.sales_order.make_delivery_note"


def a_delivered_order(desk: Desk) -> str:
	"""Return a booked order of which some has been delivered."""
	rows = [
		{"item_code": item, "qty": qty, "rate": rate, "delivery_date": "2099-12-31"}
		for item, qty, rate in (("Desk Lamp", 4, 60), ("Oak Chair", 2, 120))
	]
	values = {"customer": "Maple Hotel", "delivery_date": "2099-12-31", "items": rows}
	order = desk.insert("Sales Order", **values)
	desk.receive(order)
	name = desk.submit(order)["name"]
	note = desk.call(MAKE_NOTE, source_name=name)
	note["items"] = note["items"][:1]
	note["items"][0]["qty"] = 1
	desk.submit(desk.insert(**note))
	return name


def change_first_row(desk: Desk, qty: int) -> None:
	"""Give the first row of the open draft another quantity, and save."""
	desk.page.evaluate(
		"(qty) => frappe.model.set_value(cur_frm.doc.items[0].doctype, cur_frm.doc.items[0].name, 'qty', qty)",
		qty,
	)
	desk.settle()
	desk.page.evaluate("() => cur_frm.save()")
	desk.settle()


def shown(desk: Desk) -> str:
	"""Return what the open page says."""
	return desk.page.locator(".page-container:visible .layout-main").first.inner_text()


def choose(desk: Desk, label: str) -> None:
	"""Choose from the menu Replacement, whose name is part of another button's."""
	head = desk.page.locator(".page-container:visible .page-head")
	head.get_by_role("button", name="Replacement", exact=True).click()
	head.locator(".dropdown-menu.show").get_by_text(label, exact=True).click()


def wait_for_form(desk: Desk, name: str) -> None:
	desk.page.wait_for_function("(name) => window.cur_frm?.doc?.name === name", arg=name)
	desk.settle()


def test_a_draft_shows_what_must_stay_and_the_original_that_it_is_open(desk):
	name = a_delivered_order(desk)
	desk.open("Sales Order", name)
	desk.press_button("Cancel and Replace")
	wait_for_form(desk, f"{name}-1")
	head = desk.page.locator(".page-container:visible .page-head")
	assert "Temporary" in head.inner_text()
	limits = desk.page.locator(".soe-changes:visible")
	assert "at least 1" in limits.inner_text()
	change_first_row(desk, 6)
	assert "Changed" in limits.inner_text()
	limits.scroll_into_view_if_needed()
	desk.picture("replacement-draft")
	desk.open("Sales Order", name)
	assert f"The replacement {name}-1 is open" in shown(desk)
	desk.press_button("Open Replacement")
	wait_for_form(desk, f"{name}-1")


def test_an_order_is_replaced_from_its_form(desk):
	name = a_delivered_order(desk)
	desk.open("Sales Order", name)
	desk.press_button("Cancel and Replace")
	wait_for_form(desk, f"{name}-1")
	change_first_row(desk, 6)
	desk.press_button("Confirm Replacement")
	desk.settle()
	desk.confirm("Yes")
	desk.page.wait_for_function("() => cur_frm.doc.docstatus === 1")
	desk.settle()
	assert f"Replaces {name}." in shown(desk)
	desk.picture("sales-order")
	choose(desk, "Show Changes")
	desk.settle()
	desk.dialog().get_by_text("Changed").wait_for()
	desk.picture("replacement-changes")
	desk.close()
	choose(desk, "Send Changes")
	desk.dialog().get_by_text("Changes to your order").first.wait_for()
	attached = (
		"() => ['attach_document_print', 'select_print_format'].map((one) => cur_dialog.get_value(one))"
	)
	desk.page.wait_for_function("() => window.cur_dialog")
	assert desk.page.evaluate(attached) == [1, "Order Changes"]
	desk.close()
	desk.open("Sales Order", name)
	assert f"Replaced by {name}-1" in shown(desk)
	assert "Re-open" not in desk.buttons()
	assert desk.page.evaluate("() => cur_frm.fields_dict.delivery_date.disp_status") == "Read"
	head = desk.page.locator(".page-container:visible .page-head")
	assert not head.get_by_role("button", name="Cancel", exact=True).count()
	desk.picture("replacement-original")


def test_an_order_is_split_and_all_parts_are_booked(desk):
	name = a_delivered_order(desk)
	first = desk.call("sales_order_ext.replacement.api.start", sales_order=name)
	desk.open("Sales Order", first)
	choose(desk, "Split Chosen Rows")
	desk.dialog().get_by_text("Oak Chair").click()
	desk.confirm("Move to an Order of Their Own")
	desk.page.wait_for_function("() => cur_frm.doc.items.length === 1")
	desk.settle()
	assert f"together with {name}-2" in shown(desk)
	desk.press_button("Confirm Replacement")
	desk.settle()
	assert "Total $ 480.00 becomes $ 480.00" in desk.dialog().inner_text()
	desk.confirm("Yes")
	desk.page.wait_for_function("() => cur_frm.doc.docstatus === 1")
	assert desk.value("Sales Order", f"{name}-2", "docstatus") == 1


def test_the_list_and_the_report_tell_who_replaces_whom(desk):
	name = a_delivered_order(desk)
	desk.call("sales_order_ext.replacement.api.start", sales_order=name)
	desk.open("Sales Order")
	row = desk.page.locator(".list-row:visible", has_text=f"{name}-1")
	assert "Temporary" in row.inner_text()
	desk.call("sales_order_ext.replacement.api.confirm", sales_order=name)
	desk.page.evaluate(
		"(name) => { frappe.route_options = { sales_order: name };"
		" frappe.set_route('query-report', 'Replacement Chains'); }",
		name,
	)
	desk.page.locator(".dt-row", has_text=f"{name}*R*").first.wait_for()
	desk.settle()
	desk.picture("replacement-chains")
