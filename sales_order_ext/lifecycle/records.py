"""Where orders stand: reads what decides it for many orders at once, writes status and overdue flag.

Invariant: one query reads, one statement writes, whatever the number of orders; `status` and `modified`
are left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

import frappe
from frappe.query_builder.functions import Abs
from pypika.terms import Case, ExistsCriterion

from sales_order_ext.decimals import to_decimal
from sales_order_ext.lifecycle import rules

ORDER = "Sales Order"
# So many orders the daily job changes in one statement. MariaDB turns longer lists into a subquery, for which
# it reads the whole table.
AT_ONCE = 900
# Made by sales_order_ext.setup.indexes.
OPEN_BY_STATUS, BY_DATE = "soe_lifecycle_status_sorted", "soe_overdue_by_date"
# Nights that were missed are made up for, of orders that are all invoiced only as far back as this.
LOOKED_BACK = timedelta(days=31)
FIELDS = (
	"name",
	"docstatus",
	"status",
	"delivery_date",
	"per_billed",
	"soe_is_cancelled",
	"soe_sent_on",
	"soe_lifecycle_status",
	"soe_is_overdue",
)


def update(names: Iterable[str], today: date) -> dict[str, rules.LifeCycle]:
	"""Bring status and overdue flag of orders up to date; return {order: life cycle}."""
	names = sorted(set(names))
	if not names:
		return {}
	rows = _read(names)
	found = {row.name: rules.life_cycle(_state(row), today) for row in rows}
	stored = {row.name: rules.LifeCycle(row.soe_lifecycle_status, bool(row.soe_is_overdue)) for row in rows}
	_write({name: life_cycle for name, life_cycle in found.items() if life_cycle != stored[name]})
	return found


def differences(names: Iterable[str], today: date) -> list[tuple[str, str, object, object]]:
	"""Return (order, field, stored, computed) of the orders that stand elsewhere than they store."""
	found = []
	for row in _read(sorted(set(names))):
		placed = rules.life_cycle(_state(row), today)
		if row.soe_lifecycle_status != placed.status:
			found.append((row.name, "soe_lifecycle_status", row.soe_lifecycle_status or "", placed.status))
		if bool(row.soe_is_overdue) != placed.is_overdue:
			found.append((row.name, "soe_is_overdue", row.soe_is_overdue, int(placed.is_overdue)))
	return found


def state(name: str) -> rules.OrderState:
	"""Return what decides one order's status."""
	return _state(_read([name])[0])


def draft_state(doc: Any) -> rules.OrderState:
	"""Return what decides the status of a document that is not booked yet, from the document alone."""
	return _state(
		frappe._dict({field: doc.get(field) for field in FIELDS}, docstatus=doc.docstatus, owes_goods=0)
	)


def set_sent_on(name: str, sent_on: datetime) -> None:
	"""Note when an order was sent last; an earlier time than the one noted changes nothing."""
	order = frappe.qb.DocType(ORDER)
	query = frappe.qb.update(order).set(order.soe_sent_on, sent_on).where(order.name == name)
	query.where(order.soe_sent_on.isnull() | (order.soe_sent_on < sent_on)).run()
	frappe.clear_document_cache(ORDER, name)


def company_of(name: str) -> str | None:
	"""Return the company of an order, or None where there is no such order."""
	return frappe.db.get_value(ORDER, name, "company")


def mark_overdue(companies: Collection[str], today: date) -> None:
	"""Make overdue the orders whose required date has passed with goods still owed: one statement for many.

	The orders are looked for first, without locks, by indexes that find no others; then they are changed, and
	so locked, in their sequence, each looked at again.
	"""
	open_orders = _passed(OPEN_BY_STATUS, rules.OPEN_WHEN_PASSED, companies, date.min, today)
	invoiced = _passed(BY_DATE, (rules.INVOICED,), companies, today - LOOKED_BACK, today)
	names = sorted({*open_orders, *invoiced})
	order = frappe.qb.DocType(ORDER)
	status = order.soe_lifecycle_status
	for start in range(0, len(names), AT_ONCE):
		(
			frappe.qb.update(order)
			.set(status, Case().when(status == rules.DUE, rules.OVERDUE).else_(status))
			.set(order.soe_is_overdue, 1)
			.where(order.name.isin(names[start : start + AT_ONCE]))
			.where(_becomes_overdue(order, rules.CAN_BECOME_OVERDUE, companies, today))
			.run()
		)


def _passed(
	index: str, statuses: Collection[str], companies: Collection[str], start: date, today: date
) -> list[str]:
	"""Return the orders of some statuses that become overdue, of those whose date is not before `start`."""
	order = frappe.qb.DocType(ORDER)
	query = frappe.qb.from_(order).select(order.name).where(order.delivery_date >= start)
	# Left to itself the database prefers the flag, which nearly all orders share.
	query = query.force_index(index) if frappe.db.has_index(f"tab{ORDER}", index) else query
	return query.where(_becomes_overdue(order, statuses, companies, today)).run(pluck=True)


def _becomes_overdue(order: Any, statuses: Collection[str], companies: Collection[str], today: date) -> Any:
	return (
		(order.delivery_date < today)
		& order.soe_lifecycle_status.isin(list(statuses))
		& (order.soe_is_overdue == 0)
		& (order.docstatus == 1)
		& order.company.isin(list(companies))
		& _owes_goods(order)
	)


def _read(names: list[str]) -> list[frappe._dict]:
	order = frappe.qb.DocType(ORDER)
	owes_goods = Case().when(_owes_goods(order), 1).else_(0).as_("owes_goods")
	query = frappe.qb.from_(order).select(*[order[field] for field in FIELDS], owes_goods)
	return query.where(order.name.isin(names)).orderby(order.name).run(as_dict=True)


def _owes_goods(order: Any) -> Any:
	"""Return the condition that a row of a stocked item, or of a bundle, is not delivered in full."""
	row, item, packed = (
		frappe.qb.DocType(doctype) for doctype in ("Sales Order Item", "Item", "Packed Item")
	)
	bundle = ExistsCriterion(
		frappe.qb.from_(packed)
		.select(packed.name)
		.where((packed.parent == order.name) & (packed.parent_detail_docname == row.name))
	)
	owed = (
		frappe.qb.from_(row)
		.join(item)
		.on(item.name == row.item_code)
		.select(row.name)
		.where((row.parent == order.name) & (row.delivered_qty < Abs(row.qty)))
		.where((item.is_stock_item == 1) | bundle)
	)
	return (order.skip_delivery_note == 0) & (order.per_delivered < 100) & ExistsCriterion(owed)


def _state(row: frappe._dict) -> rules.OrderState:
	return rules.OrderState(
		submitted=row.docstatus == 1,
		cancelled=row.docstatus == 2,
		replaced=bool(row.soe_is_cancelled),
		closed=row.status == "Closed",
		sent=bool(row.soe_sent_on),
		per_billed=to_decimal(row.per_billed),
		required_date=frappe.utils.getdate(row.delivery_date) if row.delivery_date else None,
		owes_goods=bool(row.owes_goods),
	)


def _write(changed: dict[str, rules.LifeCycle]) -> None:
	if not changed:
		return
	order = frappe.qb.DocType(ORDER)
	statuses, flags = Case(), Case()
	for name, life_cycle in changed.items():
		statuses = statuses.when(order.name == name, life_cycle.status)
		flags = flags.when(order.name == name, int(life_cycle.is_overdue))
	query = frappe.qb.update(order).set(order.soe_lifecycle_status, statuses).set(order.soe_is_overdue, flags)
	query.where(order.name.isin(list(changed))).run()
	for name in changed:
		frappe.clear_document_cache(ORDER, name)


def calendar_rows(start: date, end: date, filters: list[list], limit: int) -> list[frappe._dict]:
	"""Return the orders that this user may read and whose required date lies in a span.

	A replacement is among them, the order it stands for is not.
	"""
	fields = ["name", "customer_name", "delivery_date", "soe_lifecycle_status", "docstatus", "status"]
	span = [[ORDER, "delivery_date", "between", [start, end]], [ORDER, "docstatus", "<", 2]]
	span.append([ORDER, "soe_is_cancelled", "=", 0])
	return frappe.get_list(
		ORDER, [*span, *filters], fields, order_by="delivery_date asc, name asc", limit=limit
	)
