"""Rows approved by a role, the timeline, and notes written from the fulfilment view."""

import frappe
import pytest
from erpnext.controllers.accounts_controller import update_child_qty_rate

from sales_order_ext.errors import ApprovalError, NoteError, RowsNotApprovedError
from sales_order_ext.fulfilment import api
from tests.site import masters, money
from tests.site.fulfilment_chain import deliver, opportunity, ordered_from, quoted, stages
from tests.site.masters import COMPANY, CUSTOMER, ITEM, OTHER_ITEM, counted, sales_order, user

APPROVER = "Sales Manager"


@pytest.fixture
def approvals_on(switch_on):
	switch_on(row_approval_role=APPROVER)


def draft():
	return frappe.get_doc(
		{
			"doctype": "Sales Order",
			"company": COMPANY,
			"customer": CUSTOMER,
			"delivery_date": frappe.utils.add_days(frappe.utils.today(), 5),
			"items": [{"item_code": item, "qty": 2, "rate": 10} for item in (ITEM, OTHER_ITEM)],
		}
	).insert()


@pytest.mark.usefixtures("approvals_on")
class TestApprovals:
	def test_rows_are_approved_one_by_one_then_the_order_can_be_submitted(self):
		order = draft()
		first, second = (row.name for row in order.items)
		with user(APPROVER) as chief:
			assert api.approve_rows(order.name, [first]) == {"approved": [first], "waiting": [second]}
		assert stages(order) == ["Approved", "To Approve"]
		with user("Sales User") as clerk:
			with pytest.raises(ApprovalError, match=APPROVER):
				api.approve_rows(order.name, [second])
			with pytest.raises(RowsNotApprovedError, match="Row 2 waits"):
				frappe.get_doc("Sales Order", order.name).submit()
		with user(APPROVER) as manager:
			api.approve_rows(order.name, [first, second])
		frappe.set_user(clerk)
		booked = frappe.get_doc("Sales Order", order.name).submit()
		assert [row.soe_approved_by for row in booked.items] == [chief, manager]

	def test_submitting_is_approving_for_who_has_the_role(self):
		with user(APPROVER) as manager:
			order = draft().submit()
		assert [row.soe_approved_by for row in order.items] == [manager] * 2

	def test_a_changed_row_needs_approval_again_and_nobody_approves_by_sending_the_field(self):
		order = draft()
		first, second = (row.name for row in order.items)
		api.approve_rows(order.name, [first, second])
		order.reload()
		order.items[0].qty = 3
		order.items[1].description = "Another description"
		order.save()
		assert [bool(row.soe_approved_by) for row in order.items] == [False, True]
		order.items[0].soe_approved_by = "Administrator"
		order.save()
		assert not order.items[0].soe_approved_by

	def test_update_items_takes_the_approval_of_the_changed_row_back(self):
		order = draft().submit()
		rows = [
			{"docname": row.name, "item_code": row.item_code, "qty": qty, "rate": row.rate}
			for row, qty in zip(order.items, (2, 5), strict=True)
		]
		update_child_qty_rate("Sales Order", frappe.as_json(rows), order.name)
		assert stages(order) == ["Approved", "To Approve"]

	def test_an_order_whose_every_approval_was_taken_back_waits(self):
		order = draft().submit()
		rows = [
			{"docname": row.name, "item_code": row.item_code, "qty": 5, "rate": row.rate}
			for row in order.items
		]
		update_child_qty_rate("Sales Order", frappe.as_json(rows), order.name)
		assert stages(order) == ["To Approve", "To Approve"]

	def test_update_items_works_out_the_discount_anew_and_the_approval_stands(self):
		price = {"item_code": ITEM, "price_list": "Standard Selling", "price_list_rate": 12.5}
		frappe.get_doc({"doctype": "Item Price", **price}).insert()
		order = draft().submit()
		assert order.items[0].price_list_rate == 12.5
		rows = [
			{"docname": row.name, "item_code": row.item_code, "qty": qty, "rate": row.rate}
			for row, qty in zip(order.items, (2, 5), strict=True)
		]
		update_child_qty_rate("Sales Order", frappe.as_json(rows), order.name)
		assert stages(order) == ["Approved", "To Approve"]

	def test_orders_booked_before_the_role_was_chosen_are_approved(self, switch_on):
		switch_on(row_approval_role=None)
		order = draft().submit()
		switch_on(row_approval_role=APPROVER)
		assert stages(order) == ["Approved", "Approved"]

	def test_unknown_rows_are_refused(self):
		with pytest.raises(ApprovalError, match="no rows nothing"):
			api.approve_rows(draft().name, ["nothing"])


def test_without_a_role_nothing_can_be_approved_and_nothing_waits():
	order = draft()
	with pytest.raises(ApprovalError, match="need no approval"):
		api.approve_rows(order.name, [])
	assert order.submit().docstatus == 1


class TestTimeline:
	def test_from_opportunity_to_payment_in_the_order_of_events(self):
		masters.receive(ITEM, 10)
		order = ordered_from(quoted((ITEM, 2, 10), opportunity=opportunity().name))
		deliver(order, 2)
		bill = money.invoice(order)
		paid = money.pay(bill)
		shown = api.overview(order.name)
		assert [one["doctype"] for one in shown["timeline"]] == [
			"Opportunity",
			"Quotation",
			"Sales Order",
			"Delivery Note",
			"Sales Invoice",
			"Payment Entry",
		]
		assert [one["name"] for one in shown["payments"]] == [paid.name]
		assert shown["timeline"][-1]["amount"] == 20
		with user("Sales User"):
			assert api.overview(order.name)["payments"] == []

	def test_payments_and_shares_keep_the_number_of_queries(self):
		order = ordered_from(quoted(*[(ITEM, 1, 10)] * 20, opportunity=opportunity().name))
		money.pay(money.invoice(order))
		with user("Sales User", "Accounts User", allowed={"Company": COMPANY}):
			api.overview(order.name)
			with counted() as statements:
				assert api.overview(order.name)["payments"]
		assert len(statements) <= 12, "\n".join(statements)


class TestTickets:
	def test_a_ticket_is_shown_and_answered(self):
		ticket = frappe.get_doc({"doctype": "Issue", "subject": "Assembly", "raised_by": "guest@example.com"})
		order = sales_order((ITEM, 1, 1))
		order.db_set("soe_issue", ticket.insert().name)
		shown = api.overview(order.name)
		assert [(one["name"], one["subject"]) for one in shown["tickets"]] == [(ticket.name, "Assembly")]
		entry = api.add_note(order.name, "On its way", "Issue", ticket.name)["entries"][0]
		assert (entry["doctype"], entry["reference_name"]) == ("Communication", ticket.name)
		with user("Stock User"):
			assert api.overview(order.name)["tickets"] == []


class TestNotes:
	def test_a_note_on_the_order_stands_first_in_its_feed(self):
		order = sales_order((ITEM, 1, 1))
		entries = api.add_note(order.name, "Customer <script>alert(1)</script>wants it <b>early</b>")[
			"entries"
		]
		assert entries[0]["doctype"] == "Comment"
		assert "<b>early</b>" in entries[0]["text"] and "<script>" not in entries[0]["text"]

	def test_an_opportunity_is_answered_where_it_stands(self):
		lead = opportunity()
		order = ordered_from(quoted((ITEM, 2, 10), opportunity=lead.name))
		entry = api.add_note(order.name, "Won it", "Opportunity", lead.name)["entries"][0]
		assert (entry["doctype"], entry["reference_name"]) == ("CRM Note", lead.name)

	@pytest.mark.parametrize("text", ["", "  ", "<p><br></p>"])
	def test_an_empty_note_is_refused(self, text):
		with pytest.raises(NoteError, match="empty"):
			api.add_note(sales_order((ITEM, 1, 1)).name, text)

	def test_a_document_of_another_order_is_refused(self):
		order = sales_order((ITEM, 1, 1))
		for doctype, name in (("Opportunity", opportunity().name), ("User", "Administrator")):
			with pytest.raises(NoteError, match="does not belong"):
				api.add_note(order.name, "x", doctype, name)

	def test_who_may_not_read_the_order_writes_nothing(self):
		order = sales_order((ITEM, 1, 1))
		with user(), pytest.raises(frappe.PermissionError):
			api.add_note(order.name, "x")
