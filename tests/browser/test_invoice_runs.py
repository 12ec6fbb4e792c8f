"""Invoices as somebody meets them first: schedules, a customer that is held, a run with a failure, what comes."""

import uuid

import pytest

from tests.browser.desk import Desk

DAY = "2099-12-31"
RESULT = "[data-fieldname=result]:visible"
# What is chosen of a frequency → what its next dates look like: weekdays or days, of invoice and cut-off.
SCHEDULES = {
	"Daily": ({}, None),
	"Weekly": ({"weekday": "Friday", "cut_off_day": "Wednesday"}, ("Fri", "Wed")),
	"Fortnightly": ({"weekday": "Monday", "anchor_date": "2026-01-05"}, ("Mon", "Mon")),
	"Twice Monthly": ({"day_of_month": 10, "second_day_of_month": 20}, ("-10-", "-20-")),
	"Monthly": ({"day_of_month": 31, "cut_off_day": "25"}, ("-31-", "-25-")),
}


def a_customer(desk: Desk, name: str, **fields) -> str:
	"""Return a new customer whose name nobody has."""
	like = {"customer_group": desk.value("Customer", "Maple Hotel", "customer_group")}
	like["territory"] = desk.value("Customer", "Maple Hotel", "territory")
	shown = f"{name} {uuid.uuid4().hex[:4]}"
	return desk.insert("Customer", customer_name=shown, **like, **fields)["name"]


def booked(desk: Desk, customer: str, qty: float = 2, deliver: bool = False, **fields) -> str:
	rows = [{"item_code": "Desk Lamp", "qty": qty, "rate": 80, "delivery_date": DAY}]
	order = desk.insert("Sales Order", customer=customer, delivery_date=DAY, items=rows, **fields)
	desk.receive(order)
	name = desk.submit(order)["name"]
	if deliver:
		note = desk.call(
			"erpnext.selling.doctype.sales_order.sales_order.make_delivery_note", source_name=name
		)
		desk.submit(desk.insert(**note))
	return name


def cells(desk: Desk, place: str) -> list[list[str]]:
	"""Return the texts of a table's rows."""
	return desk.page.locator(f"{place} tbody tr").evaluate_all(
		"(rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim().replace(/\\s+/g, ' ')))"
	)


@pytest.mark.parametrize("frequency", SCHEDULES)
def test_a_schedule_shows_its_next_dates_while_it_is_typed(desk, frequency):
	fields, expected = SCHEDULES[frequency]
	desk.page.evaluate("() => frappe.new_doc('Invoice Schedule')")
	desk.page.wait_for_function("() => window.cur_frm?.doctype === 'Invoice Schedule' && cur_frm.is_new()")
	desk.settle()
	for field, value in {"frequency": frequency, **fields}.items():
		desk.page.evaluate("([field, value]) => cur_frm.set_value(field, value)", [field, value])
	desk.settle()
	dates = cells(desk, "[data-fieldname=next_dates]:visible")
	assert len(dates) == 8
	if expected:
		first, second = expected
		assert any(first in invoice for invoice, _cut_off in dates)
		assert any(second in cut_off for _invoice, cut_off in dates)
	if frequency == "Monthly":
		assert all(cut_off[6:] for _invoice, cut_off in dates)
		desk.picture("invoice-schedule")


def test_a_customer_is_held_for_one_period_and_a_run_says_so(desk):
	name = a_customer(desk, "Held Cafe", soe_invoice_term="Immediate")
	order = booked(desk, name)
	desk.open("Customer", name)
	menu(desk, "Hold Invoices for One Period")
	desk.page.get_by_text("Invoice runs leave this customer out until").first.wait_for()
	run = desk.insert("Invoice Run", company=desk.value("Sales Order", order, "company"), orders=order)
	desk.open("Invoice Run", run["name"])
	desk.press_button("Preview")
	desk.page.locator(RESULT).get_by_text("Left Out").or_(
		desk.page.locator(RESULT).get_by_text("Skipped")
	).first.wait_for()
	assert "held" in desk.page.locator(RESULT).inner_text().lower()
	desk.open("Customer", name)
	menu(desk, "Release Invoices")
	desk.page.get_by_text("Invoice runs leave this customer out until").first.wait_for(state="hidden")


def menu(desk: Desk, label: str) -> None:
	"""Choose from the form's menu of three dots."""
	desk.page.locator(".page-container:visible .menu-btn-group button").first.click()
	desk.page.locator(".page-container:visible .menu-btn-group .dropdown-menu.show").get_by_text(
		label
	).click()
	desk.settle()


def orders_of_all_kinds(desk: Desk) -> tuple[list[str], str]:
	"""Return orders: two due on one invoice, one due alone, one due whose customer is returned; two not due."""
	schedule = "Every Day"
	if not desk.value("Invoice Schedule", schedule, "name"):
		desk.insert("Invoice Schedule", schedule_name=schedule, frequency="Daily")
	terms = {"soe_invoice_term": "Customer Schedule After Delivery", "soe_invoice_schedule": schedule}
	together = a_customer(desk, "Quay Rooms", **terms)
	at_once, never, failing = (
		a_customer(desk, name, soe_invoice_term=term)
		for name, term in (
			("Birch Cafe", "Immediate"),
			("Arbor Books", "Do Not Invoice"),
			("Mill School", "Immediate"),
		)
	)
	due = [booked(desk, together, qty, deliver=True) for qty in (2, 3)]
	due += [booked(desk, customer) for customer in (at_once, failing)]
	return [*due, booked(desk, together), booked(desk, never)], failing


def press_and_wait(desk: Desk, button: str, status: str) -> None:
	desk.press_button(button)
	wait_for_status(desk, status)


def wait_for_status(desk: Desk, status: str) -> None:
	desk.page.wait_for_function("(status) => cur_frm.doc.status === status", arg=status)
	desk.settle()


def disable(desk: Desk, customer: str, disabled: int) -> None:
	desk.call(
		"frappe.client.set_value", doctype="Customer", name=customer, fieldname="disabled", value=disabled
	)


def test_a_run_makes_what_its_preview_shows(desk, work):
	orders, failing = orders_of_all_kinds(desk)
	company = desk.value("Sales Order", orders[0], "company")
	run = desk.insert("Invoice Run", company=company, orders="\n".join(orders))["name"]
	desk.open("Invoice Run", run)
	desk.press_button("Preview")
	desk.page.locator(RESULT).get_by_text("Left Out (2)").wait_for()
	desk.page.locator(f"{RESULT} table").first.scroll_into_view_if_needed()
	desk.picture("invoice-run-preview")
	promised = shown_groups(desk)
	press_and_wait(desk, "Run", "Queued")
	disable(desk, failing, 1)
	press_and_wait(desk, "Stop", "Stopped")
	work()
	assert desk.value("Invoice Run", run, "groups_done") == 0
	press_and_wait(desk, "Resume", "Queued")
	work()
	desk.page.locator(f"{RESULT} [data-retry]").wait_for()
	desk.page.locator(f"{RESULT} [data-retry]").scroll_into_view_if_needed()
	desk.picture("invoice-run")
	assert [row[:3] for row in shown_groups(desk)] == [row[:3] for row in promised]
	disable(desk, failing, 0)
	desk.page.locator(f"{RESULT} [data-retry]").click()
	wait_for_status(desk, "Queued")
	work()
	wait_for_status(desk, "Completed")
	assert [row[3] for row in shown_groups(desk)] == ["Done"] * 3
	desk.press_button("E-mail Invoices", "Send")
	desk.dialog().get_by_text("Drafts are not e-mailed").wait_for()
	desk.close()
	desk.page.locator(f"{RESULT} a", has_text="SINV").first.click()
	desk.page.wait_for_function("() => window.cur_frm?.doctype === 'Sales Invoice'")


def shown_groups(desk: Desk) -> list[list[str]]:
	return cells(desk, f"{RESULT} table:first-of-type")


def test_the_calendar_and_the_report_show_what_comes(desk):
	name = a_customer(desk, "Harbour Cafe", soe_invoice_term="After Delivery")
	order = booked(desk, name, deliver=True)
	desk.page.evaluate("() => frappe.set_route('List', 'Invoice Run', 'Calendar', 'default')")
	event = desk.page.locator(".fc-event", has_text=name)
	event.wait_for()
	desk.settle()
	event.click()
	desk.dialog().get_by_text("Ready: $ 160.00").wait_for()
	desk.close()
	desk.page.evaluate("() => frappe.set_route('query-report', 'Orders Due to Invoice')")
	desk.page.locator(".dt-row", has_text=order).wait_for()
	desk.settle()
	assert desk.page.locator(".report-wrapper .frappe-chart, .chart-wrapper .frappe-chart").count()
