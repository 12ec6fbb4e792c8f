"""What a clerk invoices outside a run: chosen orders at once, or chosen rows on an invoice being written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe.model.document import Document

from sales_order_ext import errors, transactions
from sales_order_ext.decimals import ZERO, rounded, text, to_decimal
from sales_order_ext.invoicing import explaining, grouping, invoices, planning, records, rules
from sales_order_ext.invoicing.facts import Group, InvoiceKey, OrderFacts, RowFacts, RowToInvoice
from sales_order_ext.invoicing.messages import MESSAGES
from sales_order_ext.markup import as_text
from sales_order_ext.violations import Violation, violation

MOST_ORDERS = 50
SAVEPOINT = "soe_create_from_orders"


def create(orders: Collection[str], posting_date: date, submit: bool) -> dict[str, Any]:
	"""Invoice what is due of chosen orders by their terms, a savepoint per invoice.

	Returns {"created": [{doctype, name, customer, orders, amount, currency}], "skipped": [{sales_order, code,
	reason}], "failed": [{orders, reason}]}; each order is in at least one of them.
	"""
	names = sorted(set(orders))
	errors.throw_all(_too_many(names), MESSAGES)
	transactions.start_fresh()
	transactions.lock_rows("Sales Order", names)
	transactions.hold_locks()
	plan, facts = planning.plan_orders(names, posting_date)
	done: dict[str, list[dict[str, Any]]] = {"created": [], "skipped": [], "failed": []}
	for group in plan.groups:
		if not group.skip:
			_create_one(group, facts, posting_date, submit, done)
	handled = {name for group in plan.groups if not group.skip for name in group.orders}
	waiting = explaining.reasons(
		[order for order in facts.values() if order.name not in handled], plan, posting_date
	)
	done["skipped"] = [
		{"sales_order": name, "code": reason.code, "reason": errors.sentence(reason, MESSAGES)}
		for name, reason in waiting.items()
	]
	return done


def _create_one(
	group: Group, facts: Mapping[str, OrderFacts], posting_date: date, submit: bool, done: dict[str, list]
) -> None:
	frappe.db.savepoint(SAVEPOINT)
	try:
		invoice = invoices.make(group, facts, posting_date, submit=submit, locked_first=True)
	except frappe.ValidationError as error:
		frappe.db.rollback(save_point=SAVEPOINT)
		frappe.clear_messages()
		done["failed"].append({"orders": list(group.orders), "reason": as_text(error)})
	else:
		done["created"].append(
			{"doctype": invoice.doctype, "name": invoice.name, "customer": group.key.customer,
				"orders": list(group.orders), "amount": float(invoices.amount_of(invoice)),
				"currency": group.key.currency}
		)  # fmt: skip


def _too_many(names: Sequence[str]) -> list[Violation]:
	if not names:
		return [violation("no_orders")]
	if len(names) > MOST_ORDERS:
		return [violation("too_many_orders", count=len(names), most=MOST_ORDERS)]
	return []


def open_rows(customer: str, company: str, currency: str | None, as_of: date) -> list[dict[str, Any]]:
	"""Return every row of the customer's orders with something left to invoice, and what its term proposes.

	`qty` is the proposal, `open_qty` what a clerk may add at most, `delivery_notes` what it was delivered by.
	"""
	names = records.open_orders(customer, company, currency)
	facts = records.order_facts(names)
	schedule = records.customer_facts([customer])[customer].schedule
	found = []
	for order in sorted(facts, key=lambda order: (order.transaction_date, order.name)):
		for verdict in rules.verdicts(order, as_of, schedule):
			left = open_qty(verdict.row)
			if left > 0 and order.status != "Closed":
				found.append(_shown(order, verdict.row, verdict.qty, left, verdict))
	return found


def _shown(order: OrderFacts, row: RowFacts, qty: Decimal, left: Decimal, verdict: Any) -> dict[str, Any]:
	return {
		"sales_order": order.name,
		"transaction_date": order.transaction_date,
		"invoice_term": order.term,
		"so_detail": row.name,
		"idx": row.idx,
		"item_code": row.item_code,
		"qty": float(qty),
		"open_qty": float(left),
		"rate": float(row.rate),
		"amount": float(rounded(qty * row.rate, order.amount_precision)),
		"currency": order.key.currency,
		"delivery_notes": rules.deliveries_of(row, left),
		"code": verdict.reason.code,
		"reason": errors.sentence(verdict.reason, MESSAGES),
		"invoice_date": verdict.invoice_date,
	}


def open_qty(row: RowFacts) -> Decimal:
	"""Return how much of a row may be invoiced at most: what was ordered or, if more, delivered."""
	if row.is_billed_in_full:
		return ZERO
	arrived = sum((move.qty for move in row.movements), ZERO)
	return max(ZERO, max(row.qty, arrived) - row.invoiced)


def add(invoice: Document, asked: Sequence[Mapping[str, Any]]) -> Document:
	"""Add quantities of order rows to a draft or unsaved invoice; return it, not saved.

	`asked`: [{so_detail, qty}]; without `qty` all that is left. Refuses what is not left, and orders that may
	not share an invoice.
	"""
	wanted = {str(row.get("so_detail") or ""): row.get("qty") for row in asked}
	facts = {order.name: order for order in records.order_facts(records.orders_of_rows(list(wanted)))}
	rows = {row.name: (order, row) for order in facts.values() for row in order.rows}
	errors.throw_all(_strangers(invoice, wanted, rows), MESSAGES)
	pending = _unsaved(invoice)
	chosen, found = [], []
	for name, asked_qty in wanted.items():
		order, row = rows[name]
		left = open_qty(row) - pending.get(name, ZERO)
		qty = left if asked_qty in (None, "") else to_decimal(asked_qty)
		if qty <= 0 or qty > left:
			found.append(violation("more_than_open", idx=row.idx, order=order.name, qty=text(max(ZERO, left)),
				item_code=row.item_code))  # fmt: skip
		amount = rounded(qty * row.rate, order.amount_precision)
		chosen.append(RowToInvoice(order.name, name, row.item_code, qty, amount))
	errors.throw_all(found or _mixed(invoice, facts), MESSAGES)
	first = facts[chosen[0].order]
	chosen.sort(key=lambda one: (one.order, rows[one.row][1].idx))
	group = Group(first.key, "", tuple(chosen), sum((one.amount for one in chosen), ZERO), ZERO)
	kept = {field: invoice.get(field) for field in ("posting_date", "posting_time", "set_posting_time", "due_date",
		"update_stock", "naming_series") if invoice.get(field)}  # fmt: skip
	return invoices.extend(invoice, group, facts).update(kept)


def _strangers(
	invoice: Document, wanted: Mapping[str, Any], rows: Mapping[str, tuple[OrderFacts, RowFacts]]
) -> list[Violation]:
	"""Return the rows that are not the user's to invoice here: unknown, unseen, of another customer."""
	if not wanted:
		return [violation("no_rows")]
	orders = {order.name for order, _row in rows.values()}
	visible = records.visible_orders(invoice.company, orders) if orders else set()
	return [
		violation("unknown_row", row=name, customer=invoice.customer, company=invoice.company)
		for name in wanted
		if name not in rows
		or rows[name][0].name not in visible
		or rows[name][0].key.customer != invoice.customer
		or (invoice.get("items") and invoice.currency and rows[name][0].key.currency != invoice.currency)
	]


def _unsaved(invoice: Document) -> dict[str, Decimal]:
	"""Return {order row: quantity} that stands on the invoice and is not in the database yet."""
	saved = {}
	if not invoice.is_new():
		stored = frappe.get_all(
			"Sales Invoice Item", {"parent": invoice.name}, ["name", "qty"], order_by="idx"
		)
		saved = {row.name: row.qty for row in stored}
	found: dict[str, Decimal] = {}
	for row in invoice.get("items") or []:
		if row.so_detail:
			more = to_decimal(row.qty) - to_decimal(saved.get(row.name))
			found[row.so_detail] = found.get(row.so_detail, ZERO) + more
	return found


def _mixed(invoice: Document, facts: Mapping[str, OrderFacts]) -> list[Violation]:
	"""Return why the orders, and those that the invoice has already, may not share it."""
	present = {row.sales_order for row in invoice.get("items") or [] if row.sales_order} - set(facts)
	orders = [*facts.values(), *records.order_facts(sorted(present))]
	keys = [grouping.shared_key(order) for order in orders]
	names = ", ".join(sorted(order.name for order in orders))
	differing = [
		frappe.unscrub(field.name)
		for field in fields(InvoiceKey)
		if len({getattr(key, field.name) for key in keys}) > 1
	]
	if len(orders) > 1 and any(order.fixed_discount or order.fixed_charge for order in orders):
		differing.append(frappe._("fixed discounts or charges"))
	return [violation("cannot_mix", orders=names, fields=", ".join(differing))] if differing else []
