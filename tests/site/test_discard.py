"""Drafts thrown away by Discard (Frappe 16): cancelled without `on_cancel`, and none of ours waits for them."""

import frappe

from sales_order_ext.allocation import api as allocation
from sales_order_ext.replacement import api as replacement
from tests.site.invoicing_helpers import invoice_of, order_c, run
from tests.site.masters import ITEM, receive, sales_order
from tests.site.orders import discard, typed
from tests.site.replacement_shop import ORDER, assert_replaced, order_b, replace, start


def test_what_a_draft_held_is_free_again_and_its_life_is_over(switch_on):
	switch_on("enable_soft_allocation", "enable_lifecycle_status")
	receive(ITEM, 10)
	order = sales_order((ITEM, 6, 20), submit=False)
	discard(order)
	assert not frappe.get_all("Stock Hold", {"document_key": order.name})
	assert sales_order((ITEM, 10, 20), submit=False).items[0].soe_held_qty >= 10
	assert frappe.db.get_value(ORDER, order.name, ["docstatus", "soe_lifecycle_status"]) == (2, "Cancelled")


def test_a_discarded_replacement_leaves_the_original_as_it_was(switch_on):
	switch_on("enable_cancel_and_replace")
	order = order_b()
	discard(start(order, 3))
	assert (order.reload().status, order.docstatus, order.soe_is_cancelled) == ("To Deliver and Bill", 1, 0)
	assert [row["name"] for row in replacement.chain(order.name)] == [order.name]
	assert_replaced(order, replace(order, 4))


def test_a_discarded_part_of_a_split_is_left_out(switch_on):
	switch_on("enable_cancel_and_replace")
	order = order_b()
	first, second = replacement.split(order.name, rows=[order.items[1].name])
	discard(frappe.get_doc(ORDER, second))
	assert replacement.confirm(order.name)["replacements"] == [first]
	assert frappe.db.get_value(ORDER, second, "docstatus") == 2
	assert frappe.db.get_value(ORDER, order.name, "soe_replacement_order") == first


def test_a_discarded_invoice_is_made_again(switch_on):
	switch_on("enable_invoice_terms")
	order = order_c("Immediate")
	[group] = run(orders=[order.name])
	discard(invoice_of(group))
	[again] = run(orders=[order.name])
	assert again.amount == group.amount and invoice_of(again).docstatus == 0


def test_a_discarded_request_is_made_again(types_on):
	order = typed("Active Order", (ITEM, 5, 20))
	names = frappe.get_all("Back Order", {"sales_order": order.name}, pluck="name")
	request = frappe.get_doc("Material Request", allocation.order_shortage(names)["material_request"])
	request.cancel()
	draft = frappe.copy_doc(request, ignore_no_copy=False)
	draft.status = "Draft"
	draft.items[0].update({"sales_order": order.name, "sales_order_item": order.items[0].name})
	draft.insert()
	assert not allocation.order_shortage(names)["material_request"]
	discard(draft)
	assert allocation.order_shortage(names)["material_request"]
