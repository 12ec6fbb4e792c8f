"""Replacing what the other rooms put on an order: returns, text lines, back orders, sourcing, approvals."""

import frappe
import pytest
from erpnext.buying.doctype.purchase_order.purchase_order import update_status

from sales_order_ext.allocation import api as allocation
from sales_order_ext.errors import RowsNotApprovedError
from sales_order_ext.order_entry.lines import TEXT
from sales_order_ext.order_type import api as order_types
from sales_order_ext.replacement import api
from sales_order_ext.setup.seed import seed_credit_reasons
from tests.site import masters, money, orders, purchasing
from tests.site.masters import ITEM, OTHER_ITEM, OTHER_WAREHOUSE, user
from tests.site.replacement_shop import ORDER, assert_replaced, complete, confirm, deliver, figures, start
from tests.site.replacement_shop import replace as replaced

DROP = "Drop Shipment Order"
GOOD = "Returned in Good Condition"

pytestmark = pytest.mark.usefixtures("types_on", "replacements_on")


@pytest.fixture
def delivered():
	"""Five of an item at 20, delivered and invoiced: what the orders of these tests take back."""
	seed_credit_reasons()
	masters.receive(ITEM, 50)
	order = masters.sales_order((ITEM, 5, 20), soe_order_type="Invoice Order")
	note = money.deliver(order)
	money.invoice(order)
	return note


def taking_back(note, qty, *rows, order_type="Mixed Order"):
	back = {"delivery_note": note.name, "delivery_note_item": note.items[0].name, "item_code": ITEM,
		"qty": qty, "credit_reason": GOOD}  # fmt: skip
	return masters.sales_order(*rows, soe_order_type=order_type, soe_returns=[back])


def test_return_rows_are_taken_back_once(delivered):
	masters.receive(OTHER_ITEM, 3)
	order = taking_back(delivered, 2, (OTHER_ITEM, 1, 15))
	new = replaced(order)
	assert_replaced(order, new)
	assert (new.soe_returns_total, new.soe_total_with_returns) == (-40, -25)
	inverse = frappe.get_doc(ORDER, f"{order.name}*R*")
	assert (inverse.soe_returns_total, inverse.soe_total_with_returns) == (40, 25)
	assert [(row.qty, row.amount) for row in inverse.soe_returns] == [(-2, 40)]
	made = order_types.process(new.name)
	assert len(made["credit_notes"]) == len(made["return_delivery_notes"]) == 1
	again = replaced(new.reload())
	assert [row.processed for row in again.soe_returns] == [1]
	assert order_types.process(again.name) == {
		"delivery_note": None,
		"sales_invoice": None,
		"back_orders": [],
	}
	assert (again.reload().status, again.per_delivered) == ("Completed", 100)


def test_returns_processed_while_the_draft_is_open_are_not_processed_again(delivered):
	order = taking_back(delivered, 2, (OTHER_ITEM, 1, 15))
	draft = start(order)
	masters.receive(OTHER_ITEM, 3)
	order_types.process(order.name)
	new = confirm(draft.reload())
	assert [row.processed for row in new.soe_returns] == [1]
	assert "credit_notes" not in order_types.process(new.name)


def test_an_order_of_returns_alone_stays_complete(delivered):
	order = taking_back(delivered, 2, order_type="Returns Order")
	order_types.process(order.name)
	new = replaced(order.reload())
	assert (new.per_delivered, new.per_billed, new.status) == (100, 100, "Completed")


def test_text_lines_stay_where_they_are():
	order = masters.sales_order((ITEM, 6, 37), (OTHER_ITEM, 9, 5), submit=False)
	order.append("items", {"soe_line_type": TEXT, "description": "Gift wrapped"})
	order.append("items", {"soe_line_type": "Custom", "description": "Cut to size", "qty": 1, "rate": 3})
	order.save().submit()
	deliver(order, 2, 3)
	new = replaced(order.reload(), 7)
	assert_replaced(order, new)
	assert [(row.soe_line_type, row.qty) for row in new.items] == [("", 7), ("", 9), (TEXT, 0), ("Custom", 1)]
	assert new.grand_total == 307
	assert [row["change"] for row in api.difference(new.name)["rows"]] == ["Changed", "Same", "Same"]
	printed = frappe.get_print(ORDER, new.name, print_format="Order Changes")
	assert "Cut to size" in printed and "soe-" not in printed and "Gift wrapped" not in printed
	complete(new)


def test_back_orders_open_and_forced_follow_their_row():
	masters.receive(ITEM, 3)
	masters.receive(OTHER_ITEM, 4)
	order = masters.sales_order(
		(ITEM, 5, 20), (OTHER_ITEM, 4, 10), soe_order_type="Active Order", submit=False
	)
	order.items[1].update({"soe_force_back_order_qty": 3})
	order.save().submit()
	assert orders.back_orders(order.name) == [(OTHER_ITEM, 3, 0, "Open"), (ITEM, 2, 0, "Open")]
	assert orders.reserved(order.name) == {ITEM: 3, OTHER_ITEM: 1}
	new = replaced(order)
	assert (orders.back_orders(order.name), orders.reserved(order.name)) == ([], {})
	assert sorted(orders.back_orders(new.name)) == [(ITEM, 2, 0, "Open"), (OTHER_ITEM, 3, 0, "Open")]
	assert orders.reserved(new.name) == {ITEM: 3, OTHER_ITEM: 1}
	assert figures(new, "soe_back_ordered_qty") == [(2,), (3,)]
	assert figures(order, "soe_back_ordered_qty") == [(0,), (0,)]
	less = replaced(new, 4, 2)
	assert sorted(orders.back_orders(less.name)) == [(ITEM, 1, 0, "Open"), (OTHER_ITEM, 1, 0, "Open")]


def test_what_was_forced_to_wait_and_then_released_is_not_forced_again():
	masters.receive(ITEM, 4)
	order = masters.sales_order((ITEM, 4, 20), soe_order_type="Active Order", submit=False)
	order.items[0].soe_force_back_order_qty = 3
	order.save().submit()
	waiting = frappe.get_all("Back Order", {"sales_order": order.name}, pluck="name", order_by="name")
	allocation.release_manually(waiting)
	assert orders.reserved(order.name) == {ITEM: 4}
	new = replaced(order.reload(), 10)
	found = frappe.get_all(
		"Back Order",
		{"sales_order": new.name},
		["qty", "filled_qty", "mode"],
		order_by="creation",
		as_list=True,
	)
	assert list(found) == [(3, 3, "Manual"), (6, 0, "Automatic")]
	assert (orders.reserved(new.name), figures(new, "soe_back_ordered_qty")) == ({ITEM: 4}, [(6,)])


@pytest.mark.parametrize("order_type", ["Back-to-Back Order", DROP])
def test_what_is_bought_for_an_order_is_bought_for_its_replacement(order_type):
	purchasing.supplied(ITEM)
	order = orders.typed(order_type)
	[(*_, bought)] = purchasing.bought("Purchase Order", order.name)
	new = replaced(order.reload(), 7)
	assert_replaced(order, new)
	assert purchasing.bought("Purchase Order", order.name) == []
	assert [row[:3] for row in purchasing.bought("Purchase Order", new.name)] == [(ITEM, 5, 1), (ITEM, 2, 1)]
	assert figures(new, "ordered_qty", "delivered_by_supplier") == [(7, order_type == DROP)]
	assert order_types.source(new.name) == []
	if order_type == DROP:
		update_status("Delivered", bought)
		assert figures(new, "delivered_qty") == [(5,)]
	else:
		purchasing.receive_bought(bought)
		assert orders.reserved(new.name) == {ITEM: 5}


def test_a_warehouse_order_is_not_delivered_twice():
	masters.receive(ITEM, 3)
	order = orders.typed("Warehouse Order", (ITEM, 5, 20))
	assert figures(order, "delivered_qty") == [(3,)]
	new = replaced(order, 6)
	assert_replaced(order, new)
	assert figures(new, "delivered_qty") == [(3,)]
	assert frappe.db.count("Delivery Note Item", {"against_sales_order": new.name}) == 1
	masters.receive(ITEM, 3)
	complete(new)


def test_the_kind_and_the_billed_hours_stay_with_the_order():
	order = orders.typed("Invoice Order", soe_document_kind="Warehouse", submit=False)
	order.items[0].soe_charge_key = "a"
	order.append(
		"soe_charges",
		{"charge_key": "a", "source_doctype": "Item", "source_name": ITEM, "source_row": "r", "qty": 1},
	)
	order.flags.soe_over_used = True
	order.save(ignore_permissions=True).submit()
	new = replaced(order.reload())
	assert (new.soe_document_kind, new.items[0].soe_charge_key) == ("Warehouse", "a")
	assert [row.charge_key for row in new.soe_charges] == ["a"]


def test_a_replacement_holds_nothing_and_its_rows_wait_for_approval(switch_on):
	switch_on("enable_soft_allocation", row_approval_role="Sales Manager")
	masters.receive(ITEM, 5)
	order = orders.typed("Invoice Order")
	draft = start(order)
	assert frappe.db.count("Stock Hold", {"sales_order": ("in", [order.name, draft.name])}) == 0
	assert [row.soe_approved_by for row in draft.items] == [None]
	with user("Sales User"), pytest.raises(RowsNotApprovedError, match="Row 1 waits"):
		api.confirm(draft.name)


def test_returns_and_text_lines_go_to_one_part_of_a_split(delivered):
	masters.receive(OTHER_ITEM, 3)
	order = taking_back(delivered, 2, (OTHER_ITEM, 1, 15), (ITEM, 1, 20))
	first, second = (
		frappe.get_doc(ORDER, name) for name in api.split(order.name, rows=[order.items[1].name])
	)
	assert (len(first.soe_returns), first.soe_total_with_returns) == (1, -25)
	assert (second.soe_returns, second.soe_returns_total, second.soe_total_with_returns) == ([], 0, 0)
	order_types.process(order.name)
	api.confirm(first.name)
	assert [[row.processed for row in one.reload().soe_returns] for one in (first, second)] == [[1], []]


def test_a_text_line_goes_with_the_row_below_it():
	order = masters.sales_order((ITEM, 6, 37), submit=False)
	order.append("items", {"soe_line_type": TEXT, "description": "For the garden"})
	order.append("items", {"item_code": OTHER_ITEM, "qty": 9, "rate": 5, "warehouse": OTHER_WAREHOUSE})
	order.save().submit()
	parts = [frappe.get_doc(ORDER, name) for name in api.split(order.name, by="warehouse")]
	assert [[row.qty for row in part.items] for part in parts] == [[6], [0, 9]]
