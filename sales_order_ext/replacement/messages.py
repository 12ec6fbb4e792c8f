"""The room's sentences."""

from __future__ import annotations

from collections.abc import Sequence

import frappe
from frappe import _, _lt
from frappe.utils import fmt_money

from sales_order_ext import errors
from sales_order_ext.errors import (
	AlreadyReplacedError,
	BelowBilledError,
	BelowDeliveredError,
	DeliveredRowRemovedError,
	Messages,
	OriginalChangedError,
	ReplacementNotAllowedError,
)
from sales_order_ext.violations import Violation

# Facts that are amounts; they are written in the currency of the fact beside them.
AMOUNTS = ("amount", "billed", "paid", "total")

MESSAGES: Messages = {
	"not_permitted": (
		_lt("You may not cancel and replace orders. Ask somebody with the role {role}."),
		ReplacementNotAllowedError,
	),
	"not_permitted_native": (
		_lt(
			"You may not cancel and replace {order}. It takes the right to cancel, create and submit sales orders."
		),
		ReplacementNotAllowedError,
	),
	"not_booked": (
		_lt("{order} is not booked. Change it directly, or submit it first."),
		ReplacementNotAllowedError,
	),
	"not_open": (
		_lt("{order} is {status}. Re-open it before you replace it."),
		ReplacementNotAllowedError,
	),
	"inverse": (
		_lt("{order} reverses a replaced order and cannot be replaced itself. Use the replacement."),
		ReplacementNotAllowedError,
	),
	"subcontracted": (
		_lt("{order} is subcontracted; such orders cannot be replaced. Cancel and amend it instead."),
		ReplacementNotAllowedError,
	),
	"no_draft": (
		_lt("{order} has no open replacement. Start one with Cancel and Replace."),
		ReplacementNotAllowedError,
	),
	"discarded": (
		_lt("{order} was discarded and never replaced {original}. Start another with Cancel and Replace."),
		ReplacementNotAllowedError,
	),
	"draft_open": (
		_lt("{order} has the open replacement {draft}. Confirm or abandon it first."),
		ReplacementNotAllowedError,
	),
	"workflow": (
		_lt("{draft} follows the workflow {workflow}. Book it by the actions of the workflow."),
		ReplacementNotAllowedError,
	),
	"already_replaced": (
		_lt("{order} is already replaced by {replacement}. Work on {replacement} instead."),
		AlreadyReplacedError,
	),
	"replaced": (
		_lt("{order} was cancelled by a replacement. Use {replacement} instead."),
		AlreadyReplacedError,
	),
	"replacement_cancelled": (
		_lt(
			"{order} was cancelled by the replacement {replacement}, which is cancelled too."
			" Amend {replacement}, or enter a new order."
		),
		AlreadyReplacedError,
	),
	"original_not_open": (
		_lt("{order} is no longer open. Abandon {draft}, re-open {order} and start again."),
		OriginalChangedError,
	),
	"original_changed": (
		_lt("Rows of {order} were changed since {draft} was started. Abandon {draft} and start again."),
		OriginalChangedError,
	),
	"header_changed": (
		_lt("{field} must stay {value}, because {order} has deliveries, invoices, payments or purchases."),
		ReplacementNotAllowedError,
	),
	"foreign_row": (
		_lt("Row {row} names a row that {order} does not have. Remove it and add it anew."),
		ReplacementNotAllowedError,
	),
	"duplicate_row": (
		_lt(
			"Row {row} ({item}) replaces a row that another row replaces already. Remove it and add it anew."
		),
		ReplacementNotAllowedError,
	),
	"row_removed": (
		_lt("Row {row} ({item}) has {qty} delivered, ordered or in work. Keep the row."),
		DeliveredRowRemovedError,
	),
	"row_billed": (
		_lt("Row {row} ({item}) is invoiced for {billed}. Keep the row, or credit the invoice first."),
		DeliveredRowRemovedError,
	),
	"row_linked": (
		_lt("Row {row} ({item}) is used in {documents}. Keep the row, or delete or cancel those first."),
		DeliveredRowRemovedError,
	),
	"packed_removed": (
		_lt(
			"Part {item} of bundle {bundle} is ordered or picked but no longer in the bundle. Put it back first."
		),
		DeliveredRowRemovedError,
	),
	"below_delivered": (
		_lt("Row {row} ({item}): {delivered} already delivered, {qty} asked for. Keep at least {delivered}."),
		BelowDeliveredError,
	),
	"below_billed": (
		_lt(
			"Row {row} ({item}): {billed} already billed, the row amounts to {amount}. Credit the rest first."
		),
		BelowBilledError,
	),
	"goods_changed": (
		_lt("Row {row} ({item}) is in use. Keep its item and unit ({uom}); add another row for other goods."),
		ReplacementNotAllowedError,
	),
	"below_ordered": (
		_lt("Row {row} ({item}): {done} ordered or requested from suppliers, only {qty} sold."),
		ReplacementNotAllowedError,
	),
	"below_work_order": (
		_lt("Row {row} ({item}): {done} in work orders, only {qty} sold."),
		ReplacementNotAllowedError,
	),
	"below_picked": (
		_lt("Row {row} ({item}): {done} picked, only {qty} sold."),
		ReplacementNotAllowedError,
	),
	"over_advance": (
		_lt("{paid} is paid, the order now amounts to {total}. Unreconcile the payment to free the rest."),
		ReplacementNotAllowedError,
	),
	"advance_on_first": (
		_lt(
			"{paid} is paid in advance. It goes to {draft}, which amounts to {total}."
			" Unreconcile the payment to use the rest for the others."
		),
		ReplacementNotAllowedError,
	),
	"inter_company_differs": (
		_lt(
			"{draft} differs from {order}, which stands on a purchase order of another company."
			" Change that purchase order too."
		),
		ReplacementNotAllowedError,
	),
	"above_quotation": (
		_lt(
			"Row {row} ({item}): the quotation has {left} left. Order no more,"
			" or take the row off the quotation."
		),
		ReplacementNotAllowedError,
	),
	"plan_dropped": (
		_lt("Row {row} ({item}): its delivery schedule does not fit any more. Make it again."),
		ReplacementNotAllowedError,
	),
	"left_behind": (
		_lt("These still name {order}: {documents}. Point them to the replacement if they belong to it."),
		ReplacementNotAllowedError,
	),
	"one_part": (
		_lt("All rows would go together. Choose some of the rows to split {order}."),
		ReplacementNotAllowedError,
	),
}


def throw_all(violations: Sequence[Violation]) -> None:
	"""Throw one error naming every violation; return quietly when there is none."""
	errors.throw_all([_in_words(one) for one in violations], MESSAGES)


def sentence(violation: Violation) -> str:
	"""Return the translated sentence of a violation."""
	return errors.sentence(_in_words(violation), MESSAGES)


def _in_words(violation: Violation) -> Violation:
	"""Return the violation with amounts in their currency, and a field by its label."""
	facts = dict(violation.facts)
	if "currency" in facts:
		facts |= {
			name: fmt_money(facts[name], currency=facts["currency"]) for name in AMOUNTS if name in facts
		}
	if "field" in facts:
		facts["field"] = _(frappe.get_meta("Sales Order").get_label(facts["field"]))
	return Violation(violation.code, facts)
