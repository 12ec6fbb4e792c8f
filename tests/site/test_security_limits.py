"""What a user's save or an endpoint must not reach: the app's own records, and figures behind User Permissions."""

import frappe
import pytest

from sales_order_ext.allocation import api as allocation
from sales_order_ext.allocation import holds
from sales_order_ext.invoicing import run_records
from sales_order_ext.order_entry import api as order_entry
from sales_order_ext.order_type import api as order_types
from sales_order_ext.sales_order_ext.report.integrity_check import integrity_check
from sales_order_ext.won_quote import api as won_quote
from tests.site import orders, wins
from tests.site.masters import (
	COMPANY,
	CUSTOMER,
	ITEM,
	OTHER_CUSTOMER,
	OTHER_ITEM,
	OTHER_WAREHOUSE,
	WAREHOUSE,
	receive,
	sales_order,
	user,
)

SELLS = ("Sales User", "Sales Manager", "Stock User", "Stock Manager", "Accounts User")
KEY = {"document_key": "form-1", "row_key": "row-1"}


def test_a_save_changes_nothing_of_a_back_order_but_mode_and_priority(types_on):
	orders.typed("Active Order", (ITEM, 5, 20))
	name = frappe.get_all("Back Order", pluck="name", order_by="creation desc", limit=1)[0]
	before = frappe.get_doc("Back Order", name)
	forged = {
		"qty": 500,
		"filled_qty": 5,
		"status": "Filled",
		"item_code": OTHER_ITEM,
		"customer": OTHER_CUSTOMER,
	}
	with user(*SELLS):
		frappe.get_doc("Back Order", name).update({**forged, "priority": 1, "mode": "Manual"}).save()
	after = frappe.get_doc("Back Order", name)
	assert (after.priority, after.mode) == (1, "Manual")
	assert {field: after.get(field) for field in forged} == {field: before.get(field) for field in forged}


def test_others_holds_are_released_by_who_may_delete_these(switch_on):
	switch_on("enable_soft_allocation")
	receive(ITEM, 5)
	allocation.hold(**KEY, item_code=ITEM, warehouse=WAREHOUSE, qty=2)
	with user(*SELLS, allowed={"Warehouse": OTHER_WAREHOUSE}), pytest.raises(frappe.PermissionError):
		allocation.release(KEY["document_key"])
	assert len(holds.of_documents([KEY["document_key"]])) == 1
	with user(*SELLS):
		assert allocation.release(KEY["document_key"]) == {"released": 1}


def test_what_is_kept_for_a_customer_is_told_to_who_may_read_the_customer(switch_on):
	switch_on("enable_soft_allocation")
	receive(ITEM, 5)
	row = {**KEY, "item_code": ITEM, "warehouse": WAREHOUSE, "qty": 1}
	with user(*SELLS, allowed={"Customer": OTHER_CUSTOMER}):
		with pytest.raises(frappe.PermissionError):
			allocation.hold(**row, customer=CUSTOMER)
		assert allocation.hold(**row, customer=OTHER_CUSTOMER)["held"] == 1


def test_the_wizard_tells_no_stock_of_a_warehouse_left_out(switch_on):
	switch_on("enable_procurement")
	quotation = wins.quotation(wins.row(warehouse=OTHER_WAREHOUSE))
	with user(*SELLS, allowed={"Warehouse": OTHER_WAREHOUSE}):
		win = won_quote.start(quotation=quotation.name)
		row = {"quotation_item": win.items[0].quotation_item, "include": 1, "qty": 1}
		assert won_quote.lines(win.name, [{**row, "warehouse": OTHER_WAREHOUSE}])["lines"]
		with pytest.raises(frappe.PermissionError):
			won_quote.lines(win.name, [{**row, "warehouse": WAREHOUSE}])


def test_a_forged_pass_undoes_nothing(switch_on):
	switch_on("enable_procurement")
	order = sales_order((ITEM, 1, 10))
	project = frappe.get_doc(
		{"doctype": "Project", "project_name": "Not Theirs", "company": COMPANY}
	).insert()
	quotation = wins.quotation()
	with user(*SELLS):
		win = won_quote.start(quotation=quotation.name)
		data = {"project": project.name, "before": {"status": "Cancelled"}}
		made = {"action": "Create Project", "reference_doctype": "Project", "reference_name": project.name}
		win.update(
			{
				"status": "Finished",
				"sales_order": order.name,
				"undo_data": frappe.as_json(data),
				"actions": [made],
			}
		)
		win.save()
		with pytest.raises(frappe.ValidationError, match="not finished"):
			won_quote.undo(win.name)
	assert frappe.db.get_value("Project", project.name, "status") == "Open"
	assert frappe.db.get_value("Sales Order", order.name, "docstatus") == 1


def test_a_pass_and_a_back_order_are_seen_by_who_may_see_what_they_tell_of(types_on, switch_on):
	switch_on("enable_procurement")
	root = frappe.get_all("Territory", {"is_group": 1}, pluck="name", order_by="lft", limit=1)[0]
	far = {"doctype": "Territory", "territory_name": "Far Away", "parent_territory": root}
	allowed = {"Territory": frappe.get_doc(far).insert().name}
	win = won_quote.start(quotation=wins.quotation().name)
	order = orders.typed("Active Order", (ITEM, 5, 20))
	found = {"Quote Win": {"name": win.name}, "Back Order": {"sales_order": order.name}}
	docs = [frappe.get_doc(doctype, filters) for doctype, filters in found.items()]
	for kept_from in ({}, allowed):
		with user(*SELLS, allowed=kept_from):
			assert [doc.has_permission("read") for doc in docs] == [not kept_from] * 2
			listed = [frappe.get_list(doctype, filters) for doctype, filters in found.items()]
			assert [bool(rows) for rows in listed] == [not kept_from] * 2


def test_the_invoices_of_a_run_are_those_that_one_may_read(invoicing_on):
	invoice = orders_invoice()
	run = frappe.get_doc({"doctype": "Invoice Run", "company": COMPANY}).insert()
	group = {"doctype": "Invoice Run Group", "invoice_run": run.name, "customer": CUSTOMER, "invoice": invoice,
		"number": 1, "status": "Done"}  # fmt: skip
	frappe.get_doc(group).insert(ignore_permissions=True)
	for allowed, seen in (({}, [invoice]), ({"Customer": OTHER_CUSTOMER}, [])):
		with user(*SELLS, allowed=allowed):
			assert [one.name for one in run_records.made(run.name)] == seen


def orders_invoice() -> str:
	"""Return a draft invoice over an order."""
	return orders.invoice(sales_order((ITEM, 1, 10)).name).insert().name


def test_differences_are_told_of_orders_that_one_may_read(switch_on):
	switch_on("enable_lifecycle_status")
	order = sales_order((ITEM, 1, 10))
	frappe.db.set_value("Sales Order", order.name, "soe_lifecycle_status", "Invoiced")
	for allowed in ({}, {"Customer": OTHER_CUSTOMER}):
		with user(*SELLS, allowed=allowed):
			_columns, rows, _message = integrity_check.execute({"company": COMPANY})
			assert (order.name in {row["sales_order"] for row in rows}) == (not allowed)


@pytest.mark.parametrize("left_out", [{"Warehouse": OTHER_WAREHOUSE}, {"Item": OTHER_ITEM}])
def test_stock_beside_a_row_is_told_to_who_may_read_item_and_warehouse(types_on, left_out):
	sales_order((ITEM, 7, 10), soe_order_type="Forward Order")
	for allowed, found in (({}, [7]), (left_out, [])):
		with user(*SELLS, allowed=allowed):
			told = order_types.supply(COMPANY, [[ITEM, WAREHOUSE]])
			assert [row["on_forward_order"] for row in told] == found


def test_goods_that_can_come_back_are_those_of_deliveries_that_one_may_read():
	receive(ITEM, 3)
	note = {"doctype": "Delivery Note", "company": COMPANY, "customer": CUSTOMER, "set_warehouse": WAREHOUSE}
	row = {"item_code": ITEM, "qty": 3, "rate": 5, "warehouse": WAREHOUSE}
	name = frappe.get_doc({**note, "items": [row]}).insert().submit().name
	for allowed in ({}, {"Warehouse": OTHER_WAREHOUSE}):
		with user(*SELLS, allowed=allowed):
			told = order_entry.returnable_rows(CUSTOMER, COMPANY, "USD")
			assert (name in {row["delivery_note"] for row in told}) == (not allowed)
