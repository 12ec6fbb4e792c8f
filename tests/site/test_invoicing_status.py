"""The status of an order in a job that has locked it: from one reading, and from one telling of the order."""

from __future__ import annotations

import frappe
import pytest
from erpnext.selling.doctype.sales_order.sales_order import SalesOrder
from frappe.model.base_document import BaseDocument

from sales_order_ext.invoicing import answers, families, order_status
from tests.site.invoicing_helpers import asked, three_orders
from tests.site.masters import SERVICE


@pytest.fixture
def three() -> list[str]:
	return three_orders()


def test_an_order_is_told_once_until_a_value_of_it_or_of_a_row_changes(three):
	order, told = frappe.get_doc("Sales Order", three[0]), []
	plain = order.as_dict()

	plain_telling = BaseDocument.get_valid_dict
	with answers.remembered(), order_status.found_once(), pytest.MonkeyPatch.context() as patch:
		patch.setattr(
			BaseDocument,
			"get_valid_dict",
			lambda doc, **asked: told.append(doc.name) or plain_telling(doc, **asked),
		)
		first = order.as_dict()
		once = len(told)
		first["items"][0]["qty"] = first["status"] = "changed by the asker"
		assert order.as_dict() == plain
		assert len(told) == once
		order.items[0].qty += 1
		assert order.as_dict()["items"][0]["qty"] == plain["items"][0]["qty"] + 1
		order.status = "Closed"
		assert order.as_dict()["status"] == "Closed"
		order.append("items", {"item_code": SERVICE})
		assert len(order.as_dict()["items"]) == len(plain["items"]) + 1
		other = frappe.get_doc("Sales Order", three[1])
		assert other.as_dict()["name"] == three[1]
		assert order.as_dict(no_nulls=True) != order.as_dict()
	assert "as_dict" not in vars(SalesOrder)


@pytest.mark.parametrize(
	("place", "since", "again"),
	[
		(0, lambda order: None, 0),
		(2, lambda order: None, 1),  # not locked by the job
		(0, lambda order: order.items[0].update({"qty": 9}), 1),
		(0, lambda order: order.items.pop(), 1),
		(0, lambda order: frappe.db.set_value("Sales Order", order.name, "po_no", "X"), 1),
	],
)
def test_a_locked_order_is_read_again_before_its_status_is_set_where_it_may_have_changed(
	three, place, since, again
):
	with asked() as statements, order_status.found_once():
		families.expect(three[:2])
		order = frappe.get_doc("Sales Order", three[place])
		old = order.status
		since(order)
		before = len(statements)
		order.set_status(update=True, status="On Hold")
	reread = [text for text in statements[before:] if "`tabSales Order Item`" in text]
	assert len(reread) == again
	assert (order.get_doc_before_save().status, order.status) == (old, "On Hold")
	assert order.get_doc_before_save().items[0] is not order.items[0]


def test_an_order_with_a_field_that_is_computed_is_told_each_time(monkeypatch):
	field = frappe.get_meta("Sales Order").get("fields", {"is_virtual": 1})[0]
	monkeypatch.setattr(SalesOrder, field.fieldname, property(lambda order: order.name), raising=False)
	with answers.remembered(), order_status.found_once():
		assert "as_dict" not in vars(SalesOrder)
