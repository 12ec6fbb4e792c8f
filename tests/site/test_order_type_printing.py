"""Printing: when saving opens the print, in which format, the Printed mark, and the figures printed."""

import frappe
import pytest
from frappe.www.printview import get_html_and_style

from sales_order_ext.order_type import api, printing
from tests.site.masters import ITEM, OTHER_ITEM, SERVICE, receive, sales_order, user
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


def test_the_format_is_the_types_else_the_usual_one(types_on):
	order = typed("Invoice Order")
	assert api.printing(order.name)["print_format"] == printing.PRINT_FORMAT
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
