"""Why each row of an order is or is not invoiced on a day, in words that a clerk can read out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from frappe.utils import formatdate

from sales_order_ext import errors
from sales_order_ext.invoicing import calendar, planning, records, rules
from sales_order_ext.invoicing.facts import (
	BY_SCHEDULE,
	CustomerFacts,
	OrderFacts,
	Plan,
	Verdict,
)
from sales_order_ext.invoicing.messages import MESSAGES, TERM_SENTENCES
from sales_order_ext.violations import Violation

# Which of several reasons names an order best: what somebody can do something about comes first.
BY_WEIGHT = ("customer_blocked", "customer_held", "below_minimum", "order_on_hold", "order_closed", "type_blocked",
	"type_from_order_only", "schedule_missing", "no_term", "do_not_invoice", "order_not_delivered",
	"waits_for_schedule", "not_delivered", "goes_with_goods", "free_of_charge")  # fmt: skip

FINISHED = ("invoiced", "billed_in_full", "no_quantity", "due")


def explain(order: OrderFacts, customer: CustomerFacts, day: date) -> dict[str, Any]:
	"""Return the verdict on each row of an order with its sentence, and a summary to read out."""
	verdicts = rules.verdicts(order, day, customer.schedule)
	hold = _group_hold(order, day)
	rows = [_row(verdict, hold, day) for verdict in verdicts]
	period = _next_period(order, customer, day)
	return {
		"sales_order": order.name,
		"invoice_term": order.term,
		"as_of": day,
		"next_invoice_date": period.invoice_date if period else None,
		"summary": _summary(order, rows, period, day),
		"rows": rows,
	}


def left_out(filters: Mapping[str, Any]) -> list[dict[str, Any]]:
	"""Return the orders that a run with these (clean) filters looks at and makes no invoice for, and why."""
	names = records.candidates(filters, everything=True)
	plan, orders = planning.plan_orders(names, filters["as_of"])
	invoiced = {name for group in plan.groups for name in group.orders}
	others = [order for order in orders.values() if order.name not in invoiced]
	found = [
		{
			"sales_order": name,
			"customer": orders[name].key.customer,
			"invoice_term": orders[name].term,
			"code": reason.code,
			"reason": errors.sentence(reason, MESSAGES),
			"invoice_date": reason.facts.get("invoice_date"),
		}
		for name, reason in reasons(others, plan, filters["as_of"]).items()
		if reason.code not in FINISHED
	]
	return sorted(found, key=lambda row: (row["customer"], row["sales_order"]))


def reasons(orders: Iterable[OrderFacts], plan: Plan, day: date) -> dict[str, Violation]:
	"""Return {order: the main reason why it is not invoiced on a day}."""
	orders = list(orders)
	customers = records.customer_facts({order.key.customer for order in orders})
	held = {name: one.skip for one in (*plan.groups, *plan.carried) if one.skip for name in one.orders}
	found = {}
	for order in orders:
		schedule = customers[order.key.customer].schedule
		whys = [verdict.reason for verdict in rules.verdicts(order, day, schedule)]
		found[order.name] = held.get(order.name) or min(whys, key=_weight)
	return found


def _weight(reason: Violation) -> int:
	return BY_WEIGHT.index(reason.code) if reason.code in BY_WEIGHT else len(BY_WEIGHT)


def _row(verdict: Verdict, hold: Violation | None, day: date) -> dict[str, Any]:
	reason = hold if hold and verdict.qty else verdict.reason
	invoice_date = verdict.invoice_date
	if verdict.qty:
		invoice_date = hold.facts.get("invoice_date") if hold else day
	return {
		"so_detail": verdict.row.name,
		"idx": verdict.row.idx,
		"item_code": verdict.row.item_code,
		"qty": 0.0 if hold else float(verdict.qty),
		"code": reason.code,
		"reason": errors.sentence(reason, MESSAGES),
		"invoice_date": invoice_date,
	}


def _group_hold(order: OrderFacts, day: date) -> Violation | None:
	"""Return why the invoice that the order would be on is not made now, or None."""
	names = [order.name]
	if order.term == BY_SCHEDULE:
		filters = {"company": order.key.company, "customer": order.key.customer}
		names = list({order.name, *records.candidates(filters)})
	plan: Plan = planning.plan_orders(names, day)[0]
	return next((one.skip for one in (*plan.groups, *plan.carried) if order.name in one.orders), None)


def _next_period(order: OrderFacts, customer: CustomerFacts, day: date) -> calendar.Period | None:
	if order.term != BY_SCHEDULE or not customer.schedule:
		return None
	return calendar.next_period(customer.schedule, day)


def _summary(
	order: OrderFacts, rows: Iterable[Mapping[str, Any]], period: calendar.Period | None, day: date
) -> str:
	"""Return the term in words, then each row's reason; rows with the same one together."""
	facts = {"order": order.name, "day": formatdate(day)}
	if period:
		facts |= {"invoice_date": formatdate(period.invoice_date), "cut_off": formatdate(period.cut_off)}
	sentence = TERM_SENTENCES.get(order.term) if period or order.term != BY_SCHEDULE else None
	items: dict[str, list[str]] = {}
	for row in rows:
		items.setdefault(row["reason"], []).append(row["item_code"])
	lines = [str(sentence).format(**facts)] if sentence else []
	return "\n".join([*lines, *(f"{', '.join(dict.fromkeys(names))}: {why}" for why, names in items.items())])
