"""Processing an order: deliver what it can have, invoice by its term, back-order the rest."""

import frappe
import pytest

from sales_order_ext.order_type import api
from tests.site import orders
from tests.site.masters import ITEM, OTHER_ITEM, SERVICE, WAREHOUSE, receive, user
from tests.site.orders import typed


def total_invoiced(made):
	"""Return the total of the submitted invoice that processing made, or None without one."""
	invoice = made["sales_invoice"]
	if not invoice:
		return None
	docstatus, total = frappe.db.get_value("Sales Invoice", invoice, ["docstatus", "grand_total"])
	assert docstatus == 1
	return total


def test_processing_delivers_invoices_and_back_orders(types_on):
	receive(ITEM, 3)
	order = typed("Invoice Order", (ITEM, 5, 20), (SERVICE, 1, 50))
	made = api.process(order.name)
	note = frappe.get_doc("Delivery Note", made["delivery_note"])
	assert {row.item_code: row.qty for row in note.items} == {ITEM: 3, SERVICE: 1}
	invoice = frappe.get_doc("Sales Invoice", made["sales_invoice"])
	assert (invoice.docstatus, invoice.grand_total) == (1, 110)
	assert len(made["back_orders"]) == 1
	assert orders.back_orders(order.name) == [(ITEM, 2, 0, "Open")]
	assert orders.status(order.name) == "Partially Reserved"
	again = api.process(order.name)
	assert again == {"delivery_note": None, "sales_invoice": None, "back_orders": []}
	receive(ITEM, 10)
	rest = api.process(order.name)
	assert frappe.get_doc("Delivery Note", rest["delivery_note"]).items[0].qty == 2
	assert orders.back_orders(order.name) == [(ITEM, 2, 2, "Filled")]
	assert frappe.db.get_value("Sales Order", order.name, ["per_delivered", "per_billed"]) == (100, 100)
	assert orders.status(order.name) == "Fully Reserved"


def test_processing_takes_what_is_free_beside_the_reservation_but_nothing_of_others(types_on):
	receive(ITEM, 3)
	order = typed("Invoice Order", (ITEM, 8, 20))
	receive(ITEM, 4)
	other = typed("Invoice Order", (ITEM, 2, 20))
	assert orders.reserved(other.name) == {ITEM: 2}
	made = api.process(order.name)
	assert frappe.get_doc("Delivery Note", made["delivery_note"]).items[0].qty == 5
	assert orders.reserved(other.name) == {ITEM: 2}
	assert frappe.get_doc("Delivery Note", api.process(other.name)["delivery_note"]).items[0].qty == 2


@pytest.mark.parametrize("order_type", ["Invoice Order", "Active Order"])
@pytest.mark.parametrize(
	"term, first, rest",
	[
		("", 60, 40),
		("After Delivery", 60, 40),
		("Immediate", 100, None),
		("After Order Delivered", None, 100),
		("Customer Schedule After Delivery", None, None),
		("Do Not Invoice", None, None),
	],
)
def test_processing_invoices_by_the_term(types_on, switch_on, order_type, term, first, rest):
	switch_on("enable_invoice_terms")
	receive(ITEM, 3)
	order = typed(order_type)
	frappe.db.set_value("Sales Order", order.name, "soe_invoice_term", term)
	assert total_invoiced(api.process(order.name)) == first
	receive(ITEM, 5)
	assert total_invoiced(api.process(order.name)) == rest
	assert total_invoiced(api.process(order.name)) is None


def test_without_the_switch_of_terms_processing_invoices_what_is_delivered(types_on):
	receive(ITEM, 3)
	order = typed("Invoice Order", soe_invoice_term="Do Not Invoice")
	assert total_invoiced(api.process(order.name)) == 60


@pytest.mark.parametrize("terms", [0, 1])
def test_processing_takes_off_what_was_invoiced_by_hand_drafts_included(types_on, switch_on, terms):
	switch_on(enable_invoice_terms=terms)
	receive(ITEM, 10)
	order = typed("Invoice Order")
	draft = orders.invoice(order.name)
	draft.items[0].qty = 2
	draft.insert()
	assert total_invoiced(api.process(order.name)) == 60
	draft.submit()
	assert frappe.db.get_value("Sales Order", order.name, "per_billed") == 100


def test_processing_needs_the_right_to_invoice(types_on):
	receive(ITEM, 3)
	order = typed("Invoice Order")
	roles = ("Sales User", "Stock User")
	with user(*roles):
		frappe.db.savepoint("request")
		with pytest.raises(frappe.PermissionError):
			api.process(order.name)
		frappe.db.rollback(save_point="request")
	assert frappe.db.count("Sales Invoice Item", {"sales_order": order.name}) == 0
	assert frappe.db.get_value("Sales Order", order.name, "per_delivered") == 0
	with user(*roles, "Accounts User"):
		assert total_invoiced(api.process(order.name)) == 60


def test_processing_counts_in_whole_boxes(types_on):
	box = frappe.get_doc("Item", OTHER_ITEM)
	if not any(row.uom == "Box" for row in box.uoms):
		box.append("uoms", {"uom": "Box", "conversion_factor": 12})
		box.save()
	frappe.db.set_value("UOM", "Box", "must_be_whole_number", 1)
	receive(OTHER_ITEM, 30)
	rows = [{"item_code": OTHER_ITEM, "qty": 3, "uom": "Box", "rate": 60, "warehouse": WAREHOUSE}]
	order = typed("Invoice Order", items=rows)
	assert orders.reserved(order.name) == {OTHER_ITEM: 24}
	made = api.process(order.name)
	assert frappe.get_doc("Delivery Note", made["delivery_note"]).items[0].qty == 2
	assert orders.back_orders(order.name) == [(OTHER_ITEM, 12, 0, "Open")]


def test_a_failure_in_the_middle_of_processing_leaves_nothing_behind(types_on, monkeypatch):
	from sales_order_ext.order_type import processing

	receive(ITEM, 3)
	order = typed("Invoice Order")
	monkeypatch.setattr(processing, "back_order_rest", lambda order: 1 / 0)
	frappe.db.savepoint("request")
	with pytest.raises(ZeroDivisionError):
		api.process(order.name)
	assert frappe.db.get_value("Sales Order", order.name, "per_billed") == 60
	frappe.db.rollback(save_point="request")
	assert orders.reserved(order.name) == {ITEM: 3}
	assert frappe.db.get_value("Sales Order", order.name, ["per_delivered", "per_billed"]) == (0, 0)
	assert frappe.db.count("Sales Invoice Item", {"sales_order": order.name}) == 0


def test_processing_does_what_its_preview_says(types_on):
	receive(ITEM, 3)
	order = typed("Invoice Order", (ITEM, 5, 20), (SERVICE, 1, 50), (OTHER_ITEM, 2, 10))
	said = api.preview_process(order.name)
	assert [(row["item_code"], row["qty"]) for row in said["deliver"]] == [(ITEM, 3), (SERVICE, 1)]
	assert [(row["item_code"], row["qty"]) for row in said["back_order"]] == [(ITEM, 2), (OTHER_ITEM, 2)]
	assert (said["notes"], said["blockers"]) == (["What is delivered is invoiced."], [])
	made = api.process(order.name)
	note = frappe.get_doc("Delivery Note", made["delivery_note"])
	assert sorted((row.item_code, row.qty) for row in note.items) == [(ITEM, 3), (SERVICE, 1)]
	assert orders.back_orders(order.name) == [(ITEM, 2, 0, "Open"), (OTHER_ITEM, 2, 0, "Open")]
	assert "no Delivery Note" in api.preview_process(typed("Reserve Order").name)["blockers"][0]
