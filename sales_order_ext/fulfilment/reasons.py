"""Why a row of an order is not reserved or not delivered, and the one thing that mends it. Pure.

Invariant: a row that lacks something has exactly one reason for it; a row that lacks nothing has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sales_order_ext.decimals import ZERO, text
from sales_order_ext.fulfilment.rules import RowFacts
from sales_order_ext.violations import Violation, violation

RESERVED, DELIVERED, INVOICED = "Reserved", "Delivered", "Invoiced"

# The button of the order's form that mends a reason.
BUTTONS = {
	"type_reserves_nothing": "Change Order Type",
	"free_but_unreserved": "Reserve",
	"kept_for_others": "Reserve",
	"nothing_there": "Order Shortage",
	"waits_on_back_order": "Release",
	"waits_without_date": "Order Shortage",
	"type_blocked": "Change Order Type",
	"ready": "Process",
	"due": "Process",
}


@dataclass(frozen=True)
class OrderSituation:
	"""What holds for the whole order. `reserves`: reservations are on; `allocates`, `blocked`: by its type."""

	name: str
	booked: bool
	closed: bool
	type_name: str = ""
	reserves: bool = False
	allocates: bool = True
	blocked: bool = False


@dataclass(frozen=True)
class RowSituation:
	"""Where a row's quantity is, and the stock it draws on, in stock units.

	`free` can be promised to this customer now, `kept` lies there for others or is never sold, `waiting` is
	on back order, promised for `promised`.
	"""

	facts: RowFacts
	free: Decimal = ZERO
	kept: Decimal = ZERO
	waiting: Decimal = ZERO
	promised: date | None = None

	@property
	def short(self) -> Decimal:
		"""What is neither delivered nor reserved nor picked."""
		facts = self.facts
		return max(facts.ordered - facts.shipped - max(facts.reserved, facts.picked), ZERO)

	@property
	def owed(self) -> Decimal:
		return max(self.facts.ordered - self.facts.shipped, ZERO)


def not_reserved(order: OrderSituation, row: RowSituation) -> Violation | None:
	"""Return why a row is not wholly reserved, or None where it is or need not be."""
	if not order.reserves or not row.facts.ships or row.facts.drop_shipped or not row.short:
		return None
	held = _order_holds(order)
	if held:
		return held
	if not order.allocates:
		return violation("type_reserves_nothing", type=order.type_name)
	return _lacks_stock(row)


def not_delivered(order: OrderSituation, row: RowSituation) -> Violation | None:
	"""Return why a row is not wholly delivered, or None where it is or is never delivered."""
	if not row.facts.ships or not row.owed:
		return None
	held = _order_holds(order)
	if held:
		return held
	if row.facts.drop_shipped:
		return violation("supplier_ships", qty=text(row.owed))
	if order.blocked:
		return violation("type_blocked", type=order.type_name)
	ready = min(row.owed, max(row.facts.reserved, row.facts.picked) + min(row.short, row.free))
	return violation("ready", qty=text(ready)) if ready else _lacks_stock(row)


def _order_holds(order: OrderSituation) -> Violation | None:
	if not order.booked:
		return violation("not_booked", order=order.name)
	return violation("closed", order=order.name) if order.closed else None


def _lacks_stock(row: RowSituation) -> Violation:
	if row.waiting:
		code = "waits_on_back_order" if row.promised else "waits_without_date"
		return violation(code, qty=text(row.waiting), day=row.promised)
	if row.free:
		return violation("free_but_unreserved", qty=text(min(row.free, row.short)))
	if row.facts.on_order:
		return violation("on_order", qty=text(row.facts.on_order))
	if row.kept:
		return violation("kept_for_others", qty=text(row.kept))
	return violation("nothing_there", qty=text(row.short))
