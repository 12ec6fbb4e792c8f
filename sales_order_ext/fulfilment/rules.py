"""How far each row of an order has come, and in what order its feed is read.

The stage of a row is the furthest one that holds for the whole row. Quantities are in the stock unit and
are never counted twice: goods that may be the same goods (received and reserved) count once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sales_order_ext.decimals import ZERO

TO_APPROVE = "To Approve"
APPROVED = "Approved"
TO_PURCHASE = "To Purchase"
PURCHASED = "Purchased"
RECEIVED = "Received"
RESERVED = "Reserved"
PICKED = "Picked"
SHIPPED = "Shipped"
INVOICED = "Invoiced"
FULFILLED = "Fulfilled"

STAGES = (
	TO_APPROVE,
	APPROVED,
	TO_PURCHASE,
	PURCHASED,
	RECEIVED,
	RESERVED,
	PICKED,
	SHIPPED,
	INVOICED,
	FULFILLED,
)

TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}")

# What an approval was given for. The discount is left out: ERPNext works it out anew from the rate.
APPROVED_FIELDS = ("item_code", "qty", "uom", "rate")

DELIVERY = "Delivery Note"
INVOICE = "Sales Invoice"
PURCHASE = "Purchase Order"
REQUEST = "Material Request"
RESERVATION = "Stock Reservation Entry"


@dataclass(frozen=True)
class OrderedRow:
	"""One row of an order. `bundle`: it is delivered as other items, so its picks have no own delivery."""

	name: str
	ordered: Decimal
	shipped: Decimal = ZERO
	picked: Decimal = ZERO
	approved: bool = True
	ships: bool = True
	drop_shipped: bool = False
	bundle: bool = False


@dataclass(frozen=True)
class Movement:
	"""What a row of another document did for a row of the order.

	`done` is the part that went on to the next document: of a request what is ordered, of a purchase what
	is received, of a reservation what is delivered, of a delivery what came from a pick list.
	"""

	kind: str
	row: str
	quantity: Decimal
	done: Decimal = ZERO


@dataclass(frozen=True)
class RowFacts:
	"""Where the quantity of a row is now.

	`requested`, `on_order`, `reserved` and `picked` are what is still open there and went no further;
	`received`, `shipped` and `invoiced` are totals.
	"""

	ordered: Decimal
	approved: bool = True
	ships: bool = True
	drop_shipped: bool = False
	requested: Decimal = ZERO
	on_order: Decimal = ZERO
	received: Decimal = ZERO
	reserved: Decimal = ZERO
	picked: Decimal = ZERO
	shipped: Decimal = ZERO
	invoiced: Decimal = ZERO


def row_facts(row: OrderedRow, movements: Iterable[Movement]) -> RowFacts:
	"""Return where the quantity of `row` is, from all movements of its order (others' are passed over)."""
	own = [movement for movement in movements if movement.row == row.name]
	delivered_picks = row.shipped if row.bundle else _done(own, DELIVERY)
	return RowFacts(
		ordered=row.ordered,
		approved=row.approved,
		ships=row.ships,
		drop_shipped=row.drop_shipped,
		requested=_open(own, REQUEST),
		on_order=_open(own, PURCHASE),
		received=_done(own, PURCHASE),
		reserved=_open(own, RESERVATION),
		picked=max(ZERO, row.picked - delivered_picks),
		shipped=row.shipped,
		invoiced=sum((movement.quantity for movement in own if movement.kind == INVOICE), ZERO),
	)


def stage(facts: RowFacts) -> str:
	"""Return the furthest stage that holds for the whole row."""
	if not facts.approved:
		return TO_APPROVE
	quantities = reached(facts)
	whole = {name for name, quantity in quantities.items() if quantity >= facts.ordered}
	if facts.drop_shipped:
		whole.add(TO_PURCHASE)
	if INVOICED in whole and (SHIPPED in whole or not facts.ships):
		return FULFILLED
	return max(whole | {APPROVED}, key=STAGES.index)


def reached(facts: RowFacts) -> dict[str, Decimal]:
	"""Return the quantity that came at least as far as each stage; invoicing counts by itself."""
	picked = facts.shipped + facts.picked
	# A pick list may hold what is reserved, and a reservation what was received: the larger one is certain.
	reserved = facts.shipped + max(facts.reserved, facts.picked)
	received = max(facts.received, reserved)
	# What is still on order or requested cannot be among the goods that are here.
	purchased = received + facts.on_order
	return {
		TO_PURCHASE: purchased + facts.requested,
		PURCHASED: purchased,
		RECEIVED: received,
		RESERVED: reserved,
		PICKED: picked,
		SHIPPED: facts.shipped,
		INVOICED: facts.invoiced,
	}


def _open(movements: Iterable[Movement], kind: str) -> Decimal:
	return sum(
		(max(ZERO, one.quantity - one.done) for one in movements if one.kind == kind),
		ZERO,
	)


def _done(movements: Iterable[Movement], kind: str) -> Decimal:
	return sum((one.done for one in movements if one.kind == kind), ZERO)


def approval_stands(before: Sequence[object], after: Sequence[object]) -> bool:
	"""Return whether an approval given for a row as it was still holds for the row as it is."""
	return tuple(before) == tuple(after)


def is_approved(booked: bool, own: bool, others: bool) -> bool:
	"""Return whether a row counts as approved: by its own approval, or as part of a booked order.

	Where rows of a booked order were approved one by one (`others`), one added later needs its own.
	"""
	return own or (booked and not others)


@dataclass(frozen=True)
class Event:
	"""Something that happened with an order, on a day; `at` is when it was entered."""

	on: date
	at: datetime
	doctype: str
	name: str


def timeline(events: Iterable[Event]) -> list[Event]:
	"""Return the events in the order in which they happened: by day, then by when they were entered."""
	return sorted(events, key=lambda event: (event.on, event.at, event.doctype, event.name))


@dataclass(frozen=True)
class Cursor:
	"""A place in the feed: that of the entry written at `at`. Ordered by time, then name, then kind."""

	at: str
	name: str
	doctype: str

	def __str__(self) -> str:
		return "|".join((self.at, self.doctype, self.name))


def read_cursor(text: str) -> Cursor | None:
	"""Return the place that `str(cursor)` wrote down, or None where it is no such text."""
	at, doctype, name = [*text.split("|", 2), "", ""][:3]
	return Cursor(at, name, doctype) if TIME.fullmatch(at) and doctype and name else None


def place(at: datetime, doctype: str, name: str) -> Cursor:
	"""Return the place in the feed of a document written at `at`."""
	return Cursor(at.isoformat(sep=" ", timespec="microseconds"), name, doctype)


def next_page(
	places: Iterable[Cursor], after: Cursor | None, size: int
) -> tuple[list[Cursor], Cursor | None]:
	"""Return the `size` newest places older than `after`, and the cursor of the page after (None at the end)."""
	older = sorted(
		(one for one in places if after is None or _key(one) < _key(after)), key=_key, reverse=True
	)
	return older[:size], older[size - 1] if len(older) > size else None


def _key(place: Cursor) -> tuple[str, str, str]:
	return (place.at, place.name, place.doctype)
