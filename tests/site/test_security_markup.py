"""What people typed is shown as they typed it: in prints, messages and notifications, also of unclean documents."""

from html.parser import HTMLParser

import frappe
import pytest
from frappe.www.printview import get_html_and_style

from sales_order_ext.fulfilment import api as fulfilment
from sales_order_ext.markup import as_html, as_text
from sales_order_ext.order_entry import notices
from sales_order_ext.order_type import api as order_types
from sales_order_ext.replacement import api as replacement
from tests.site import masters
from tests.site.masters import COMPANY, CUSTOMER, ITEM, OTHER_ITEM, WAREHOUSE, sales_order

HOSTILE = '"><img src=x onerror="hacked()"><script>hacked()</script>\'{{ 7*7 }}'
TYPED = ("customer_name", "po_no", "terms", "address_display")
ORDER = {
	"doctype": "Sales Order",
	"docstatus": 1,
	"company": COMPANY,
	"customer": CUSTOMER,
	"delivery_date": "2099-12-31",
	**dict.fromkeys(TYPED, HOSTILE),
}
ROW = {"qty": 1, "rate": 10, "warehouse": WAREHOUSE, "item_name": HOSTILE, "description": HOSTILE}


class Running(HTMLParser):
	"""Collect what a browser would run: scripts, and attributes that are handlers or run addresses."""

	def __init__(self, html: str):
		super().__init__()
		self.found: list[str] = []
		self.feed(html)

	def handle_starttag(self, tag, attrs):
		if tag in ("script", "iframe", "object"):
			self.found.append(tag)
		self.found += [
			name for name, value in attrs if name.startswith("on") or "javascript:" in (value or "")
		]


def unclean(**fields):
	"""Return an order that was submitted as it was made: Frappe leaves what it holds as it is.

	What it takes from the customer, and what may be changed later, is put in the database.
	"""
	order = frappe.get_doc({**ORDER, "items": [{"item_code": ITEM, **ROW}], **fields}).insert()
	assert "onerror" in order.terms and "onerror" in order.items[0].item_name
	order.db_set(dict.fromkeys(TYPED, HOSTILE))
	return order


def printed(doc, print_format):
	return get_html_and_style(doc.doctype, doc.name, print_format, no_letterhead=1)["html"]


def test_an_order_s_print_runs_nothing(types_on, switch_on):
	tax = {"charge_type": "On Net Total", "account_head": masters.tax_account(), "rate": 5}
	order = unclean(taxes=[{**tax, "description": HOSTILE}], soe_order_type="Active Order")
	html = printed(order, "Sales Order with Allocation")
	assert Running(html).found == []
	assert html.count("&lt;img src=x") >= 2
	assert "{{ 7*7 }}" in html.replace("&#39;", "'")


def test_an_invoice_s_print_runs_nothing(invoicing_on):
	order = unclean()
	row = {"item_code": ITEM, **ROW, "sales_order": order.name, "so_detail": order.items[0].name}
	invoice = frappe.get_doc({**ORDER, "doctype": "Sales Invoice", "items": [row]}).insert()
	invoice.db_set("customer_name", HOSTILE)
	html = printed(invoice, "Sales Invoice by Orders")
	assert Running(html).found == []
	assert html.count("&lt;img src=x") >= 2


def test_a_print_of_changes_runs_nothing(switch_on):
	switch_on("enable_cancel_and_replace")
	order = unclean(items=[{"item_code": ITEM, **ROW}, {"item_code": OTHER_ITEM, "qty": 1, "rate": 5}])
	draft = frappe.get_doc("Sales Order", replacement.start(order.name))
	draft.remove(draft.items[0])
	draft.save()
	html = printed(draft, "Order Changes")
	assert Running(html).found == []
	assert "&lt;img src=x" in html


def test_a_refusal_is_text(switch_on):
	order = sales_order((ITEM, 1, 10))
	for ask in (
		lambda: fulfilment.feed(order.name, HOSTILE),
		lambda: fulfilment.overview(HOSTILE),
		lambda: order_types.convert_forward("{" + HOSTILE, "Active Order"),
	):
		switch_on("enable_order_types", "enable_lifecycle_status")
		with pytest.raises(frappe.ValidationError) as refused:
			ask()
		assert Running(str(refused.value)).found == []
		assert Running(frappe.as_json(frappe.message_log)).found == []


def test_a_batch_tells_its_refusals_as_text(types_on):
	order = sales_order((ITEM, 1, 10), soe_order_type="Forward Order")
	answer = order_types.convert_forward([order.name], f"R&D {HOSTILE}")
	[failed] = answer["failed"]
	assert f"R&D {HOSTILE}" in failed["error"]


def test_text_survives_as_html():
	for text in (HOSTILE, "R&D", "a < b & c", "O'Neil", "&lt;b&gt;"):
		assert as_text(f"<strong>{as_html(text)}</strong>") == text
	assert as_text("<p>One.</p>Two.<br>Three.") == "One.\nTwo.\nThree."


def test_a_notification_is_text(switch_on):
	switch_on("enable_order_notifications")
	order = unclean(soe_notify=[{"user": "Administrator"}])
	with_name = {"document_name": order.name, "for_user": "Administrator"}
	order.db_set("po_no", "4711")
	order.reload()
	order.delivery_date = order.items[0].delivery_date = "2099-12-30"
	order.flags.ignore_validate_update_after_submit = True
	order.save()
	frappe.db.before_commit.run()
	[told] = frappe.get_all("Notification Log", with_name, ["subject", "email_content"])
	notices._kept().clear()
	for html in (told.subject, told.email_content):
		assert Running(html).found == []
	assert "&lt;img" in told.subject
