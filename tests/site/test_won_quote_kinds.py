"""Warehouse and POS wins: what the preview says is booked, and what is booked holds the order."""

import frappe
import pytest

from sales_order_ext.errors import UndoNotAllowedError
from sales_order_ext.won_quote import api
from tests.site import orders
from tests.site.masters import ITEM, SERVICE, receive
from tests.site.wins import actions, pay_mode, quotation, row, status

BOOKED = ("Delivery Note", "Sales Invoice", "Payment Entry")


@pytest.fixture(autouse=True)
def kinds(types_on, switch_on):
	switch_on("enable_procurement", "enable_invoice_terms")


@pytest.fixture
def cash():
	return pay_mode()


def started(kind, *rows, **fields):
	win = api.start(quotation=quotation(*rows).name)
	return win.update({"document_kind": kind, **fields}).save()


def finished(win):
	"""Finish a pass; check that it did what was said, and return {DocType: its document}."""
	said = actions(win)
	created = api.finish(win.name)["created"]
	assert actions(win) == said
	assert [f"Create {one['doctype']}" for one in created] == [one for one in said if "Create" in one]
	return {one["doctype"]: frappe.get_doc(one["doctype"], one["name"]) for one in created}


def booked(made):
	return [doctype for doctype in BOOKED if doctype in made]


def test_a_warehouse_win_delivers_what_there_is():
	receive(ITEM, 4)
	made = finished(started("Warehouse", row(qty=10), row(SERVICE, qty=1, rate=55)))
	assert booked(made) == ["Delivery Note"]
	note = made["Delivery Note"]
	assert (note.docstatus, {line.item_code: line.qty for line in note.items}) == (1, {ITEM: 4, SERVICE: 1})
	assert orders.back_orders(made["Sales Order"].name) == [(ITEM, 6, 0, "Open")]


def test_a_pos_win_is_delivered_invoiced_and_paid(cash):
	receive(ITEM, 10)
	made = finished(started("POS", row(qty=10), mode_of_payment=cash))
	assert booked(made) == list(BOOKED)
	assert [made[doctype].docstatus for doctype in BOOKED] == [1, 1, 1]
	assert (made["Sales Invoice"].grand_total, made["Sales Invoice"].outstanding_amount) == (200, 0)
	assert (made["Payment Entry"].mode_of_payment, made["Payment Entry"].paid_amount) == (cash, 200)


def test_a_pos_win_without_a_mode_of_payment_is_owed():
	receive(ITEM, 10)
	made = finished(started("POS", row(qty=10)))
	assert booked(made) == ["Delivery Note", "Sales Invoice"]
	assert made["Sales Invoice"].outstanding_amount == 200


def test_nothing_in_stock_is_said_beforehand(cash):
	made = finished(started("POS", row(qty=10), mode_of_payment=cash))
	assert booked(made) == []
	assert made["Sales Order"].docstatus == 1


def test_a_blocked_type_books_the_order_alone(cash):
	receive(ITEM, 10)
	win = started("POS", row(qty=10), mode_of_payment=cash, order_type="Reserve Order")
	assert booked(finished(win)) == []


def test_what_a_pos_win_booked_holds_it_until_it_is_cancelled(cash):
	receive(ITEM, 10)
	win = started("POS", row(qty=10), mode_of_payment=cash)
	made = finished(win)
	with pytest.raises(UndoNotAllowedError) as refused:
		api.undo(win.name)
	assert made["Delivery Note"].name in str(refused.value)
	assert made["Sales Invoice"].name in str(refused.value)
	assert frappe.db.get_value("Sales Order", made["Sales Order"].name, "docstatus") == 1
	for doctype in reversed(BOOKED):
		made[doctype].reload().cancel()
	outcome = api.undo(win.name)
	assert {"doctype": "Sales Order", "name": made["Sales Order"].name} in outcome["kept"]
	quote = frappe.get_doc("Quotation", win.quotation)
	assert (status(quote), status(win)) == ("Open", "Undone")
	assert [one.remaining_qty for one in api.start(quotation=quote.name).items] == [10]


def test_a_warehouse_win_of_nothing_in_stock_is_undone_like_any_other():
	win = started("Warehouse", row(qty=10))
	order = finished(win)["Sales Order"].name
	api.undo(win.name)
	assert not frappe.db.exists("Sales Order", order)
	assert status(frappe.get_doc("Quotation", win.quotation)) == "Open"
