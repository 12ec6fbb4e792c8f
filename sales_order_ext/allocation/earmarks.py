"""Stock Earmarks in the database: what is kept for customers and customer groups, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe.query_builder.custom import ConstantColumn
from frappe.query_builder.functions import Sum
from frappe.utils import nowdate
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion

from sales_order_ext.allocation import holding
from sales_order_ext.allocation.holding import Earmark, Stock, Use
from sales_order_ext.allocation.planner import Kept
from sales_order_ext.allocation.tables import number, within
from sales_order_ext.decimals import ZERO

DOCTYPE = "Stock Earmark"


def totals(pairs: list[Stock]) -> QueryBuilder:
	"""Return the query for how much of each pair is earmarked, in the shape of `availability`'s figures."""
	earmark = frappe.qb.DocType(DOCTYPE)
	return (
		frappe.qb.from_(earmark)
		.select(ConstantColumn("earmark"), earmark.item_code, earmark.warehouse, Sum(earmark.qty))
		.select(ConstantColumn(0), ConstantColumn(0))
		.where(_live(earmark, pairs))
		.groupby(earmark.item_code, earmark.warehouse)
	)


def kept_for_others(stock: Iterable[Stock], customer: str | None) -> dict[Stock, Decimal]:
	"""Return {pair: what is kept for others than a customer}, less what their own orders have had of it."""
	earmarks, left = _with_what_is_left(sorted(set(stock)))
	group = frappe.get_cached_value("Customer", customer, "customer_group") if customer else None
	return holding.earmarked_for_others(earmarks, left, customer, group)


def kept_for(stock: Iterable[Stock], customers: Iterable[str]) -> list[Kept]:
	"""Return what is left of every earmark of these pairs, and for which of these customers, in the order in
	which it is used up."""
	earmarks, left = _with_what_is_left(sorted(set(stock)))
	groups = {
		customer: frappe.get_cached_value("Customer", customer, "customer_group")
		for customer in customers
		if customer
	}
	return [
		Kept(
			one.stock,
			left[one.name],
			frozenset(customer for customer, group in groups.items() if one.is_for(customer, group)),
		)
		for one in holding.in_order_of_use(earmarks)
	]


def left_of(name: str) -> Decimal:
	"""Return what is left of one earmark."""
	doc = frappe.get_doc(DOCTYPE, name)
	return _with_what_is_left([(doc.item_code, doc.warehouse)])[1].get(name, ZERO)


def _with_what_is_left(pairs: list[Stock]) -> tuple[list[Earmark], dict[str, Decimal]]:
	earmarks = _earmarks(pairs)
	return earmarks, holding.earmarks_left(earmarks, _uses(pairs, earmarks))


def _earmarks(pairs: list[Stock]) -> list[Earmark]:
	earmark = frappe.qb.DocType(DOCTYPE)
	fields = ("name", "item_code", "warehouse", "qty", "creation", "customer", "customer_group")
	rows = (
		frappe.qb.from_(earmark)
		.select(*[earmark[field] for field in fields])
		.where(_live(earmark, pairs))
		.orderby(earmark.creation, earmark.name)
	).run(as_dict=True)
	below = _groups_below({row.customer_group for row in rows if row.customer_group})
	return [
		Earmark(
			row.name,
			(row.item_code, row.warehouse),
			number(row.qty),
			row.creation,
			row.customer or None,
			below.get(row.customer_group, frozenset()),
		)
		for row in rows
	]


def _groups_below(groups: set[str]) -> dict[str, frozenset[str]]:
	"""Return {customer group: it and all groups below it}."""
	if not groups:
		return {}
	above, group = frappe.qb.DocType("Customer Group").as_("above"), frappe.qb.DocType("Customer Group")
	rows = (
		frappe.qb.from_(above)
		.inner_join(group)
		.on((group.lft >= above.lft) & (group.rgt <= above.rgt))
		.select(above.name, group.name)
		.where(above.name.isin(sorted(groups)))
		.orderby(above.name, group.name)
	).run()
	below: dict[str, set[str]] = {}
	for name, under in rows:
		below.setdefault(name, set()).add(under)
	return {name: frozenset(under) for name, under in below.items()}


def _uses(pairs: list[Stock], earmarks: list[Earmark]) -> list[Use]:
	"""Return what the customers' orders have had of these pairs since the oldest earmark.

	Cancelled reservations gave it back; delivered ones took it away for good.
	"""
	if not earmarks:
		return []
	entry, order, customer = (
		frappe.qb.DocType(name) for name in ("Stock Reservation Entry", "Sales Order", "Customer")
	)
	rows = (
		frappe.qb.from_(entry)
		.inner_join(order)
		.on(order.name == entry.voucher_no)
		.inner_join(customer)
		.on(customer.name == order.customer)
		.select(entry.item_code, entry.warehouse, customer.name, customer.customer_group)
		.select(entry.reserved_qty, entry.creation)
		.where((entry.docstatus == 1) & (entry.voucher_type == "Sales Order"))
		.where(within(entry, pairs) & (entry.creation >= min(one.since for one in earmarks)))
		.orderby(entry.creation, entry.name)
	).run()
	return [
		Use((item_code, warehouse), name, group or "", number(qty), at)
		for item_code, warehouse, name, group, qty, at in rows
	]


def _live(earmark: Table, pairs: list[Stock]) -> Criterion:
	return within(earmark, pairs) & (earmark.until >= nowdate())
