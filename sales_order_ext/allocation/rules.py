"""What stock is free, who gets how much of it, and what an order is still owed.

Never more is given than is free, never more than was asked for. Quantities are in stock units.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from sales_order_ext.decimals import ZERO
from sales_order_ext.violations import Violation, violation

Stock = tuple[str, str]

NOT_RESERVED, PARTIALLY_RESERVED, FULLY_RESERVED = "Not Reserved", "Partially Reserved", "Fully Reserved"


@dataclass(frozen=True)
class OrderRow:
	"""A row of a booked order that needs stock.

	`reserved` is what open reservations keep for it now. `step` is the smallest quantity that can be
	handed over (a piece, a box of 12); 0 where any fraction can. `held_back` stays on back order though
	there may be stock for it.
	"""

	row: str
	item_code: str
	warehouse: str
	ordered: Decimal
	delivered: Decimal = ZERO
	reserved: Decimal = ZERO
	step: Decimal = ZERO
	held_back: Decimal = ZERO

	@property
	def stock(self) -> Stock:
		return (self.item_code, self.warehouse)

	@property
	def owed(self) -> Decimal:
		"""What is still to be delivered."""
		return max(self.ordered - self.delivered, ZERO)

	@property
	def short(self) -> Decimal:
		"""What is still to be delivered and not reserved."""
		return max(self.owed - self.reserved, ZERO)

	@property
	def wanted(self) -> Decimal:
		"""What it asks for now: what it is short of, less what is held back for it."""
		return max(self.short - self.held_back, ZERO)


@dataclass(frozen=True)
class Request:
	"""A wish for stock."""

	row: str
	stock: Stock
	qty: Decimal
	step: Decimal = ZERO


def free_stock(actual: Decimal, *deductions: Decimal) -> Decimal:
	"""Return what can still be promised: actual stock less reservations and whatever else is kept."""
	return max(actual - sum(deductions, ZERO), ZERO)


def requests_for(rows: Iterable[OrderRow]) -> list[Request]:
	"""Return the wishes of an order's rows: what they are short of and is not held back."""
	return [Request(row.row, row.stock, row.wanted, row.step) for row in rows if row.wanted > 0]


def allocate(
	requests: Sequence[Request], free: Mapping[Stock, Decimal], partial: bool = True
) -> dict[str, Decimal]:
	"""Return {row: quantity given}, first come first served, rows that get nothing left out.

	Without `partial` a row gets all that it asks for or nothing.
	"""
	left = dict(free)
	given: dict[str, Decimal] = {}
	for request in requests:
		qty = _in_steps(min(request.qty, left.get(request.stock, ZERO)), request.step)
		if qty <= 0 or (qty < request.qty and not partial):
			continue
		left[request.stock] -= qty
		given[request.row] = given.get(request.row, ZERO) + qty
	return given


@dataclass(frozen=True)
class Bundle:
	"""A row of a product bundle: `parts` are (stock, quantity per unit of the row)."""

	row: str
	owed: Decimal
	parts: tuple[tuple[Stock, Decimal], ...]
	step: Decimal = ZERO


def deliverable(
	rows: Sequence[OrderRow], bundles: Sequence[Bundle], free: Mapping[Stock, Decimal]
) -> dict[str, Decimal]:
	"""Return {row: what can be handed over now}: what is reserved for it, and what is free beside it.

	Rows with stock of their own come before bundles. A row that is owed something and can have nothing
	is in the result with 0.
	"""
	given = allocate(requests_for(rows), free)
	result = {row.row: min(row.owed, row.reserved) + given.get(row.row, ZERO) for row in rows if row.owed > 0}
	left = dict(free)
	for row in rows:
		left[row.stock] = left.get(row.stock, ZERO) - given.get(row.row, ZERO)
	for bundle in bundles:
		if bundle.owed > 0:
			sets = min([bundle.owed, *(left.get(stock, ZERO) / per for stock, per in bundle.parts)])
			result[bundle.row] = qty = max(_in_steps(sets, bundle.step), ZERO)
			for stock, per in bundle.parts:
				left[stock] = left.get(stock, ZERO) - qty * per
	return result


def reservation_status(rows: Sequence[OrderRow]) -> str:
	"""Return the status over the rows that need stock; empty when none does. Delivered counts as reserved."""
	if not rows:
		return ""
	if all(row.short == 0 for row in rows):
		return FULLY_RESERVED
	if any(row.reserved > 0 or row.delivered > 0 for row in rows):
		return PARTIALLY_RESERVED
	return NOT_RESERVED


@dataclass(frozen=True)
class OpenBackOrder:
	"""A back order that waits for stock. `ordered` is what its row ordered when that was last looked at."""

	name: str
	row: str
	qty: Decimal
	filled: Decimal = ZERO
	ordered: Decimal | None = None

	@property
	def open(self) -> Decimal:
		return self.qty - self.filled


def back_order_quantities(
	rows: Iterable[OrderRow], waiting: Iterable[OpenBackOrder] = ()
) -> dict[str, Decimal]:
	"""Return {row: quantity} of the back orders to record: what is short and not yet on back order."""
	recorded: dict[str, Decimal] = {}
	for one in waiting:
		recorded[one.row] = recorded.get(one.row, ZERO) + one.open
	missing = {row.row: row.short - recorded.get(row.row, ZERO) for row in rows}
	return {row: qty for row, qty in missing.items() if qty > 0}


def fill_back_orders(rows: Iterable[OrderRow], waiting: Sequence[OpenBackOrder]) -> dict[str, Decimal]:
	"""Return {back order: its new filled quantity}: no row waits for more than it is short of.

	The back orders of a row are filled in the order given (oldest first).
	"""
	short = {row.row: row.short for row in rows}
	surplus: dict[str, Decimal] = {}
	for one in waiting:
		surplus[one.row] = surplus.get(one.row, -short.get(one.row, ZERO)) + one.open
	filled: dict[str, Decimal] = {}
	for one in waiting:
		qty = min(one.open, surplus[one.row])
		if qty > 0:
			surplus[one.row] -= qty
			filled[one.name] = one.filled + qty
	return filled


def reserve_violations(order: str, booked: bool, closed: bool, allocates: bool) -> list[Violation]:
	"""Return why stock can be neither reserved nor given back for an order by hand."""
	if not booked:
		return [violation("not_booked", order=order)]
	if closed:
		return [violation("order_closed", order=order)]
	return [] if allocates else [violation("type_allocates_nothing", order=order)]


def _in_steps(qty: Decimal, step: Decimal) -> Decimal:
	return (qty / step).to_integral_value(ROUND_FLOOR) * step if step > 0 else qty
