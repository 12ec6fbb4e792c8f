"""The doors as people and programs use them: several orders at once, bulk tools, pick lists, programs."""

import json
import traceback
from inspect import signature

import frappe
import pytest
from erpnext.selling.doctype.sales_order.sales_order import create_pick_list
from erpnext.stock.doctype.pick_list.pick_list import create_delivery_note
from erpnext.utilities.bulk_transaction import job
from frappe.model.mapper import make_mapped_doc, map_docs

from sales_order_ext.errors import ProcessingBlockedError
from sales_order_ext.order_type import api
from tests.site import orders
from tests.site.masters import ITEM, receive
from tests.site.orders import typed

MAPPERS = {
	"Delivery Note": "erpnext.selling.doctype.sales_order.sales_order.make_delivery_note",
	"Sales Invoice": "erpnext.selling.doctype.sales_order.sales_order.make_sales_invoice",
	"Pick List": "erpnext.selling.doctype.sales_order.sales_order.create_pick_list",
}


@pytest.fixture
def mixed(types_on):
	"""Return an Invoice, a Forward and an Active Order of one customer."""
	receive(ITEM, 50)
	return [typed(f"{kind} Order") for kind in ("Invoice", "Forward", "Active")]


@pytest.mark.parametrize("doctype", MAPPERS)
def test_the_create_menu_and_get_items_from_refuse_a_blocked_order(mixed, doctype):
	invoice, forward, _active = mixed
	with pytest.raises(ProcessingBlockedError, match=forward.name):
		make_mapped_doc(MAPPERS[doctype], forward.name)
	if doctype == "Pick List":
		return
	target = frappe.new_doc(doctype, company=invoice.company, customer=invoice.customer).as_json()
	with pytest.raises(ProcessingBlockedError, match=forward.name):
		map_docs(MAPPERS[doctype], json.dumps([invoice.name, forward.name]), target)


def test_an_order_processed_from_its_own_form_joins_no_others(mixed):
	invoice, _forward, active = mixed
	assert make_mapped_doc(MAPPERS["Delivery Note"], active.name).insert().docstatus == 0
	target = frappe.new_doc("Sales Invoice", company=invoice.company, customer=invoice.customer)
	target = map_docs(MAPPERS["Sales Invoice"], json.dumps([invoice.name]), target.as_json())
	with pytest.raises(ProcessingBlockedError, match=f"{active.name}.*left out of batches"):
		map_docs(MAPPERS["Sales Invoice"], json.dumps([active.name]), target.as_json())


def test_a_document_over_several_orders_is_refused_for_the_blocked_one_alone(mixed):
	invoice, _forward, active = mixed
	note = orders.delivery_note(invoice.name)
	row = orders.delivery_note(active.name).items[0]
	note.append("items", {**row.as_dict(), "name": None, "parent": None, "idx": None})
	with pytest.raises(ProcessingBlockedError) as refusal:
		note.insert()
	assert active.name in str(refusal.value)
	assert invoice.name not in str(refusal.value)


@pytest.mark.parametrize("doctype", ["Delivery Note", "Sales Invoice"])
def test_bulk_tools_make_documents_for_allowed_orders_alone(mixed, doctype, monkeypatch):
	# With variables, as ERPNext 16 notes it, Frappe keeps it only up to where one of them looks like a tag.
	monkeypatch.setattr(frappe, "get_traceback", lambda *args, **kwargs: traceback.format_exc())
	rest = [None] if "args" in signature(job).parameters else []
	job([{"name": order.name} for order in mixed], "Sales Order", doctype, *rest)
	frappe.flags.pop("bulk_transaction", None)
	field = "against_sales_order" if doctype == "Delivery Note" else "sales_order"
	made = [frappe.db.count(f"{doctype} Item", {field: order.name}) for order in mixed]
	assert made == [1, 0, 0]
	log = frappe.get_all(
		"Bulk Transaction Log Detail",
		{"transaction_name": ("in", [order.name for order in mixed]), "to_doctype": doctype},
		["transaction_name", "transaction_status", "error_description"],
		order_by="creation",
	)
	assert [row.transaction_status for row in log] == ["Success", "Failed", "Failed"]
	assert "ProcessingBlockedError" in log[1].error_description


def test_a_pick_list_of_an_order_that_was_blocked_since_delivers_nothing(types_on, switch_on):
	switch_on(enable_stock_reservations=0)
	receive(ITEM, 5)
	order = typed("Invoice Order")
	picks = create_pick_list(order.name)
	picks.insert()
	for row in picks.locations:
		row.picked_qty = row.stock_qty
	picks.submit()
	api.change_type(order.name, "Reserve Order")
	before = frappe.db.count("Delivery Note")
	with pytest.raises(ProcessingBlockedError):
		create_delivery_note(picks.name)
	assert frappe.db.count("Delivery Note") == before


def test_an_invoice_of_deliveries_is_refused_when_the_order_was_blocked_since(types_on):
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice

	receive(ITEM, 5)
	order = typed("Invoice Order")
	note = orders.delivery_note(order.name).insert().submit()
	api.change_type(order.name, "Reserve Order")
	with pytest.raises(ProcessingBlockedError):
		make_sales_invoice(note.name).insert()


def test_a_pos_invoice_is_a_door(mixed):
	_invoice, forward, _active = mixed
	row = {
		"item_code": ITEM,
		"qty": 1,
		"rate": 20,
		"sales_order": forward.name,
		"so_detail": forward.items[0].name,
	}
	till = {
		"doctype": "POS Invoice",
		"company": forward.company,
		"customer": forward.customer,
		"items": [row],
	}
	with pytest.raises(ProcessingBlockedError):
		frappe.get_doc(till).insert()
