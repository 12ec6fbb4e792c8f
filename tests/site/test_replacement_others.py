"""Every table that names an order, and the documents around it: moved, then cancelled, then the order completed."""

import frappe
import pytest
from erpnext.selling.doctype.sales_order.sales_order import (
	make_maintenance_schedule,
	make_maintenance_visit,
	make_material_request,
)

from sales_order_ext.replacement import api, links
from tests.site import masters
from tests.site.masters import COMPANY, CUSTOMER, ITEM, OTHER_ITEM
from tests.site.replacement_shop import ORDER, complete, invoice, order_b, pay, replace

# Links that stay where they are: holds end when an order is booked, and subcontracted orders are not replaced.
NOT_MOVED = {"Stock Hold", "Subcontracting Inward Order"}
ROW_FIELDS = ("so_detail", "sales_order_item")
NOT_OF_A_ROW = {"Subcontracting Inward Order Item", "Subcontracting Inward Order Service Item"}

pytestmark = pytest.mark.usefixtures("replacements_on")


def test_every_field_that_links_orders_is_moved_or_stays_on_purpose():
	moved = {(link.doctype, link.order_field) for link in links.known()}
	found = {one for one in links._fields_that_link_orders() if one[0] not in links.STAY}
	assert {doctype for doctype, _field in found - moved} <= NOT_MOVED


def test_every_field_that_names_a_row_is_moved_with_its_order():
	moved = {(link.doctype, link.row_field) for link in links.known()}
	filters = {"fieldname": ("in", ROW_FIELDS)}
	found = frappe.get_all("DocField", filters, ["parent", "fieldname"], as_list=True, order_by="parent asc")
	assert {doctype for doctype, _field in set(found) - moved} <= NOT_OF_A_ROW


def bare_row(link, order):
	"""Store nothing but a row that names the order and its first row."""
	row = frappe.new_doc(link.doctype)
	row.update({link.order_field: order.name, "docstatus": 0, "parent": "x", "parenttype": "Note"})
	if link.type_field:
		row.set(link.type_field, ORDER)
	if link.row_field:
		row.set(link.row_field, order.items[0].name)
	row.name = frappe.generate_hash()
	row.db_insert()
	return row.name


def test_a_row_of_every_table_moves():
	order = order_b()
	bare = [(link, bare_row(link, order)) for link in links.existing() if link.doctype != links.BACK_ORDER]
	new = replace(order)
	for link, name in bare:
		row = frappe.db.get_value(link.doctype, name, "*", as_dict=True)
		assert row[link.order_field] == new.name, link
		assert not link.row_field or row[link.row_field] == new.items[0].name, link


def supplier_quotation(order):
	rows = [{"item_code": ITEM, "qty": 1, "rate": 1, "sales_order": order.name}]
	quote = {"doctype": "Supplier Quotation", "company": COMPANY, "supplier": masters.SUPPLIER, "items": rows}
	return frappe.get_doc(quote).insert().submit()


def maintenance_schedule(order):
	schedule = make_maintenance_schedule(order.name)
	person = frappe.get_doc({"doctype": "Sales Person", "sales_person_name": "SOE Mender"}).insert()
	today = frappe.utils.today()
	for row in schedule.items:
		row.update(
			{"start_date": today, "end_date": frappe.utils.add_months(today, 3), "periodicity": "Monthly"}
		)
		row.update({"no_of_visits": 3, "sales_person": person.name})
	schedule.transaction_date = today
	schedule.generate_schedule()
	return schedule.insert().submit()


def maintenance_visit(order):
	visit = make_maintenance_visit(order.name)
	person = frappe.get_doc({"doctype": "Sales Person", "sales_person_name": "SOE Visitor"}).insert()
	for row in visit.purposes:
		row.update({"service_person": person.name, "work_done": "Oiled", "description": "x"})
	visit.update({"mntc_date": frappe.utils.today(), "completion_status": "Fully Completed"})
	visit.maintenance_type = "Unscheduled"
	return visit.insert().submit()


def contract(order):
	of = {"document_type": ORDER, "document_name": order.name, "contract_terms": "As agreed"}
	return (
		frappe.get_doc({"doctype": "Contract", "party_type": "Customer", "party_name": CUSTOMER, **of})
		.insert()
		.submit()
	)


def bank_guarantee(order):
	bank = frappe.get_doc({"doctype": "Bank", "bank_name": "SOE Bank"}).insert()
	of = {
		"reference_doctype": ORDER,
		"reference_docname": order.name,
		"customer": CUSTOMER,
		"bank": bank.name,
	}
	of |= {"bg_type": "Receiving", "amount": 10, "start_date": frappe.utils.today(), "validity": 30}
	of |= {"bank_guarantee_number": "1", "name_of_beneficiary": "Us"}
	return frappe.get_doc({"doctype": "Bank Guarantee", **of}).insert().submit()


def auto_repeat(order):
	of = {"reference_doctype": ORDER, "reference_document": order.name, "frequency": "Monthly"}
	return frappe.get_doc({"doctype": "Auto Repeat", **of, "start_date": frappe.utils.today()}).insert()


def project(order):
	return frappe.get_doc(
		{"doctype": "Project", "project_name": "SOE P", "sales_order": order.name, "company": COMPANY}
	).insert()


@pytest.mark.parametrize(
	"make",
	[
		supplier_quotation,
		maintenance_schedule,
		maintenance_visit,
		contract,
		bank_guarantee,
		auto_repeat,
		project,
	],
)
def test_what_stands_around_an_order_moves_is_taken_back_and_the_order_completed(make):
	order = order_b()
	made = make(order)
	before = {reference.name for reference in links.find(order.name) if reference.document == made.name}
	new = replace(order, 7, 9)
	after = {reference.name for reference in links.find(new.name) if reference.document == made.name}
	assert before and after == before and links.find(order.name) == []
	made = frappe.get_doc(made.doctype, made.name)
	if made.docstatus.is_submitted():
		made.cancel()
	else:
		made.delete()
	complete(new)


def test_an_order_that_repeats_goes_on_as_its_replacement():
	order = order_b()
	repeat = auto_repeat(order)
	assert frappe.db.get_value(ORDER, order.name, "auto_repeat") == repeat.name
	new = replace(order, 7)
	assert [frappe.db.get_value(ORDER, one.name, "auto_repeat") for one in (order, new)] == [
		None,
		repeat.name,
	]
	made = repeat.reload().make_new_document()
	assert (made.items[0].qty, made.soe_replaced_order) == (7, None)


def test_entries_of_the_time_when_advances_were_posted_on_the_order():
	order = order_b()
	payment = pay(order, 50)
	voucher = {"voucher_type": payment.doctype, "voucher_no": payment.name}
	(receivable,) = frappe.get_all("GL Entry", {**voucher, "party": CUSTOMER}, pluck="name", order_by="name")
	(ledger,) = frappe.get_all("Payment Ledger Entry", voucher, pluck="name", order_by="name")
	against = {"against_voucher_type": ORDER}
	frappe.db.set_value("GL Entry", receivable, {**against, "against_voucher": order.name})
	frappe.db.set_value("Payment Ledger Entry", ledger, {**against, "against_voucher_no": order.name})
	new = replace(order)
	assert frappe.db.get_value("GL Entry", receivable, "against_voucher") == new.name
	assert frappe.db.get_value("Payment Ledger Entry", ledger, "against_voucher_no") == new.name
	frappe.get_doc("Payment Entry", payment.name).cancel()
	assert new.reload().advance_paid == 0
	complete(new)


def test_what_is_requested_for_a_part_of_a_bundle_goes_to_the_order_that_has_the_bundle():
	group = frappe.db.get_value("Item", ITEM, "item_group")
	kit = {
		"doctype": "Item",
		"item_code": "SOE-KIT",
		"item_group": group,
		"stock_uom": "Nos",
		"is_stock_item": 0,
	}
	frappe.get_doc(kit).insert()
	parts = [{"item_code": OTHER_ITEM, "qty": 3}]
	frappe.get_doc({"doctype": "Product Bundle", "new_item_code": "SOE-KIT", "items": parts}).insert()
	order = masters.sales_order((ITEM, 1, 10), ("SOE-KIT", 2, 50))
	request = make_material_request(order.name)
	request.schedule_date = frappe.utils.today()
	request.insert().submit()
	first, second = api.split(order.name, rows=[order.items[1].name])
	api.confirm(order.name)
	rows = {row.item_code: row.sales_order for row in request.reload().items}
	assert rows == {ITEM: first, OTHER_ITEM: second}
	request.cancel()
	masters.receive(OTHER_ITEM, 6)
	for name in (first, second):
		complete(frappe.get_doc(ORDER, name))


def test_both_drafts_and_what_is_booked_of_an_invoice_are_one_order_later():
	order = order_b()
	draft, booked = invoice(order, 1, submit=False), invoice(order, 2)
	new = replace(order)
	frappe.get_doc("Sales Invoice", draft.name).submit()
	frappe.get_doc("Sales Invoice", booked.name).cancel()
	assert new.reload().items[0].billed_amt == 37
	complete(new)
