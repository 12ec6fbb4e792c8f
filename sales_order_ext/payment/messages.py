"""What the room says when a payment cannot be booked as asked."""

from frappe import _lt

from sales_order_ext.errors import Messages, PaymentNotPossibleError

MESSAGES: Messages = {
	"order_not_booked": (
		_lt(
			"{order} is not booked, or no longer stands. Submit it first, or pay the order that replaced it."
		),
		PaymentNotPossibleError,
	),
	"nothing_to_pay": (
		_lt("Nothing is to be paid. Enter an amount, or choose what a credit settles."),
		PaymentNotPossibleError,
	),
	"amount_not_positive": (
		_lt("{document}: the amount must be above zero. Enter one or leave the row out."),
		PaymentNotPossibleError,
	),
	"money_negative": (
		_lt("The amount received may not be below zero. Use a credit note to pay back."),
		PaymentNotPossibleError,
	),
	"document_twice": (
		_lt("{document} is there twice. Put its amounts into one row."),
		PaymentNotPossibleError,
	),
	"document_unknown": (
		_lt(
			"There is no order or invoice {document} that you may read. Open the dialog anew and choose again."
		),
		PaymentNotPossibleError,
	),
	"document_of_another": (
		_lt("{document} is not of {customer} in {company}. Choose orders and invoices of one customer."),
		PaymentNotPossibleError,
	),
	"document_not_open": (
		_lt("{document} is a draft, cancelled, closed or replaced. Leave it out."),
		PaymentNotPossibleError,
	),
	"other_account": (
		_lt("{document} is booked on {account}, this payment on {used}. Pay it by itself."),
		PaymentNotPossibleError,
	),
	"above_outstanding": (
		_lt(
			"{document}: {amount} {currency} is more than the {outstanding} {currency} still open."
			" Enter at most that, and keep the rest as credit."
		),
		PaymentNotPossibleError,
	),
	"too_many_places": (
		_lt("{document}: the amount has more than {places} decimal places. Round it."),
		PaymentNotPossibleError,
	),
	"credit_unknown": (
		_lt("{document} is no unused credit of {customer}. Open the dialog anew and choose again."),
		PaymentNotPossibleError,
	),
	"above_credit": (
		_lt("{document}: {amount} {currency} is more than the {available} {currency} left of it. Use less."),
		PaymentNotPossibleError,
	),
	"credit_left_over": (
		_lt(
			"{document}: more of it is to be used than there is to settle. Credit notes and journal entries"
			" settle invoices only. Use less of it."
		),
		PaymentNotPossibleError,
	),
	"rows_without_money": (
		_lt("General ledger rows need money received. Enter an amount or remove the rows."),
		PaymentNotPossibleError,
	),
	"account_unusable": (
		_lt("{account} is no account of {company} to book on. Choose one that is enabled and no group."),
		PaymentNotPossibleError,
	),
	"account_unsuitable": (
		_lt("{account} is not kept in {currency}, or is one of customers or suppliers. Choose another."),
		PaymentNotPossibleError,
	),
	"cost_center_unusable": (
		_lt("{cost_center} is no cost centre of {company} to book on. Choose another."),
		PaymentNotPossibleError,
	),
	"row_of_nothing": (
		_lt("General ledger row {row} has no amount. Enter one or remove the row."),
		PaymentNotPossibleError,
	),
	"no_money_account": (
		_lt("{account} is no bank or cash account of {company}. Choose where the money goes."),
		PaymentNotPossibleError,
	),
	"no_reference_no": (
		_lt("{account} is a bank account. Enter the reference number and date of the transaction."),
		PaymentNotPossibleError,
	),
	"no_rate": (
		_lt("There is no exchange rate for {date}. Enter one above zero."),
		PaymentNotPossibleError,
	),
	"no_deposit_account": (
		_lt("There is no bank account to deposit into. Choose one of {company}, or set its default."),
		PaymentNotPossibleError,
	),
	"too_little_money": (
		_lt("The rows add up to {amount} {currency} more than what is paid. Pay more or lower a row."),
		PaymentNotPossibleError,
	),
	"refund_other_currency": (
		_lt(
			"A refund is paid in {currency}. Keep the rest as credit, or receive the money in that currency."
		),
		PaymentNotPossibleError,
	),
	"date_closed": (_lt("{reason} Choose a later posting date."), PaymentNotPossibleError),
}
