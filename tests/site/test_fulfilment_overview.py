"""The fulfilment overview of real orders: header, origin, documents, and who sees them."""

import frappe
import pytest

from sales_order_ext.fulfilment import api
from tests.site import masters, money
from tests.site.fulfilment_chain import (
	bundle_of_three,
	deliver,
	documents,
	opportunity,
	ordered_from,
	other_supplier,
	pick,
	purchase,
	quoted,
	receive,
	request,
	stages,
)
from tests.site.masters import COMPANY, ITEM, OTHER_ITEM, counted, sales_order, user

MOST_QUERIES = 12


class TestOverview:
	def test_header_origin_and_attachments(self):
		lead = opportunity()
		quotation = quoted((ITEM, 2, 10), (OTHER_ITEM, 1, 5), opportunity=lead.name)
		order = ordered_from(quotation)
		frappe.get_doc(
			{
				"doctype": "File",
				"file_name": "drawing.txt",
				"content": "a line",
				"attached_to_doctype": "Sales Order",
				"attached_to_name": order.name,
			}
		).insert()
		shown = api.overview(order.name)
		assert shown["order"]["status"] == "To Deliver and Bill"
		assert (shown["order"]["per_delivered"], shown["order"]["grand_total"]) == (0, 25)
		[from_quotation] = shown["quotations"]
		assert (from_quotation["name"], from_quotation["status"]) == (quotation.name, "Ordered")
		assert [row["row"] for row in from_quotation["rows"]] == [row.name for row in order.items]
		assert [one["name"] for one in shown["opportunities"]] == [lead.name]
		assert [one["file_name"] for one in shown["attachments"]] == ["drawing.txt"]

	def test_fields_of_a_capability_only_with_its_switch(self, switch_on):
		order = sales_order((ITEM, 1, 1))
		assert not [key for key in api.overview(order.name)["order"] if key.startswith("soe_")]
		switch_on("enable_payment_status")
		assert set(api.overview(order.name)["order"]) >= {"soe_payment_status", "soe_per_paid"}

	def test_a_document_stands_once_behind_a_row_with_its_whole_quantity(self):
		masters.receive(ITEM, 10)
		order = sales_order((ITEM, 4, 10), (ITEM, 2, 10))
		note = deliver(order, 3, 2)
		rows = api.overview(order.name)["rows"]
		assert [row["documents"] for row in rows] == [
			[
				{
					"doctype": "Delivery Note",
					"name": note.name,
					"docstatus": 1,
					"status": "To Bill",
					"quantity": quantity,
				}
			]
			for quantity in (3, 2)
		]

	def test_cancelled_documents_are_not_behind_a_row(self):
		masters.receive(ITEM, 10)
		order = sales_order((ITEM, 4, 10))
		deliver(order, 4).cancel()
		assert (stages(order), documents(order)) == (["Approved"], [])

	def test_who_may_not_read_the_order_is_refused(self):
		order = sales_order((ITEM, 1, 1))
		with user():
			for endpoint in (api.overview, api.feed):
				with pytest.raises(frappe.PermissionError, match=order.name):
					endpoint(order.name)
		with pytest.raises(frappe.DoesNotExistError):
			api.overview("SO-none")

	def test_what_a_user_may_not_read_is_left_out_but_has_happened(self):
		order = sales_order((ITEM, 4, 10))
		ordered = purchase(request(order))
		receive(ordered)
		note = deliver(order, 4)
		bill = money.invoice(order)
		with user("Sales User") as seller:
			assert documents(order) == [note.name]
			assert stages(order) == ["Fulfilled"]
		frappe.share.add("Purchase Order", ordered.name, seller)
		with user("Sales User", "Purchase User", allowed={"Supplier": other_supplier()}):
			assert ordered.name not in documents(order)
		frappe.set_user(seller)
		assert documents(order) == [note.name, ordered.name]
		frappe.set_user("Administrator")
		with user("Accounts User"):
			assert documents(order) == [note.name, bill.name]

	def test_an_order_shared_with_a_user_is_shown(self):
		order = sales_order((ITEM, 1, 1))
		with user() as person:
			pass
		frappe.share.add("Sales Order", order.name, person)
		frappe.set_user(person)
		assert stages(order) == ["Approved"]

	def test_quotation_and_opportunity_only_for_who_may_read_them(self):
		order = ordered_from(quoted((ITEM, 2, 10), opportunity=opportunity().name))
		with user("Stock User"):
			shown = api.overview(order.name)
		assert (shown["quotations"], shown["opportunities"]) == ([], [])

	def test_bundles_show_the_documents_of_their_components(self):
		bundle, component = bundle_of_three()
		masters.receive(component, 20)
		order = sales_order((bundle, 2, 100))
		picked = pick(order)
		assert stages(order) == ["Picked"]
		assert documents(order) == [picked.name]
		note = deliver(order, 2)
		assert stages(order) == ["Shipped"]
		assert set(documents(order)) == {note.name, picked.name}
		asked = sales_order((bundle, 2, 100))
		wanted = request(asked)
		assert stages(asked) == ["Approved"]
		assert [one["name"] for one in api.overview(asked.name)["other_documents"]] == [wanted.name]


class TestQueries:
	def test_sixty_rows_with_everything_behind_them_take_at_most_twelve(self):
		frappe.db.set_single_value("Stock Settings", "enable_stock_reservation", 1)
		quotation = quoted(*[(ITEM, 1, 10)] * 60, opportunity=opportunity().name)
		order = ordered_from(quotation)
		receive(purchase(request(order)))
		frappe.db.set_value("Sales Order Item", {"parent": order.name}, "reserve_stock", 1)
		pick(order).create_stock_reservation_entries(notify=False)
		deliver(order, *[1] * 30)
		money.invoice(order)
		everything = {
			"Delivery Note",
			"Sales Invoice",
			"Purchase Order",
			"Material Request",
			"Pick List",
			"Stock Reservation Entry",
		}
		assert self.kinds_in_twelve(order, Company=COMPANY) == everything
		hidden = {"Purchase Order"}
		assert self.kinds_in_twelve(order, Company=COMPANY, Supplier=other_supplier()) == everything - hidden

	def test_fifty_rows_take_as_many_as_one(self):
		counts = []
		for number in (1, 50):
			order = sales_order(*[(ITEM, 1, 10)] * number)
			api.overview(order.name)
			with counted() as statements:
				api.overview(order.name)
			counts.append(len(statements))
		assert counts[0] == counts[1] <= MOST_QUERIES

	def kinds_in_twelve(self, order, **allowed):
		"""Return the kinds of documents that a user restricted so sees, having counted the queries."""
		with user("Sales User", "Stock User", "Purchase User", "Accounts User", allowed=allowed):
			api.overview(order.name)
			with counted() as statements:
				shown = api.overview(order.name)
		assert len(statements) <= MOST_QUERIES, "\n".join(statements)
		assert [row["stage"] for row in shown["rows"]] == ["Fulfilled"] * 30 + ["Invoiced"] * 30
		assert shown["quotations"] and shown["opportunities"]
		return {one["doctype"] for row in shown["rows"] for one in row["documents"]}
