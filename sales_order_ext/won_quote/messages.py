"""The room's sentences: why a quotation cannot be won or a pass not be undone, and what a pass does."""

from __future__ import annotations

from frappe import _lt

from sales_order_ext import errors

Blocked = errors.QuoteWinBlockedError
Undo = errors.UndoNotAllowedError

MESSAGES: errors.Messages = {
	"not_permitted": (
		_lt(
			"You may not win quotation {quotation}: you need to read it, and to create and submit its sales"
			" order. Ask a system manager for the rights."
		),
		errors.QuoteWinNotPermittedError,
	),
	"win_undone": (_lt("This pass was undone. Start again from quotation {quotation}."), Blocked),
	"procurement_disabled": (
		_lt("Winning quotations is switched off. Switch on Procurement in Sales Order Ext Settings."),
		Blocked,
	),
	"quotation_not_submitted": (_lt("Quotation {quotation} is not submitted. Submit it first."), Blocked),
	"quotation_lost": (_lt("Quotation {quotation} is lost. Amend it or make a new one."), Blocked),
	"quotation_expired": (
		_lt(
			"Quotation {quotation} has expired (valid till: {valid_till}). Amend it with a later date or make a new one."
		),
		Blocked,
	),
	"quotation_fully_ordered": (
		_lt("Quotation {quotation} is fully ordered. Make a new quotation for more."),
		Blocked,
	),
	"opportunity_closed": (_lt("Opportunity {opportunity} is {status}. Reopen it first."), Blocked),
	"nothing_included": (_lt("No row is included. Include at least one."), Blocked),
	"no_product_item": (
		_lt("No included row is a product. An order needs at least one row of kind Product."),
		Blocked,
	),
	"row_not_on_quotation": (
		_lt("Row {row} is not on the quotation any more. Start again from the quotation."),
		Blocked,
	),
	"row_repeated": (_lt("Row {row}: {item} repeats an earlier row. Remove one of them."), Blocked),
	"qty_not_positive": (
		_lt("Row {row}: {item} needs a quantity above zero. Enter one or do not include the row."),
		Blocked,
	),
	"qty_above_remaining": (
		_lt("Row {row}: {qty} of {item} is more than the {remaining} that remain. Enter less."),
		Blocked,
	),
	"qty_not_whole": (
		_lt("Row {row}: {item} is sold in whole numbers, {qty} is none. Enter a whole number."),
		Blocked,
	),
	"delivery_before_order": (
		_lt("Delivery date {delivery} is before order date {ordered}. Choose a later delivery date."),
		Blocked,
	),
	"expired_accepted": (
		_lt(
			"Quotation {quotation} has expired (valid till: {valid_till}); Selling Settings allow to order it still."
		),
		Blocked,
	),
	"alternatives_together": (
		_lt("These are alternatives of each other, yet all are ordered: {items}."),
		Blocked,
	),
	"quantity_not_quoted": (
		_lt("Not part of the order, as no quantity is quoted: {items}. Add them to the order by hand."),
		Blocked,
	),
	"target_not_permitted": (
		_lt("You may not make or change a {doctype}. Ask for the right, or choose something else."),
		errors.QuoteWinNotPermittedError,
	),
	"project_of_others": (
		_lt("Project {project} is of another customer or company. Choose another, or leave it empty."),
		Blocked,
	),
	"holidays_missing": (
		_lt("Template {template} plans by holidays. Set the company's default holiday list first."),
		Blocked,
	),
	"charge_of_goods": (
		_lt("Row {row}: {item} is goods and goes on the order. Convert it to Sales Order."),
		Blocked,
	),
	"charge_of_labour": (
		_lt("Row {row}: {item} is labour and billed from time sheets. Convert it to Sales Order."),
		Blocked,
	),
	"plan_missing": (
		_lt("Row {row}: {item} has no subscription plan. Choose one, or convert the row to Sales Order."),
		Blocked,
	),
	"plan_currency": (
		_lt(
			"Row {row}: plan {plan} of {item} is not in {currency}, the customer's billing currency."
			" Choose another plan."
		),
		Blocked,
	),
	"supplier_missing": (
		_lt("Row {row}: {item} is shipped by a supplier. Choose which one."),
		Blocked,
	),
	"not_reorderable": (
		_lt(
			"Row {row}: {item} cannot be reordered, and of {qty} only {available} can be had. Enter less, or"
			" choose another source."
		),
		Blocked,
	),
	"nothing_bought": (
		_lt("{item} is not bought for the order: that needs Order Types, and a type that does not wait."),
		Blocked,
	),
	"lost_reason_missing": (
		_lt("Choose why these quotations are lost, or do not mark them: {quotations}."),
		Blocked,
	),
	"credit_limit": (
		_lt(
			"With this order the customer owes {owed}, above the credit limit of {limit}."
			" Collect a payment or have the limit raised."
		),
		Blocked,
	),
	"price_too_low": (
		_lt(
			"{item} is sold at {rate}, below its valuation or last purchase rate of {floor}."
			" Quote a higher price; Selling Settings forbid this one."
		),
		Blocked,
	),
	"margin_below_valuation": (
		_lt("{item} is sold at {rate}, below its valuation or last purchase rate of {floor}."),
		Blocked,
	),
	"price_missing": (_lt("{item} has no price: it is sold for nothing."), Blocked),
	"price_expired": (
		_lt("The price of {item} in the price list is no longer valid. The quoted price holds."),
		Blocked,
	),
	"plan_price_differs": (
		_lt("{item} is quoted at {rate}, but plan {plan} bills {price}. Choose a plan of that price."),
		Blocked,
	),
	"shortage": (_lt("{item}: {short} more than the {free} that are free."), Blocked),
	"kind_without_types": (
		_lt(
			"Document kind {kind} needs Order Types, which are switched off: the order is booked and no more."
		),
		Blocked,
	),
	"lose_ordered": (
		_lt(
			"Opportunity {opportunity} has quotations with orders: {quotations}. Cancel the orders first, or close"
			" the opportunity."
		),
		errors.OpportunityLostError,
	),
	"lose_converted": (
		_lt("Opportunity {opportunity} is converted. Reopen it first."),
		errors.OpportunityLostError,
	),
	"reason_missing": (_lt("Give at least one reason."), errors.OpportunityLostError),
	"undo_not_permitted": (
		_lt("You may not cancel sales order {order}. Ask somebody who may."),
		errors.QuoteWinNotPermittedError,
	),
	"undo_delivered": (
		_lt("Sales order {order} has deliveries: {documents}. Cancel or delete them first."),
		Undo,
	),
	"undo_invoiced": (
		_lt("Sales order {order} has invoices: {documents}. Cancel or delete them first."),
		Undo,
	),
	"undo_paid": (_lt("Sales order {order} has payments: {documents}. Cancel or delete them first."), Undo),
	"undo_received": (
		_lt(
			"What was bought for sales order {order} is under way: {documents}. Cancel or delete that first."
		),
		Undo,
	),
	"undo_replaced": (
		_lt(
			"Sales order {order} was amended or replaced by another order. Cancel and delete that one first."
		),
		Undo,
	),
}

# What a pass does, by the name of the action.
DESCRIPTIONS: dict[str, object] = {
	"Create Customer": _lt("Customer from {party}"),
	"Activate Project": _lt("Project {name} becomes active"),
	"Create Project": _lt("Project for the customer"),
	"Create Project from Template": _lt("Project for the customer, from template {template}"),
	"Create Contract": _lt("Contract with the customer, to be signed"),
	"Create Ticket": _lt("Ticket of the customer"),
	"Create Ticket of a Type": _lt("Ticket of type {type}"),
	"Create Sales Order": _lt("Sales order of {total}, rows: {rows}"),
	"Charge to Project": _lt("Charged to the project: {items}"),
	"Charge to Contract": _lt("Charged to the contract: {items}"),
	"Charge to Issue": _lt("Charged to the ticket: {items}"),
	"Submit Sales Order": _lt("The sales order is submitted"),
	"Reserve Stock": _lt("Stock is reserved for the order as far as it is free"),
	"Create Purchase Order": _lt("Purchase order to {supplier}: {items}"),
	"Create Material Request": _lt("Material request: {items}"),
	"Create Back Order": _lt("Back order for what is short of {item}"),
	"Create Delivery Note": _lt("The delivery is booked"),
	"Create Sales Invoice": _lt("The invoice is booked"),
	"Create Payment Entry": _lt("The payment is booked: {mode}"),
	"Create Subscription": _lt("Subscription: {plans}"),
	"Lose Quotation": _lt("Quotation {name} is marked lost"),
	"Update Quotation": _lt("Quotation {name} becomes {status}"),
	"Update Opportunity": _lt("Opportunity {name} becomes {status}"),
	"Notify": _lt("{user} is notified"),
}

# What follows a row of the wizard, by the code that the rules give it.
FOLLOWING: dict[str, object] = {
	"subscribe": _lt("Billed by a subscription"),
	"charge": _lt("On the order, as {charge}"),
	"ship_direct": _lt("Supplier ships to the customer"),
	"buy": _lt("Bought for the order: {short}"),
	"reserve": _lt("Reserved"),
	"back_order": _lt("Back order: {short}"),
	"deliver": _lt("Delivered from stock"),
	"wait": _lt("Waits for stock: {short}"),
	"order": _lt("On the order"),
}
