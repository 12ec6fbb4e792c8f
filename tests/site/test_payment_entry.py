"""Adding payments on an order: several documents at once, credits, ledger rows, refunds, deposits."""

import frappe
import pytest
from frappe.utils import today

from sales_order_ext.errors import PaymentNotPossibleError
from sales_order_ext.payment import api
from tests.site import money
from tests.site.masters import SERVICE, sales_order
from tests.site.payment_requests import add, bank_account, entry, from_, to
from tests.site.payment_status import FULLY, NOTHING, part, payment


@pytest.fixture
def order(payment_on):
	return sales_order((SERVICE, 1, 100))


def test_repeated_partial_payments(order):
	assert add(order, to(order, 30), paid_amount=30)["soe_payment_status"] == "Partly Paid"
	answer = add(order, to(order, "70"), paid_amount="70")
	assert (answer["soe_per_paid"], answer["soe_payment_status"]) == FULLY == payment(order)
	assert entry(answer["payment_entry"]).docstatus == 1
	assert (answer["refund"], answer["deposit"], answer["credits_used"]) == (None, None, [])


def test_several_orders_and_invoices_in_one_payment(order):
	other, invoiced = sales_order((SERVICE, 1, 50)), sales_order((SERVICE, 1, 80))
	invoice = money.invoice(invoiced)
	answer = add(order, to(order, 10), to(other, 50), to(invoice, 40), paid_amount=100)
	assert len(entry(answer["payment_entry"]).references) == 3
	assert [payment(one) for one in (order, other, invoiced)] == [part(10), FULLY, part(50)]


def test_the_context_lists_what_is_open(order):
	invoice = money.invoice(sales_order((SERVICE, 1, 80)))
	receipt = money.receive_money(25)
	context = api.payment_context(order.name)
	first, *others = context["documents"]
	assert (first["reference_name"], first["outstanding"], first["of_this_order"]) == (order.name, 100, True)
	assert (invoice.name, 80) in [(row["reference_name"], row["outstanding"]) for row in others]
	assert (receipt.name, 25) in [(row["reference_name"], row["amount"]) for row in context["credits"]]
	assert context["default_account"] in [row["account"] for row in context["accounts"]]


@pytest.fixture
def thousandths():
	"""Return a function that gives the site's money three places."""
	yield lambda: frappe.db.set_default("currency_precision", 3)
	frappe.db.rollback()
	frappe.clear_cache()  # it keeps what has just been rolled back


def test_amounts_have_as_many_places_as_the_site_s_money(order, thousandths):
	assert api.payment_context(order.name)["precision"] == 2
	with pytest.raises(PaymentNotPossibleError):
		add(order, to(order, 12.125), paid_amount=12.125)
	thousandths()
	assert api.payment_context(order.name)["precision"] == 3
	add(order, to(order, 12.125), paid_amount=12.125)
	assert payment(order) == part(12.125)


def test_ledger_rows_settle_too(order):
	fee = {"account": money.write_off_account(), "amount": 3, "description": "Bank charge"}
	answer = add(order, to(order, 100), paid_amount=97, deductions=[fee])
	assert payment(order) == FULLY
	booked = entry(answer["payment_entry"])
	assert (booked.paid_amount, booked.unallocated_amount) == (97, 0)
	assert [row.amount for row in booked.deductions] == [3]


def test_a_surcharge_is_income(order):
	surcharge = {"account": money.write_off_account(), "amount": -2}
	add(order, to(order, 100), paid_amount=102, deductions=[surcharge])
	assert payment(order) == FULLY


def test_credits_of_each_kind_settle_what_is_open(order):
	receipt, journal = money.receive_money(60), money.journal(15, money.cash_account())
	credited = money.invoice(sales_order((SERVICE, 1, 20)))
	money.pay(credited)
	note = money.credit(credited, update_outstanding_for_self=1)
	bought = sales_order((SERVICE, 1, 50))
	invoice = money.invoice(bought)
	uses = [from_(receipt, 60), from_(journal, 15, journal.accounts[1].name), from_(note, 20)]
	answer = add(order, to(invoice, 50), to(order, 65), credits=uses, paid_amount=20)
	assert (payment(bought), payment(order)) == (FULLY, part(65))
	assert len(answer["credits_used"]) == 4
	assert receipt.reload().unallocated_amount == 0
	assert note.reload().outstanding_amount == 0


def test_a_credit_alone_pays_an_order(order):
	receipt = money.receive_money(40)
	answer = add(order, to(order, 25), credits=[from_(receipt, 25)])
	assert answer["payment_entry"] is None
	assert payment(order) == part(25)
	assert receipt.reload().unallocated_amount == 15
	money.unreconcile(receipt)
	assert payment(order) == NOTHING


def test_what_is_paid_too_much_stays_as_credit(order):
	answer = add(order, to(order, 100), paid_amount=130)
	assert answer["unallocated_amount"] == entry(answer["payment_entry"]).unallocated_amount == 30
	assert payment(order) == FULLY


def test_what_is_paid_too_much_is_refunded(order):
	answer = add(order, to(order, 100), paid_amount=130, overpayment="Refund")
	assert answer["unallocated_amount"] == entry(answer["payment_entry"]).unallocated_amount == 0
	refund = entry(answer["refund"])
	assert (refund.payment_type, refund.paid_amount) == ("Pay", 30)
	assert not [
		one
		for one in api.payment_context(order.name)["credits"]
		if one["reference_name"] == answer["payment_entry"]
	]
	assert payment(order) == FULLY


def test_process_and_deposit(order):
	bank = bank_account()
	answer = add(order, to(order, 100), paid_amount=100, action="Process and Deposit", deposit_to=bank)
	deposit, received = entry(answer["deposit"]), entry(answer["payment_entry"])
	assert (deposit.paid_from, deposit.paid_to, deposit.paid_amount) == (money.cash_account(), bank, 100)
	assert str(deposit.clearance_date) == str(received.clearance_date) == today()


def test_money_that_comes_into_the_bank_is_only_cleared(order):
	bank = {"paid_to": bank_account(), "reference_no": "T-1", "reference_date": today()}
	answer = add(order, to(order, 100), paid_amount=100, action="Process and Deposit", **bank)
	assert answer["deposit"] is None
	assert str(entry(answer["payment_entry"]).clearance_date) == today()


def test_money_in_another_currency(order):
	bank = {"paid_to": bank_account("EUR"), "reference_no": "T-2", "reference_date": today()}
	answer = add(order, to(order, 60), paid_amount=50, target_exchange_rate=1.2, **bank)
	booked = entry(answer["payment_entry"])
	assert (booked.paid_amount, booked.received_amount, booked.difference_amount) == (60, 50, 0)
	assert payment(order) == part(60)


def test_an_order_in_another_currency(payment_on):
	order = sales_order((SERVICE, 1, 100), currency="EUR", conversion_rate=1.2)
	assert api.payment_context(order.name)["documents"][0]["outstanding"] == 120
	add(order, to(order, 60), paid_amount=60)
	assert payment(order) == part(50)


def test_payment_terms_are_paid_in_their_sequence(payment_on):
	terms = [("Half now", 50, 0), ("Half later", 50, 30)]
	for name, portion, days in terms:
		frappe.get_doc({"doctype": "Payment Term", "payment_term_name": name, "invoice_portion": portion,
			"credit_days": days}).insert()  # fmt: skip
	rows = [
		{"payment_term": name, "invoice_portion": portion, "credit_days": days}
		for name, portion, days in terms
	]
	template = frappe.get_doc({"doctype": "Payment Terms Template", "template_name": "Halves",
		"allocate_payment_based_on_payment_terms": 1, "terms": rows}).insert()  # fmt: skip
	order = sales_order((SERVICE, 1, 100), payment_terms_template=template.name)
	answer = add(order, to(order, 70), paid_amount=70)
	references = entry(answer["payment_entry"]).references
	assert [(row.payment_term, row.allocated_amount) for row in references] == [
		("Half now", 50),
		("Half later", 20),
	]
	assert payment(order) == part(70)
