"""Invoicing at the desk: preview and run, invoices from the list, lines on an invoice, words for a customer."""

from tests.browser.desk import Desk

TERM = "Do Not Invoice"


def booked(desk: Desk, **fields) -> str:
	order = {
		"customer": "Maple Hotel",
		"delivery_date": "2099-12-31",
		"items": [{"item_code": "Assembly", "qty": 2, "rate": 80, "delivery_date": "2099-12-31"}],
	}
	return desk.submit(desk.insert("Sales Order", **{**order, **fields}))["name"]


def test_a_run_shows_what_it_makes_and_what_it_leaves_out(desk, work):
	due, left = booked(desk, soe_invoice_term="Immediate"), booked(desk, soe_invoice_term=TERM)
	company = desk.value("Sales Order", due, "company")
	run = desk.insert("Invoice Run", company=company, orders=f"{due}\n{left}")["name"]
	desk.open("Invoice Run", run)
	desk.press_button("Preview")
	result = desk.page.locator("[data-fieldname=result]:visible")
	result.get_by_text("Left Out").wait_for()
	assert "Invoices: 1, orders: 1" in result.inner_text()
	assert TERM in result.inner_text()
	desk.press_button("Run")
	desk.page.wait_for_function("() => cur_frm.doc.status !== 'Draft'")
	work()
	desk.page.wait_for_function("() => cur_frm.doc.status === 'Completed'")
	result.locator("td", has_text="SINV").first.wait_for()


def choose_in_list(desk: Desk, *names: str) -> None:
	"""Tick orders in the list, and choose to create invoices from them."""
	desk.page.evaluate("(names) => { frappe.route_options = { name: ['in', names] } }", list(names))
	desk.open("Sales Order")
	for name in names:
		desk.page.locator(f".list-row-checkbox[data-name='{name}']").check()
	head = desk.page.locator(".page-container:visible .page-head")
	head.get_by_role("button", name="Actions").click()
	head.get_by_text("Create Invoices from Orders").click()


def test_orders_of_the_list_are_invoiced_at_once(desk):
	due, left = booked(desk, soe_invoice_term="Immediate"), booked(desk, soe_invoice_term=TERM)
	choose_in_list(desk, due, left)
	desk.confirm("Create")
	told = desk.dialog()
	told.get_by_text("Invoices Created: 1").wait_for()
	assert "by hand" in told.inner_text()
	assert told.get_by_role("link", name="SINV").count() == 1


def test_orders_of_the_list_are_looked_at_and_some_left_out(desk, work):
	first, second = (booked(desk, soe_invoice_term="Immediate") for _ in range(2))
	choose_in_list(desk, first, second)
	desk.confirm("Preview")
	desk.page.wait_for_function("() => window.cur_frm && cur_frm.doctype === 'Invoice Run'")
	result = desk.page.locator("[data-fieldname=result]:visible")
	result.get_by_text("Invoices: 2, orders: 2").wait_for()
	result.locator("table").first.scroll_into_view_if_needed()
	desk.picture("invoices-from-orders")
	result.locator(f"[data-order='{first}']").uncheck()
	desk.press_button("Run")
	desk.page.wait_for_function("() => !cur_frm.is_new() && cur_frm.doc.status !== 'Draft'")
	work()
	desk.page.wait_for_function("() => cur_frm.doc.status === 'Completed'")
	assert desk.document()["orders"] == second
	filters = {"invoice_run": desk.document()["name"]}
	groups = desk.call("frappe.client.get_list", doctype="Invoice Run Group", filters=filters,
		fields=["orders", "status"])  # fmt: skip
	assert groups == [{"orders": second, "status": "Done"}]


def test_lines_are_created_from_an_order_that_explains_itself(desk):
	name = booked(desk, soe_invoice_term=TERM)
	told = desk.call("sales_order_ext.invoicing.api.explain", sales_order=name)
	assert "by hand" in told["summary"]
	company = desk.value("Sales Order", name, "company")
	desk.page.evaluate(
		"(values) => frappe.new_doc('Sales Invoice', values)", {"customer": "Maple Hotel", "company": company}
	)
	desk.page.wait_for_function("() => window.cur_frm && cur_frm.doctype === 'Sales Invoice'")
	desk.settle()
	desk.press_button("Sales Orders by Invoice Term", group="Create Lines From")
	line = desk.dialog().locator("tr", has_text=name)
	line.wait_for()
	line.locator(".soe-choose").click()
	desk.confirm("Add Lines")
	desk.page.wait_for_function(f"() => cur_frm.doc.items.some((row) => row.sales_order === '{name}')")
