"""Taking a won quotation back: as before while nothing followed, else a clear refusal."""

import frappe
import pytest
from erpnext.selling.doctype.quotation.quotation import get_ordered_items

from sales_order_ext.errors import QuoteWinNotPermittedError, UndoNotAllowedError
from sales_order_ext.won_quote import api
from tests.site.masters import COMPANY, ITEM, receive
from tests.site.wins import opportunity, quotation, row, status, user_with


@pytest.fixture(autouse=True)
def procurement(switch_on):
	switch_on("enable_procurement")


def won(quote, qty=None):
	"""Win a quotation (its first row by quantity); return the finished Quote Win."""
	win = api.start(quotation=quote.name)
	if qty:
		win.items[0].qty = qty
		win.save()
	api.finish(win.name)
	return win.reload()


def reserved():
	"""Return what orders want of the item."""
	return sum(frappe.get_all("Bin", {"item_code": ITEM}, pluck="reserved_qty", order_by="name"))


def test_undo_leaves_everything_as_before():
	deal = opportunity()
	quote = quotation(opportunity=deal.name)
	deal.reload().db_set("status", "Replied")
	quote.db_set("status", "Replied")
	win = won(quote)
	order = win.sales_order
	ordered = reserved()
	assert api.undo(win.name) == {"removed": [{"doctype": "Sales Order", "name": order}], "kept": []}
	assert not frappe.db.exists("Sales Order", order)
	assert (status(quote), status(deal), status(win)) == ("Replied", "Replied", "Undone")
	assert not get_ordered_items(quote.name)
	assert reserved() == ordered - sum(row.qty for row in quote.items if row.item_code == ITEM)
	assert api.undo(win.name) == {"removed": [], "kept": []}


def test_what_is_undone_can_be_won_again_in_another_pass():
	quote = quotation()
	first = won(quote)
	api.undo(first.name)
	assert [one["code"] for one in api.preview(first.name)["blockers"]] == ["win_undone"]
	second = won(quote)
	assert second.name != first.name
	assert status(quote) == "Ordered"


def test_undoing_one_of_two_passes_leaves_the_other():
	deal = opportunity()
	quote = quotation(row(qty=10), opportunity=deal.name)
	first, second = won(quote, 4), won(quote, 6)
	api.undo(first.name)
	assert (status(quote), status(deal)) == ("Partially Ordered", "Quotation")
	assert frappe.db.exists("Sales Order", second.sales_order)
	again = api.start(quotation=quote.name)
	assert [one.remaining_qty for one in again.items] == [4]


def test_a_draft_has_nothing_to_undo():
	with pytest.raises(UndoNotAllowedError):
		api.undo(api.start(quotation=quotation().name).name)


def delivered(order):
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note

	receive(ITEM, 20)
	return make_delivery_note(order).insert().submit()


def drafted_invoice(order):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	return make_sales_invoice(order).insert()


def paid(order):
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	payment = get_payment_entry("Sales Order", order)
	payment.update({"reference_no": "1", "reference_date": frappe.utils.today()})
	payment.paid_to = payment.paid_to or frappe.db.get_value(
		"Account", {"company": COMPANY, "account_type": "Cash", "is_group": 0}
	)
	return payment.insert().submit()


@pytest.mark.parametrize("follow", [delivered, drafted_invoice, paid])
def test_what_followed_is_named_and_nothing_is_undone(follow):
	quote = quotation()
	win = won(quote)
	document = follow(win.sales_order)
	with pytest.raises(UndoNotAllowedError, match=document.name):
		api.undo(win.name)
	assert frappe.db.get_value("Sales Order", win.sales_order, "docstatus") == 1
	assert (status(quote), status(win)) == ("Ordered", "Finished")


def test_what_followed_and_is_gone_again_does_not_hold_it():
	win = won(quotation())
	drafted_invoice(win.sales_order).delete()
	api.undo(win.name)
	assert not frappe.db.exists("Sales Order", win.sales_order)


def test_a_cancelled_order_that_something_still_names_is_kept():
	win = won(quotation())
	delivered(win.sales_order).cancel()
	outcome = api.undo(win.name)
	assert outcome["kept"] == [{"doctype": "Sales Order", "name": win.sales_order}]
	assert frappe.db.get_value("Sales Order", win.sales_order, "docstatus") == 2


def test_an_order_cancelled_by_hand_can_still_be_cleared_away():
	quote = quotation()
	win = won(quote)
	frappe.get_doc("Sales Order", win.sales_order).cancel()
	api.undo(win.name)
	assert not frappe.db.exists("Sales Order", win.sales_order)
	assert (status(quote), status(win)) == ("Open", "Undone")


def test_an_amended_order_is_dealt_with_first():
	win = won(quotation())
	frappe.get_doc("Sales Order", win.sales_order).cancel()
	amended = frappe.copy_doc(frappe.get_doc("Sales Order", win.sales_order))
	amended.update({"amended_from": win.sales_order, "docstatus": 0, "status": "Draft"})
	amended.insert()
	with pytest.raises(UndoNotAllowedError, match="amended"):
		api.undo(win.name)


def test_a_failing_undo_changes_nothing(monkeypatch):
	quote = quotation()
	win = won(quote)

	def fail(*args):
		raise RuntimeError

	monkeypatch.setattr("sales_order_ext.won_quote.undo._comment", fail)
	with pytest.raises(RuntimeError):
		api.undo(win.name)
	assert frappe.db.get_value("Sales Order", win.sales_order, "docstatus") == 1
	assert (status(quote), status(win)) == ("Ordered", "Finished")


def test_reserved_stock_is_free_again(switch_on):
	switch_on("enable_stock_reservations")
	receive(ITEM, 10)
	win = won(quotation())
	order = frappe.get_doc("Sales Order", win.sales_order)
	if not frappe.db.exists("Stock Reservation Entry", {"voucher_no": order.name}):
		order.create_stock_reservation_entries()
	assert frappe.db.exists("Stock Reservation Entry", {"voucher_no": order.name, "docstatus": 1})
	outcome = api.undo(win.name)
	assert [one["doctype"] for one in outcome["removed"]] == ["Stock Reservation Entry", "Sales Order"]
	assert not frappe.db.exists("Stock Reservation Entry", {"voucher_no": order.name})


def test_who_may_not_cancel_the_order_may_not_undo(monkeypatch):
	win = won(quotation())
	clerk = user_with("Sales User", email="clerk-undo@example.com")
	monkeypatch.setattr("sales_order_ext.won_quote.undo.frappe.has_permission", lambda *args, **kwargs: False)
	frappe.set_user(clerk)
	with pytest.raises(QuoteWinNotPermittedError):
		api.undo(win.name)
