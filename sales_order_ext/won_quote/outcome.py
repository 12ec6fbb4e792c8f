"""What finishing a pass does: the order's rows, the actions, and what becomes of quotation and opportunity.

Invariant: what `planned_actions` says is what a pass does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from sales_order_ext.decimals import ZERO, rounded, text
from sales_order_ext.won_quote import conversion, sourcing
from sales_order_ext.won_quote.facts import (
	CONVERTED,
	ORDERED,
	PARTIALLY_ORDERED,
	POS,
	QUOTED,
	SALES_ORDER,
	WAREHOUSE,
	OrderRow,
	PlannedAction,
	QuoteRow,
	WinFacts,
	is_fully_ordered,
)


def order_rows(win: WinFacts) -> tuple[OrderRow, ...]:
	"""Return the rows of the order, in the quotation's sequence and at the quoted price."""
	return tuple(
		OrderRow(
			quotation_item=row.name,
			item_code=row.item_code,
			qty=choice.qty,
			rate=row.rate,
			amount=rounded(choice.qty * row.rate, win.quote.precision),
			warehouse=choice.warehouse,
			charge_to=conversion.charge_of(row, choice),
			source=choice.source,
			supplier=choice.supplier,
		)
		for row, choice in sourcing.ordered(win)
	)


def planned_actions(win: WinFacts) -> tuple[PlannedAction, ...]:
	"""Return what finishing does, in the order in which it is done."""
	if not order_rows(win):
		return ()
	return (
		*_target_actions(win),
		*_order_actions(win),
		*_kind_actions(win),
		*_subscription_actions(win),
		*(PlannedAction("Lose Quotation", "Quotation", {"name": name}, name) for name in win.losing),
		*_status_actions(win),
		*(PlannedAction("Notify", "User", {"user": user}, user) for user in win.notify),
	)


def _target_actions(win: WinFacts) -> Iterable[PlannedAction]:
	if win.quote.new_customer:
		yield PlannedAction("Create Customer", "Customer", {"party": win.quote.new_customer})
	after = win.after
	wanted = conversion.targets(win)
	if "Project" in wanted and after.project:
		name = after.project.name
		yield PlannedAction("Activate Project", "Project", {"name": name}, name)
	elif "Project" in wanted and after.project_template:
		facts = {"template": after.project_template}
		yield PlannedAction("Create Project from Template", "Project", facts)
	elif "Project" in wanted:
		yield PlannedAction("Create Project", "Project", {})
	if "Contract" in wanted:
		yield PlannedAction("Create Contract", "Contract", {})
	if "Issue" in wanted and after.issue_type:
		yield PlannedAction("Create Ticket of a Type", "Issue", {"type": after.issue_type})
	elif "Issue" in wanted:
		yield PlannedAction("Create Ticket", "Issue", {})


def _order_actions(win: WinFacts) -> Iterable[PlannedAction]:
	rows = order_rows(win)
	total = sum((row.amount for row in rows), ZERO)
	facts = {"rows": len(rows), "total": total, "currency": win.quote.currency}
	yield PlannedAction("Create Sales Order", SALES_ORDER, facts)
	for doctype, items in conversion.charges(win).items():
		yield PlannedAction(f"Charge to {doctype}", doctype, {"items": ", ".join(items)})
	yield PlannedAction("Submit Sales Order", SALES_ORDER, {})
	if win.reserves and any(row.is_stocked for row in _handed_over_here(win)):
		yield PlannedAction("Reserve Stock", SALES_ORDER, {})
	for one in sourcing.purchases(win):
		told = {"items": ", ".join(f"{text(qty)} × {row.item_code}" for row, qty in one.rows)}
		if one.supplier:
			yield PlannedAction("Create Purchase Order", "Purchase Order", {"supplier": one.supplier, **told})
		else:
			yield PlannedAction("Create Material Request", "Material Request", told)
	for row in sourcing.back_ordered(win):
		yield PlannedAction("Create Back Order", "Back Order", {"item": row.item_code})


def _kind_actions(win: WinFacts) -> Iterable[PlannedAction]:
	if not win.has_types or win.kind not in (WAREHOUSE, POS) or not hands_over(win):
		return
	yield PlannedAction("Create Delivery Note", "Delivery Note", {})
	if win.kind == POS:
		yield PlannedAction("Create Sales Invoice", "Sales Invoice", {})
		if win.mode_of_payment and any(row.amount for row in order_rows(win)):
			yield PlannedAction("Create Payment Entry", "Payment Entry", {"mode": win.mode_of_payment})


def hands_over(win: WinFacts) -> bool:
	"""Return whether anything can be delivered at once: what needs no stock goes with goods, or without any."""
	rows = _handed_over_here(win)
	free = {row.name: win.market[row.name].free for row in rows if row.name in win.market}
	goods = [row for row in rows if free.get(row.name) is not None]
	return any(free[row.name] > 0 for row in goods) if goods else bool(rows)


def _handed_over_here(win: WinFacts) -> list[QuoteRow]:
	return [row for row, choice in sourcing.ordered(win) if not sourcing.is_shipped(win, row, choice)]


def _subscription_actions(win: WinFacts) -> Iterable[PlannedAction]:
	for plans in conversion.subscriptions(win):
		told = ", ".join(f"{text(qty)} × {plan.name}" for plan, qty in plans)
		yield PlannedAction("Create Subscription", "Subscription", {"plans": told})


def _status_actions(win: WinFacts) -> Iterable[PlannedAction]:
	status = quotation_status_after(win)
	yield PlannedAction(
		"Update Quotation", "Quotation", {"name": win.quote.name, "status": status}, win.quote.name
	)
	opportunity = win.quote.opportunity
	if opportunity and opportunity_status_after(win) != opportunity.status:
		facts = {"name": opportunity.name, "status": opportunity_status_after(win)}
		yield PlannedAction("Update Opportunity", "Opportunity", facts, opportunity.name)


def rows_after(win: WinFacts) -> tuple[QuoteRow, ...]:
	"""Return the quotation's rows as they are when the order is submitted and subscriptions are made."""
	taken = {row.name: choice.qty for row, choice in conversion.chosen(win)}
	return tuple(
		replace(row, ordered_qty=row.ordered_qty + taken.get(row.name, ZERO)) for row in win.quote.rows
	)


def quotation_status(rows: Sequence[QuoteRow]) -> str:
	"""Return the status of a submitted quotation of which something has been ordered."""
	return ORDERED if is_fully_ordered(rows) else PARTIALLY_ORDERED


def quotation_status_after(win: WinFacts) -> str:
	"""Return what the quotation's status becomes."""
	return quotation_status(rows_after(win))


def opportunity_status_after(win: WinFacts) -> str:
	"""Return what the opportunity's status becomes: it is converted by a fully ordered quotation only."""
	return CONVERTED if quotation_status_after(win) == ORDERED else QUOTED


def carried_share(win: WinFacts) -> tuple[Decimal, Decimal]:
	"""Return the part of the quotation's value ordered before this pass, and after it.

	Both are between 0 and 1; the first pass starts at 0 and the one that orders the last rest ends at 1,
	whatever alternatives cost.
	"""
	after = rows_after(win)
	total = sum((row.quoted_qty * row.rate for row in after if not row.is_alternative), ZERO)
	return _share(win.quote.rows, total), _share(after, total)


def _share(rows: Sequence[QuoteRow], total: Decimal) -> Decimal:
	if is_fully_ordered(rows):
		return Decimal(1)
	ordered = sum((row.ordered_qty * row.rate for row in rows), ZERO)
	return min(ordered / total, Decimal(1)) if total else ZERO


def share_of(amount: Decimal, share: tuple[Decimal, Decimal], precision: int) -> Decimal:
	"""Return this pass's part of a fixed amount of the quotation (a discount, a charge).

	The parts of all passes add up to the amount exactly.
	"""
	before, after = share
	return rounded(amount * after, precision) - rounded(amount * before, precision)


def quotation_status_restored(before: str, rows: Sequence[QuoteRow]) -> str:
	"""Return the quotation's status once a pass is undone; `rows` count the remaining orders."""
	if any(row.ordered_qty > 0 for row in rows):
		return quotation_status(rows)
	return "Open" if before in ("", ORDERED, PARTIALLY_ORDERED) else before
