"""Reads the facts of invoicing, in one query a kind, whatever the number of orders.

Other rooms ask `invoice_order` for an order's invoice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cstr, flt
from frappe.utils.nestedset import get_descendants_of

from sales_order_ext import preferences
from sales_order_ext.decimals import ZERO, to_decimal
from sales_order_ext.invoicing import calendar, grouping, invoices, quantities, rules
from sales_order_ext.invoicing.calendar import Schedule
from sales_order_ext.invoicing.facts import (
	DO_NOT_INVOICE,
	IMMEDIATE,
	CustomerFacts,
	InvoiceKey,
	OrderFacts,
)
from sales_order_ext.order_type import records as order_types

SWITCH = "enable_invoice_terms"
ORDER_FIELDS = ("name", "company", "customer", "currency", "conversion_rate", "transaction_date", "status",
	"soe_invoice_term", "soe_order_type", "skip_delivery_note", "payment_terms_template", "taxes_and_charges",
	"customer_address", "apply_discount_on", "additional_discount_percentage", "discount_amount",
	"sales_partner", "commission_rate", "shipping_address_name", "project", "po_no")  # fmt: skip
# What a customer may want on invoices of their own: the field that says so, and the part of the key.
APART = {"soe_one_invoice_per_ship_to": "ship_to", "soe_one_invoice_per_project": "project",
	"soe_one_invoice_per_po": "po_no"}  # fmt: skip
TAX_FIELDS = ("charge_type", "account_head", "rate", "row_id", "included_in_print_rate", "cost_center")


def candidates(filters: Mapping[str, Any], everything: bool = False) -> list[str]:
	"""Return the orders that the acting user may see and that a run with the filters looks at.

	`everything`: also those that no run invoices, because of their term or because they are on hold.
	"""
	conditions = [["docstatus", "=", 1], ["company", "=", filters["company"]], ["per_billed", "<", 100]]
	if everything:
		conditions.append(["status", "!=", "Closed"])
	else:
		conditions.append(["status", "not in", ("Closed", "On Hold")])
		conditions.append(["soe_invoice_term", "is", "set"])
		conditions.append(["soe_invoice_term", "!=", DO_NOT_INVOICE])
	for field, source in (("customer", "customer"), ("invoice_term", "soe_invoice_term")):
		if filters.get(field):
			conditions.append([source, "=", filters[field]])
	for field, doctype in (("customer_group", "Customer Group"), ("territory", "Territory")):
		if filters.get(field):
			within = [filters[field], *get_descendants_of(doctype, filters[field], ignore_permissions=True)]
			conditions.append([field, "in", within])
	if filters.get("orders"):
		conditions.append(["name", "in", filters["orders"]])
	return frappe.get_list("Sales Order", filters=conditions, pluck="name", order_by="name asc", limit=0)


def by_company(orders: Collection[str]) -> dict[str | None, list[str]]:
	"""Return {company: its orders}; what does not exist is under None."""
	rows = frappe.get_all("Sales Order", {"name": ("in", list(orders))}, ["name", "company"], order_by="name")
	company_of = {row.name: row.company for row in rows}
	found: dict[str | None, list[str]] = defaultdict(list)
	for name in orders:
		found[company_of.get(name)].append(name)
	return found


def visible_orders(company: str, orders: Collection[str]) -> set[str]:
	"""Return those of the orders that are submitted, of the company, and visible to the acting user."""
	conditions = {"docstatus": 1, "company": company, "name": ("in", list(orders))}
	return set(frappe.get_list("Sales Order", filters=conditions, pluck="name", order_by="name", limit=0))


def open_orders(customer: str, company: str, currency: str | None) -> list[str]:
	"""Return the customer's submitted orders, in one currency or all, that the acting user may see."""
	conditions = {"docstatus": 1, "company": company, "customer": customer, "per_billed": ("<", 100)}
	conditions |= {"currency": currency} if currency else {}
	return frappe.get_list("Sales Order", filters=conditions, pluck="name", order_by="name", limit=0)


def orders_of_rows(rows: Collection[str]) -> list[str]:
	"""Return the orders that the rows are of."""
	filters = {"name": ("in", list(rows)), "docstatus": 1}
	return sorted(set(frappe.get_all("Sales Order Item", filters, pluck="parent", order_by="parent")))


def order_facts(names: Collection[str]) -> list[OrderFacts]:
	"""Return the facts of submitted orders, as the transaction sees them now."""
	orders = _orders(names)
	if not orders:
		return []
	rows = quantities.rows_by_order(orders)
	taxes, with_charge = _taxes(names)
	teams = _sales_teams(names)
	precisions = {order.currency: frappe.get_precision("Sales Invoice Item", "amount", order.currency)
		for order in orders}  # fmt: skip
	return [
		OrderFacts(
			name=order.name,
			key=_key(order, taxes.get(order.name, []), teams.get(order.name, [])),
			term=order.soe_invoice_term or "",
			transaction_date=order.transaction_date,
			rows=tuple(rows[order.name]),
			status=order.status,
			processing=order_types.type_of(order).processing,
			conversion_rate=to_decimal(order.conversion_rate),
			fixed_discount=_fixed_discount(order),
			fixed_charge=order.name in with_charge,
			amount_precision=precisions[order.currency],
		)
		for order in orders
	]


def customer_facts(names: Collection[str]) -> dict[str, CustomerFacts]:
	"""Return the facts of customers, by name."""
	if not names:
		return {}
	fields = ["name", "disabled", "is_frozen", "soe_invoice_schedule", "soe_one_invoice_per_order",
		"soe_hold_invoices_until", *APART]  # fmt: skip
	customers = frappe.get_all("Customer", {"name": ("in", list(names))}, fields, order_by="name")
	schedules = _schedules({customer.soe_invoice_schedule for customer in customers} - {None, ""})
	return {
		customer.name: CustomerFacts(
			name=customer.name,
			blocked=bool(customer.disabled or customer.is_frozen),
			schedule=schedules.get(customer.soe_invoice_schedule),
			one_invoice_per_order=bool(customer.soe_one_invoice_per_order),
			held_until=customer.soe_hold_invoices_until,
			apart=tuple(part for field, part in APART.items() if customer[field]),
		)
		for customer in customers
	}


def invoice_order(order: str, posting_date: date, at_once: bool = False) -> str | None:
	"""Submit the invoice that processing an order makes at once; return its name, or None without one.

	By the order's term; where terms are off, it has none, or with `at_once` (a sale over the counter), of
	what is delivered. What the order's type keeps from batches is invoiced here. The caller holds the
	order's lock and owns the transaction.
	"""
	facts = next(iter(order_facts([order])), None)
	if not facts:
		return None
	by_term = preferences.get(SWITCH, facts.key.company) and not (at_once and facts.term != IMMEDIATE)
	rows = rules.due_at_once(facts if by_term else replace(facts, term=""), posting_date)
	if not rows:
		return None
	customers = customer_facts([facts.key.customer])
	[group] = grouping.groups([(facts, rows)], customers)
	return invoices.make(group, {order: facts}, posting_date, submit=True).name


def explained(order: str, day: date) -> list[dict[str, Any]]:
	"""Return why each row of an order is or is not invoiced on a day: `so_detail`, `code`, `reason` and more."""
	from sales_order_ext.invoicing import explaining

	facts = order_facts([order])
	if not facts:
		return []
	customer = customer_facts([facts[0].key.customer])[facts[0].key.customer]
	return explaining.explain(facts[0], customer, day)["rows"]


def default_term(order: Document) -> str:
	"""Return the term of an order that has none of its own: its type's, its customer's, the preferred."""
	preset = order_types.type_of(order).invoice_term
	customer, _schedule, groups = (None, None, []) if preset else customer_defaults(order.customer)
	preferred = preferences.of(order).default_invoice_term
	return rules.term_of(None, preset, customer, groups, preferred)


def customer_defaults(customer: str | None) -> tuple[str | None, str | None, list[str | None]]:
	"""Return a customer's own term and schedule, and the terms of its groups, nearest first."""
	fields = ["soe_invoice_term", "soe_invoice_schedule", "customer_group"]
	own = frappe.db.get_value("Customer", customer, fields, as_dict=True) if customer else None
	if not own:
		return None, None, []
	bounds = frappe.db.get_value("Customer Group", own.customer_group, ["lft", "rgt"]) or (0, 0)
	groups = frappe.get_all(
		"Customer Group",
		filters={"lft": ("<=", bounds[0]), "rgt": (">=", bounds[1])},
		pluck="soe_invoice_term",
		order_by="lft desc",
	)
	return own.soe_invoice_term, own.soe_invoice_schedule, groups


def is_invoiced(order: str) -> bool:
	"""Return whether any invoice, a draft included, covers a part of the order."""
	filters = {"sales_order": order, "docstatus": ("<", 2)}
	return bool(frappe.db.exists("Sales Invoice Item", filters))


def schedule(name: str) -> Schedule:
	"""Return a schedule ready to be counted with."""
	return calendar.schedule_of(frappe.get_cached_doc("Invoice Schedule", name).facts())


def companies() -> list[str]:
	"""Return all companies."""
	return frappe.get_all("Company", pluck="name", order_by="name")


def _orders(names: Collection[str]) -> list[frappe._dict]:
	if not names:
		return []
	table = frappe.qb.DocType("Sales Order")
	query = frappe.qb.from_(table).select(*[table[field] for field in ORDER_FIELDS])
	query = query.where(table.name.isin(list(names)) & (table.docstatus == 1)).orderby(table.name)
	return query.run(as_dict=True)


def _taxes(orders: Collection[str]) -> tuple[dict[str, list[tuple]], set[str]]:
	"""Return the tax rows of the orders as tuples, and the orders with a charge of a fixed amount."""
	fields = ["parent", *TAX_FIELDS, "tax_amount"]
	filters = {"parent": ("in", list(orders)), "parenttype": "Sales Order"}
	rows: dict[str, list[tuple]] = defaultdict(list)
	with_charge = set()
	for tax in frappe.get_all("Sales Taxes and Charges", filters, fields, order_by="parent, idx"):
		rows[tax.parent].append(tuple(tax[field] for field in TAX_FIELDS))
		if tax.charge_type == "Actual" and tax.tax_amount:
			with_charge.add(tax.parent)
	return rows, with_charge


def _sales_teams(orders: Collection[str]) -> dict[str, list[str]]:
	"""Return {order: its sales persons, each with their share}."""
	fields = ["parent", "sales_person", "allocated_percentage"]
	filters = {"parent": ("in", list(orders)), "parenttype": "Sales Order"}
	teams: dict[str, list[str]] = defaultdict(list)
	for row in frappe.get_all("Sales Team", filters, fields, order_by="parent, sales_person"):
		teams[row.parent].append(f"{row.sales_person} {flt(row.allocated_percentage)} %")
	return teams


def _schedules(names: Collection[str]) -> dict[str, Schedule]:
	return {name: schedule(name) for name in sorted(names)}


def _fixed_discount(order: frappe._dict) -> Decimal:
	return ZERO if flt(order.additional_discount_percentage) else to_decimal(order.discount_amount)


def _key(order: frappe._dict, taxes: list[tuple], team: list[str]) -> InvoiceKey:
	discount = ""
	if flt(order.additional_discount_percentage):
		discount = f"{flt(order.additional_discount_percentage)} % {cstr(order.apply_discount_on)}"
	described = [cstr(order.taxes_and_charges)] if order.taxes_and_charges else []
	described += [", ".join(cstr(value) for value in tax) for tax in taxes]
	return InvoiceKey(
		company=order.company,
		customer=order.customer,
		currency=order.currency,
		prices_include_tax=any(tax[TAX_FIELDS.index("included_in_print_rate")] for tax in taxes),
		payment_terms=order.payment_terms_template or "",
		taxes="; ".join(described),
		billing_address=order.customer_address or "",
		discount=discount,
		sales_credit=", ".join([*_commission(order), *team]),
		ship_to=order.shipping_address_name or "",
		project=order.project or "",
		po_no=order.po_no or "",
	)


def _commission(order: frappe._dict) -> list[str]:
	return [f"{order.sales_partner} {flt(order.commission_rate)} %"] if order.sales_partner else []
