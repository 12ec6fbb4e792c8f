"""Payments at the desk: a clerk adds them with credit and money, and finds orders by their status."""

from playwright.sync_api import Locator, expect

from tests.browser.desk import Desk

ORDER = {
	"customer": "Maple Hotel",
	"delivery_date": "2099-12-31",
	"items": [{"item_code": "Desk Lamp", "qty": 2, "rate": 60, "delivery_date": "2099-12-31"}],
}


def booked(desk: Desk) -> str:
	return desk.submit(desk.insert("Sales Order", **ORDER))["name"]


def account(desk: Desk, name: str, kind: str, currency: str) -> str:
	"""Return a bank or cash account of the demo's company, made where it is missing."""
	company = desk.value("Global Defaults", "Global Defaults", "default_company")
	filters = {"company": company, "account_name": name}
	found = desk.call("frappe.client.get_list", doctype="Account", filters=filters)
	if found:
		return found[0]["name"]
	filters = {"company": company, "account_type": kind, "is_group": 1}
	parent = desk.call("frappe.client.get_list", doctype="Account", filters=filters)[0]["name"]
	values = {"company": company, "account_name": name, "account_type": kind, "account_currency": currency}
	return desk.insert("Account", parent_account=parent, **values)["name"]


def add_payment(desk: Desk, order: str) -> Locator:
	"""Open the dialog of an order; return it, once it has proposed an amount."""
	desk.open("Sales Order", order)
	desk.press_button("Add Payment")
	dialog = desk.dialog()
	dialog.locator(".indicator", has_text="To settle").wait_for()
	desk.settle()
	return dialog


def field(dialog: Locator, name: str) -> Locator:
	return dialog.locator(f"[data-fieldname='{name}'] input").first


def enter(desk: Desk, dialog: Locator, **values: str) -> None:
	for name, value in values.items():
		desk.enter(field(dialog, name), value)


def row(dialog: Locator, name: str) -> Locator:
	return dialog.locator("tr", has_text=name)


def says(dialog: Locator, text: str) -> None:
	expect(dialog.locator("[data-fieldname='summary']")).to_contain_text(text)


def process(desk: Desk, order: str, status: str, label: str = "Process") -> None:
	"""Press a button of the dialog and wait until the order's form shows the status."""
	desk.dialog().get_by_role("button", name=label, exact=True).click()
	desk.page.wait_for_function(
		"([name, status]) => cur_frm.doc.name === name && cur_frm.doc.soe_payment_status === status",
		arg=[order, status],
	)
	desk.settle()


def entries(desk: Desk, order: str) -> list[dict]:
	"""Return the payments of an order's customer that came after it, oldest first."""
	filters = {"party": ORDER["customer"], "creation": (">", desk.value("Sales Order", order, "creation"))}
	fields = ["name", "payment_type", "paid_amount", "received_amount", "unallocated_amount"]
	asked = {"filters": filters, "fields": fields, "order_by": "creation asc"}
	return desk.call("frappe.client.get_list", doctype="Payment Entry", **asked)


def test_in_parts_and_what_is_refused(desk):
	order = booked(desk)
	dialog = add_payment(desk, order)
	expect(field(dialog, "paid_amount")).to_have_value("120.00")
	enter(desk, dialog, paid_amount="50")
	says(dialog, "70.00 are missing")
	field(dialog, "paid_to").press("Tab")
	expect(field(dialog, "paid_amount")).to_have_value("50.00")
	dialog.get_by_role("button", name="Process", exact=True).click()
	refusal = desk.page.locator(".msgprint", has_text="add up to 70")
	refusal.wait_for()
	desk.page.wait_for_function("() => window.cur_dialog === frappe.msg_dialog")
	desk.page.keyboard.press("Escape")
	refusal.wait_for(state="hidden")
	expect(field(dialog, "paid_amount")).to_have_value("50.00")
	assert not entries(desk, order)
	row(dialog, order).locator("[data-amount]").fill("50")
	says(dialog, "All of it is allocated")
	process(desk, order, "Partly Paid")
	dialog = add_payment(desk, order)
	expect(field(dialog, "paid_amount")).to_have_value("70.00")
	process(desk, order, "Fully Paid")
	assert [one["paid_amount"] for one in entries(desk, order)] == [50, 70]


def test_escape_leaves_the_dialog_as_it_was_found(desk):
	dialog = add_payment(desk, booked(desk))
	desk.close()
	dialog.wait_for(state="hidden")


def test_a_mode_of_payment_brings_its_account(desk):
	order, drawer = booked(desk), account(desk, "Harbour Drawer", "Cash", "USD")
	company = desk.value("Account", drawer, "company")
	if not desk.value("Mode of Payment", "Over the Counter", "name"):
		accounts = [{"company": company, "default_account": drawer}]
		desk.insert("Mode of Payment", mode_of_payment="Over the Counter", type="Cash", accounts=accounts)
	dialog = add_payment(desk, order)
	assert field(dialog, "paid_to").input_value() != drawer
	enter(desk, dialog, mode_of_payment="Over the Counter")
	expect(field(dialog, "paid_to")).to_have_value(drawer)
	desk.settle()
	process(desk, order, "Fully Paid")
	(paid,) = entries(desk, order)
	assert desk.value("Payment Entry", paid["name"], "paid_to") == drawer
	assert desk.value("Payment Entry", paid["name"], "mode_of_payment") == "Over the Counter"


def test_amounts_have_as_many_places_as_the_site_s_money(desk):
	settings = {"doctype": "System Settings", "name": "System Settings", "fieldname": "currency_precision"}
	desk.call("frappe.client.set_value", **settings, value="3")
	desk.reload()
	try:
		order = booked(desk)
		dialog = add_payment(desk, order)
		expect(field(dialog, "paid_amount")).to_have_value("120.000")
		enter(desk, dialog, paid_amount="50.125")
		row(dialog, order).locator("[data-amount]").fill("50.125")
		says(dialog, "All of it is allocated")
		process(desk, order, "Partly Paid")
		assert [one["paid_amount"] for one in entries(desk, order)] == [50.125]
	finally:
		desk.call("frappe.client.set_value", **settings, value="")


def test_ledger_rows_and_deposit(desk):
	order = booked(desk)
	bank = account(desk, "Harbour Bank", "Bank", "USD")
	dialog = add_payment(desk, order)
	dialog.get_by_text("General Ledger Rows").click()
	grid = dialog.locator("[data-fieldname='deductions']")
	grid.get_by_role("button", name="Add Row").click()
	grid.locator(".grid-row [data-fieldname='amount']").last.click()
	grid.locator(".grid-row [data-fieldname='amount'] input").fill("5")
	field(dialog, "deposit_to").fill(bank)
	field(dialog, "deposit_to").press("Tab")
	expect(field(dialog, "paid_amount")).to_have_value("115.00")
	says(dialog, "All of it is allocated")
	desk.picture("add-payment")
	process(desk, order, "Fully Paid", "Process and Deposit")
	assert [one["paid_amount"] for one in entries(desk, order)] == [115]
	filters = {"account": bank, "voucher_type": "Payment Entry", "debit": 115}
	assert desk.call("frappe.client.get_list", doctype="GL Entry", filters=filters)


def test_what_is_paid_too_much_is_refunded_or_used_later(desk):
	first, second = booked(desk), booked(desk)
	dialog = add_payment(desk, first)
	enter(desk, dialog, paid_amount="150")
	says(dialog, "30.00 are paid too much")
	dialog.locator("[data-fieldname='overpayment'] select").select_option("Refund")
	process(desk, first, "Fully Paid")
	received, refund = entries(desk, first)
	assert (received["payment_type"], received["paid_amount"], received["unallocated_amount"]) == (
		"Receive",
		150,
		0,
	)
	assert (refund["payment_type"], refund["paid_amount"]) == ("Pay", 30)
	third = booked(desk)
	dialog = add_payment(desk, second)
	enter(desk, dialog, paid_amount="155")
	process(desk, second, "Fully Paid")
	(kept,) = [one for one in entries(desk, third) if one["unallocated_amount"]]
	dialog = add_payment(desk, third)
	row(dialog, kept["name"]).locator("input[type=checkbox]").check()
	says(dialog, "from credit: $ 35.00")
	expect(field(dialog, "paid_amount")).to_have_value("85.00")
	process(desk, third, "Fully Paid")
	assert desk.value("Payment Entry", kept["name"], "unallocated_amount") == 0


def test_money_in_another_currency(desk):
	order = booked(desk)
	euros = account(desk, "Harbour Bank Euro", "Bank", "EUR")
	dialog = add_payment(desk, order)
	enter(desk, dialog, paid_to=euros)
	rate = field(dialog, "target_exchange_rate")
	rate.fill("1.25")
	rate.press("Tab")
	expect(field(dialog, "paid_amount")).to_have_value("96.00")
	says(dialog, "All of it is allocated")
	enter(desk, dialog, reference_no="T-17", reference_date="11-22-2026")
	process(desk, order, "Fully Paid")
	(paid,) = entries(desk, order)
	assert (paid["received_amount"], paid["paid_amount"]) == (96, 120)


def test_the_list_finds_orders_by_payment(desk):
	name = booked(desk)
	desk.open("Sales Order")
	desk.page.evaluate(
		"() => cur_list.filter_area.add([['Sales Order', 'soe_payment_status', '=', 'Not Paid']])"
	)
	desk.settle()
	desk.page.wait_for_function(f"() => cur_list.data.some((row) => row.name === '{name}')")
	assert desk.page.locator(".list-row .soe-bar").count() >= 3
	sorts = desk.page.evaluate("() => cur_list.sort_selector.args.options.map((one) => one.fieldname)")
	assert {"soe_payment_status", "soe_lifecycle_status", "soe_reservation_status"} <= set(sorts)
	saved = ".list-sidebar .filter-pill, .saved-filters-preview, .filter-pill, .saved-filter-item"
	assert desk.page.locator(saved).count()
	desk.picture("order-list")
	desk.page.evaluate("() => cur_list.filter_area.clear()")
