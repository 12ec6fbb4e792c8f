"""Returns and mixed orders: what comes back, what is credited, and what stays delivered."""

import frappe
import pytest
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice as invoice_of_note
from frappe.utils import flt

from sales_order_ext.errors import ReturnRowError
from sales_order_ext.order_entry import api
from sales_order_ext.order_type import api as order_types
from sales_order_ext.setup.seed import seed_credit_reasons
from tests.site import masters, money
from tests.site.masters import COMPANY, CUSTOMER, ITEM, OTHER_CUSTOMER, OTHER_ITEM, WAREHOUSE, sales_order
from tests.site.orders import bin_of

GOOD = "Returned in Good Condition"
GOODWILL = "Goodwill"


@pytest.fixture(autouse=True)
def switched_on(types_on):
	seed_credit_reasons()
	for item_code in (ITEM, OTHER_ITEM):
		masters.receive(item_code, 50)


@pytest.fixture
def sold():
	"""Five of an item at 20, delivered; the order and its delivery."""
	order = sales_order((ITEM, 5, 20), soe_order_type="Invoice Order")
	return order, money.deliver(order)


def returning(note, qty, reason=GOOD, *rows, order_type="Returns Order", submit=True, **fields):
	line = note.items[0]
	back = {"delivery_note": note.name, "delivery_note_item": line.name, "item_code": line.item_code,
		"qty": qty, "credit_reason": reason}  # fmt: skip
	return sales_order(*rows, soe_order_type=order_type, soe_returns=[back], submit=submit, **fields)


def state(name):
	return frappe.db.get_value("Sales Order", name, ["per_delivered", "per_billed", "status"])


def only(names, doctype):
	[name] = names
	return frappe.get_doc(doctype, name)


def test_goods_that_were_invoiced_come_back_and_are_credited(sold):
	first, note = sold
	invoice = money.invoice(first)
	before = bin_of(ITEM).actual_qty
	order = returning(note, 2)
	assert (order.grand_total, order.soe_returns_total, order.soe_total_with_returns) == (0, -40, -40)
	made = order_types.process(order.name)
	back = only(made["return_delivery_notes"], "Delivery Note")
	credit = only(made["credit_notes"], "Sales Invoice")
	assert (back.return_against, [row.qty for row in back.items]) == (note.name, [-2])
	assert (credit.return_against, credit.grand_total, credit.update_stock) == (invoice.name, -40, 0)
	assert bin_of(ITEM).actual_qty == before + 2
	assert flt(frappe.db.get_value("Sales Invoice", invoice.name, "outstanding_amount")) == 60
	assert state(first.name) == (100, 100, "Completed")
	assert state(order.name) == (100, 100, "Completed")
	assert order_types.process(first.name)["sales_invoice"] is None
	again = order_types.process(order.name)
	assert "credit_notes" not in again


def test_credit_without_goods_moves_no_stock_and_reopens_nothing(sold):
	first, note = sold
	invoice = money.invoice(first)
	money.pay(invoice)
	before = bin_of(ITEM)
	made = order_types.process(returning(note, 1, GOODWILL).name)
	credit = only(made["credit_notes"], "Sales Invoice")
	assert (made["return_delivery_notes"], credit.outstanding_amount) == ([], -20)
	assert bin_of(ITEM) == before
	assert state(first.name) == (100, 100, "Completed")
	assert order_types.process(first.name) == {
		"delivery_note": None, "sales_invoice": None, "back_orders": []}  # fmt: skip


def test_goods_that_were_not_invoiced_are_not_credited_but_never_invoiced(sold):
	_first, note = sold
	with pytest.raises(ReturnRowError, match="nothing to credit"):
		order_types.process(returning(note, 1, GOODWILL).name)
	made = order_types.process(returning(note, 2).name)
	assert made["credit_notes"] == []
	assert invoice_of_note(note.name).insert().grand_total == 60


def test_partly_invoiced_and_delivered_again(sold):
	first, note = sold
	invoice = money.invoice(first, qty=3)
	reason = frappe.get_doc("Credit Reason", GOOD)
	made = order_types.process(returning(note, 4).name)
	back = only(made["return_delivery_notes"], "Delivery Note")
	assert sorted((row.qty, bool(row.so_detail)) for row in back.items) == [(-3, False), (-1, True)]
	assert only(made["credit_notes"], "Sales Invoice").grand_total == -60
	assert invoice.name == only(made["credit_notes"], "Sales Invoice").return_against
	assert frappe.db.get_value("Sales Order Item", first.items[0].name, "delivered_qty") == 4
	reason.update({"deliver_again": 1}).save()
	order_types.process(returning(note, 1).name)
	assert frappe.db.get_value("Sales Order Item", first.items[0].name, "delivered_qty") == 3


def test_a_mixed_order_delivers_and_takes_back(sold):
	first, note = sold
	money.invoice(first)
	order = returning(note, 2, GOOD, (OTHER_ITEM, 1, 15), order_type="Mixed Order")
	assert order.soe_total_with_returns == -25
	made = order_types.process(order.name)
	assert made["delivery_note"] and made["sales_invoice"] and made["credit_notes"]
	assert state(order.name) == (100, 100, "Completed")


def test_refused(sold):
	_first, note = sold
	with pytest.raises(ReturnRowError, match="Mixed or Returns"):
		returning(note, 1, GOOD, (ITEM, 1, 1), order_type="Invoice Order")
	with pytest.raises(ReturnRowError, match="sells nothing"):
		returning(note, 1, GOOD, (ITEM, 1, 1))
	with pytest.raises(ReturnRowError, match="at most 5"):
		returning(note, 6)
	with pytest.raises(ReturnRowError, match="another customer"):
		returning(note, 1, customer=OTHER_CUSTOMER)
	returning(note, 3)
	with pytest.raises(ReturnRowError, match="at most 2"):
		returning(note, 3)


def test_cancelled_backwards(sold):
	first, note = sold
	money.invoice(first)
	order = returning(note, 2)
	made = order_types.process(order.name)
	with pytest.raises(ReturnRowError, match="Cancel"):
		frappe.get_doc("Sales Order", order.name).cancel()
	only(made["credit_notes"], "Sales Invoice").cancel()
	assert state(order.name)[2] == "To Deliver and Bill"
	again = order_types.process(order.name)
	assert again["return_delivery_notes"] == [] and len(again["credit_notes"]) == 1
	only(again["credit_notes"], "Sales Invoice").cancel()
	only(made["return_delivery_notes"], "Delivery Note").cancel()
	frappe.get_doc("Sales Order", order.name).cancel()
	assert api.returnable_rows(CUSTOMER, COMPANY, "USD")[0]["qty"] == 5


def test_fixed_discount_comes_back_in_proportion_and_freight_stays():
	tax = {
		"charge_type": "Actual",
		"account_head": masters.tax_account(),
		"tax_amount": 8,
		"description": "Freight",
	}
	first = sales_order((ITEM, 5, 20), soe_order_type="Invoice Order", taxes=[tax],
		apply_discount_on="Net Total", discount_amount=10)  # fmt: skip
	note = money.deliver(first)
	assert money.invoice(first).grand_total == 98
	made = order_types.process(returning(note, 1).name)
	assert only(made["credit_notes"], "Sales Invoice").grand_total == -18
	assert frappe.db.get_value("Warehouse", WAREHOUSE, "company") == COMPANY
