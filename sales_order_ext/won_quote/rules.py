"""When a quotation may be won, when a pass may be undone, and when an opportunity may be lost or reopened.

Invariant: no pass orders more of a quotation row than remains of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sales_order_ext.decimals import text
from sales_order_ext.violations import Violation, violation
from sales_order_ext.won_quote import checks, conversion
from sales_order_ext.won_quote.facts import (
	CONVERTED,
	DROP_SHIPMENT,
	ORDERED,
	PARTIALLY_ORDERED,
	PRODUCT,
	RECURRING,
	SERVICE,
	UNDONE,
	Choice,
	OpportunityFacts,
	QuoteFacts,
	QuoteRow,
	UndoFacts,
	WinFacts,
	alternative_sets,
	is_fully_ordered,
)
from sales_order_ext.won_quote.outcome import order_rows


def kind_of(
	is_stock_item: bool, is_fixed_asset: bool, has_stocked_components: bool, has_plan: bool = False
) -> str:
	"""Return the kind of an item: goods that can be handed over, alone or in a bundle, or a service.

	A service that somebody made a subscription plan for is recurring.
	"""
	if is_stock_item or is_fixed_asset or has_stocked_components:
		return PRODUCT
	return RECURRING if has_plan else SERVICE


def default_choices(quote: QuoteFacts) -> tuple[Choice, ...]:
	"""Return a choice for each row of which something remains.

	Included is the whole rest, of a set of alternatives the one ordered before, else the main row.
	"""
	choices = []
	for rows in alternative_sets(quote.rows):
		begun = [row.name for row in rows if row.ordered_qty > 0]
		wanted = begun or [row.name for row in rows if not row.is_alternative]
		choices += [
			Choice(
				row.name,
				row.remaining_qty,
				include=row.name in wanted,
				convert_to=row.convert_to,
				source=DROP_SHIPMENT if row.ships else "",
				supplier=row.supplier if row.ships else None,
			)
			for row in rows
			if row.remaining_qty > 0
		]
	return tuple(choices)


def blockers(win: WinFacts, today: date) -> list[Violation]:
	"""Return every reason why the pass cannot be finished now."""
	if not win.permitted:
		return [not_permitted(win.quote.name)]
	if win.status == UNDONE:
		return [violation("win_undone", quotation=win.quote.name)]
	return [
		*_state_blockers(win, today),
		*_row_blockers(win),
		*conversion.blockers(win),
		*_head_blockers(win),
		*checks.blockers(win),
	]


def not_permitted(quotation: str) -> Violation:
	"""Return the violation of somebody who may not win the quotation; nothing else is told them."""
	return violation("not_permitted", quotation=quotation)


def _state_blockers(win: WinFacts, today: date) -> Iterable[Violation]:
	quote = win.quote
	if not win.enabled:
		yield violation("procurement_disabled")
	if quote.docstatus != 1:
		yield violation("quotation_not_submitted", quotation=quote.name)
	if quote.status == "Lost":
		yield violation("quotation_lost", quotation=quote.name)
	if is_expired(quote, today) and not quote.may_be_expired:
		yield violation("quotation_expired", quotation=quote.name, valid_till=quote.valid_till or "")
	if is_fully_ordered(quote.rows):
		yield violation("quotation_fully_ordered", quotation=quote.name)
	if quote.opportunity and is_closed(quote.opportunity):
		yield violation(
			"opportunity_closed", opportunity=quote.opportunity.name, status=quote.opportunity.status
		)


def _row_blockers(win: WinFacts) -> list[Violation]:
	if is_fully_ordered(win.quote.rows):
		return []
	included = [choice for choice in win.choices if choice.include]
	if not included:
		return [violation("nothing_included")]
	rows = {row.name: row for row in win.quote.rows}
	found = []
	if not any(rows[one.quotation_item].kind == PRODUCT for one in included if one.quotation_item in rows):
		found.append(violation("no_product_item"))
	seen: set[str] = set()
	for number, choice in enumerate(win.choices, 1):
		if choice.include:
			repeated = choice.quotation_item in seen
			found += _choice_blockers(number, choice, rows.get(choice.quotation_item), repeated)
			seen.add(choice.quotation_item)
	return found


def _choice_blockers(
	number: int, choice: Choice, row: QuoteRow | None, repeated: bool
) -> Iterable[Violation]:
	if row is None:
		yield violation("row_not_on_quotation", row=number)
	elif repeated:
		yield violation("row_repeated", row=number, item=row.item_code)
	elif choice.qty <= 0:
		yield violation("qty_not_positive", row=number, item=row.item_code)
	elif choice.qty > row.remaining_qty:
		yield violation(
			"qty_above_remaining",
			row=number,
			item=row.item_code,
			qty=text(choice.qty),
			remaining=text(row.remaining_qty),
		)
	elif row.whole_number and choice.qty != int(choice.qty):
		yield violation("qty_not_whole", row=number, item=row.item_code, qty=text(choice.qty))


def _head_blockers(win: WinFacts) -> Iterable[Violation]:
	if win.losing and not win.lost_reason:
		yield violation("lost_reason_missing", quotations=", ".join(win.losing))
	if win.delivery_date < win.transaction_date:
		yield violation("delivery_before_order", delivery=win.delivery_date, ordered=win.transaction_date)


def warnings(win: WinFacts, today: date) -> list[Violation]:
	"""Return what the user should know before finishing, though nothing of it forbids it."""
	found = []
	if is_expired(win.quote, today) and win.quote.may_be_expired:
		found.append(
			violation("expired_accepted", quotation=win.quote.name, valid_till=win.quote.valid_till or "")
		)
	chosen = {row.quotation_item for row in order_rows(win)}
	for rows in alternative_sets(win.quote.rows):
		together = [row.item_code for row in rows if row.name in chosen]
		if len(together) > 1:
			found.append(violation("alternatives_together", items=", ".join(together)))
	unquoted = [row.item_code for row in win.quote.rows if not row.quoted_qty]
	if unquoted:
		found.append(violation("quantity_not_quoted", items=", ".join(unquoted)))
	return [*found, *checks.warnings(win)]


def is_expired(quote: QuoteFacts, today: date) -> bool:
	"""Return whether the quotation is valid no longer."""
	return quote.status == "Expired" or bool(quote.valid_till and quote.valid_till < today)


def is_closed(opportunity: OpportunityFacts) -> bool:
	"""Return whether the opportunity must be reopened before anything of it can be won."""
	converted = opportunity.status == CONVERTED and opportunity.has_ordered_quotation
	return converted or opportunity.status in ("Closed", "Lost")


def undo_blockers(facts: UndoFacts) -> list[Violation]:
	"""Return every reason why a finished pass cannot be undone."""
	if not facts.permitted:
		return [violation("undo_not_permitted", order=facts.order)]
	held: Mapping[str, tuple[str, ...]] = {
		"undo_delivered": facts.deliveries,
		"undo_invoiced": facts.invoices,
		"undo_paid": facts.payments,
		"undo_received": facts.receipts,
	}
	found = [
		violation(code, order=facts.order, documents=", ".join(names))
		for code, names in held.items()
		if names
	]
	return [*found, *([violation("undo_replaced", order=facts.order)] if facts.is_replaced else [])]


def lose_blockers(name: str, status: str, ordered: Sequence[str], reasons: Sequence[str]) -> list[Violation]:
	"""Return every reason why an opportunity cannot be lost; `ordered`: its quotations with orders."""
	found = []
	if ordered:
		found.append(violation("lose_ordered", opportunity=name, quotations=", ".join(ordered)))
	elif status == CONVERTED:
		found.append(violation("lose_converted", opportunity=name))
	if not reasons:
		found.append(violation("reason_missing"))
	return found


def reopened_status(has_open_quotation: bool) -> str:
	"""Return the status of an opportunity that is opened again."""
	return "Quotation" if has_open_quotation else "Open"


def has_orders(status: str) -> bool:
	"""Return whether a quotation of this status has orders, so that it is not lost."""
	return status in (ORDERED, PARTIALLY_ORDERED)


def needs_reopening(opportunity: OpportunityFacts) -> bool:
	"""Return whether there is something to reopen: an opportunity that is over, in whatever way."""
	return opportunity.status in ("Closed", "Lost", CONVERTED)
