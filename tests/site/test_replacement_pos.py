"""What the point of sale sold of an order follows to its replacement, and the shift is closed as ever."""

import frappe
import pytest
from erpnext.accounts.doctype.pos_closing_entry.pos_closing_entry import make_closing_entry_from_opening

from tests.site import masters, money
from tests.site.masters import COMPANY, CUSTOMER, ITEM, WAREHOUSE
from tests.site.replacement_shop import complete, figures, replace

pytestmark = pytest.mark.usefixtures("replacements_on")


@pytest.fixture
def profile():
	if frappe.get_meta("POS Settings").has_field("invoice_type"):
		frappe.db.set_single_value("POS Settings", "invoice_type", "POS Invoice")
	mode = frappe.get_doc("Mode of Payment", "Cash")
	if not any(row.company == COMPANY for row in mode.accounts):
		mode.append("accounts", {"company": COMPANY, "default_account": money.cash_account()}).db_insert()
	return frappe.get_doc(
		{
			"doctype": "POS Profile",
			"name": "SOE Till",
			"company": COMPANY,
			"currency": "USD",
			"warehouse": WAREHOUSE,
			"cost_center": money.cost_center(),
			"write_off_account": money.write_off_account(),
			"write_off_cost_center": money.cost_center(),
			"selling_price_list": "Standard Selling",
			"payments": [{"mode_of_payment": "Cash", "default": 1}],
			"applicable_for_users": [{"user": frappe.session.user, "default": 1}],
		}
	).insert()


def open_shift(profile):
	entry = {"doctype": "POS Opening Entry", "pos_profile": profile.name, "company": COMPANY}
	entry |= {"user": frappe.session.user, "period_start_date": frappe.utils.add_to_date(None, hours=-1)}
	return frappe.get_doc({**entry, "balance_details": [{"mode_of_payment": "Cash"}]}).insert().submit()


def sell(profile, order, qty):
	row = order.items[0]
	bill = frappe.new_doc("POS Invoice")
	bill.update({"company": COMPANY, "customer": CUSTOMER, "pos_profile": profile.name, "is_pos": 1})
	bill.update({"debit_to": money.receivable_account(), "currency": "USD", "update_stock": 1})
	line = {"item_code": row.item_code, "qty": qty, "rate": row.rate, "warehouse": WAREHOUSE}
	bill.append("items", {**line, "sales_order": order.name, "so_detail": row.name})
	bill.append(
		"payments", {"mode_of_payment": "Cash", "account": money.cash_account(), "amount": qty * row.rate}
	)
	return bill.insert()


@pytest.fixture
def uncommitted(monkeypatch):
	"""ERPNext commits what it consolidates, which would outlive the test."""
	monkeypatch.setattr(frappe.db, "commit", lambda: None)


def close_shift(opening):
	closing = make_closing_entry_from_opening(opening)
	for row in closing.payment_reconciliation:
		row.closing_amount = row.expected_amount
	return closing.insert().submit()


def test_sold_at_the_till_then_replaced_then_closed_cancelled_and_completed(profile, uncommitted):
	masters.receive(ITEM, 5)
	order = masters.sales_order((ITEM, 5, 20), disable_rounded_total=1)
	opening = open_shift(profile)
	sold = sell(profile, order, 2).submit()
	draft = sell(profile, order, 1)
	new = replace(order, 6)
	for bill in (sold, draft):
		(row,) = bill.reload().items
		assert (row.sales_order, row.so_detail) == (new.name, new.items[0].name)
	draft.submit()
	closing = close_shift(opening)
	assert sold.reload().consolidated_invoice and draft.reload().consolidated_invoice
	# ERPNext's consolidation names no order, with or without a replacement: nothing is billed of it.
	assert figures(new, "billed_amt", "delivered_qty") == [(0, 0)]
	frappe.get_doc("POS Closing Entry", closing.name).cancel()
	frappe.get_doc("POS Invoice", sold.name).cancel()
	assert (sold.reload().docstatus, sold.items[0].sales_order) == (2, new.name)
	complete(new)
