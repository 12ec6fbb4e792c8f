"""Releasing stock to back orders: the plan on the site's figures, and giving what it says.

Preview and release make the same plan. The release makes it under the locks of all orders concerned, and
looks at each order once more before it gives anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import frappe

from sales_order_ext import inputs, preferences
from sales_order_ext.allocation import back_orders, earmarks, planner, records, reservations
from sales_order_ext.allocation.messages import REASONS
from sales_order_ext.allocation.planner import Outcome, Waiting
from sales_order_ext.allocation.tables import number
from sales_order_ext.decimals import ZERO
from sales_order_ext.markup import as_text

NAMING = ("item_code", "warehouse", "sales_order", "customer", "company", "mode", "priority", "reason")
COMPLETE_FIRST = "complete_orders_first"
SAVEPOINT = "soe_release"


def clean(filters: Mapping[str, object] | None) -> dict[str, object]:
	"""Return the filters of a release, checked: those of `NAMING` (a value or a list), `back_orders`
	(names) and `complete_orders_first`."""
	asked = {key: value for key, value in (filters or {}).items() if value not in (None, "", [])}
	inputs.only(asked, (*NAMING, "back_orders", COMPLETE_FIRST), "filters")
	return asked


def named(asked: Mapping[str, object]) -> list[str]:
	"""Return the open back orders that filters mean and the user may see."""
	filters: dict[str, object] = {key: _one_or_many(asked[key]) for key in NAMING if key in asked}
	filters["status"] = ("in", back_orders.WAITING)
	if "back_orders" in asked:
		filters["name"] = ("in", _as_list(asked["back_orders"]))
	return frappe.get_list(back_orders.DOCTYPE, filters=filters, pluck="name", order_by="name", limit=0)


def plan(names: Sequence[str], complete_orders_first: bool = False, by_hand: bool = False) -> list[Outcome]:
	"""Return what each of these back orders gets now, in the order in which they are served.

	`by_hand` serves Manual ones as well. Complete orders are those whose every back order can be served.
	"""
	chosen = lines({"name": ("in", list(names))}, by_hand) if names else []
	if complete_orders_first:
		known = {one.name for one in chosen}
		whole = lines({"sales_order": ("in", sorted({one.order for one in chosen}))}, by_hand)
		chosen += [replace(one, chosen=False) for one in whole if one.name not in known]
	return plan_lines(chosen, complete_orders_first)


def plan_lines(waiting: Sequence[Waiting], complete_orders_first: bool = False) -> list[Outcome]:
	"""Return what these back orders get of what is free now."""
	facts = records.stock_facts(one.stock for one in waiting)
	earmarked = [stock for stock, of_stock in facts.items() if of_stock.earmarked]
	return planner.plan(
		waiting,
		{stock: of_stock.free_before_earmarks for stock, of_stock in facts.items()},
		earmarks.kept_for(earmarked, {one.customer for one in waiting}) if earmarked else (),
		reservations.partial_allowed(),
		complete_orders_first,
	)


def release(names: Sequence[str], complete_orders_first: bool = False, by_hand: bool = False) -> list[dict]:
	"""Reserve what the plan gives, order by order, all of one order or nothing; return the rows shown.

	Locks all orders concerned first. An order that fails gets nothing and says why.
	"""
	records.lock_orders(orders_of(names))
	outcomes = plan(names, complete_orders_first, by_hand)
	failed: dict[str, str] = {}
	for order, wanted in by_order(outcomes).items():
		frappe.db.savepoint(SAVEPOINT)
		try:
			give(order, wanted, by_hand)
		except (frappe.ValidationError, frappe.PermissionError) as error:
			frappe.db.rollback(save_point=SAVEPOINT)
			frappe.clear_last_message()
			failed[order] = as_text(error)
	return [shown(outcome, failed.get(outcome.waiting.order, "")) for outcome in outcomes]


def give(order: str, wanted: Mapping[str, Decimal], by_hand: bool = False) -> None:
	"""Reserve quantities {back order: quantity} for one order as far as that is possible now.

	The caller holds the locks of the order.
	"""
	filters = {"name": ("in", list(wanted)), "status": ("in", back_orders.WAITING)}
	waiting = [replace(one, open=min(one.open, wanted[one.name])) for one in lines(filters, by_hand)]
	outcomes = [outcome for outcome in plan_lines(waiting) if outcome.given]
	if not outcomes:
		return
	given: dict[str, Decimal] = {}
	for outcome in outcomes:
		given[outcome.waiting.row] = given.get(outcome.waiting.row, ZERO) + outcome.given
	rows = records.order_rows([order]).get(order, [])
	reservations.reserve(order, rows, given, records.free_for_order(order, {row.stock for row in rows}))
	back_orders.fill_more(order, {outcome.waiting.name: outcome.given for outcome in outcomes})
	company = frappe.db.get_value("Sales Order", order, "company")
	records.refresh_orders([order], company)


def orders_of(names: Iterable[str]) -> list[str]:
	"""Return the sales orders of back orders."""
	filters = {"name": ("in", list(names) or [""])}
	return frappe.get_all(
		back_orders.DOCTYPE, filters, pluck="sales_order", distinct=True, order_by="sales_order"
	)


def by_order(outcomes: Iterable[Outcome]) -> dict[str, dict[str, Decimal]]:
	"""Return {sales order: {back order: quantity}} of what is given, in the order of service."""
	found: dict[str, dict[str, Decimal]] = {}
	for outcome in outcomes:
		if outcome.given:
			found.setdefault(outcome.waiting.order, {})[outcome.waiting.name] = outcome.given
	return found


def lines(filters: Mapping[str, object], by_hand: bool = True) -> list[Waiting]:
	"""Return the open back orders that fit, as a release sees them."""
	found = frappe.get_all(
		back_orders.DOCTYPE,
		filters={"status": ("in", back_orders.WAITING), **filters},
		fields=[
			"name", "creation", "company", "sales_order", "sales_order_item", "customer", "item_code",
			"warehouse", "qty", "filled_qty", "mode", "priority", "promised_date",
		],
		order_by="creation, name",
	)  # fmt: skip
	orders = _orders({one.sales_order for one in found})
	rows = {row.row: row for of_order in records.order_rows(orders).values() for row in of_order}
	short = {name: row.short for name, row in rows.items()}
	waiting = []
	for one in found:
		row = rows.get(one.sales_order_item)
		open_qty = min(number(one.qty) - number(one.filled_qty), short.get(one.sales_order_item, ZERO))
		if row:
			short[row.row] -= open_qty
		held = _held(one, orders.get(one.sales_order), by_hand)
		waiting.append(_waiting(one, open_qty, row.step if row else ZERO, held))
	return waiting


def _waiting(one: frappe._dict, open_qty: Decimal, step: Decimal, held: str) -> Waiting:
	return Waiting(
		name=one.name,
		order=one.sales_order,
		row=one.sales_order_item,
		stock=(one.item_code, one.warehouse),
		open=open_qty,
		since=one.creation,
		priority=one.priority or planner.USUAL,
		promised=one.promised_date,
		customer=one.customer or "",
		step=step,
		held=held,
	)


def _orders(names: set[str]) -> dict[str, frappe._dict]:
	rows = frappe.get_all(
		"Sales Order",
		filters={"name": ("in", sorted(names) or [""])},
		fields=["name", "docstatus", "status", "soe_is_cancelled"],
		order_by="name",
	)
	return {row.name: row for row in rows}


def _held(one: frappe._dict, order: frappe._dict | None, by_hand: bool) -> str:
	"""Return why a back order may get nothing now; empty where it may."""
	if not order or order.docstatus != 1:
		return "not_booked"
	if order.status == "Closed" or order.soe_is_cancelled:
		return "order_closed"
	if order.status == "On Hold":
		return "order_on_hold"
	if not preferences.get("enable_stock_reservations", one.company):
		return "reservations_off"
	if one.mode == back_orders.MANUAL and not by_hand:
		return "manual"
	return ""


def shown(outcome: Outcome, failure: str = "") -> dict[str, object]:
	"""Return an outcome as the desk shows it."""
	one = outcome.waiting
	reason = "failed" if failure and outcome.given else outcome.reason
	message = failure if reason == "failed" else str(REASONS[reason]) if reason else ""
	return {
		"back_order": one.name,
		"sales_order": one.order,
		"sales_order_item": one.row,
		"customer": one.customer,
		"item_code": one.stock[0],
		"warehouse": one.stock[1],
		"priority": one.priority,
		"promised_date": one.promised,
		"open": float(one.open),
		"given": 0.0 if reason == "failed" else float(outcome.given),
		"reason": reason,
		"message": message,
	}


def _one_or_many(value: object) -> object:
	return ("in", value) if isinstance(value, list | tuple) else value


def _as_list(value: object) -> list:
	return list(value) if isinstance(value, list | tuple) else [value]
