"""The stage of each row of real orders, from approval to fulfilment."""

import frappe

from sales_order_ext.fulfilment import api
from tests.site import masters, money
from tests.site.fulfilment_chain import deliver, documents, pick, purchase, receive, request, reserve, stages
from tests.site.masters import ITEM, SERVICE, sales_order


class TestStages:
	def test_a_draft_waits_for_approval_and_a_booked_order_has_it(self):
		assert stages(sales_order((ITEM, 1, 1), submit=False)) == ["To Approve"]
		assert stages(sales_order((ITEM, 1, 1), (SERVICE, 1, 1))) == ["Approved", "Approved"]

	def test_from_request_to_fulfilled(self):
		frappe.db.set_single_value("Stock Settings", "enable_stock_reservation", 1)
		order = sales_order((ITEM, 4, 10), reserve_stock=0)
		asked = request(order)
		assert stages(order) == ["To Purchase"]
		ordered = purchase(asked)
		assert stages(order) == ["Purchased"]
		receive(ordered)
		assert stages(order) == ["Received"]
		[held] = reserve(order)
		assert stages(order) == ["Reserved"]
		assert documents(order) == [ordered.name, asked.name, held]
		order.cancel_stock_reservation_entries(notify=False)
		picked = pick(order)
		assert stages(order) == ["Picked"]
		sent = deliver(order, 4)
		assert stages(order) == ["Shipped"]
		billed = money.invoice(order)
		assert stages(order) == ["Fulfilled"]
		assert documents(order) == [sent.name, billed.name, ordered.name, asked.name, picked.name]

	def test_the_whole_row_must_be_there(self):
		masters.receive(ITEM, 10)
		order = sales_order((ITEM, 4, 10), (SERVICE, 1, 10))
		deliver(order, 3, 0)
		assert stages(order) == ["Approved", "Approved"]
		deliver(order, 1, 0)
		assert stages(order) == ["Shipped", "Approved"]
		draft = money.invoice(order, submit=False)
		assert stages(order) == ["Shipped", "Approved"]
		draft.submit()
		assert stages(order) == ["Fulfilled", "Fulfilled"]

	def test_invoiced_ahead_of_delivery(self):
		order = sales_order((ITEM, 4, 10))
		money.invoice(order)
		assert stages(order) == ["Invoiced"]

	def test_a_credit_note_counts_when_it_counts_for_the_order(self):
		order = sales_order((SERVICE, 4, 10))
		bill = money.invoice(order)
		money.credit(bill, update_billed_amount_in_sales_order=0)
		assert stages(order) == ["Fulfilled"]
		order = sales_order((SERVICE, 4, 10))
		money.credit(money.invoice(order), update_billed_amount_in_sales_order=1)
		assert stages(order) == ["Approved"]

	def test_a_return_takes_the_delivery_back(self):
		from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return

		masters.receive(ITEM, 10)
		order = sales_order((ITEM, 4, 10))
		note = deliver(order, 4)
		make_sales_return(note.name).insert().submit()
		assert stages(order) == ["Approved"]

	def test_a_stopped_request_and_a_closed_purchase_promise_nothing(self):
		order = sales_order((ITEM, 4, 10))
		asked = request(order)
		ordered = purchase(asked)
		ordered.update_status("Closed")
		assert stages(order) == ["Approved"]
		other = sales_order((ITEM, 4, 10))
		stopped = request(other)
		stopped.update_status("Stopped")
		assert stages(other) == ["Approved"]
		assert documents(other) == [stopped.name]

	def test_other_units_are_compared_in_the_stock_unit(self):
		masters.receive(ITEM, 30)
		item = frappe.get_doc("Item", ITEM)
		item.append("uoms", {"uom": "Box", "conversion_factor": 12})
		item.save()
		order = sales_order((ITEM, 2, 10), submit=False)
		order.items[0].update({"uom": "Box", "conversion_factor": 12})
		order.save().submit()
		deliver(order, 2)
		row = api.overview(order.name)["rows"][0]
		assert (row["stage"], row["quantities"]["shipped"], row["documents"][0]["quantity"]) == (
			"Shipped",
			24,
			24,
		)
