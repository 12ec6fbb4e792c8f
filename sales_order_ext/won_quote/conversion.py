"""What the rows of a won quotation become: rows of the order, charges of something, or a subscription.

Invariant: every included row is either on the order or in one subscription, never in both, so nothing is
billed twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from sales_order_ext.decimals import text
from sales_order_ext.violations import Violation, violation
from sales_order_ext.won_quote.facts import (
	CHARGES,
	CONTRACT_CHARGE,
	FOLLOWING,
	PRODUCT,
	RECURRING,
	Choice,
	Plan,
	QuoteRow,
	WinFacts,
)

PROJECT, CONTRACT, ISSUE = "Project", "Contract", "Issue"
SUBSCRIPTION = "Subscription"


def chosen(win: WinFacts) -> Iterator[tuple[QuoteRow, Choice]]:
	"""Yield the included rows with what is wanted of them, in the quotation's sequence."""
	choices = {choice.quotation_item: choice for choice in win.choices if choice.include}
	return ((row, choices[row.name]) for row in win.quote.rows if row.name in choices)


def is_subscribed(row: QuoteRow, choice: Choice) -> bool:
	"""Return whether a row is billed by a subscription instead of the order."""
	return row.kind == RECURRING and choice.convert_to == CONTRACT_CHARGE


def charge_of(row: QuoteRow, choice: Choice) -> str | None:
	"""Return the DocType that a row of the order is a charge of, or None."""
	return None if is_subscribed(row, choice) else CHARGES.get(choice.convert_to)


def targets(win: WinFacts) -> tuple[str, ...]:
	"""Return the DocTypes that the pass makes (or activates) beside the order, in the order of making."""
	wanted = {CHARGES.get(choice.convert_to) for _row, choice in chosen(win)}
	wanted.add(FOLLOWING.get(win.after.action))
	return tuple(doctype for doctype in (PROJECT, CONTRACT, ISSUE) if doctype in wanted)


def subscriptions(win: WinFacts) -> list[list[tuple[Plan, Decimal]]]:
	"""Return the subscriptions to make, each of plans and quantities that bill in one cycle."""
	cycles: dict[tuple[int, str], list[tuple[Plan, Decimal]]] = {}
	for row, choice in chosen(win):
		if is_subscribed(row, choice) and choice.plan:
			cycles.setdefault(choice.plan.cycle, []).append((choice.plan, choice.qty))
	return list(cycles.values())


def charges(win: WinFacts) -> dict[str, list[str]]:
	"""Return {DocType: the items that become its charges}."""
	found: dict[str, list[str]] = {}
	for row, choice in chosen(win):
		doctype = charge_of(row, choice)
		if doctype:
			found.setdefault(doctype, []).append(row.item_code)
	return found


def blockers(win: WinFacts) -> list[Violation]:
	"""Return every reason why the rows cannot become what is chosen."""
	found = [*_target_blockers(win)]
	numbers = {choice.quotation_item: number for number, choice in enumerate(win.choices, 1)}
	for row, choice in chosen(win):
		found += _row_blockers(win, numbers[row.name], row, choice)
	return found


def _target_blockers(win: WinFacts) -> Iterable[Violation]:
	wanted = targets(win)
	made = [*wanted, *([SUBSCRIPTION] if subscriptions(win) else [])]
	for doctype in made:
		if doctype in win.after.forbidden:
			yield violation("target_not_permitted", doctype=doctype)
	project = win.after.project
	if project and project.is_foreign and PROJECT in wanted:
		yield violation("project_of_others", project=project.name)
	from_template = PROJECT in wanted and not project and win.after.project_template
	if from_template and not win.after.has_holidays:
		yield violation("holidays_missing", template=win.after.project_template)


def _row_blockers(win: WinFacts, number: int, row: QuoteRow, choice: Choice) -> Iterable[Violation]:
	item = {"row": number, "item": row.item_code}
	if choice.convert_to in CHARGES and row.kind == PRODUCT:
		yield violation("charge_of_goods", **item)
	elif choice.convert_to in CHARGES and row.is_labour:
		yield violation("charge_of_labour", **item)
	elif is_subscribed(row, choice):
		yield from _plan_blockers(win, choice, item)


def _plan_blockers(win: WinFacts, choice: Choice, item: dict[str, object]) -> Iterable[Violation]:
	plan = choice.plan
	if not plan:
		yield violation("plan_missing", **item)
	elif plan.currency != win.billing_currency:
		yield violation("plan_currency", plan=plan.name, currency=win.billing_currency, **item)
	if choice.qty != int(choice.qty):
		yield violation("qty_not_whole", qty=text(choice.qty), **item)
