"""What the room says when a rule is not kept."""

from frappe import _lt

from sales_order_ext.errors import CopyLinesError, Messages, ReturnRowError

MESSAGES: Messages = {
	"not_draft": (
		_lt("{order} is no draft. Rows are appended to drafts only; use Update Items on a submitted order."),
		CopyLinesError,
	),
	"no_rows": (_lt("There are no rows to copy. Choose at least one."), CopyLinesError),
	"too_many_rows": (_lt("{count} rows are too many at once. Choose at most {most}."), CopyLinesError),
	"source_not_found": (
		_lt("Row {row}: there is no order row {source} that you may read. Search again and choose anew."),
		CopyLinesError,
	),
	"no_item": (_lt("Row {row}: the item is missing. Name an item or a row sold before."), CopyLinesError),
	"other_item": (
		_lt("Row {row}: {item_code} was asked for, but the row sold before has {sold}. Choose it anew."),
		CopyLinesError,
	),
	"no_quantity": (_lt("Row {row}: the quantity must be above zero. Enter how many."), CopyLinesError),
	"negative_price": (
		_lt("Row {row}: the price may not be negative. Enter a price of zero or more."),
		CopyLinesError,
	),
	"no_price": (
		_lt("Row {row}: there is no price to keep. Enter one, or let the price be calculated."),
		CopyLinesError,
	),
	"other_currency": (
		_lt(
			"Row {row}: its price is in {currency}, the order in {wanted}. Let the price be calculated,"
			" or enter one."
		),
		CopyLinesError,
	),
	"other_uom": (
		_lt(
			"Row {row}: its price is per {sold}, not per {uom}. Keep the unit, or let the price be calculated."
		),
		CopyLinesError,
	),
	"no_orders": (_lt("There are no orders to copy from. Choose at least one."), CopyLinesError),
	"order_not_copyable": (
		_lt("{order} cannot be copied: it is cancelled, replaced, or you may not read it. Leave it out."),
		CopyLinesError,
	),
	"copy_of_itself": (_lt("{order} cannot be copied onto itself. Leave it out."), CopyLinesError),
	"price_not_kept": (
		_lt(
			"{item_code}: a pricing rule sets {rate} instead of the kept price {kept}. Tick Ignore Pricing Rule"
			" on the order, or let the price be calculated."
		),
		CopyLinesError,
	),
	"bad_days": (_lt("{value} days are none to look back. Enter one or more."), CopyLinesError),
	"no_returns_here": (
		_lt("Only orders of a Mixed or Returns type take goods back. Choose such a Sales Order Type."),
		ReturnRowError,
	),
	"goods_on_returns": (
		_lt("An order of returns alone sells nothing. Remove the items, or choose a Mixed type."),
		ReturnRowError,
	),
	"not_delivered": (
		_lt("Return row {row}: choose the delivered row that comes back. It must be submitted."),
		ReturnRowError,
	),
	"other_customer": (
		_lt("Return row {row}: {note} went to another customer or company, or is in another currency."),
		ReturnRowError,
	),
	"reason_disabled": (
		_lt("Return row {row}: choose a credit reason that is enabled, {reason} is not."),
		ReturnRowError,
	),
	"nothing_returned": (_lt("Return row {row}: enter how many come back."), ReturnRowError),
	"more_than_delivered": (
		_lt("Return row {row}: at most {left} can come back, the rest has been returned or credited."),
		ReturnRowError,
	),
	"not_invoiced": (
		_lt(
			"Return row {row}: not all of it is invoiced, so there is nothing to credit. Invoice {note} first,"
			" or choose a reason by which the goods come back."
		),
		ReturnRowError,
	),
	"returns_processed": (
		_lt("The returns of this order are processed. Cancel {documents} first."),
		ReturnRowError,
	),
}
