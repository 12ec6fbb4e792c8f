"""What people read when a rule of the life cycle is broken."""

from __future__ import annotations

from frappe import _lt

from sales_order_ext.errors import CannotBeSentError, Messages, StatusFollowsError

MESSAGES: Messages = {
	"status_follows": (
		_lt("{order} stays {status}: the status follows its documents. Deliver, invoice or date the order."),
		StatusFollowsError,
	),
	"sent_cancelled": (
		_lt("{order} is cancelled and cannot be sent. Amend it and send the new order."),
		CannotBeSentError,
	),
	"sent_replaced": (
		_lt("{order} was replaced and cannot be sent. Send the order that replaces it."),
		CannotBeSentError,
	),
}
