"""The room's sentences."""

from __future__ import annotations

from collections.abc import Mapping

from frappe import _lt

from sales_order_ext.errors import Messages, OrderTypeError, ProcessingBlockedError, SupplierMissingError

MESSAGES: Messages = {
	"type_disabled": (
		_lt("Sales Order Type {type} is disabled. Choose another type, or enable it first."),
		OrderTypeError,
	),
	"not_booked": (
		_lt(
			"Sales Order {order} is not booked. Submit it first; the type of a draft is changed on its form."
		),
		OrderTypeError,
	),
	"order_closed": (_lt("Sales Order {order} is closed or on hold. Re-open it first."), OrderTypeError),
	"same_type": (_lt("Sales Order {order} is a {type} already. Choose another type."), OrderTypeError),
	"not_waiting": (
		_lt("Sales Order {order} is a {type} and does not wait. Change its type on its own form."),
		OrderTypeError,
	),
	"no_supplier": (
		_lt("Row {row}: name the supplier that ships {item} to the customer."),
		SupplierMissingError,
	),
	"processing_blocked": (
		_lt(
			"Sales Order {order} is a {type}: no {door} may be made for it. "
			"Change its order type first (Change Order Type on the order)."
		),
		ProcessingBlockedError,
	),
	"from_order_only": (
		_lt(
			"Sales Order {order} is a {type}: it is left out of batches and of documents for several orders. "
			"Make the {door} from the order itself."
		),
		ProcessingBlockedError,
	),
}

# What a type does, in the words of the order's form; by the codes of `rules.explanation`.
EXPLANATIONS: Mapping[str, object] = {
	"reserves": _lt("Reserves stock when it is submitted."),
	"reserves_nothing": _lt("Reserves no stock."),
	"allowed": _lt("Can be delivered and invoiced."),
	"from_order_only": _lt("Is delivered and invoiced from its own form only; batches leave it out."),
	"blocked": _lt("Is not delivered, invoiced or picked until its type is changed."),
	"back_orders_on_submit": _lt("What is short goes on back order when it is submitted."),
	"back_orders_on_processing": _lt("What is short goes on back order when it is processed."),
	"back_orders_never": _lt("Nothing goes on back order."),
	"waits": _lt("Waits until it is activated: on its date, by a batch from the list, or by hand."),
	"Back-to-Back": _lt("What stock does not give is bought for it, and reserved for it when it arrives."),
	"Drop Shipment": _lt("The supplier ships to the customer; no stock moves here."),
	"Warehouse": _lt("Submitting it also submits the delivery of what is there."),
	"POS": _lt("Submitting it also submits delivery and invoice, and the payment where it is paid."),
	"Mixed": _lt("Sells and takes back."),
	"Returns": _lt("Takes back."),
}
