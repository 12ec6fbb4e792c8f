"""The agreed cases of invoice runs on a real site."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import getdate, today

from sales_order_ext.errors import InvoiceRunError
from sales_order_ext.invoicing import api, planning, runner
from tests.site import masters
from tests.site.invoicing_helpers import (
	dated_order,
	deliver,
	give_schedule,
	groups_of,
	invoice_of,
	only,
	order_c,
	reasons,
	run,
	take_back,
)
from tests.site.masters import COMPANY, CUSTOMER, ITEM, OTHER_CUSTOMER, OTHER_ITEM, SERVICE


@pytest.fixture(autouse=True)
def terms_on(switch_on):
	switch_on("enable_invoice_terms")
	for item_code in (ITEM, OTHER_ITEM):
		masters.receive(item_code, 100)


@pytest.fixture
def january():
	"""A fiscal year and stock before the schedule cases of January 2026."""
	entry = frappe.get_doc("Stock Entry", masters.receive(ITEM, 100))
	entry.cancel()
	entry = frappe.copy_doc(entry)
	entry.update({"posting_date": "2026-01-01", "posting_time": "08:00:00", "set_posting_time": 1})
	entry.insert().submit()


def test_1_immediate_invoices_all_at_once_and_only_once():
	order = order_c("Immediate")
	group = only(run(orders=[order.name], submit_invoices=1))
	invoice = invoice_of(group)
	assert (invoice.docstatus, invoice.total, invoice.update_stock) == (1, 1280, 0)
	assert getdate(invoice.posting_date) == getdate(today())
	order.reload()
	assert order.per_billed == 100
	assert run(orders=[order.name]) == []
	assert {code for code, _qty, _reason in reasons(order).values()} == {"invoiced"}


def test_2_and_3_after_delivery_invoices_what_was_delivered():
	order = order_c("After Delivery")
	assert run(orders=[order.name]) == []
	deliver(order, {ITEM: 6})
	invoice = invoice_of(only(run(orders=[order.name], submit_invoices=1)))
	assert invoice.total == 680
	assert {row.item_code: row.qty for row in invoice.items} == {ITEM: 6, SERVICE: 1}
	assert run(orders=[order.name]) == []
	deliver(order, {ITEM: 4, OTHER_ITEM: 4})
	invoice = invoice_of(only(run(orders=[order.name], submit_invoices=1)))
	assert invoice.total == 600
	order.reload()
	assert (order.per_billed, order.per_delivered) == (100, frappe.db.get_value(order.doctype, order.name,
		"per_delivered"))  # fmt: skip


def test_4_returns_are_taken_off():
	order = order_c("After Delivery")
	note = deliver(order, {ITEM: 6})
	take_back(note, {ITEM: 2})
	assert only(run(orders=[order.name], submit_invoices=1)).amount == 480


def test_5_and_6_after_order_delivered_waits_for_the_last_piece():
	order = order_c("After Order Delivered")
	deliver(order, {ITEM: 6, OTHER_ITEM: 4})
	assert run(orders=[order.name]) == []
	code, qty, reason = reasons(order)[ITEM]
	assert (code, qty) == ("order_not_delivered", 0)
	assert "4 still to deliver" in reason
	deliver(order, {ITEM: 4})
	assert only(run(orders=[order.name], submit_invoices=1)).amount == 1280


def test_7_do_not_invoice_leaves_it_to_a_clerk():
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	order = order_c("Do Not Invoice")
	deliver(order, {ITEM: 10, OTHER_ITEM: 4})
	assert run(orders=[order.name]) == []
	assert reasons(order)[ITEM][0] == "do_not_invoice"
	assert make_sales_invoice(order.name).insert().submit().total == 1280


@pytest.mark.parametrize("as_of", ["2026-01-31", "2026-02-03"])
def test_8_and_9_a_schedule_merges_and_catches_up(january, as_of):
	give_schedule(OTHER_CUSTOMER)
	orders = []
	for day in ("2026-01-20", "2026-01-25", "2026-01-26"):
		orders.append(dated_order("2026-01-10", customer=OTHER_CUSTOMER))
		deliver(orders[-1], {ITEM: 1}, day)
	assert run(customer=OTHER_CUSTOMER, as_of="2026-01-30") == []
	assert reasons(orders[0], as_of="2026-01-30")[ITEM][0] == "waits_for_schedule"
	invoice = invoice_of(only(run(customer=OTHER_CUSTOMER, as_of=as_of, submit_invoices=1)))
	assert [row.sales_order for row in invoice.items] == [orders[0].name, orders[1].name]
	assert (invoice.total, getdate(invoice.posting_date)) == (200, getdate(as_of))
	assert getdate(invoice.due_date) >= getdate(as_of)
	rows = api.explain(orders[2].name, as_of)["rows"]
	assert (rows[0]["code"], rows[0]["invoice_date"]) == ("waits_for_schedule", getdate("2026-02-28"))
	invoice = invoice_of(only(run(customer=OTHER_CUSTOMER, as_of="2026-02-28")))
	assert [row.sales_order for row in invoice.items] == [orders[2].name]


def test_a_return_after_the_cut_off_counts_with_its_delivery(january):
	give_schedule(OTHER_CUSTOMER)
	order = dated_order("2026-01-10", (ITEM, 10, 100), customer=OTHER_CUSTOMER)
	note = deliver(order, {ITEM: 6}, "2026-01-20")
	take_back(note, {ITEM: 1}, "2026-01-28")
	later = deliver(order, {ITEM: 4}, "2026-01-27")
	take_back(later, {ITEM: 3}, "2026-01-29")
	assert only(run(customer=OTHER_CUSTOMER, as_of="2026-01-31", submit_invoices=1)).amount == 500
	assert only(run(customer=OTHER_CUSTOMER, as_of="2026-02-28", submit_invoices=1)).amount == 100


def test_10_currencies_are_never_mixed(january):
	give_schedule(OTHER_CUSTOMER)
	home = [dated_order("2026-01-10", customer=OTHER_CUSTOMER) for _ in range(2)]
	foreign = dated_order("2026-01-10", customer=OTHER_CUSTOMER, currency="EUR", conversion_rate=1.1,
		plc_conversion_rate=1)  # fmt: skip
	for order in (*home, foreign):
		deliver(order, {ITEM: 1}, "2026-01-20")
	groups = run(customer=OTHER_CUSTOMER, as_of="2026-01-31", submit_invoices=1)
	assert [group.status for group in groups] == ["Done", "Done"], groups
	found = {invoice.currency: invoice for invoice in map(invoice_of, groups)}
	assert (found["EUR"].total, found["EUR"].base_total, found["USD"].total) == (100, 110, 200)


def test_one_invoice_per_order_where_the_customer_asks(january):
	give_schedule(OTHER_CUSTOMER)
	frappe.db.set_value("Customer", OTHER_CUSTOMER, "soe_one_invoice_per_order", 1)
	for _ in range(2):
		deliver(dated_order("2026-01-10", customer=OTHER_CUSTOMER), {ITEM: 1}, "2026-01-20")
	assert len(run(customer=OTHER_CUSTOMER, as_of="2026-01-31")) == 2


def test_11_drafts_count_as_invoiced():
	order = order_c("After Delivery")
	deliver(order, {ITEM: 6})
	draft = invoice_of(only(run(orders=[order.name])))
	assert draft.docstatus == 0
	assert run(orders=[order.name]) == []
	assert reasons(order)[ITEM][0] == "not_delivered"
	draft.delete()
	assert only(run(orders=[order.name])).amount == 680


def test_a_run_that_another_was_faster_than_makes_nothing():
	order = order_c("Immediate")
	filters = planning.clean({"company": COMPANY, "orders": [order.name]})
	slower = planning.new_run(filters)
	planning.start(slower)
	only(run(orders=[order.name]))
	runner.process(slower.name, runner.in_caller())
	[group] = groups_of(slower.name)
	assert (group.status, group.invoice) == ("Skipped", None)
	assert frappe.db.get_value("Invoice Run", slower.name, "status") == "Completed"
	assert frappe.db.count("Sales Invoice Item", {"sales_order": order.name}) == 3


def test_14_a_blocked_customer_is_skipped_and_named():
	orders = [masters.sales_order((ITEM, 1, 100), soe_invoice_term="Immediate", customer=customer)
		for customer in (CUSTOMER, OTHER_CUSTOMER, OTHER_CUSTOMER)]  # fmt: skip
	frappe.db.set_value("Customer", CUSTOMER, "is_frozen", 1)
	groups = run(orders=[order.name for order in orders])
	assert sorted(group.status for group in groups) == ["Done", "Done", "Skipped"]
	[skipped] = [group for group in groups if group.status == "Skipped"]
	assert skipped.customer == CUSTOMER
	assert CUSTOMER in skipped.error
	assert reasons(orders[0])[ITEM][0] == "customer_blocked"


def test_a_customer_over_the_credit_limit_stops_nobody_and_is_named():
	order, other = (masters.sales_order((ITEM, 1, 100), soe_invoice_term="Immediate", customer=customer)
		for customer in (CUSTOMER, OTHER_CUSTOMER))  # fmt: skip
	customer = frappe.get_doc("Customer", CUSTOMER)
	customer.append("credit_limits", {"company": COMPANY, "credit_limit": 50, "bypass_credit_limit_check": 1})
	customer.db_update_all()
	groups = {group.customer: group for group in run(orders=[order.name, other.name], submit_invoices=1)}
	assert (groups[CUSTOMER].status, groups[OTHER_CUSTOMER].status) == ("Failed", "Done")
	assert CUSTOMER in groups[CUSTOMER].error
	assert "redit limit" in groups[CUSTOMER].error
	assert not frappe.db.exists("Sales Invoice Item", {"sales_order": order.name})
	customer.credit_limits[0].db_set("credit_limit", 10_000_000)
	runner.process(api.retry(groups[CUSTOMER].name), runner.in_caller())
	assert frappe.db.get_value("Invoice Run Group", groups[CUSTOMER].name, "status") == "Done"


def test_15_too_small_an_amount_is_carried_to_the_next_date(january):
	give_schedule(OTHER_CUSTOMER, minimum_amount=500)
	order = dated_order("2026-01-10", (ITEM, 10, 96), customer=OTHER_CUSTOMER)
	deliver(order, {ITEM: 5}, "2026-01-20")
	assert run(customer=OTHER_CUSTOMER, as_of="2026-01-31") == []
	[row] = api.explain(order.name, "2026-01-31")["rows"]
	assert (row["code"], row["qty"], row["invoice_date"]) == ("below_minimum", 0, getdate("2026-02-28"))
	assert "480" in row["reason"]
	deliver(order, {ITEM: 5}, "2026-02-20")
	assert only(run(customer=OTHER_CUSTOMER, as_of="2026-02-28")).amount == 960


def test_a_failing_group_stops_nobody_and_can_be_tried_again():
	broken, fine = (masters.sales_order((ITEM, 1, 100), soe_invoice_term="Immediate") for _ in range(2))
	frappe.db.set_value("Sales Order", broken.name, "cost_center", "No Such Cost Center")
	groups = run(orders=[broken.name, fine.name], submit_invoices=1)
	assert {group.orders: group.status for group in groups} == {broken.name: "Failed", fine.name: "Done"}
	[failed] = [group for group in groups if group.status == "Failed"]
	assert "No Such Cost Center" in failed.error
	assert not frappe.db.exists("Sales Invoice Item", {"sales_order": broken.name})
	name = frappe.get_all("Invoice Run", pluck="name", order_by="creation desc", limit=1)[0]
	assert frappe.db.get_value("Invoice Run", name, ["status", "groups_failed", "groups_done"]) == (
		"Completed with Errors", 1, 1)  # fmt: skip
	frappe.db.set_value("Sales Order", broken.name, "cost_center", None)
	api.resume(name)
	runner.process(name, runner.in_caller())
	assert {group.status for group in groups_of(name)} == {"Done"}
	assert frappe.db.get_value("Invoice Run", name, "status") == "Completed"


def test_a_stopped_run_goes_on_where_it_was():
	orders = [masters.sales_order((ITEM, 1, 100), soe_invoice_term="Immediate").name for _ in range(3)]
	document = planning.new_run(planning.clean({"company": COMPANY, "orders": orders}))
	planning.start(document)
	told = []

	def stop_after_one(invoice_run, percent):
		told.append(percent)
		if told == [33]:
			api.stop(invoice_run)

	runner.process(document.name, runner.in_caller(), stop_after_one)
	assert told == [33, 33]
	assert [group.status for group in groups_of(document.name)] == ["Done", "Pending", "Pending"]
	assert frappe.db.get_value("Invoice Run", document.name, "status") == "Stopped"
	with pytest.raises(InvoiceRunError):
		api.stop(document.name)
	api.resume(document.name)
	runner.process(document.name, runner.in_caller())
	assert [group.status for group in groups_of(document.name)] == ["Done", "Done", "Done"]
	assert frappe.db.get_value("Invoice Run", document.name, "status") == "Completed"
	with pytest.raises(InvoiceRunError):
		api.resume(document.name)
	assert frappe.db.count("Sales Invoice Item", {"sales_order": ("in", orders)}) == 3


def test_fixed_discounts_and_charges_are_shared_out():
	taxes = [{"charge_type": "Actual", "account_head": masters.tax_account(), "tax_amount": 10,
		"description": "Freight"}]  # fmt: skip
	order = order_c("After Delivery", discount_amount=128, apply_discount_on="Net Total", taxes=taxes)
	invoices = []
	for quantities in ({ITEM: 6}, {ITEM: 1}, {ITEM: 3, OTHER_ITEM: 4}):
		deliver(order, quantities)
		invoices.append(invoice_of(only(run(orders=[order.name], submit_invoices=1))))
	assert sum(invoice.grand_total for invoice in invoices) == pytest.approx(order.grand_total)
	assert [invoice.discount_amount for invoice in invoices] == [68, 10, 50]


def test_order_types_that_block_batches_are_left_out(switch_on):
	switch_on("enable_order_types")
	order = order_c("Immediate")
	for number, processing in enumerate(("Blocked", "From Order Only", "Allowed")):
		kind = frappe.get_doc({"doctype": "Sales Order Type", "order_type_name": f"SOE Test {number}",
			"processing": processing}).insert()  # fmt: skip
		frappe.db.set_value("Sales Order", order.name, "soe_order_type", kind.name)
		assert bool(run(orders=[order.name])) == (processing == "Allowed")


def test_bundles_count_by_what_was_delivered():
	bundle = frappe.get_doc({"doctype": "Item", "item_code": "SOE-BUNDLE", "is_stock_item": 0,
		"item_group": frappe.db.get_value("Item", ITEM, "item_group"), "stock_uom": "Nos"}).insert()  # fmt: skip
	frappe.get_doc({"doctype": "Product Bundle", "new_item_code": bundle.name,
		"items": [{"item_code": OTHER_ITEM, "qty": 2}]}).insert()  # fmt: skip
	order = masters.sales_order((bundle.name, 3, 70), soe_invoice_term="After Delivery")
	assert run(orders=[order.name]) == []
	note = deliver(order, {bundle.name: 2})
	assert [row.item_code for row in note.packed_items] == [OTHER_ITEM]
	assert only(run(orders=[order.name], submit_invoices=1)).amount == 140


def test_drop_shipped_rows_count_when_the_supplier_has_delivered():
	order = masters.sales_order((ITEM, 4, 100), submit=False, soe_invoice_term="After Delivery")
	order.items[0].update({"delivered_by_supplier": 1, "supplier": masters.SUPPLIER})
	order.save().submit()
	assert run(orders=[order.name]) == []
	frappe.db.set_value("Sales Order Item", order.items[0].name, "delivered_qty", 3)
	assert only(run(orders=[order.name], submit_invoices=1)).amount == 300
