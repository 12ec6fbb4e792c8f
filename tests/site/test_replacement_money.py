"""Money in another currency, more advance than the new total, payments of invoices, another company's order."""

import frappe
import pytest
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from erpnext.accounts.doctype.payment_request.payment_request import make_payment_request
from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

from sales_order_ext.replacement import api
from tests.site import masters
from tests.site.masters import COMPANY, ITEM, OTHER_ITEM, SUPPLIER
from tests.site.replacement_shop import (
	ORDER,
	assert_negative,
	assert_replaced,
	complete,
	confirm,
	invoice,
	order_a,
	order_b,
	pay,
	replace,
	start,
)

pytestmark = pytest.mark.usefixtures("replacements_on")


@pytest.fixture
def european():
	parent = frappe.db.get_value(
		"Account", frappe.db.get_value("Company", COMPANY, "default_receivable_account"), "parent_account"
	)
	values = {"account_name": "Debtors SOE EUR", "account_type": "Receivable", "account_currency": "EUR"}
	account = frappe.get_doc(
		{"doctype": "Account", "company": COMPANY, "parent_account": parent, **values}
	).insert()
	customer = frappe.copy_doc(frappe.get_doc("Customer", masters.CUSTOMER))
	customer.update({"customer_name": "SOE European", "default_currency": "EUR"})
	customer.append("accounts", {"company": COMPANY, "account": account.name})
	return customer.insert().name


def test_an_order_in_another_currency(european):
	order = masters.sales_order(
		(ITEM, 3, 33.33), (OTHER_ITEM, 1, 10), customer=european, currency="EUR", conversion_rate=1.1234, plc_conversion_rate=1.1234,
		taxes=[{"charge_type": "On Net Total", "account_head": masters.tax_account(), "rate": 7.7,
			"description": "Tax"}],
	)  # fmt: skip
	bill = invoice(order, 2)
	payment = get_payment_entry(ORDER, order.name, party_amount=20)
	payment.reference_no, payment.reference_date = "1", frappe.utils.today()
	payment.insert().submit()
	advance = order.reload().advance_paid
	assert advance
	new = replace(order, 4)
	assert_replaced(order, new)
	assert_negative(order.reload(), frappe.get_doc(ORDER, f"{order.name}*R*"))
	assert (new.currency, new.conversion_rate, new.advance_paid) == ("EUR", 1.1234, advance)
	assert new.items[0].base_amount == pytest.approx(new.items[0].amount * 1.1234, abs=0.01)
	frappe.get_doc("Payment Entry", payment.name).cancel()
	frappe.get_doc("Sales Invoice", bill.name).cancel()
	assert (new.reload().advance_paid, new.per_billed) == (0, 0)
	complete(new)


def test_more_advance_than_the_new_total_is_told_and_can_be_freed():
	order = order_b()
	payment = pay(order, 293.70)
	draft = start(order, 1)
	assert "$ 293.70" in api.difference(draft.name)["warnings"][0]
	new = confirm(draft)
	assert (new.advance_paid, new.grand_total) == (293.70, 90.20)
	bill = make_sales_invoice(new.name)
	bill.allocate_advances_automatically = 1
	bill.insert().submit()
	assert bill.reload().outstanding_amount == 0
	unreconcile = frappe.get_doc(
		{
			"doctype": "Unreconcile Payment",
			"company": COMPANY,
			"voucher_type": "Payment Entry",
			"voucher_no": payment.name,
		}
	)
	unreconcile.add_references()
	unreconcile.insert().submit()
	assert frappe.get_doc("Payment Entry", payment.name).unallocated_amount == 293.70


def test_paid_at_the_time_counts_payments_of_invoices():
	order = order_a()
	pay(invoice(order, 2), 4.14)
	new = replace(order, 4)
	assert frappe.db.get_value("Order Replacement", new.name, "paid") == 4.14


def test_a_payment_request_is_cancelled_after_it_moved_and_another_is_made():
	def request(order):
		made = make_payment_request(
			dt=ORDER, dn=order.name, recipient_id="buyer@example.com", mute_email=1, submit_doc=1
		)
		return frappe.get_doc("Payment Request", made["name"])

	order = order_b()
	asked = request(order)
	new = replace(order, 12)
	asked.reload().cancel()
	asked = request(new)
	assert (asked.reference_name, asked.grand_total) == (new.name, new.grand_total)
	paid = asked.create_payment_entry()
	assert paid.docstatus == 1 and new.reload().advance_paid == new.grand_total
	complete(new)


def test_an_order_of_another_company_keeps_its_purchase_order():
	order = order_b()
	bought = frappe.get_doc(
		{
			"doctype": "Purchase Order",
			"company": COMPANY,
			"supplier": SUPPLIER,
			"schedule_date": frappe.utils.today(),
			"items": [{"item_code": ITEM, "qty": 6, "rate": 37, "warehouse": masters.WAREHOUSE}],
		}
	).insert()
	bought.submit()
	# Neither party is a company of this site: set as ERPNext's own mapper would have.
	frappe.db.set_value("Purchase Order", bought.name, "inter_company_order_reference", order.name)
	draft = start(order, 7)
	assert draft.inter_company_order_reference is None
	new = confirm(draft)
	assert frappe.db.get_value("Purchase Order", bought.name, "inter_company_order_reference") == new.name
