"""Background jobs of the room. Each looks again at what there is to do; names are all they are given."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.email.doctype.email_account.email_account import EmailAccount

from sales_order_ext import background, compat, errors, preferences
from sales_order_ext.invoicing import naming, planning, records, run_records, runner, sparing
from sales_order_ext.invoicing.messages import MESSAGES
from sales_order_ext.markup import as_text
from sales_order_ext.violations import violation

# A worker goes on as long as there are groups; a run of thousands takes longer than a queue's usual limit.
TIMEOUT = 6 * 60 * 60
EVENT = "soe_invoice_run"
# Unless the site has chosen another for invoices.
PRINT_FORMAT = "Sales Invoice by Orders"


def enqueue(invoice_run: str, afresh: bool = False) -> None:
	"""Let the workers have a run, once this transaction is committed.

	`afresh`: even if a job for it seems to be going. The queue learns late that a worker was killed, and one
	worker too many does no harm.
	"""
	attempt = f"::{frappe.generate_hash(length=6)}" if afresh else ""
	company = frappe.db.get_value(run_records.RUN, invoice_run, "company")
	wanted = min(
		preferences.get("invoice_batch_workers", company) or 1, len(run_records.pending(invoice_run))
	)
	workers = max(1, wanted)
	for number in range(workers):
		background.enqueue(
			"sales_order_ext.invoicing.jobs.work",
			job_id=f"{EVENT}::{invoice_run}::{number}{attempt}",
			queue="long",
			timeout=TIMEOUT,
			invoice_run=invoice_run,
			workers=workers,
		)


def work(invoice_run: str, workers: int = 1) -> None:
	"""Work off a run, together with whoever else does; `workers`: how many were asked to."""
	# Workers book on the same series, orders and accounts all the time, and begin every group afresh.
	compat.let_locks_read_what_is_new()
	if run_records.status_of(invoice_run) in run_records.GOING:
		with sparing.once():
			series = naming.series() if workers > 1 else None
			runner.process(invoice_run, runner.in_job(), tell, series)


def tell(invoice_run: str, percent: int) -> None:
	"""Show the progress to whoever has the run open."""
	message = {"invoice_run": invoice_run, "percent": percent}
	frappe.publish_realtime(EVENT, message, doctype=run_records.RUN, docname=invoice_run)


def enqueue_emails(invoice_run: str) -> dict[str, Any]:
	"""Let a worker e-mail the run's submitted invoices that have not been; return what it will do."""
	found = run_records.made(invoice_run)
	submitted = [one for one in found if one.docstatus == 1 and not one.emailed_on]
	sending = [one.name for one in submitted if one.email]
	if sending:
		_require_outgoing_account()
		background.enqueue(
			"sales_order_ext.invoicing.jobs.email",
			job_id=f"{EVENT}_email::{invoice_run}",
			queue="long",
			timeout=TIMEOUT,
			invoice_run=invoice_run,
		)
	return {
		"queued": len(sending),
		"without_address": [one.name for one in submitted if not one.email],
		"drafts": sum(one.docstatus == 0 for one in found),
	}


def _require_outgoing_account() -> None:
	"""Refuse now what a worker would try for every invoice in vain."""
	sender = frappe.utils.get_formatted_email(frappe.session.user)
	if not EmailAccount.find_outgoing(match_by_email=sender, match_by_doctype="Sales Invoice"):
		errors.throw([violation("no_outgoing_account")], MESSAGES)


def email(invoice_run: str) -> None:
	"""E-mail the run's submitted invoices that have not been, each in a transaction of its own."""
	from frappe.core.doctype.communication.email import make

	for one in run_records.made(invoice_run):
		if one.docstatus != 1 or one.emailed_on or not one.email:
			continue
		try:
			make(
				doctype="Sales Invoice",
				name=one.name,
				subject=_("Invoice {0}").format(one.name),
				content=_("Please find attached invoice {0}.").format(one.name),
				recipients=one.email,
				send_email=True,
				print_format=frappe.get_meta("Sales Invoice").default_print_format or PRINT_FORMAT,
				communication_medium="Email",
			)
			run_records.mark_emailed(one.group)
			frappe.db.commit()
		except Exception as error:
			frappe.db.rollback()
			frappe.clear_messages()
			frappe.log_error(
				title=_("E-mailing {0}").format(one.name), reference_doctype=run_records.RUN,
				reference_name=invoice_run,
			)  # fmt: skip
			why = as_text(error) or type(error).__name__
			run_records.mark_not_emailed(one.group, _("Not e-mailed: {0}").format(why))
			frappe.db.commit()


def run_due() -> None:
	"""Daily: start a run for every company where something is due."""
	for company in records.companies():
		try:
			if preferences.get("enable_invoice_terms", company):
				_run_company(company)
		except Exception:
			frappe.db.rollback()
			frappe.log_error(title=f"Invoice Run: {company}")
			frappe.db.commit()


def _run_company(company: str) -> None:
	submits = preferences.get("submit_scheduled_invoices", company)
	filters = planning.clean({"company": company, "submit_invoices": submits})
	if any(not group.skip for group in planning.plan(filters).groups):
		run = planning.new_run(filters)
		planning.start(run)
		enqueue(run.name)
		frappe.db.commit()


def resume_left_behind() -> None:
	"""Hourly: take up runs whose workers died; where they live, this changes nothing."""
	for invoice_run in run_records.going():
		enqueue(invoice_run)
