"""Life cycle status: where an order stands between first draft and last invoice. Pure.

Invariant: the first condition of the precedence that holds decides; ERPNext's own `status` is only read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sales_order_ext.decimals import ZERO
from sales_order_ext.violations import Violation, violation

DRAFT = "Draft"
OPEN = "Open"
DUE = "Due"
OVERDUE = "Overdue"
PARTIALLY_INVOICED = "Partially Invoiced"
INVOICED = "Invoiced"
CLOSED = "Closed"
CANCELLED = "Cancelled"
REPLACED = "Replaced"

# Statuses an order may have on the day its required date passes: open ones, few, and those of what is done.
OPEN_WHEN_PASSED = (DUE, PARTIALLY_INVOICED)
CAN_BECOME_OVERDUE = (*OPEN_WHEN_PASSED, INVOICED)

# ERPNext rounds `per_billed` to six places and calls this fully billed.
FULLY_BILLED = Decimal("99.999999")


@dataclass(frozen=True)
class OrderState:
	"""What decides an order's life cycle status.

	`owes_goods`: a row of a stocked item is not delivered in full.
	"""

	submitted: bool = False
	cancelled: bool = False
	replaced: bool = False
	closed: bool = False
	sent: bool = False
	per_billed: Decimal = ZERO
	required_date: date | None = None
	owes_goods: bool = False


@dataclass(frozen=True)
class LifeCycle:
	"""The status, and whether goods are late whatever the status says."""

	status: str
	is_overdue: bool


def life_cycle(order: OrderState, today: date) -> LifeCycle:
	"""Return an order's life cycle on the day `today`."""
	return LifeCycle(status(order, today), is_overdue(order, today))


def status(order: OrderState, today: date) -> str:
	"""Return the first status of the precedence that holds on the day `today`."""
	precedence = (
		(order.cancelled, CANCELLED),
		(order.replaced, REPLACED),
		(order.closed, CLOSED),
		(not (order.sent or order.submitted), DRAFT),
		(order.per_billed >= FULLY_BILLED, INVOICED),
		(order.per_billed > 0, PARTIALLY_INVOICED),
		(is_overdue(order, today), OVERDUE),
		(order.required_date is not None, DUE),
		(True, OPEN),
	)
	return next(name for holds, name in precedence if holds)


def is_overdue(order: OrderState, today: date) -> bool:
	"""Return whether a live, submitted order still owes goods after its required date."""
	live = order.submitted and not (order.cancelled or order.replaced or order.closed)
	return live and order.owes_goods and order.required_date is not None and order.required_date < today


def check_can_be_sent(name: str, order: OrderState) -> list[Violation]:
	"""Return why an order cannot be marked as sent to its customer: it no longer stands."""
	if order.cancelled:
		return [violation("sent_cancelled", order=name)]
	if order.replaced:
		return [violation("sent_replaced", order=name)]
	return []


def counts_as_sent(medium: str, direction: str, kind: str, delivery: str) -> bool:
	"""Return whether a communication means that the order reached its customer by e-mail.

	Automated messages go to whom a notification names, often colleagues; what is scheduled or failed has
	not been sent.
	"""
	return (
		medium == "Email"
		and direction == "Sent"
		and kind in ("", "Communication")
		and delivery not in ("Scheduled", "Error", "Expired", "Rejected", "Bounced")
	)
