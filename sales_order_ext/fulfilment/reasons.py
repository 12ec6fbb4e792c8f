"""Why a row of an order is not reserved, delivered or invoiced, and the one thing that mends it. Pure.

Invariant: a row that lacks something has exactly one reason for it; a row that lacks nothing has none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sales_order_ext.decimals import ZERO, text
from sales_order_ext.fulfilment.rules import RowFacts
from sales_order_ext.violations import Violation, violation

RESERVED, DELIVERED, INVOICED = "Reserved", "Delivered", "Invoiced"

# The button of the order's form that mends a reason: the first whose capability is on.
BUY = ("Material Request",)
DELIVER = ("Process", "Delivery Note")
INVOICE = ("Process", "Sales Invoice")
BY_HAND = ("Sales Invoice",)
BUTTONS = {
	"not_booked": ("Submit",),
	"closed": ("Re-open",),
	"on_hold": ("Resume",),
	"type_reserves_nothing": ("Change Order Type",),
	"free_but_unreserved": ("Reserve",),
	"kept_for_others": BUY,
	"nothing_there": BUY,
	"waits_though_free": ("Release",),
	"waits_on_back_order": ("Show",),
	"waits_without_date": ("Order Shortage",),
	"type_blocked": ("Change Order Type",),
	"ready": DELIVER,
	"to_invoice": BY_HAND,
	"due": INVOICE,
	"not_delivered": DELIVER,
	"order_not_delivered": DELIVER,
	"type_from_order_only": INVOICE,
	"order_closed": ("Re-open",),
	"order_on_hold": ("Resume",),
	"do_not_invoice": BY_HAND,
	"waits_for_schedule": BY_HAND,
	"below_minimum": BY_HAND,
	"goes_with_goods": BY_HAND,
	"free_of_charge": BY_HAND,
}
WAIT_FOR_DELIVERY = ("not_delivered", "order_not_delivered")
NEEDS = {
	"Process": "enable_order_types",
	"Change Order Type": "enable_order_types",
	"Reserve": "enable_stock_reservations",
	"Order Shortage": "enable_back_orders",
	"Release": "enable_back_orders",
	"Show": "enable_back_orders",
}
# What is opened where no button mends: a document of this kind, or a field of the form.
OPENS = {
	"on_order": "Purchase Order",
	"supplier_ships": "Purchase Order",
	"schedule_missing": "Customer",
	"customer_held": "Customer",
	"customer_blocked": "Customer",
	"no_term": "soe_invoice_term",
}


def button(code: str, is_on: Callable[[str], bool]) -> str | None:
	"""Return the label of the button that mends a reason, or None where something is to be opened instead."""
	labels = BUTTONS.get(code, ())
	return next((label for label in labels if label not in NEEDS or is_on(NEEDS[label])), None)


@dataclass(frozen=True)
class OrderSituation:
	"""What holds for the whole order. `reserves`: reservations are on; `allocates`, `blocked`: by its type.

	`billed`: all of its amount is invoiced, whatever the quantities.
	"""

	name: str
	booked: bool
	closed: bool
	on_hold: bool = False
	type_name: str = ""
	reserves: bool = False
	allocates: bool = True
	blocked: bool = False
	billed: bool = False


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


def not_invoiced(order: OrderSituation, row: RowSituation) -> Violation | None:
	"""Return why a row is not wholly invoiced where no terms say when: nobody has done it yet."""
	left = row.facts.ordered - row.facts.invoiced
	if order.billed or left <= 0:
		return None
	return _order_holds(order) or violation("to_invoice", qty=text(left))


def _order_holds(order: OrderSituation) -> Violation | None:
	if not order.booked:
		return violation("not_booked", order=order.name)
	if order.on_hold:
		return violation("on_hold", order=order.name)
	return violation("closed", order=order.name) if order.closed else None


def _lacks_stock(row: RowSituation) -> Violation:
	if row.waiting and row.free:
		return violation("waits_though_free", qty=text(row.waiting), free=text(min(row.free, row.waiting)))
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
