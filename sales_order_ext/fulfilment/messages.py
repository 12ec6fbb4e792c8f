"""What the room says when a rule is not kept."""

from frappe import _lt

from sales_order_ext.errors import (
	ApprovalError,
	Messages,
	NoteError,
	RowsNotApprovedError,
	RowWaitsError,
	UnknownPageError,
)

MESSAGES: Messages = {
	"unknown_page": (
		_lt("{after} is no page of this feed. Open the feed again from its start."),
		UnknownPageError,
	),
	"rows_not_approved": (
		_lt("Row {rows} waits for approval. Ask somebody with the role {role} to approve it, then submit."),
		RowsNotApprovedError,
	),
	"no_approval_role": (
		_lt("Rows need no approval. To have them approved, choose a Row Approval Role in the settings."),
		ApprovalError,
	),
	"not_an_approver": (_lt("Rows are approved by the role {role}. Ask somebody who has it."), ApprovalError),
	"order_cancelled": (
		_lt("{order} is cancelled. There is nothing to approve any more; open its replacement or amendment."),
		ApprovalError,
	),
	"unknown_rows": (
		_lt("{order} has no rows {rows}. Load it again and choose among the rows it has now."),
		ApprovalError,
	),
	"empty_note": (_lt("The note is empty. Write something first."), NoteError),
	"foreign_document": (
		_lt("{doctype} {name} does not belong to {order}. Write the note on the document itself."),
		NoteError,
	),
	# Why a row waits.
	"not_booked": (_lt("{order} is a draft. Submit it."), RowWaitsError),
	"closed": (_lt("{order} is closed. Re-open it to go on."), RowWaitsError),
	"on_hold": (_lt("{order} is on hold. Resume it to go on."), RowWaitsError),
	"to_invoice": (_lt("{qty} is not invoiced yet."), RowWaitsError),
	"type_reserves_nothing": (
		_lt("Orders of the type {type} reserve nothing. Change the type."),
		RowWaitsError,
	),
	"type_blocked": (
		_lt("Orders of the type {type} are not delivered. Change the type first."),
		RowWaitsError,
	),
	"supplier_ships": (
		_lt("The supplier ships {qty} to the customer; receive the purchase order."),
		RowWaitsError,
	),
	"ready": (_lt("{qty} can be delivered now."), RowWaitsError),
	"free_but_unreserved": (_lt("{qty} is free, and nobody has reserved it yet."), RowWaitsError),
	"kept_for_others": (
		_lt(
			"{qty} lies there but is held, earmarked for others or never sold. Buy more, or have it released."
		),
		RowWaitsError,
	),
	"on_order": (_lt("{qty} is on order at the supplier."), RowWaitsError),
	"waits_though_free": (_lt("{qty} waits on back order, and {free} is free. Release it."), RowWaitsError),
	"waits_on_back_order": (_lt("{qty} waits on back order, promised for {day}."), RowWaitsError),
	"waits_without_date": (_lt("{qty} waits on back order, and nothing is on order yet."), RowWaitsError),
	"nothing_there": (_lt("{qty} is missing, and nothing is on order. Buy it."), RowWaitsError),
}
