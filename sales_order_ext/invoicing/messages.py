"""The sentences of the room: what keeps a schedule, term or run from working, and why a row waits."""

from __future__ import annotations

from frappe import _lt

from sales_order_ext import errors

# What an order's term means, told to its customer.
TERM_SENTENCES = {
	"After Delivery": _lt("{order} is invoiced as it is delivered."),
	"After Order Delivered": _lt("{order} is invoiced once all of it is delivered."),
	"Customer Schedule After Delivery": _lt(
		"{order} is invoiced on your invoice dates. The next is {invoice_date}, for what is delivered by {cut_off}."
	),
	"Do Not Invoice": _lt("{order} is not invoiced by any run, only by hand."),
	"Immediate": _lt("{order} is invoiced as soon as it is booked."),
}

MESSAGES: errors.Messages = {
	"unknown_frequency": (
		_lt("{frequency} is not a frequency. Choose Daily, Weekly, Fortnightly, Twice Monthly or Monthly."),
		errors.InvoiceScheduleError,
	),
	"weekday_missing": (_lt("Choose the weekday of the invoices."), errors.InvoiceScheduleError),
	"cut_off_not_a_weekday": (
		_lt("The cut-off day {day} is not a weekday. Enter Monday to Sunday, or leave it empty."),
		errors.InvoiceScheduleError,
	),
	"not_a_day_of_month": (
		_lt("{field} is {day}. Enter a day of the month from 1 to 31."),
		errors.InvoiceScheduleError,
	),
	"same_day_twice": (
		_lt("Both days are the {day}. Enter two different days, or choose Monthly."),
		errors.InvoiceScheduleError,
	),
	"anchor_missing": (
		_lt("Enter the anchor date: the first invoice date, from which every second week is counted."),
		errors.InvoiceScheduleError,
	),
	"anchor_on_other_weekday": (
		_lt("The anchor date {anchor} is not a {weekday}. Change one of them."),
		errors.InvoiceScheduleError,
	),
	"negative_minimum": (
		_lt("The minimum amount is below zero. Enter zero or more."),
		errors.InvoiceScheduleError,
	),
	"schedule_missing": (
		_lt("{customer} has no invoice schedule, which {term} needs. Choose a schedule or another term."),
		errors.InvoiceScheduleMissingError,
	),
	"term_locked": (
		_lt("{order} is invoiced in part by {term}. Its invoice term can no longer be changed."),
		errors.InvoiceTermLockedError,
	),
	"already_invoiced": (
		_lt(
			"Row {idx}: {item_code} of {order} is already on {invoice}. Submit or delete that invoice, or"
			" remove the row here."
		),
		errors.AlreadyInvoicedError,
	),
	"order_closed": (_lt("{order} is closed. Re-open it to invoice it."), errors.InvoiceRunError),
	"order_on_hold": (_lt("{order} is on hold. Resume it to invoice it."), errors.InvoiceRunError),
	"type_blocked": (
		_lt("The type of {order} does not allow invoices. Change its type first."),
		errors.InvoiceRunError,
	),
	"type_from_order_only": (
		_lt("The type of {order} is invoiced from the order's own form only."),
		errors.InvoiceRunError,
	),
	"no_term": (_lt("{order} has no invoice term. Choose one on the order."), errors.InvoiceRunError),
	"do_not_invoice": (
		_lt("The term of {order} is Do Not Invoice: invoice it by hand where needed."),
		errors.InvoiceRunError,
	),
	"due": (_lt("{qty} to invoice now."), errors.InvoiceRunError),
	"invoiced": (
		_lt("{qty} invoiced, drafts included; nothing more is due."),
		errors.InvoiceRunError,
	),
	"billed_in_full": (
		_lt("The row's amount is invoiced in full already, at another quantity or rate."),
		errors.InvoiceRunError,
	),
	"no_quantity": (_lt("The row has no quantity."), errors.InvoiceRunError),
	"not_delivered": (_lt("{qty} still to deliver."), errors.InvoiceRunError),
	"order_not_delivered": (
		_lt("Waits until the whole order is delivered: {qty} still to deliver."),
		errors.InvoiceRunError,
	),
	"waits_for_schedule": (
		_lt("Delivered after the last cut-off; invoiced on {invoice_date}."),
		errors.InvoiceRunError,
	),
	"goes_with_goods": (
		_lt("Goes with the order's first invoice of goods."),
		errors.InvoiceRunError,
	),
	"free_of_charge": (
		_lt("Free of charge: goes with the next invoice of rows that have a price."),
		errors.InvoiceRunError,
	),
	"below_minimum": (
		_lt("{amount} due is below the schedule's minimum of {minimum}; carried to {invoice_date}."),
		errors.InvoiceRunError,
	),
	"customer_held": (
		_lt("Invoices for {customer} are held until {invoice_date}."),
		errors.InvoiceRunError,
	),
	"customer_blocked": (
		_lt("{customer} is frozen or disabled. Release the customer to invoice."),
		errors.InvoiceRunError,
	),
	"nothing_left": (
		_lt("Nothing was left to invoice: another invoice covers it, or the orders have changed."),
		errors.InvoiceRunError,
	),
	"unknown_value": (
		_lt("{doctype} {name} does not exist. Choose an existing one."),
		errors.InvoiceRunError,
	),
	"company_missing": (_lt("Choose the company to invoice for."), errors.InvoiceRunError),
	"foreign_orders": (
		_lt(
			"These are not submitted orders of {company} that you may invoice: {orders}. Remove them from the"
			" list."
		),
		errors.InvoiceRunError,
	),
	"too_many_orders": (
		_lt("{count} orders are too many at once. Choose at most {most}, or start an Invoice Run for them."),
		errors.InvoiceRunError,
	),
	"no_orders": (_lt("Choose the orders to invoice."), errors.InvoiceRunError),
	"no_rows": (_lt("Choose the rows to add."), errors.InvoiceRunError),
	"unknown_row": (
		_lt("{row} is not a row of a submitted order of {customer} in {company} that you may invoice."),
		errors.InvoiceRunError,
	),
	"more_than_open": (
		_lt("Row {idx} of {order}: only {qty} of {item_code} is left to invoice. Lower the quantity."),
		errors.AlreadyInvoicedError,
	),
	"cannot_mix": (
		_lt("{orders} cannot be on one invoice: {fields} differ. Make an invoice for each."),
		errors.InvoiceRunError,
	),
	"not_a_draft_invoice": (
		_lt("{invoice} is not a draft. Add rows to a draft invoice only."),
		errors.InvoiceRunError,
	),
	"other_invoice": (
		_lt("{invoice} is for another {field} than {order}. Choose orders that fit it."),
		errors.InvoiceRunError,
	),
	"nothing_to_retry": (
		_lt("This invoice is neither failed nor skipped: there is nothing to try again."),
		errors.InvoiceRunError,
	),
	"no_outgoing_account": (
		_lt("No e-mail account sends your e-mails. Set up a default outgoing Email Account and try again."),
		errors.InvoiceRunError,
	),
	"not_a_draft": (_lt("{run} has begun already. Make a new run."), errors.InvoiceRunError),
	"not_going": (_lt("{run} is {status}: there is nothing to stop."), errors.InvoiceRunError),
	"not_resumable": (_lt("{run} is {status}: there is nothing to resume."), errors.InvoiceRunError),
	"bad_range": (_lt("The last date is before the first. Swap them."), errors.InvoiceRunError),
	"range_too_long": (_lt("Ask for at most {years} years at a time."), errors.InvoiceRunError),
}
