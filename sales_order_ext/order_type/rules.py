"""What kind of order an order is: whether it reserves, may be processed, and when back orders arise.

An order of a type whose processing is Blocked is never delivered, invoiced or picked, whatever the door;
one that is processed From Order Only never by a batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sales_order_ext.decimals import ZERO
from sales_order_ext.violations import Violation, violation

ALLOWED, FROM_ORDER_ONLY, BLOCKED = "Allowed", "From Order Only", "Blocked"
ON_SUBMIT, ON_PROCESSING, NEVER = "On Submit", "On Processing", "Never"
FROM_STOCK, BACK_TO_BACK, DROP_SHIPMENT = "From Stock", "Back-to-Back", "Drop Shipment"
STANDARD, WAREHOUSE, POS = "Standard", "Warehouse", "POS"
ON_SAVE = "On Save"

# Documents that process an order; every one of them asks `processing_violation` first.
DOORS = ("Delivery Note", "Sales Invoice", "POS Invoice", "Pick List")

# Fields of a Sales Order that a type may fill in, by the type's field.
PRESETS = {
	"naming_series": "naming_series",
	"set_warehouse": "set_warehouse",
	"selling_price_list": "selling_price_list",
	"payment_terms_template": "payment_terms_template",
}


@dataclass(frozen=True)
class OrderType:
	"""A Sales Order Type: how its orders behave, and what a new one is filled in with.

	`invoice_term` is the default for an order without a term of its own; invoicing fills it in, with the
	customer's.
	"""

	name: str
	enabled: bool = True
	allocates: bool = True
	processing: str = ALLOWED
	back_order_moment: str = ON_PROCESSING
	sourcing: str = FROM_STOCK
	document_kind: str = STANDARD
	composition: str = "Standard"
	invoice_term: str = ""
	print_on_save: str = ""
	print_format: str = ""
	presets: Mapping[str, str] = field(default_factory=dict)

	@property
	def blocked(self) -> bool:
		"""Whether its orders are not processed at all."""
		return self.processing == BLOCKED

	@property
	def waits(self) -> bool:
		"""Whether its orders neither reserve nor are processed until their type is changed."""
		return self.blocked and not self.allocates

	@property
	def back_orders_on_submit(self) -> bool:
		return self.back_order_moment == ON_SUBMIT

	@property
	def back_orders_on_processing(self) -> bool:
		return self.back_order_moment == ON_PROCESSING

	@property
	def never_back_orders(self) -> bool:
		return self.back_order_moment == NEVER


INVOICE_ORDER = "Invoice Order"

SEEDS = (
	OrderType(INVOICE_ORDER),
	OrderType("Reserve Order", processing=BLOCKED, back_order_moment=NEVER),
	OrderType("Forward Order", allocates=False, processing=BLOCKED, back_order_moment=NEVER),
	OrderType("Active Order", processing=FROM_ORDER_ONLY, back_order_moment=ON_SUBMIT),
	OrderType("Back-to-Back Order", sourcing=BACK_TO_BACK),
	OrderType("Drop Shipment Order", sourcing=DROP_SHIPMENT),
	OrderType("Mixed Order", composition="Mixed"),
	OrderType("Returns Order", composition="Returns"),
	OrderType("Warehouse Order", document_kind=WAREHOUSE),
	OrderType("POS Order", document_kind=POS),
)

# How an order without a type behaves, also where order types are switched off: as an Invoice Order.
UNTYPED = OrderType("")


def default_type(candidates: Iterable[OrderType | None]) -> str | None:
	"""Return the first enabled of the candidates: the customer's, the preferred, the Invoice Order."""
	return next((one.name for one in candidates if one and one.enabled), None)


def type_violation(order_type: OrderType) -> Violation | None:
	"""Return what speaks against giving an order this type."""
	return None if order_type.enabled else violation("type_disabled", type=order_type.name)


def presets_for(order_type: OrderType, own: Mapping[str, object]) -> dict[str, str]:
	"""Return {order field: value} of what the type presets and a new order has nothing of its own for."""
	return {
		PRESETS[name]: value
		for name, value in order_type.presets.items()
		if value and not own.get(PRESETS[name])
	}


def processing_violation(
	order: str, order_type: OrderType, door: str, batch: bool = False
) -> Violation | None:
	"""Return why a document of kind `door` may not be made for an order, or None where it may."""
	if order_type.blocked:
		return violation("processing_blocked", order=order, type=order_type.name, door=door)
	if batch and not batch_allowed(order_type):
		return violation("from_order_only", order=order, type=order_type.name, door=door)
	return None


def batch_allowed(order_type: OrderType) -> bool:
	"""Return whether batches (invoice runs, bulk deliveries) may process orders of this type."""
	return order_type.processing == ALLOWED


@dataclass(frozen=True)
class OrderState:
	"""What a change of type, or processing, asks about an order."""

	order: str
	order_type: OrderType
	submitted: bool = True
	closed: bool = False


def change_violations(state: OrderState, wanted: OrderType) -> list[Violation]:
	"""Return everything that speaks against changing a booked order to the type `wanted`."""
	found = [type_violation(wanted)]
	if not state.submitted:
		found.append(violation("not_booked", order=state.order))
	elif state.closed:
		found.append(violation("order_closed", order=state.order))
	if wanted.name == state.order_type.name:
		found.append(violation("same_type", order=state.order, type=wanted.name))
	return [one for one in found if one]


def process_violations(state: OrderState) -> list[Violation]:
	"""Return everything that speaks against delivering and invoicing an order now."""
	if not state.submitted:
		return [violation("not_booked", order=state.order)]
	if state.closed:
		return [violation("order_closed", order=state.order)]
	blocked = processing_violation(state.order, state.order_type, "Delivery Note")
	return [blocked] if blocked else []


def activation_violation(state: OrderState) -> Violation | None:
	"""Return why an order is no part of a batch that activates waiting orders, or None where it is."""
	if state.submitted and not state.order_type.blocked:
		return violation("not_waiting", order=state.order, type=state.order_type.name)
	return None


def explanation(order_type: OrderType) -> list[str]:
	"""Return the codes of the sentences that say what a type does, in the order they are read."""
	found = ["reserves" if order_type.allocates else "reserves_nothing"]
	found.append(
		{ALLOWED: "allowed", FROM_ORDER_ONLY: "from_order_only"}.get(order_type.processing, "blocked")
	)
	if not order_type.blocked:
		moments = {ON_SUBMIT: "back_orders_on_submit", ON_PROCESSING: "back_orders_on_processing"}
		found.append(moments.get(order_type.back_order_moment, "back_orders_never"))
	if order_type.waits:
		found.append("waits")
	other = (order_type.sourcing, order_type.document_kind, order_type.composition)
	return [*found, *(one for one in other if one not in (FROM_STOCK, STANDARD))]


def document_kind(own: str | None, order_type: OrderType) -> str:
	"""Return what submitting an order makes with it: its own kind, else its type's; blocked orders nothing."""
	return STANDARD if order_type.blocked else own or order_type.document_kind


def source_of(own: str | None, order_type: OrderType, is_goods: bool) -> str:
	"""Return where a row comes from: its own source, else its type's; services are never bought by type."""
	return own or (order_type.sourcing if is_goods else FROM_STOCK)


@dataclass(frozen=True)
class SourceRow:
	"""A row of a booked order as purchasing sees it.

	`needed` is what is to be bought for it now, in stock units: for Back-to-Back what stock does not
	give, for Drop Shipment all that is owed; both less what is on order for it already.
	"""

	row: str
	idx: int
	item_code: str
	source: str
	supplier: str
	needed: Decimal


@dataclass(frozen=True)
class Purchase:
	"""A document to make: a Purchase Order at a supplier, a Material Request where none is known."""

	source: str
	supplier: str
	quantities: Mapping[str, Decimal]

	@property
	def drop_ship(self) -> bool:
		return self.source == DROP_SHIPMENT


def source_violations(rows: Iterable[SourceRow]) -> list[Violation]:
	"""Return the rows that a supplier is to ship, of which nobody says which supplier."""
	return [
		violation("no_supplier", row=row.idx, item=row.item_code)
		for row in rows
		if row.source == DROP_SHIPMENT and row.needed > 0 and not row.supplier
	]


def purchases(rows: Iterable[SourceRow]) -> list[Purchase]:
	"""Return the documents to make: one for each source and supplier, in the order of their first rows."""
	found: dict[tuple[str, str], dict[str, Decimal]] = {}
	for row in rows:
		if row.source in (BACK_TO_BACK, DROP_SHIPMENT) and row.needed > 0:
			found.setdefault((row.source, row.supplier), {})[row.row] = row.needed
	return [Purchase(source, supplier, of_rows) for (source, supplier), of_rows in found.items()]


def needed(source: str, owed: Decimal, short: Decimal, on_order: Decimal) -> Decimal:
	"""Return what is to be bought for a row now; see `SourceRow`."""
	wanted = {DROP_SHIPMENT: owed, BACK_TO_BACK: min(short, owed)}.get(source, ZERO)
	return max(wanted - on_order, ZERO)


def prints_at(order_type: OrderType, preferred: str | None, submitted: bool) -> bool:
	"""Return whether saving (or submitting) an order opens its print: by its type, else as preferred.

	On Save means drafts; what is booked is printed at its submit either way.
	"""
	moment = order_type.print_on_save or preferred or NEVER
	return moment in ((ON_SAVE, ON_SUBMIT) if submitted else (ON_SAVE,))
