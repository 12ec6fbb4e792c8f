"""Works off the groups of a run: each is one transaction, whoever and however many work at it.

Invariant: an invoice and the mark on its group are committed together, after the orders were locked and
looked at again. So a run may be killed, resumed or doubled at any point, and nothing is invoiced twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import frappe
from frappe.model.document import Document
from rq.timeouts import JobTimeoutException

from sales_order_ext import again, errors, transactions
from sales_order_ext.invoicing import families, grouping, invoices, naming, planning, run_records
from sales_order_ext.invoicing.messages import MESSAGES
from sales_order_ext.markup import as_text
from sales_order_ext.violations import violation

ATTEMPTS = 3
SAVEPOINT = "soe_invoice_group"

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Unit:
	"""How the transaction of one group begins and ends."""

	begin: Callable[[], None]
	commit: Callable[[], None]
	rollback: Callable[[], None]


def in_job() -> Unit:
	"""Return the unit of a job, which owns its transactions."""
	return Unit(lambda: None, lambda: frappe.db.commit(), lambda: frappe.db.rollback())


def in_caller(commit: Callable[[], None] = lambda: None) -> Unit:
	"""Return the unit of a caller who owns the transaction (a story, a test): savepoints, and its commit."""
	return Unit(
		lambda: frappe.db.savepoint(SAVEPOINT),
		commit,
		lambda: frappe.db.rollback(save_point=SAVEPOINT),
	)


def process(
	invoice_run: str,
	unit: Unit,
	progress: Progress = lambda _run, _percent: None,
	series: str | None = None,
) -> None:
	"""Work off the pending groups of a run until none can be taken or the run is stopped.

	`series`: keep numbers of it for the groups ahead, for others work at the run as well.
	"""
	transactions.start_fresh()
	run_records.set_status(invoice_run, "Running", only_from=("Queued",))
	unit.commit()
	run = frappe.get_doc(run_records.RUN, invoice_run)
	percent, taken = -1, True
	while taken:
		taken = False
		for group in _offered(run.name, series):
			if _take(run, group, unit):
				taken = True
				percent = _report(run, percent, unit, progress)
	_settle(run, unit, progress)


def _offered(invoice_run: str, series: str | None) -> Iterator[str]:
	"""Yield the pending groups while the run goes on; those first that this worker keeps numbers for."""
	groups = True
	while groups:
		groups = _keep_numbers(invoice_run, series) if series else []
		for group in groups or _pending(invoice_run):
			transactions.start_fresh()
			if run_records.status_of(invoice_run) not in run_records.GOING:
				return
			yield group


def _pending(invoice_run: str) -> list[str]:
	transactions.start_fresh()
	return run_records.pending(invoice_run)


def _keep_numbers(invoice_run: str, series: str) -> list[str]:
	groups = naming.keep(invoice_run, series)
	frappe.db.commit()
	return groups


def _take(run: Document, group: str, unit: Unit) -> bool:
	"""Invoice a group; return whether it was done with, or False where another worker has it."""
	for attempt in range(1, ATTEMPTS + 1):
		unit.begin()
		try:
			return _invoice(run, group, unit)
		except JobTimeoutException:
			unit.rollback()
			raise
		except Exception as error:
			unit.rollback()
			if not isinstance(error, again.IN_THE_WAY) or attempt == ATTEMPTS:
				return _fail(group, error, unit)
	raise AssertionError("unreachable")


def _invoice(run: Document, group: str, unit: Unit) -> bool:
	# Locks before the first plain read: what is read after them is what is committed now.
	transactions.start_fresh()
	claimed = run_records.claim(group)
	if not claimed:
		return False
	names = [
		row.name for row in transactions.lock_rows("Sales Order", run_records.order_list(claimed.orders))
	]
	transactions.hold_locks()
	plan, orders = planning.plan_orders(names, run.as_of)
	due = next((found for found in plan.groups if grouping.key_text(found.key) == claimed.key), None)
	if due and not due.skip:
		families.expect(
			due.orders, (row.row for row in due.rows), sorted({row.item_code for row in due.rows})
		)
		invoice = invoices.make(
			due,
			orders,
			run.posting_date,
			submit=bool(run.submit_invoices),
			locked_first=True,
			name=claimed.reserved_name,
		)
		run_records.mark(group, "Done", invoice=invoice.name, amount=float(invoices.amount_of(invoice)))
	else:
		carried = [found.skip for found in plan.carried if grouping.key_text(found.key) == claimed.key]
		reason = (due and due.skip) or next(iter(carried), None) or violation("nothing_left")
		run_records.mark(group, "Skipped", error=errors.sentence(reason, MESSAGES))
	unit.commit()
	return True


def _fail(group: str, error: Exception, unit: Unit) -> bool:
	"""Write down why a group failed, and let the others go on."""
	if not isinstance(error, frappe.ValidationError):
		frappe.log_error(title="Invoice Run", reference_doctype=run_records.GROUP, reference_name=group)
	frappe.clear_messages()
	if run_records.claim(group):
		text = as_text(error) or type(error).__name__
		run_records.mark(group, "Failed", error=text)
	unit.commit()
	return True


def _report(run: Document, percent: int, unit: Unit, progress: Progress) -> int:
	"""Tell the progress when it has reached another whole per cent; return it."""
	counts = run_records.count(run.name)
	reached = run_records.percent(counts)
	if reached != percent:
		run_records.store_counts(run.name, counts)
		unit.commit()
		progress(run.name, reached)
	return reached


def _settle(run: Document, unit: Unit, progress: Progress) -> None:
	"""Close the run when its last group is done; the worker that finishes last does it."""
	transactions.start_fresh()
	counts = run_records.count(run.name)
	run_records.store_counts(run.name, counts)
	if not counts.get("Pending"):
		status = "Completed with Errors" if counts.get("Failed") else "Completed"
		run_records.set_status(run.name, status, only_from=(*run_records.GOING, "Stopped"))
		naming.give_back(run.name)
	unit.commit()
	progress(run.name, run_records.percent(counts))
