"""Invoice Runs and their groups in the database.

A group is claimed by the lock on its row, held until its invoice and its status are committed together.
So a worker that dies leaves its group Pending and unlocked, and no second claim is possible while it lives.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.query_builder.functions import Coalesce, Count
from pypika.functions import NullIf

from sales_order_ext import access
from sales_order_ext.invoicing.facts import Plan
from sales_order_ext.invoicing.grouping import key_text

RUN, GROUP = "Invoice Run", "Invoice Run Group"
GOING = ("Queued", "Running")
COUNTERS = {"Done": "groups_done", "Skipped": "groups_skipped", "Failed": "groups_failed"}


def filters_of(run: Mapping[str, Any]) -> dict[str, Any]:
	"""Return what a run asks for, as the planner reads it."""
	fields = ("company", "as_of", "customer", "customer_group", "territory", "invoice_term")
	return {field: run.get(field) for field in fields} | {"orders": order_list(run.get("orders"))}


def order_list(text: str | None) -> list[str]:
	"""Return the order names of a text with one a line."""
	return [line.strip() for line in (text or "").splitlines() if line.strip()]


def add_groups(run: Document, plan: Plan, reasons: Mapping[int, str]) -> None:
	"""Store the groups of a plan; `reasons` gives, by position, why one is skipped."""
	fields = ["name", "owner", "creation", "modified", "modified_by", "invoice_run", "number", "customer",
		"status", "currency", "amount", "orders", "error", "key"]  # fmt: skip
	now, user = frappe.utils.now(), frappe.session.user
	values = [
		(frappe.generate_hash(length=10), user, now, now, user, run.name, number, group.key.customer,
			"Skipped" if number in reasons else "Pending", group.key.currency, float(group.amount),
			"\n".join(group.orders), reasons.get(number), key_text(group.key))
		for number, group in enumerate(plan.groups)
	]  # fmt: skip
	if values:
		frappe.db.bulk_insert(GROUP, fields, values)


def delete_groups(invoice_run: str) -> None:
	"""Delete the groups of a run."""
	frappe.db.delete(GROUP, {"invoice_run": invoice_run})


def pending(invoice_run: str) -> list[str]:
	"""Return the groups of a run that are to be invoiced, in their order."""
	filters = {"invoice_run": invoice_run, "status": "Pending"}
	return frappe.get_all(GROUP, filters=filters, pluck="name", order_by="number, name")


def unnumbered(invoice_run: str, most: int) -> list[str]:
	"""Return the next pending groups of a run without a number of their own."""
	filters = {"invoice_run": invoice_run, "status": "Pending", "reserved_name": ("is", "not set")}
	return frappe.get_all(GROUP, filters=filters, pluck="name", order_by="number, name", limit=most)


def spare_numbers(invoice_run: str) -> dict[str, str]:
	"""Return {number: group} of what was kept for groups that turned out to need none, lowest first."""
	filters = {"invoice_run": invoice_run, "status": "Skipped", "reserved_name": ("is", "set")}
	fields = ["reserved_name", "name"]
	return dict(frappe.get_all(GROUP, filters, fields, order_by="reserved_name asc", as_list=True))


def keep_number(group: str, number: str | None) -> None:
	"""Keep a number for a group, or none. By its name alone, so that no other group is locked."""
	frappe.db.set_value(GROUP, group, "reserved_name", number)


def claim(group: str) -> frappe._dict | None:
	"""Lock a group for this transaction; return it, or None when another worker has or had it."""
	table = frappe.qb.DocType(GROUP)
	query = frappe.qb.from_(table).select(table.name, table.status, table.customer, table.orders, table.key,
		table.reserved_name)  # fmt: skip
	# By primary key: the lock takes this row and no gap beside it, so workers never wait for each other.
	rows = query.where(table.name == group).for_update(skip_locked=True).run(as_dict=True)
	return rows[0] if rows and rows[0].status == "Pending" else None


def mark(group: str, status: str, **values: Any) -> None:
	"""Set the outcome of a claimed group."""
	frappe.db.set_value(GROUP, group, {"status": status, **values})


def mark_emailed(group: str) -> None:
	"""Note that a group's invoice was e-mailed now."""
	frappe.db.set_value(GROUP, group, {"emailed_on": frappe.utils.now(), "error": None})


def mark_not_emailed(group: str, why: str) -> None:
	"""Note why a group's invoice could not be e-mailed."""
	frappe.db.set_value(GROUP, group, "error", why)


def status_of(invoice_run: str) -> str | None:
	"""Return the status of a run as it is now."""
	return frappe.db.get_value(RUN, invoice_run, "status")


def set_status(invoice_run: str, status: str, only_from: tuple[str, ...]) -> bool:
	"""Set the status of a run if it is one of `only_from` now; return whether it was."""
	table = frappe.qb.DocType(RUN)
	query = frappe.qb.from_(table).select(table.status).where(table.name == invoice_run)
	current = query.for_update().run(pluck=True)
	if not current or current[0] not in only_from:
		return False
	frappe.db.set_value(RUN, invoice_run, "status", status)
	return True


def count(invoice_run: str) -> dict[str, int]:
	"""Return {status: number of groups} of a run."""
	table = frappe.qb.DocType(GROUP)
	query = frappe.qb.from_(table).select(table.status, Count(table.name))
	return dict(
		query.where(table.invoice_run == invoice_run).groupby(table.status).orderby(table.status).run()
	)


def percent(counts: Mapping[str, int]) -> int:
	"""Return how much of a run is done, for better or worse, in whole per cent."""
	total = sum(counts.values())
	return 100 * (total - counts.get("Pending", 0)) // total if total else 100


def store_counts(invoice_run: str, counts: Mapping[str, int]) -> None:
	"""Write the counts onto the run."""
	values = {field: counts.get(status, 0) for status, field in COUNTERS.items()}
	frappe.db.set_value(RUN, invoice_run, values | {"groups_total": sum(counts.values())})


def retry(invoice_run: str, group: str | None = None) -> int:
	"""Make the failed groups of a run, or one that failed or was skipped, pending again; return how many."""
	filters = {"invoice_run": invoice_run, "status": "Failed"}
	if group:
		filters |= {"name": group, "status": ("in", ("Failed", "Skipped"))}
	names = frappe.get_all(GROUP, filters=filters, pluck="name", order_by="number, name")
	if names:
		table = frappe.qb.DocType(GROUP)
		query = frappe.qb.update(table).set(table.status, "Pending").set(table.error, None)
		query.where(table.name.isin(names)).run()
	return len(names)


def made(invoice_run: str) -> list[frappe._dict]:
	"""Return the invoices that a run made, that still stand and that the acting user may read, in their order.

	Each with its group, customer, docstatus, contact's address and when it was e-mailed.
	"""
	group, invoice = frappe.qb.DocType(GROUP), frappe.qb.DocType("Sales Invoice")
	customer = frappe.qb.DocType("Customer")
	query = frappe.qb.from_(group).join(invoice).on(invoice.name == group.invoice)
	query = query.left_join(customer).on(customer.name == invoice.customer)
	query = query.select(group.name.as_("group"), invoice.name, invoice.customer, invoice.docstatus,
		group.emailed_on, Coalesce(NullIf(invoice.contact_email, ""), customer.email_id).as_("email"))  # fmt: skip
	query = query.where((group.invoice_run == invoice_run) & (invoice.docstatus < 2))
	found = query.orderby(group.number).run(as_dict=True)
	readable = access.readable_names("Sales Invoice", {one.name for one in found})
	return [one for one in found if one.name in readable]


def going() -> list[str]:
	"""Return the runs that are queued or running."""
	return frappe.get_all(RUN, filters={"status": ("in", GOING)}, pluck="name", order_by="creation")
