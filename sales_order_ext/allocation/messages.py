"""The room's sentences."""

from __future__ import annotations

from frappe import _lt

from sales_order_ext.errors import (
	Messages,
	NotReorderableError,
	ReleaseError,
	ReservationError,
	StockNotAvailableError,
)

MESSAGES: Messages = {
	"not_free": (
		_lt(
			"Only {free} of {item_code} in {warehouse} can be reserved for Sales Order {order} now, "
			"not {qty}. Reserve less, or receive more first."
		),
		StockNotAvailableError,
	),
	"not_reorderable": (
		_lt(
			"Row {row}: only {available} {uom} of {item_code} can be had in {warehouse}, not {qty}, and it cannot "
			"be reordered. Lower the quantity, or tick Shorten to What Is Available."
		),
		NotReorderableError,
	),
	"nothing_to_be_had": (
		_lt(
			"Row {row}: nothing of {item_code} can be had in {warehouse} (0 of {qty}), and it cannot be "
			"reordered. Take another warehouse or item."
		),
		NotReorderableError,
	),
	"forced_too_much": (
		_lt(
			"Row {row}: {forced} of {item_code} cannot be forced on back order, only {qty} are ordered. "
			"Lower it."
		),
		ReleaseError,
	),
	"nothing_named": (
		_lt("Choose at least one back order that still waits."),
		ReleaseError,
	),
	"not_booked": (
		_lt("Sales Order {order} is not submitted. Submit it to reserve stock for it."),
		ReservationError,
	),
	"order_closed": (
		_lt("Sales Order {order} is closed or on hold. Reopen it first."),
		ReservationError,
	),
	"type_allocates_nothing": (
		_lt("Sales Order {order} is of a type that reserves nothing. Change its type first."),
		ReservationError,
	),
}

# Why a back order got nothing, or not all.
REASONS = {
	"no_stock": _lt("Nothing is free. Order the shortage, or release it when stock arrives."),
	"partly": _lt("No more is free. The rest goes on waiting."),
	"no_whole_unit": _lt("Less is free than one of the unit it was ordered in."),
	"all_or_nothing": _lt("Too little is free, and Stock Settings does not allow reserving a part."),
	"not_needed": _lt("The row is delivered or reserved already."),
	"manual": _lt("It is filled by hand only. Choose it and release it, or set it to Automatic."),
	"not_booked": _lt("Its order is not booked."),
	"order_closed": _lt("Its order is closed. Re-open the order to serve it."),
	"order_on_hold": _lt("Its order is on hold. Resume the order to serve it."),
	"reservations_off": _lt(
		"Stock Reservations are switched off for its company. Switch them on to fill it."
	),
}

ON_ORDER = _lt("All of it is requested or ordered already.")
