"""Endpoints of invoicing: the schedule calendar, invoice runs, and why a row is or is not invoiced."""

from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import getdate, today

from sales_order_ext import again, errors, inputs, preferences
from sales_order_ext.invoicing import (
	by_hand,
	calendar,
	explaining,
	grouping,
	jobs,
	outlook,
	planning,
	records,
	run_records,
)
from sales_order_ext.invoicing.facts import Group
from sales_order_ext.invoicing.messages import MESSAGES
from sales_order_ext.violations import violation

SWITCH = "enable_invoice_terms"
LONGEST_YEARS = 10


@frappe.whitelist()
def schedule_dates(schedule: str, from_date: str, to_date: str) -> list[dict[str, Any]]:
	"""Return the invoice dates of a schedule in a range (both ends included), with their cut-offs."""
	frappe.get_doc("Invoice Schedule", schedule).check_permission("read")
	first, last = getdate(from_date), getdate(to_date)
	if last < first:
		errors.throw([violation("bad_range")], MESSAGES)
	if last.year - first.year > LONGEST_YEARS:
		errors.throw([violation("range_too_long", years=LONGEST_YEARS)], MESSAGES)
	found = calendar.periods(records.schedule(schedule), first, last)
	return [{"invoice_date": period.invoice_date, "cut_off": period.cut_off} for period in found]


@frappe.whitelist()
def next_dates(fields: dict | str, count: int = 8) -> list[dict[str, Any]]:
	"""Return the next invoice dates of a schedule being written; none as long as its days make no sense."""
	frappe.has_permission("Invoice Schedule", "read", throw=True)
	document = frappe.get_doc({"doctype": "Invoice Schedule", **inputs.mapping(fields, "fields")})
	document.before_validate()
	if calendar.problems(document.facts()):
		return []
	found = calendar.next_periods(calendar.schedule_of(document.facts()), getdate(today()), min(count, 50))
	return [{"invoice_date": period.invoice_date, "cut_off": period.cut_off} for period in found]


@frappe.whitelist()
def preview(filters: dict | str) -> list[dict[str, Any]]:
	"""Return the groups that `run` would make with the same filters; write nothing."""
	frappe.has_permission(run_records.RUN, "create", throw=True)
	asked = planning.clean(inputs.mapping(filters, "filters"))
	preferences.require(SWITCH, asked["company"])
	return [_shown(group) for group in planning.plan(asked).groups]


@frappe.whitelist()
def left_out(filters: dict | str) -> list[dict[str, Any]]:
	"""Return the orders that a run with the filters looks at and does not invoice, each with the reason."""
	frappe.has_permission(run_records.RUN, "create", throw=True)
	asked = planning.clean(inputs.mapping(filters, "filters"))
	preferences.require(SWITCH, asked["company"])
	return explaining.left_out(asked)


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def run(filters: dict | str) -> str:
	"""Start an invoice run in the background; return its name."""
	frappe.has_permission(run_records.RUN, "create", throw=True)
	asked = planning.clean(inputs.mapping(filters, "filters"))
	return start(planning.new_run(asked).name)


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def start(invoice_run: str) -> str:
	"""Start a draft run in the background; return its name."""
	document = _run_to_change(invoice_run)
	for right in ("create", "submit") if document.submit_invoices else ("create",):
		frappe.has_permission("Sales Invoice", right, throw=True)
	preferences.require(SWITCH, document.company)
	planning.clean(run_records.filters_of(document))
	planning.start(document)
	jobs.enqueue(invoice_run)
	return invoice_run


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def stop(invoice_run: str) -> None:
	"""Stop a run after the invoices that are being made."""
	_run_to_change(invoice_run)
	if not run_records.set_status(invoice_run, "Stopped", only_from=run_records.GOING):
		_refuse("not_going", invoice_run)


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def resume(invoice_run: str) -> None:
	"""Go on with a run that was stopped or killed, or try its failed groups again."""
	_run_to_change(invoice_run)
	going = run_records.status_of(invoice_run) in run_records.GOING
	resumable = ("Stopped", "Completed with Errors")
	if not going and not run_records.set_status(invoice_run, "Queued", only_from=resumable):
		_refuse("not_resumable", invoice_run)
	run_records.retry(invoice_run)
	jobs.enqueue(invoice_run, afresh=True)


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def retry(invoice_run_group: str) -> str:
	"""Try one failed or skipped invoice of a run again, in the background; return its run."""
	invoice_run = frappe.db.get_value(run_records.GROUP, invoice_run_group, "invoice_run")
	_run_to_change(invoice_run)
	if not run_records.retry(invoice_run, invoice_run_group):
		errors.throw([violation("nothing_to_retry")], MESSAGES)
	run_records.set_status(invoice_run, "Queued", only_from=("Completed", "Completed with Errors", "Stopped"))
	jobs.enqueue(invoice_run, afresh=True)
	return invoice_run


@frappe.whitelist()
def progress(invoice_run: str) -> dict[str, Any]:
	"""Return how far a run is: {status, total, done, skipped, failed, percent}."""
	frappe.has_permission(run_records.RUN, "read", invoice_run, throw=True)
	counts = run_records.count(invoice_run)
	return {
		"status": run_records.status_of(invoice_run),
		"total": sum(counts.values()),
		**{status.lower(): counts.get(status, 0) for status in run_records.COUNTERS},
		"percent": run_records.percent(counts),
	}


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def email_invoices(invoice_run: str) -> dict[str, Any]:
	"""E-mail a run's submitted invoices in the background, each once; return how many, and who has no address.

	Returns {"queued": number, "without_address": [invoices], "drafts": number}.
	"""
	frappe.has_permission("Sales Invoice", "email", throw=True)
	frappe.has_permission(run_records.RUN, "read", invoice_run, throw=True)
	return jobs.enqueue_emails(invoice_run)


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def create_from_orders(
	orders: list | str, posting_date: str | None = None, submit_invoices: int = 0
) -> dict[str, Any]:
	"""Invoice what is due of chosen orders by their terms, at once; see `by_hand.create` for the result."""
	frappe.has_permission("Sales Invoice", "submit" if submit_invoices else "create", throw=True)
	names = inputs.names(orders, "orders")
	for company, some in records.by_company(names).items():
		preferences.require(SWITCH, company)
		foreign = set(some) - records.visible_orders(company, some) if company else set(some)
		if foreign:
			facts = {"company": company, "orders": ", ".join(sorted(foreign))}
			errors.throw([violation("foreign_orders", **facts)], MESSAGES)
	return by_hand.create(names, getdate(posting_date or today()), bool(submit_invoices))


@frappe.whitelist()
def invoiceable_rows(
	customer: str, company: str, currency: str | None = None, as_of: str | None = None
) -> list[dict[str, Any]]:
	"""Return every row of the customer's orders with something left to invoice; `qty` is what its term proposes."""
	frappe.has_permission("Sales Invoice", "create", throw=True)
	frappe.get_doc("Customer", customer).check_permission("read")
	preferences.require(SWITCH, company)
	return by_hand.open_rows(customer, company, currency, getdate(as_of or today()))


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def add_rows(sales_invoice: dict | str, rows: list | str) -> dict[str, Any]:
	"""Add order rows ([{so_detail, qty}]) to a draft invoice and save it, or to the document of an unsaved one."""
	frappe.has_permission("Sales Invoice", "create", throw=True)
	given = sales_invoice
	if isinstance(given, str) and given.lstrip().startswith("{"):
		given = inputs.mapping(given, "sales_invoice")
	document = (
		frappe.get_doc({**given, "doctype": "Sales Invoice"})
		if isinstance(given, dict)
		else frappe.get_doc("Sales Invoice", given)
	)
	document.check_permission("create" if document.is_new() else "write")
	preferences.require(SWITCH, document.company)
	if document.docstatus:
		errors.throw([violation("not_a_draft_invoice", invoice=document.name)], MESSAGES)
	document = by_hand.add(document, inputs.objects(rows, "rows"))
	if not isinstance(given, dict):
		document.flags.ignore_permissions = False
		document.save()
	return document.as_dict()


@frappe.whitelist()
def explain(sales_order: str, as_of: str | None = None) -> dict[str, Any]:
	"""Return why each row of an order is or is not invoiced on `as_of` (today), and when it will be."""
	document = frappe.get_doc("Sales Order", sales_order)
	document.check_permission("read")
	preferences.require(SWITCH, document.company)
	order = next(iter(records.order_facts([sales_order])), None)
	if not order:
		errors.throw([violation("foreign_orders", company=document.company, orders=sales_order)], MESSAGES)
	customer = records.customer_facts([order.key.customer])[order.key.customer]
	return explaining.explain(order, customer, getdate(as_of or today()))


@frappe.whitelist()
def coming_invoices(
	start: str, end: str, company: str | None = None, customer: str | None = None
) -> list[dict[str, Any]]:
	"""Return what is expected to be invoiced in a range of days, per day, customer and currency."""
	frappe.has_permission("Sales Order", "read", throw=True)
	frappe.has_permission(run_records.RUN, "read", throw=True)
	return outlook.coming(getdate(start), getdate(end), company, customer)


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def hold_customer(customer: str, until: str | None = None) -> dict[str, Any]:
	"""Let no run invoice a customer before `until`; without it, for one period of their schedule."""
	document = frappe.get_doc("Customer", customer)
	document.check_permission("write")
	preferences.require(SWITCH)
	day = getdate(until) if until else outlook.end_of_next_period(customer, getdate(today()))
	document.soe_hold_invoices_until = day
	document.save()
	return {"customer": customer, "held_until": day}


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def release_customer(customer: str) -> None:
	"""Let runs invoice a customer again."""
	document = frappe.get_doc("Customer", customer)
	document.check_permission("write")
	document.soe_hold_invoices_until = None
	document.save()


def _shown(group: Group) -> dict[str, Any]:
	return {
		"key": grouping.key_text(group.key),
		"customer": group.key.customer,
		"currency": group.key.currency,
		"invoice_term": group.term,
		"orders": list(group.orders),
		"amount": float(group.amount),
		"status": "Skipped" if group.skip else "Pending",
		"reason": errors.sentence(group.skip, MESSAGES) if group.skip else None,
		"rows": [
			{
				"sales_order": row.order,
				"so_detail": row.row,
				"item_code": row.item_code,
				"qty": float(row.qty),
				"amount": float(row.amount),
			}
			for row in group.rows
		],
	}


def _run_to_change(invoice_run: str) -> Document:
	document = frappe.get_doc(run_records.RUN, invoice_run)
	document.check_permission("write")
	return document


def _refuse(code: str, invoice_run: str) -> None:
	status = frappe._(run_records.status_of(invoice_run))
	errors.throw([violation(code, run=invoice_run, status=status)], MESSAGES)
