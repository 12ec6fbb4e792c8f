"""A clerk works with names and texts that try to become part of the page: nothing runs, all is shown as typed."""

from typing import NamedTuple

import pytest

from tests.browser import hostile
from tests.browser.desk import Desk
from tests.browser.hostile import CUSTOMER, ITEM, LINE, NAME, TEXT, Watch

MAKE_NOTE = "erpnext.selling.doctype.sales_order.sales_order.make_delivery_note"
PRINTS = ("Sales Order with Allocation", "Order Changes")
REPORTS = (
	"Back Orders",
	"Integrity Check",
	"Lost Demand",
	"Opportunity Funnel",
	"Orders Due to Invoice",
	"Replacement Chains",
	"Reservation Shortfall",
)


class Shop(NamedTuple):
	"""The clerk's desk, the watch over it, and the names of what is there."""

	clerk: Desk
	watch: Watch
	masters: dict[str, str]

	def order(self, submit: bool = True, **fields) -> dict:
		"""Return an order of hostile texts; what is submitted as it is made Frappe does not clean."""
		values = hostile.an_order(self.masters, **fields)
		return self.clerk.insert("Sales Order", **values, docstatus=int(submit))

	def look(self, place: str | None = None, *texts: str) -> None:
		self.watch.look(self.clerk.page.locator(place) if place else None, *texts)

	def tabs(self) -> None:
		"""Go through all tabs of the open form."""
		tabs = self.clerk.page.locator(".page-container:visible .form-tabs .nav-link:visible")
		for at in range(tabs.count()):
			tabs.nth(at).click()
			self.look()
		tabs.first.click()

	def visit(self, *route: str) -> None:
		self.clerk.page.evaluate("(route) => frappe.set_route(...route)", list(route))
		self.clerk.page.wait_for_timeout(300)
		self.look()


@pytest.fixture
def shop(desk: Desk, open_desk) -> Shop:
	masters = hostile.make_masters(desk)
	desk.switch(default_order_type="", print_on_save="Never", row_approval_role="")
	clerk = open_desk(hostile.CLERK, hostile.PASSWORD)
	return Shop(clerk, Watch(clerk), masters)


def modal(*inside: str) -> str:
	return " >> ".join([".modal.show", "nth=-1", *inside])


def test_the_wizard(shop):
	clerk = shop.clerk
	rows = [{"item_code": item, "qty": 2, "rate": 60} for item in (ITEM, hostile.SERVICE.strip())]
	quotation = clerk.insert("Quotation", quotation_to="Customer", party_name=CUSTOMER, order_type="Sales",
		company=shop.masters["company"], items=rows, docstatus=1)["name"]  # fmt: skip
	clerk.open("Quotation", quotation)
	clerk.press_button("Won…")
	clerk.page.wait_for_selector(".modal.show [data-page='Close'].btn-primary")
	shop.look(".modal.show", TEXT)
	for page in ("Activate", "Lines", "Order", "Notify", "Summary"):
		clerk.dialog().locator(f"[data-page='{page}']").click()
		clerk.page.wait_for_selector(f".modal.show [data-page='{page}'].btn-primary")
		shop.look(".modal.show", *([ITEM, TEXT] if page == "Lines" else []))
	clerk.confirm("Finish")
	clerk.page.wait_for_function("() => window.cur_frm?.doctype === 'Sales Order' && cur_frm.doc.docstatus")
	shop.look()
	clerk.open("Quote Win", clerk.document()["soe_quote_win"])
	shop.look()
	clerk.press_button("Undo")
	shop.look(modal())
	clerk.close()


def test_a_draft_and_its_dialogs(shop):
	clerk = shop.clerk
	shop.order()
	name = shop.order(submit=False)["name"]
	clerk.open("Sales Order", name)
	shop.tabs()
	for label in ("Copy Lines", "Copy from Orders"):
		clerk.press_button(label, "Get Items From")
		clerk.dialog().locator("tbody tr").first.wait_for()
		shop.look(modal("tbody"), TEXT, *([ITEM] if label == "Copy Lines" else []))
		clerk.close()
	clerk.page.locator(".grid-footer:visible").get_by_role("button", name="Text Line").click()
	clerk.dialog().locator("[data-fieldname='text'] textarea").fill(LINE)
	clerk.confirm("Add")
	clerk.page.evaluate("() => cur_frm.save()")
	shop.look()
	row = clerk.document()["items"][-1]
	assert clerk.page.evaluate("(html) => frappe.utils.html2text(html)", row["description"]) == LINE


def test_a_booked_order_and_its_dialogs(shop):
	clerk = shop.clerk
	order = shop.order()
	clerk.receive({**order, "items": order["items"][:1]})
	clerk.open("Sales Order", order["name"])
	shop.tabs()
	for button, group, text in (
		("Process", None, ITEM),
		("Add Payment", None, TEXT),
		("Change Order Type", "Status", "Change Order Type"),
	):
		clerk.press_button(button, group)
		clerk.dialog().wait_for()
		shop.look(modal(), text)
		clerk.close()
	clerk.page.evaluate(
		"() => frappe.xcall('sales_order_ext.invoicing.api.explain', { sales_order: cur_frm.docname })"
	)
	clerk.page.locator(".page-container:visible .menu-btn-group button").first.click()
	clerk.page.get_by_text("When Is It Invoiced?").locator("visible=true").click()
	clerk.dialog().wait_for()
	shop.look(modal(), ITEM)
	clerk.close()


def test_the_fulfilment_tab(shop):
	clerk = shop.clerk
	order = shop.order()
	clerk.open("Sales Order", order["name"])
	clerk.page.get_by_role("tab", name="Fulfilment").click()
	clerk.page.locator(".soe-entries").wait_for(state="attached")
	shop.look("[data-fieldname=soe_fulfilment]", ITEM, TEXT)
	for why in clerk.page.locator(".soe-why").all():
		why.click()
		shop.look()
	clerk.page.get_by_placeholder("Write a note about this order").fill(TEXT)
	clerk.page.get_by_role("button", name="Add Note").click()
	clerk.page.locator(".soe-entries > div").first.wait_for()
	shop.look(".soe-entries")


def test_a_replacement(shop):
	clerk = shop.clerk
	order = shop.order()
	clerk.receive({**order, "items": order["items"][:1]})
	note = clerk.call(MAKE_NOTE, source_name=order["name"])
	note["items"] = note["items"][:1]
	note["items"][0]["qty"] = 1
	clerk.submit(clerk.insert(**note))
	draft = clerk.call("sales_order_ext.replacement.api.start", sales_order=order["name"])
	clerk.open("Sales Order", draft)
	shop.look(".soe-changes:visible", ITEM)
	head = clerk.page.locator(".page-container:visible .page-head")
	head.get_by_role("button", name="Replacement", exact=True).click()
	head.locator(".dropdown-menu.show").get_by_text("Split Chosen Rows", exact=True).click()
	clerk.dialog().wait_for()
	shop.look(modal(), ITEM)
	clerk.close()
	clerk.press_button("Confirm Replacement")
	shop.look(modal())
	clerk.confirm("Yes")
	clerk.page.wait_for_function("() => cur_frm.doc.docstatus === 1")
	shop.tabs()
	head.get_by_role("button", name="Replacement", exact=True).click()
	head.locator(".dropdown-menu.show").get_by_text("Show Changes", exact=True).click()
	clerk.dialog().wait_for()
	shop.look(modal(), ITEM)
	clerk.close()
	for print_format in PRINTS:
		clerk.page.goto(f"{clerk.address}/printview?doctype=Sales%20Order&name={draft}&format={print_format}"
			"&no_letterhead=1")  # fmt: skip
		shop.watch.look_print(ITEM)


def test_the_invoice_run_and_lines_of_an_invoice(shop):
	clerk = shop.clerk
	order = shop.order(soe_invoice_term="Immediate")
	left = shop.order(soe_invoice_term="Do Not Invoice")
	orders = f"{order['name']}\n{left['name']}"
	run = clerk.insert("Invoice Run", company=order["company"], orders=orders)["name"]
	clerk.open("Invoice Run", run)
	clerk.press_button("Preview")
	clerk.page.locator("[data-fieldname=result]:visible").get_by_text("Left Out").wait_for()
	shop.look("[data-fieldname=result]:visible", NAME)
	values = {"customer": CUSTOMER, "company": order["company"]}
	clerk.page.evaluate("(values) => frappe.new_doc('Sales Invoice', values)", values)
	clerk.page.wait_for_function("() => window.cur_frm && cur_frm.doctype === 'Sales Invoice'")
	clerk.settle()
	clerk.press_button("Sales Orders by Invoice Term", group="Create Lines From")
	line = clerk.dialog().locator("tr", has_text=order["name"]).first
	line.wait_for()
	shop.look(modal("tbody"), ITEM)
	line.locator(".soe-choose").click()
	clerk.confirm("Add Lines")
	clerk.page.wait_for_function(
		f"() => cur_frm.doc.items.some((row) => row.sales_order === '{order['name']}')"
	)
	shop.tabs()
	made = clerk.call("sales_order_ext.invoicing.api.create_from_orders", orders=[order["name"]])["created"]
	clerk.page.goto(f"{clerk.address}/printview?doctype=Sales%20Invoice&name={made[0]['name']}"
		"&format=Sales%20Invoice%20by%20Orders&no_letterhead=1")  # fmt: skip
	shop.watch.look_print(TEXT)


def test_lists_calendars_reports_and_the_workspace(shop):
	clerk = shop.clerk
	order = shop.order(soe_order_type="Active Order")
	schedule = hostile.ensure(
		clerk, "Invoice Schedule", {"name": NAME}, schedule_name=NAME, frequency="Daily"
	)
	clerk.open("Sales Order", order["name"])
	assert schedule
	for route in (
		("List", "Sales Order", "List"),
		("List", "Sales Order", "Kanban", "Sales Orders by Life Cycle"),
		("List", "Sales Order", "Calendar", "Default"),
		("List", "Invoice Run", "Calendar", "Default"),
		("List", "Invoice Schedule", "List"),
		("List", "Back Order", "List"),
		("List", "Stock Hold", "List"),
		("List", "Quote Win", "List"),
		("List", "Order Replacement", "List"),
		("Workspaces", "Sales Orders"),
	):
		shop.visit(*route)
	for report in REPORTS:
		shop.visit("query-report", report)
	clerk.open("Back Order")
	clerk.press_button("Preview Release")
	clerk.dialog().locator("tbody tr").first.wait_for()
	shop.look(modal())
