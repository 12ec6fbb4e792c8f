"""Names and texts that try to become part of the page, and a watch over what runs in it."""

from __future__ import annotations

import json
import uuid
from typing import Any

from playwright.sync_api import Locator

from tests.browser.desk import Desk

# Frappe takes < and > in no name of a document. Texts it cleans, unless they read as JSON.
NAME = 'O\'Neil & "Partners" {{ 7*7 }} ${7*7} %s {0} חברת השלום'
TEXT = json.dumps(
	["<img src=x onerror=soe_ran(this)>\"><script>soe_ran()</script>'&amp; {{ 7*7 }} ${7*7} %s {0} שלום"],
	ensure_ascii=False,
)
LONG = "Rindfleischetikettierungsaufgaben " * 3
# Keeps who makes HTML of the texts as they are: the code that sets it, or ran a script in it.
REPORT = """
	const caller = () => new Error().stack.split("\\n").slice(2).map((one) => one.trim()).join(" ");
	Error.stackTraceLimit = 25;
	window.soe_raw = [];
	window.soe_ran = (element) => element || soe_raw.push(caller());
	const inner = Object.getOwnPropertyDescriptor(Element.prototype, "innerHTML");
	Object.defineProperty(Element.prototype, "innerHTML", {
		...inner,
		set(html) {
			if (/<img[^>]*onerror/i.test(html)) soe_raw.push(caller());
			inner.set.call(this, html);
		},
	});
"""
# Where Frappe and ERPNext themselves make names part of the page, whoever wrote the rest of it.
THEIRS = (
	# The item of a row, as code and name.
	".setup_columns (",
	# Addresses and texts of an editor, of documents submitted as they were made.
	"ControlSmallText.set_disp_area",
	"ControlTextEditor.",
)
DAY = "2099-12-31"
PASSWORD = "clerk-at-the-desk"
CLERK = "hostile-clerk@example.com"
ROLES = (
	"Sales User",
	"Sales Manager",
	"Stock User",
	"Stock Manager",
	"Accounts User",
	"Accounts Manager",
	"Purchase User",
	"Projects User",
	"Support Team",
)
CUSTOMER, ITEM, SERVICE, WAREHOUSE = NAME, f"{NAME} Lamp", f"{LONG}Service", f"{NAME} Stores"
ORDER_TYPE, LINE, PROJECT = f"{NAME} Order", f"{TEXT} line", TEXT.replace("{0}", "{0} lobby")


def make_masters(desk: Desk) -> dict[str, str]:
	"""Make what is missing of a company whose names are all like that; return the names."""
	company = desk.value("Global Defaults", "Global Defaults", "default_company")
	group = desk.value("Customer", "Maple Hotel", "customer_group")
	territory = desk.value("Customer", "Maple Hotel", "territory")
	warehouse = ensure(desk, "Warehouse", {"warehouse_name": WAREHOUSE}, company=company)
	ensure(desk, "Sales Order Type", {"name": ORDER_TYPE}, __newname=ORDER_TYPE, order_type_name=ORDER_TYPE,
		enabled=1, allocates=1, processing="Allowed", back_order_moment="On Processing")  # fmt: skip
	ensure(desk, "Customer", {"name": CUSTOMER}, customer_name=CUSTOMER, customer_group=group,
		territory=territory, soe_invoice_term="After Delivery")  # fmt: skip
	desk.call(
		"frappe.client.set_value", doctype="Customer", name=CUSTOMER, fieldname="customer_name", value=TEXT
	)
	for item, stocked in ((ITEM, 1), (SERVICE.strip(), 0)):
		ensure(desk, "Item", {"name": item}, item_code=item, item_name=TEXT, description="Goods",
			item_group="Products", stock_uom="Nos", is_stock_item=stocked)  # fmt: skip
	ensure(desk, "User", {"name": CLERK}, email=CLERK, first_name=TEXT, send_welcome_email=0,
		new_password=PASSWORD, roles=[{"role": role} for role in ROLES])  # fmt: skip
	links = [{"link_doctype": "Customer", "link_name": CUSTOMER}]
	address = ensure(desk, "Address", {"address_title": NAME}, address_line1=NAME, city=NAME,
		country="United States", links=links)  # fmt: skip
	contact = ensure(desk, "Contact", {"first_name": NAME}, last_name="Contact", links=links)
	project = ensure(desk, "Project", {"project_name": PROJECT}, customer=CUSTOMER, company=company)
	return {
		"company": company,
		"warehouse": warehouse,
		"address": address,
		"contact": contact,
		"project": project,
	}


def ensure(desk: Desk, doctype: str, key: dict[str, str], **fields: Any) -> str:
	"""Return the name of a document with these values, made with these further ones where it is missing."""
	found = desk.call("frappe.client.get_list", doctype=doctype, filters=key, limit_page_length=1)
	values = {field: value for field, value in key.items() if field != "name"}
	return found[0]["name"] if found else desk.insert(doctype, **values, **fields)["name"]


def an_order(masters: dict[str, str], **fields: Any) -> dict[str, Any]:
	"""Return the values of an order on which every text and name is hostile."""
	rows = [
		{
			"item_code": item,
			"item_name": TEXT,
			"description": TEXT,
			"qty": 2,
			"rate": 60,
			"warehouse": masters["warehouse"],
		}
		for item in (ITEM, SERVICE.strip())
	]
	lines = [
		{"soe_line_type": "Text", "description": LINE, "qty": 0, "rate": 0},
		{"soe_line_type": "Custom", "description": LINE, "qty": 1, "rate": 5},
	]
	# A customer's order number is taken once.
	po_no = TEXT.replace('["', f'["{uuid.uuid4().hex[:6]} ')
	values = {
		"customer": CUSTOMER,
		"company": masters["company"],
		"delivery_date": DAY,
		"po_no": po_no,
		"terms": TEXT,
		"soe_order_type": ORDER_TYPE,
		"customer_address": masters["address"],
		"contact_person": masters["contact"],
		"project": masters["project"],
		"items": [{**row, "delivery_date": DAY} for row in [*rows, *lines]],
	}
	return {**values, **fields}


class Watch:
	"""What ran, or would, in the pages of a desk although somebody only typed it."""

	def __init__(self, desk: Desk):
		self.desk = desk
		self.asked: list[str] = []
		desk.page.context.add_init_script(REPORT)
		desk.page.on("dialog", lambda dialog: (self.asked.append(dialog.message), dialog.dismiss()))
		desk.reload()

	def look(self, place: Locator | None = None, *texts: str) -> None:
		"""Fail where a text became part of the page; `texts` are shown in the place."""
		self.desk.settle()
		for frame in self.desk.page.frames:
			raw = frame.evaluate("() => window.soe_raw || []")
			ours = [stack for stack in raw if not any(theirs in stack for theirs in THEIRS)]
			assert not ours, (frame.url, ours)
		assert not self.asked, self.asked
		shown = squeezed(place.first.inner_text()) if place else ""
		for text in texts:
			assert squeezed(text) in shown, (text, shown[:3000])

	def look_print(self, *texts: str) -> None:
		"""Look at a page that is a print, outside of the desk."""
		self.desk.page.wait_for_load_state("networkidle")
		found = self.desk.page.evaluate(
			"() => [...soe_raw, ...[...document.querySelectorAll('[onerror]')].map((one) => one.outerHTML)]"
		)
		assert not found, found
		shown = squeezed(self.desk.page.locator("body").inner_text())
		for text in texts:
			assert squeezed(text) in shown, (text, shown)


def squeezed(text: str) -> str:
	return " ".join(text.split())
