"""Ordering the shortage of back orders: what is not on order yet goes on one request per company."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import frappe

from sales_order_ext.allocation import back_orders, purchases, records, release
from sales_order_ext.allocation.messages import ON_ORDER, REASONS
from sales_order_ext.allocation.planner import Waiting

# What is held for one of these reasons still waits for stock.
STILL_WAITS = ("", "manual", "reservations_off")


def order_shortage(names: Sequence[str]) -> dict[str, Any]:
	"""Make the Material Requests; see `api.order_shortage`. Two who order at once do not order twice."""
	records.lock_orders(release.orders_of(names))
	waiting = release.lines({"name": ("in", list(names))}, by_hand=False)
	skipped, wanted = [], []
	for one in waiting:
		reason = one.held if one.held not in STILL_WAITS else "" if one.open > 0 else "not_needed"
		if reason:
			skipped.append({"back_order": one.name, "message": str(REASONS[reason])})
		else:
			wanted.append(one)
	missing = purchases.not_ordered(wanted)
	skipped += [
		{"back_order": one.name, "message": str(ON_ORDER)} for one in wanted if one.name not in missing
	]
	made = [purchases.request(company, lines) for company, lines in _by_company(wanted, missing).items()]
	return {"material_request": made[0] if made else None, "material_requests": made, "skipped": skipped}


def _by_company(
	waiting: Sequence[Waiting], missing: dict[str, Decimal]
) -> dict[str, list[tuple[Waiting, Decimal]]]:
	rows = frappe.get_all(
		back_orders.DOCTYPE, {"name": ("in", list(missing) or [""])}, ["name", "company"], order_by="company"
	)
	companies = {row.name: row.company for row in rows}
	found: dict[str, list[tuple[Waiting, Decimal]]] = {}
	for one in waiting:
		if one.name in missing:
			found.setdefault(companies[one.name], []).append((one, missing[one.name]))
	return dict(sorted(found.items()))
