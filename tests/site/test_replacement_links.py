"""Everything that refers to an order follows to its replacement and keeps working there."""

import frappe
import pytest
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from erpnext.selling.doctype.quotation.quotation import get_ordered_items, make_sales_order
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return

from tests.site import masters
from tests.site.masters import COMPANY, CUSTOMER, ITEM, OTHER_ITEM, WAREHOUSE
from tests.site.replacement_shop import (
	assert_negative,
	assert_replaced,
	complete,
	confirm,
	deliver,
	figures,
	invoice,
	limits_by_quotation,
	order_a,
	order_b,
	pay,
	replace,
	start,
)

pytestmark = pytest.mark.usefixtures("replacements_on")


def test_a_delivery_moves_then_is_returned_cancelled_and_completed():
	order = order_b()
	note = deliver(order, 4)
	new = replace(order, 6, 10)
	back = make_sales_return(note.name)
	back.items[0].qty = -1
	frappe.get_doc(back.insert().as_dict()).submit()
	assert figures(new, "delivered_qty", "returned_qty")[0] == (3, 1)
	frappe.get_doc("Delivery Note", back.name).cancel()
	frappe.get_doc("Delivery Note", note.name).cancel()
	assert figures(new, "delivered_qty") == [(0,), (0,)] and new.per_delivered == 0
	assert figures(order, "delivered_qty") == [(0,), (0,)]
	assert order.status == "Closed"
	complete(new)


def test_a_draft_delivery_moves_and_is_submitted():
	order = order_b()
	note = deliver(order, 4, submit=False)
	new = replace(order)
	note = frappe.get_doc("Delivery Note", note.name)
	assert {row.against_sales_order for row in note.items} == {new.name}
	note.submit()
	assert figures(new, "delivered_qty") == [(4,), (0,)]
	complete(new)


def test_a_form_opened_before_cannot_overwrite_a_moved_link():
	order = order_b()
	note = deliver(order, 4, submit=False)
	replace(order)
	with pytest.raises(frappe.TimestampMismatchError):
		note.save()


def test_an_invoice_and_its_payment_move_then_are_cancelled_and_completed():
	order = order_b()
	advance = pay(order, 50)
	bill = invoice(order, 6)
	paid = pay(bill, 20)
	new = replace(order, 6, 18)
	assert figures(new, "billed_amt") == [(222,), (0,)] and new.billing_status == "Partly Billed"
	frappe.get_doc("Payment Entry", paid.name).cancel()
	frappe.get_doc("Sales Invoice", bill.name).cancel()
	assert figures(new, "billed_amt") == [(0,), (0,)] and new.billing_status == "Not Billed"
	assert new.advance_paid == 50
	frappe.get_doc("Payment Entry", advance.name).cancel()
	assert new.reload().advance_paid == 0
	complete(new)


def test_an_advance_moves_and_is_used_by_the_invoice():
	order = order_b()
	advance = pay(order, 100)
	new = replace(order, 12, 18)
	reference = frappe.get_doc("Payment Entry", advance.name).references[0]
	assert (reference.reference_name, reference.allocated_amount) == (new.name, 100)
	bill = frappe.get_doc("Sales Invoice", invoice(new, 12, 18).name)
	assert bill.grand_total == 587.40
	assert frappe.db.count("Advance Payment Ledger Entry", {"against_voucher_no": order.name}) == 0


def test_a_draft_payment_moves_and_is_submitted():
	order = order_b()
	payment = pay(order, 60, submit=False)
	new = replace(order)
	frappe.get_doc("Payment Entry", payment.name).submit()
	assert new.reload().advance_paid == 60
	assert order.reload().advance_paid == 0


def test_a_journal_advance_moves_then_is_cancelled():
	order = order_b()
	receivable = frappe.db.get_value("Company", COMPANY, "default_receivable_account")
	cash = frappe.db.get_value("Account", {"company": COMPANY, "account_type": "Cash", "is_group": 0})
	party = {"account": receivable, "party_type": "Customer", "party": CUSTOMER, "is_advance": "Yes"}
	party |= {"reference_type": "Sales Order", "reference_name": order.name}
	entry = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"company": COMPANY,
			"posting_date": frappe.utils.today(),
			"accounts": [
				{**party, "credit_in_account_currency": 40},
				{"account": cash, "debit_in_account_currency": 40},
			],
		}
	)
	entry.insert().submit()
	assert order.reload().advance_paid == 40
	new = replace(order)
	assert new.advance_paid == 40
	frappe.get_doc("Journal Entry", entry.name).cancel()
	assert new.reload().advance_paid == 0
	complete(new)


def quotation():
	return (
		frappe.get_doc(
			{
				"doctype": "Quotation",
				"company": COMPANY,
				"quotation_to": "Customer",
				"party_name": CUSTOMER,
				"items": [
					{"item_code": ITEM, "qty": 6, "rate": 37},
					{"item_code": OTHER_ITEM, "qty": 9, "rate": 5},
				],
			}
		)
		.insert()
		.submit()
	)


def test_an_order_from_a_quotation_is_replaced_without_over_ordering():
	quote = quotation()
	order = make_sales_order(quote.name)
	order.delivery_date = frappe.utils.add_days(frappe.utils.today(), 7)
	for row in order.items:
		row.warehouse, row.delivery_date = WAREHOUSE, order.delivery_date
	order.insert().submit()
	new = replace(order)
	assert frappe.db.get_value("Quotation", quote.name, "status") == "Ordered"
	draft = start(new)
	draft.items = draft.items[:1]
	last = confirm(draft.save())
	quote.reload()
	ordered = get_ordered_items(quote.name)
	assert [ordered.get(row.name) or 0 for row in quote.items] == [6, 0]
	assert quote.status == "Partially Ordered"
	last.cancel()
	assert quote.reload().status == ("Open" if limits_by_quotation() else "Partially Ordered")


def test_discount_and_actual_charge_reverse_exactly():
	order = masters.sales_order(
		(ITEM, 3, 33.33),
		(OTHER_ITEM, 7, 1.07),
		taxes=[
			{"charge_type": "On Net Total", "account_head": masters.tax_account(), "rate": 7.7,
				"description": "Tax"},
			{"charge_type": "Actual", "account_head": masters.tax_account(), "tax_amount": 11.11,
				"description": "Freight"},
		],
		apply_discount_on="Grand Total",
		discount_amount=9.99,
	)  # fmt: skip
	new = replace(order)
	inverse = frappe.get_doc("Sales Order", f"{order.name}*R*")
	assert_replaced(order, new)
	assert_negative(new, inverse)
	assert inverse.discount_amount == -9.99 and inverse.taxes[1].tax_amount == -11.11


@pytest.fixture
def halves():
	for term in ("Now SOE", "Later SOE"):
		frappe.get_doc({"doctype": "Payment Term", "payment_term_name": term}).insert()
	terms = [
		{"payment_term": "Now SOE", "invoice_portion": 50, "credit_days": 0},
		{"payment_term": "Later SOE", "invoice_portion": 50, "credit_days": 30},
	]
	template = {"doctype": "Payment Terms Template", "template_name": "Halves SOE", "terms": terms}
	return frappe.get_doc({**template, "allocate_payment_based_on_payment_terms": 1}).insert()


def pay_first_term(order, amount):
	payment = get_payment_entry("Sales Order", order.name)
	payment.references = payment.references[:1]
	payment.references[0].allocated_amount = amount
	payment.paid_amount = payment.received_amount = amount
	payment.reference_no, payment.reference_date = "1", frappe.utils.today()
	return payment.insert().submit()


def test_payments_stay_on_their_terms(halves):
	order = order_b(payment_terms_template=halves.name)
	payment = pay_first_term(order, 100)
	assert payment.references[0].payment_term
	new = replace(order, 12, 18)
	paid = [(row.paid_amount, row.outstanding) for row in new.payment_schedule]
	assert paid == [(100, 193.70), (0, 293.70)]
	assert [row.paid_amount for row in order.reload().payment_schedule] == [0, 0]
	frappe.get_doc("Payment Entry", payment.name).cancel()
	assert [row.paid_amount for row in new.reload().payment_schedule] == [0, 0]


def test_a_payment_can_be_cancelled_after_its_term_is_gone(halves):
	order = order_b(payment_terms_template=halves.name)
	payment = pay_first_term(order, 100)
	draft = start(order)
	draft.payment_terms_template, draft.payment_schedule = None, []
	new = confirm(draft.save())
	assert new.advance_paid == 100
	frappe.get_doc("Payment Entry", payment.name).cancel()
	assert new.reload().advance_paid == 0


def test_the_log_keeps_the_snapshot_and_names_what_followed():
	order = order_a()
	note, payment = deliver(order, 1), pay(order, 2)
	new = replace(order, 4)
	log = frappe.get_doc("Order Replacement", new.name)
	assert (log.old_total, log.new_total, log.difference, log.paid) == (4.14, 8.28, 4.14, 2)
	assert [(row.old_qty, row.new_qty, row.delivered) for row in log.rows] == [(2, 4, 1)]
	followed = {(row.reference_type, row.reference) for row in log.references}
	assert {("Delivery Note", note.name), ("Payment Entry", payment.name)} <= followed


def test_an_invoice_that_moves_stock_follows_then_is_cancelled():
	order = order_b()
	masters.receive(ITEM, 6)
	bill = invoice(order, 6, submit=False)
	bill.update_stock = 1
	bill.save().submit()
	new = replace(order, 6, 10)
	assert figures(new, "delivered_qty", "billed_amt") == [(6, 222), (0, 0)]
	frappe.get_doc("Sales Invoice", bill.name).cancel()
	assert figures(new, "delivered_qty", "billed_amt") == [(0, 0), (0, 0)]
	complete(new)


def test_an_identical_copy_leaves_bins_and_figures_as_they_were():
	order = order_b()
	deliver(order, 2)
	invoice(order, 3)
	pay(order, 10)
	order.reload()
	header = ("per_delivered", "per_billed", "advance_paid", "grand_total", "status", "delivery_status")
	before = [order.get(field) for field in header], bins(), figures(order, "delivered_qty", "billed_amt")
	new = replace(order)
	assert before == (
		[new.get(field) for field in header],
		bins(),
		figures(new, "delivered_qty", "billed_amt"),
	)


def bins():
	fields = ["item_code", "warehouse", "actual_qty", "reserved_qty", "reserved_stock", "projected_qty"]
	return frappe.get_all("Bin", fields=fields, order_by="item_code, warehouse", as_list=True)
