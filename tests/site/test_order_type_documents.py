"""Document kinds: what submitting an order makes with it, or nothing of it."""

import frappe
import pytest

from tests.site import orders
from tests.site.masters import COMPANY, ITEM, SERVICE, receive, user
from tests.site.orders import typed


@pytest.fixture
def cash():
	"""Return a mode of payment with an account of the company."""
	account = frappe.db.get_value("Account", {"company": COMPANY, "account_type": "Cash", "is_group": 0})
	mode = frappe.get_doc("Mode of Payment", "Cash")
	if not any(row.company == COMPANY for row in mode.accounts):
		mode.append("accounts", {"company": COMPANY, "default_account": account})
		mode.save()
	return "Cash"


def made(doctype, order, field="sales_order"):
	"""Return the distinct documents with rows of an order, drafts and cancelled ones included."""
	parents = frappe.get_all(f"{doctype} Item", {field: order}, pluck="parent", order_by="creation")
	return [frappe.get_doc(doctype, name) for name in dict.fromkeys(parents)]


def test_a_warehouse_order_is_delivered_as_it_is_booked(types_on):
	receive(ITEM, 3)
	order = typed("Warehouse Order", (ITEM, 5, 20), (SERVICE, 1, 50))
	[note] = made("Delivery Note", order.name, "against_sales_order")
	assert (note.docstatus, sorted(row.qty for row in note.items)) == (1, [1, 3])
	assert made("Sales Invoice", order.name) == []
	assert orders.back_orders(order.name) == [(ITEM, 2, 0, "Open")]
	assert orders.reserved(order.name) == {}
	assert order.items[0].delivered_qty == 3
	assert str(order.modified) == str(frappe.db.get_value("Sales Order", order.name, "modified"))


def test_a_pos_order_is_delivered_invoiced_and_paid(types_on, switch_on, cash):
	switch_on("enable_invoice_terms", "enable_payment_status", "enable_lifecycle_status")
	receive(ITEM, 5)
	order = typed("POS Order", soe_mode_of_payment=cash, soe_invoice_term="Do Not Invoice")
	[note] = made("Delivery Note", order.name, "against_sales_order")
	[invoice] = made("Sales Invoice", order.name)
	assert (note.docstatus, invoice.docstatus, invoice.grand_total, invoice.outstanding_amount) == (
		1,
		1,
		100,
		0,
	)
	[payment] = frappe.get_all(
		"Payment Entry Reference", {"reference_name": invoice.name}, ["parent", "docstatus"], order_by="name"
	)
	assert frappe.db.get_value("Payment Entry", payment.parent, ["docstatus", "mode_of_payment"]) == (1, cash)
	assert (order.per_delivered, order.per_billed, order.status) == (100, 100, "Completed")
	assert (order.soe_payment_status, order.soe_lifecycle_status) == ("Fully Paid", "Invoiced")


def test_the_orders_own_kind_comes_before_its_types(types_on, cash):
	receive(ITEM, 10)
	order = typed("Invoice Order", soe_document_kind="POS")
	[invoice] = made("Sales Invoice", order.name)
	assert invoice.outstanding_amount == 100
	plain = typed("POS Order", soe_document_kind="Standard", soe_mode_of_payment=cash)
	assert made("Delivery Note", plain.name, "against_sales_order") == []


def test_nothing_in_stock_leaves_the_order_to_be_processed_later(types_on, cash):
	order = typed("POS Order", soe_mode_of_payment=cash)
	assert (order.docstatus, made("Delivery Note", order.name, "against_sales_order")) == (1, [])
	assert made("Sales Invoice", order.name) == []
	assert orders.back_orders(order.name) == [(ITEM, 5, 0, "Open")]


def test_a_failure_leaves_nothing(types_on, cash):
	receive(ITEM, 5)
	frappe.db.delete("Mode of Payment Account", {"parent": cash})
	frappe.clear_document_cache("Mode of Payment", cash)
	frappe.db.savepoint("request")
	order = typed("POS Order", soe_mode_of_payment=cash, submit=False)
	with pytest.raises(frappe.ValidationError, match="default Cash or Bank account"):
		order.submit()
	frappe.db.rollback(save_point="request")
	assert not frappe.db.exists("Sales Order", order.name)
	assert made("Sales Invoice", order.name) == []


def test_who_may_not_invoice_cannot_book_a_pos_order(types_on):
	receive(ITEM, 5)
	with user("Sales User", "Stock User"):
		frappe.db.savepoint("request")
		with pytest.raises(frappe.PermissionError):
			typed("POS Order")
		frappe.db.rollback(save_point="request")
	with user("Sales User", "Stock User", "Accounts User"):
		order = typed("POS Order")
	assert len(made("Sales Invoice", order.name)) == 1


def test_a_blocked_order_makes_nothing_whatever_its_kind(types_on):
	receive(ITEM, 5)
	order = typed("Reserve Order", soe_document_kind="POS")
	assert made("Delivery Note", order.name, "against_sales_order") == []
	assert orders.reserved(order.name) == {ITEM: 5}
