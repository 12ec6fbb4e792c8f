"""From filters to the plan of a run: preview, run and every worker ask the same function."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cint, getdate

from sales_order_ext import errors, inputs
from sales_order_ext.invoicing import grouping, records, run_records
from sales_order_ext.invoicing.facts import OrderFacts, Plan
from sales_order_ext.invoicing.messages import MESSAGES
from sales_order_ext.violations import Violation, violation

LINKS = {"company": "Company", "customer": "Customer", "customer_group": "Customer Group",
	"territory": "Territory"}  # fmt: skip
# What a caller may shorten, as the run's form does.
ALIASES = {"group": "customer_group", "term": "invoice_term"}
FILTERS = (*LINKS, "invoice_term", "orders", "posting_date", "as_of", "submit_invoices")


def clean(filters: Mapping[str, Any]) -> dict[str, Any]:
	"""Return the filters under their fields' names, with the dates filled in; refuse what makes no sense."""
	asked = {ALIASES.get(name, name): value for name, value in filters.items() if value not in (None, "")}
	inputs.only(asked, FILTERS, "filters")
	errors.throw_all(_unknown_values(asked), MESSAGES)
	asked["as_of"] = inputs.day(asked.get("as_of"), "as_of") or getdate()
	asked["posting_date"] = inputs.day(asked.get("posting_date"), "posting_date") or asked["as_of"]
	asked["submit_invoices"] = cint(asked.get("submit_invoices"))
	orders = asked.get("orders") or []
	asked["orders"] = run_records.order_list(orders) if isinstance(orders, str) else list(orders)
	errors.throw_all(_foreign_orders(asked), MESSAGES)
	return asked


def plan(filters: Mapping[str, Any]) -> Plan:
	"""Return what a run with these (clean) filters invoices."""
	return plan_orders(records.candidates(filters), getdate(filters["as_of"]))[0]


def plan_orders(names: Collection[str], as_of: date) -> tuple[Plan, dict[str, OrderFacts]]:
	"""Return what is to be invoiced of the orders now, and their facts."""
	orders = {order.name: order for order in records.order_facts(names)}
	customers = records.customer_facts({order.key.customer for order in orders.values()})
	return grouping.plan(orders.values(), customers, as_of), orders


def new_run(filters: Mapping[str, Any]) -> Document:
	"""Insert a draft run with these (clean) filters."""
	fields = {**filters, "orders": "\n".join(filters["orders"])}
	return frappe.get_doc({"doctype": run_records.RUN, **fields}).insert()


def start(run: Document) -> None:
	"""Plan a draft run: store its groups and leave it queued."""
	found = plan(run_records.filters_of(run))
	reasons = {number: errors.sentence(group.skip, MESSAGES)
		for number, group in enumerate(found.groups) if group.skip}  # fmt: skip
	if not run_records.set_status(run.name, "Queued", only_from=("Draft",)):
		errors.throw([violation("not_a_draft", run=run.name)], MESSAGES)
	run_records.add_groups(run, found, reasons)
	run_records.store_counts(run.name, run_records.count(run.name))


def _unknown_values(asked: Mapping[str, Any]) -> list[Violation]:
	if not asked.get("company"):
		return [violation("company_missing")]
	return [
		violation("unknown_value", doctype=frappe._(doctype), name=asked[field])
		for field, doctype in LINKS.items()
		if asked.get(field) and not frappe.db.exists(doctype, asked[field])
	]


def _foreign_orders(asked: Mapping[str, Any]) -> list[Violation]:
	if not asked["orders"]:
		return []
	foreign = set(asked["orders"]) - records.visible_orders(asked["company"], asked["orders"])
	facts = {"company": asked["company"], "orders": ", ".join(sorted(foreign))}
	return [violation("foreign_orders", **facts)] if foreign else []
