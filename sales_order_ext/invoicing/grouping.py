"""Which quantities go on one invoice: pure.

Invariant: the groups partition the quantities due; every one is on exactly one invoice, and an invoice
never mixes what `InvoiceKey` names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sales_order_ext.decimals import ZERO, text
from sales_order_ext.invoicing import calendar, rules
from sales_order_ext.invoicing.calendar import Schedule
from sales_order_ext.invoicing.facts import (
	BY_SCHEDULE,
	CustomerFacts,
	Group,
	InvoiceKey,
	OrderFacts,
	Plan,
	RowToInvoice,
)
from sales_order_ext.violations import Violation, violation

# What is kept apart only where the customer wants it.
OPTIONAL = ("ship_to", "project", "po_no")


def key_of(order: OrderFacts, customer: CustomerFacts) -> InvoiceKey:
	"""Return the key of the invoice that the order goes on.

	Only the schedule term merges orders, and not where the customer wants one invoice per order or the
	order carries a fixed discount or charge.
	"""
	alone = customer.one_invoice_per_order or order.fixed_discount or order.fixed_charge
	merged = order.term == BY_SCHEDULE and not alone
	key = replace(order.key, **{part: "" for part in OPTIONAL if part not in customer.apart})
	return key if merged else replace(key, order=order.name)


def shared_key(order: OrderFacts) -> InvoiceKey:
	"""Return what other orders must have in common with the order to share an invoice, wishes aside."""
	return replace(order.key, **dict.fromkeys((*OPTIONAL, "order"), ""))


def plan(orders: Iterable[OrderFacts], customers: Mapping[str, CustomerFacts], as_of: date) -> Plan:
	"""Return all invoices due on `as_of`, sorted by customer and first order."""
	due = []
	for order in sorted(orders, key=lambda order: order.name):
		rows = rules.invoiceable(order, as_of, customers[order.key.customer].schedule)
		if rows:
			due.append((order, rows))
	found = groups(due, customers)
	judged = [(group, _carry(group, customers[group.key.customer], as_of)) for group in found]
	return Plan(
		groups=tuple(group for group, carry in judged if not carry),
		carried=tuple(replace(group, skip=carry) for group, carry in judged if carry),
	)


def groups(
	due: Sequence[tuple[OrderFacts, Sequence[RowToInvoice]]], customers: Mapping[str, CustomerFacts]
) -> list[Group]:
	"""Return the invoices for quantities due, each order's rows in their order."""
	members: dict[InvoiceKey, list[tuple[OrderFacts, Sequence[RowToInvoice]]]] = {}
	for order, rows in due:
		members.setdefault(key_of(order, customers[order.key.customer]), []).append((order, rows))
	found = [_group(key, parts, customers[key.customer]) for key, parts in members.items()]
	return sorted(found, key=lambda group: (group.key.customer, group.orders))


def key_text(key: InvoiceKey) -> str:
	"""Return a key as a stored, readable text; equal keys have equal texts."""
	return " | ".join(str(getattr(key, part) or "-") for part in key.__dataclass_fields__)


def _group(
	key: InvoiceKey, parts: Sequence[tuple[OrderFacts, Sequence[RowToInvoice]]], customer: CustomerFacts
) -> Group:
	amounts = [(sum((row.amount for row in rows), ZERO), order.conversion_rate) for order, rows in parts]
	return Group(
		key=key,
		term=parts[0][0].term,
		rows=tuple(row for _order, rows in parts for row in rows),
		amount=sum((amount for amount, _rate in amounts), ZERO),
		base_amount=sum((amount * rate for amount, rate in amounts), ZERO),
		skip=violation("customer_blocked", customer=customer.name) if customer.blocked else None,
	)


def _carry(group: Group, customer: CustomerFacts, as_of: date) -> Violation | None:
	"""Return why the invoice waits for a later date, or None."""
	if customer.held_until and as_of < customer.held_until:
		return violation("customer_held", customer=customer.name, invoice_date=customer.held_until)
	return _minimum(group, customer.schedule, as_of)


def _minimum(group: Group, schedule: Schedule | None, as_of: date) -> Violation | None:
	"""Return why a scheduled invoice is too small to be made now, or None."""
	if group.term != BY_SCHEDULE or not schedule or group.base_amount >= schedule.minimum_amount:
		return None
	return violation(
		"below_minimum",
		amount=text(group.base_amount),
		minimum=text(schedule.minimum_amount),
		invoice_date=calendar.next_period(schedule, as_of).invoice_date,
	)
