"""What the desk and other programs may ask of an order's payment."""

import frappe

from sales_order_ext import again, preferences
from sales_order_ext.payment import booking, dialog, jobs
from sales_order_ext.payment.facts import PAYMENT_ENTRY
from sales_order_ext.payment.inputs import payment_request


@frappe.whitelist()
def payment_context(sales_order: str) -> dict:
	"""Return what the payment dialog of a booked order shows.

	Keys: `sales_order`, `company`, `customer`, `customer_name`, `currency`, `company_currency`,
	`party_account`, `party_account_currency`, `precision` (places of amounts), `source_exchange_rate`,
	`posting_date`, `soe_per_paid`, `soe_payment_status`, `actions`, `default_account`, `deposit_to`,
	`cost_center`, `deduction_account`, and the lists

	- `documents`: open orders and invoices of the customer, this order's first: `reference_doctype`,
	  `reference_name`, `date`, `due_date`, `outstanding` (in the currency of the customer's account),
	  `of_this_order`;
	- `credits`: unused money: `reference_doctype`, `reference_name`, `reference_row`, `posting_date`,
	  `amount`, `remarks`;
	- `accounts`: bank and cash accounts: `account`, `currency`, `account_type`, `exchange_rate` (to the
	  company's currency, 0 where none is known);
	- `modes`: `mode_of_payment` and the `account` that its money goes into.
	"""
	order = frappe.get_doc("Sales Order", sales_order)
	order.check_permission("read")
	frappe.has_permission(PAYMENT_ENTRY, "create", throw=True)
	preferences.require(jobs.SWITCH, order.company)
	return dialog.context_of(order)


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def add_payment(sales_order: str, payload: dict | str) -> dict:
	"""Book a payment of the customer of a booked order, in one transaction.

	`payload` (all keys may be left out; amounts as numbers or numeric text):

	- `references`: `[{reference_doctype, reference_name, allocated_amount}]`, orders and invoices of the
	  customer to be settled and how much of each, in the currency of the customer's account;
	- `credits`: `[{reference_doctype, reference_name, reference_row, amount}]`, unused money that settles
	  them first: Payment Entry, Journal Entry (with its row) or credit note (Sales Invoice);
	- `paid_amount`: new money received, in the currency of `paid_to`; with it
	  `paid_to` (bank or cash account; else the mode's, else the company's), `mode_of_payment`,
	  `posting_date` (else today), `reference_no`, `reference_date`, `remarks`, `target_exchange_rate` and
	  `source_exchange_rate` (of `paid_to` and of the customer's account to the company's currency; else
	  looked up);
	- `deductions`: `[{account, amount, cost_center, description}]`, general ledger rows in the company's
	  currency: bank charges or discount above zero, surcharges below;
	- `overpayment`: `Keep` (as the customer's credit, the default) or `Refund`;
	- `action`: `Process` (submit the payment, the default) or `Process and Deposit` (also move it into the
	  bank account `deposit_to`, else the company's default, and mark it as cleared).

	Returns `{sales_order, payment_entry, credits_used: [{reference_doctype, reference_name,
	against_doctype, against_name, amount}], refund, deposit, unallocated_amount, soe_per_paid,
	soe_payment_status}`; names of Payment Entries or None. Throws PaymentNotPossibleError, naming every
	reason, or InvalidInputError for what is no payment, before anything is written.
	"""
	order = frappe.get_doc("Sales Order", sales_order)
	order.check_permission("read")
	frappe.has_permission(PAYMENT_ENTRY, "submit", throw=True)
	frappe.has_permission(PAYMENT_ENTRY, "create", throw=True)
	preferences.require(jobs.SWITCH, order.company)
	return booking.add(order, payment_request(payload))
