"""Printing: when saving opens the print, in which format, the Printed mark, and the figures printed."""

import frappe
import pytest
from frappe.www.printview import get_html_and_style

from sales_order_ext.order_type import api, printing
from tests.site.masters import ITEM, OTHER_ITEM, SERVICE, WAREHOUSE, receive, sales_order, user
from tests.site.orders import typed


def printed(order):
	return frappe.db.get_value("Sales Order", order.name, "soe_printed")


@pytest.mark.parametrize(
	"preferred, of_type, draft, booked",
	[
		("Never", "", False, False),
		("On Save", "", True, True),
		("On Submit", "", False, True),
		("On Save", "Never", False, False),
		("Never", "On Submit", False, True),
	],
)
def test_saving_prints_by_setting_and_by_type(types_on, switch_on, preferred, of_type, draft, booked):
	switch_on(print_on_save=preferred)
	frappe.get_doc("Sales Order Type", "Invoice Order").update({"print_on_save": of_type}).save()
	order = typed("Invoice Order", submit=False)
	assert api.printing(order.name)["print"] == draft
	order.submit()
	assert api.printing(order.name)["print"] == booked


def test_the_format_is_the_types_else_the_usual_one(types_on, monkeypatch):
	order = typed("Invoice Order")
	# On a new site of version 16 ERPNext has set one.
	for default, usual in ((None, printing.PRINT_FORMAT), ("Plain", "Plain")):
		with monkeypatch.context() as patch:
			patch.setattr(frappe.get_meta("Sales Order"), "default_print_format", default)
			assert api.printing(order.name)["print_format"] == usual
	other = frappe.get_doc(
		{"doctype": "Print Format", "name": "Slip", "doc_type": "Sales Order", "standard": "No",
		"custom_format": 1, "html": "{{ doc.name }}"}
	).insert()  # fmt: skip
	frappe.get_doc("Sales Order Type", "Invoice Order").update({"print_format": other.name}).save()
	assert api.printing(order.name)["print_format"] == "Slip"


def test_nothing_is_printed_or_marked_with_every_switch_off(switch_on):
	switch_on(print_on_save="On Save")
	order = sales_order((ITEM, 1, 20))
	assert api.printing(order.name)["print"] is False
	assert api.mark_printed(order.name) == {"printed": False}
	assert not printed(order)


def test_an_order_is_marked_only_while_a_row_can_be_supplied(types_on):
	order = typed("Invoice Order", (ITEM, 5, 20), (OTHER_ITEM, 2, 10))
	draft = typed("Invoice Order", (ITEM, 5, 20), submit=False)
	for one in (order, draft):
		assert api.mark_printed(one.name) == {"printed": False}
		assert not printed(one)
	receive(ITEM, 1)
	for one in (order, draft):
		assert api.mark_printed(one.name) == {"printed": True}
		assert printed(one)
	assert api.mark_printed(typed("Invoice Order", (SERVICE, 1, 50)).name) == {"printed": True}


def test_a_form_opened_before_printing_keeps_the_mark(types_on):
	receive(ITEM, 5)
	order = typed("Invoice Order", submit=False)
	api.mark_printed(order.name)
	order.soe_printed = 0
	order.save()
	assert order.soe_printed == 1
	order.submit()
	order.reload()
	order.soe_printed = 0
	order.save()
	assert printed(order)


def test_printing_asks_for_the_right(types_on):
	order = typed("Invoice Order")
	with user("Purchase User"), pytest.raises(frappe.PermissionError):
		api.mark_printed(order.name)
	with user("Purchase User"), pytest.raises(frappe.PermissionError):
		api.printing(order.name)


def test_the_print_shows_type_allocated_and_back_ordered_by_row(types_on):
	receive(ITEM, 3)
	order = typed("Active Order", (ITEM, 5, 20), (SERVICE, 1, 50))
	html = get_html_and_style("Sales Order", order.name, print_format=printing.PRINT_FORMAT)["html"]
	text = " ".join(frappe.utils.strip_html(html).split())
	assert "Active Order" in text
	assert "Allocated Back-Ordered" in text
	assert "5 Nos 3 2 $ 20.00" in text
	assert not printed(order)


def test_a_print_out_that_is_fetched_marks_the_order(types_on, monkeypatch):
	receive(ITEM, 3)
	order = typed("Invoice Order")
	monkeypatch.setattr(frappe.local, "request", frappe._dict(method="GET"), raising=False)
	frappe.get_doc("Sales Order", order.name).run_method("before_print", frappe._dict())
	assert printed(order)
	frappe.local.flags.commit = False


def test_the_print_has_texts_in_place_the_way_of_delivery_and_the_terms(types_on, switch_on):
	switch_on("enable_invoice_terms")
	receive(ITEM, 2)
	rows = [
		{"soe_line_type": "Text", "description": "Second floor"},
		{"item_code": ITEM, "qty": 5, "rate": 20, "warehouse": WAREHOUSE},
		{"soe_line_type": "Custom", "description": "Cut to size", "qty": 1, "rate": 7},
		{"item_code": OTHER_ITEM, "qty": 1, "rate": 9, "warehouse": WAREHOUSE, "soe_source": "Back-to-Back"},
	]
	order = sales_order(
		items=rows,
		soe_order_type="Active Order",
		soe_invoice_term="After Delivery",
		terms="Goods stay ours until paid.",
	)
	back_order = frappe.get_last_doc("Back Order", {"sales_order": order.name, "item_code": ITEM})
	back_order.db_set("promised_date", "2099-11-30")
	html = get_html_and_style("Sales Order", order.name, print_format=printing.PRINT_FORMAT)["html"]
	text = " ".join(frappe.utils.strip_html(html).split())
	assert "None" not in text and "soe-" not in text
	places = [
		text.index(one)
		for one in ("Invoice TermAfter Delivery", "1 Second floor", ITEM, "Cut to size", "Bought for this order",
			"Goods stay ours until paid.")
	]  # fmt: skip
	assert places == sorted(places)
	assert frappe.utils.formatdate("2099-11-30") in text


def test_the_print_says_how_the_goods_reach_the_customer(types_on):
	receive(ITEM, 2)
	order = typed("Invoice Order", submit=False)
	order.update({"soe_document_kind": "Warehouse"}).save()
	html = get_html_and_style("Sales Order", order.name, print_format=printing.PRINT_FORMAT)["html"]
	assert "Delivered from the warehouse with the order" in html
	order.update({"soe_document_kind": ""}).save()
	html = get_html_and_style("Sales Order", order.name, print_format=printing.PRINT_FORMAT)["html"]
	assert "Delivered from the warehouse" not in html
