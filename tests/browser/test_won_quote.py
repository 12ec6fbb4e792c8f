"""Winning and losing quotations at the desk, by keyboard; the ticket behind an external quote."""

from __future__ import annotations

from typing import Any

from tests.browser.desk import Desk

CUSTOMER = "Maple Hotel"


def quotation(desk: Desk, *rows: dict[str, Any]) -> str:
	values = {"quotation_to": "Customer", "party_name": CUSTOMER, "order_type": "Sales", "items": list(rows)}
	return desk.submit(desk.insert("Quotation", **values))["name"]


def row(item: str = "Desk Lamp", qty: float = 2, rate: float = 60) -> dict[str, Any]:
	return {"item_code": item, "qty": qty, "rate": rate}


def wait_for_page(desk: Desk, page: str) -> None:
	desk.page.wait_for_selector(f".modal.show [data-page='{page}'].btn-primary")
	desk.settle()
	desk.page.wait_for_function("() => document.activeElement.classList.contains('btn-modal-primary')")


def start(desk: Desk, name: str) -> None:
	desk.open("Quotation", name)
	desk.press_button("Won…")


def test_enter_enter_enter_wins_a_plain_quotation(desk):
	name = quotation(desk, row())
	start(desk, name)
	for page in ("Close", "Lines", "Summary"):
		wait_for_page(desk, page)
		desk.page.keyboard.press("Enter")
	desk.page.wait_for_function(
		"() => window.cur_frm?.doctype === 'Sales Order' && cur_frm.doc.docstatus === 1"
	)
	assert desk.value("Quotation", name, "status") == "Ordered"
	assert desk.document()["soe_quote_win"]


def test_the_wizard_shows_stock_and_goes_on_where_it_was_left(desk):
	name = quotation(desk, row("Oak Chair", 10_000, 120), row("Assembly", 1, 80))
	start(desk, name)
	for page in ("Close", "Activate"):
		wait_for_page(desk, page)
		desk.page.keyboard.press("Enter")
	wait_for_page(desk, "Lines")
	line = desk.dialog().locator("tbody tr").first
	assert line.locator("[data-show='shortage']").inner_text() not in ("", "0")
	line.locator("[data-field='qty']").fill("10001")
	too_many = desk.dialog().get_by_text("is more than the")
	too_many.wait_for()
	line.locator("[data-field='qty']").fill("9000")
	too_many.wait_for(state="detached")
	desk.dialog().locator("[data-page='Order']").click()
	wait_for_page(desk, "Order")
	desk.page.reload()
	start(desk, name)
	wait_for_page(desk, "Lines")
	assert desk.dialog().locator("[data-field='qty']").first.input_value() == "9000"
	desk.picture("won-lines")
	desk.dialog().locator("[data-page='Summary']").click()
	wait_for_page(desk, "Summary")
	desk.picture("won-summary")
	desk.page.keyboard.press("Enter")
	desk.page.wait_for_function("() => window.cur_frm?.doctype === 'Sales Order'")
	assert desk.value("Quotation", name, "status") == "Partially Ordered"


def test_a_pass_says_what_it_will_do_and_what_it_did(desk):
	name = quotation(desk, row("Oak Chair", 2, 120), row("Desk Lamp", 2), row("Assembly", 1, 80))
	win = desk.call("sales_order_ext.won_quote.api.start", quotation=name)["name"]
	desk.open("Quote Win", win)
	summary = desk.page.locator("[data-fieldname=summary]:visible")
	summary.get_by_text("The sales order is submitted").wait_for()
	desk.picture("quote-win")
	desk.press_button("Finish")
	desk.page.wait_for_function("() => cur_frm.doc.status === 'Finished'")
	desk.settle()
	assert {"Undo", "Sales Order"} <= set(desk.buttons())


def test_a_lost_quotation_says_why(desk):
	if not desk.value("Quotation Lost Reason", "Too dear", "name"):
		desk.insert("Quotation Lost Reason", order_lost_reason="Too dear")
	name = quotation(desk, row())
	desk.open("Quotation", name)
	desk.press_button("Lost…")
	reasons = desk.dialog().locator("[data-fieldname='reasons']")
	reasons.locator("input").click()
	reasons.locator("input").press_sequentially("Too")
	reasons.locator("li", has_text="Too dear").click()
	reasons.locator(".tb-selected-value", has_text="Too dear").wait_for()
	desk.dialog().locator("[data-fieldname='detailed_reason'] textarea").fill("They found it for less.")
	desk.picture("won-lost")
	desk.dialog().locator(".btn-modal-primary").click()
	desk.settle()
	assert desk.value("Quotation", name, "status") == "Lost"


def test_a_ticket_shows_the_order_of_its_external_quote(desk):
	desk.switch(external_quotes=1)
	company = desk.page.evaluate("() => frappe.defaults.get_default('company')")
	issue = desk.insert("Issue", subject="Chairs for the lobby", customer=CUSTOMER, raised_by="a@example.com")
	sent = {"source": "Configurator", "idempotency_key": issue["name"], "issue": issue["name"]}
	rows = [{"item_code": "Desk Lamp", "qty": 1, "rate": 60}]
	payload = {**sent, "company": company, "customer": CUSTOMER, "items": rows}
	api = "sales_order_ext.won_quote.api"
	quote = desk.call(f"{api}.import_external_quote", payload=payload)["quotation"]
	win = desk.call(f"{api}.start", quotation=quote)["name"]
	order = desk.call(f"{api}.finish", quote_win=win)["sales_order"]
	desk.open("Issue", issue["name"])
	link = desk.page.locator(".document-link[data-doctype='Sales Order']:visible")
	link.locator(".count", has_text="1").wait_for()
	desk.picture("won-ticket")
	link.locator(".badge-link").click()
	desk.page.locator(".frappe-list:visible").get_by_text(order).first.wait_for()
