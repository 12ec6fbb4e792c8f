"""The exact negative of an order as plain data: quantities and amounts change sign, rates never do.

A mirror, not a recalculation: recomputing would keep the sign of a discount or of an actual charge.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

HEADER = (
	"total_qty",
	"total_net_weight",
	"base_total",
	"base_net_total",
	"total",
	"net_total",
	"base_total_taxes_and_charges",
	"total_taxes_and_charges",
	"base_discount_amount",
	"discount_amount",
	"base_grand_total",
	"base_rounding_adjustment",
	"base_rounded_total",
	"grand_total",
	"rounding_adjustment",
	"rounded_total",
	"loyalty_points",
	"loyalty_amount",
	"total_commission",
	"amount_eligible_for_commission",
	"soe_returns_total",
	"soe_total_with_returns",
)
TABLES: Mapping[str, tuple[str, ...]] = {
	"items": (
		"qty",
		"stock_qty",
		"fg_item_qty",
		"amount",
		"base_amount",
		"net_amount",
		"base_net_amount",
		"total_weight",
		"distributed_discount_amount",
		"gross_profit",
	),
	"taxes": (
		"tax_amount",
		"total",
		"tax_amount_after_discount_amount",
		"base_tax_amount",
		"base_total",
		"base_tax_amount_after_discount_amount",
	),
	"packed_items": ("qty",),
	"payment_schedule": ("payment_amount", "base_payment_amount", "outstanding", "base_outstanding"),
	"sales_team": ("allocated_amount", "incentives"),
	"item_wise_tax_details": ("amount", "taxable_amount"),
	"soe_returns": ("qty", "amount"),
	"soe_charges": ("qty", "amount"),
}

Amounts = Mapping[str, Collection[str]]
NO_OTHERS: Amounts = {}


def negated(order: Mapping[str, Any], others: Amounts = NO_OTHERS) -> dict[str, Any]:
	"""Return a copy of `order` (fields, and lists of rows by table) with every total reversed.

	`others` are amounts that other apps keep, by table; those of the order itself under "header".
	"""
	mirror = _negate(order, {*HEADER, *others.get("header", ())})
	for table in sorted(({*TABLES, *others} - {"header"}) & set(order)):
		fields = {*TABLES.get(table, ()), *others.get(table, ())}
		mirror[table] = [_negate(row, fields) for row in order[table] or ()]
	for tax in mirror.get("taxes") or ():
		if tax.get("item_wise_tax_detail"):
			tax["item_wise_tax_detail"] = negated_tax_detail(tax["item_wise_tax_detail"])
	return mirror


def negated_tax_detail(detail: str) -> str:
	"""Return the JSON of a tax row's detail ({item: [rate, amount]} or {item: {…}}) with amounts reversed."""
	return json.dumps({item: _negated_share(share) for item, share in json.loads(detail).items()})


def _negated_share(share: Any) -> Any:
	if isinstance(share, Mapping):
		return _negate(share, ("tax_amount", "net_amount", "amount", "taxable_amount"))
	if isinstance(share, list):
		return [share[0], *[negative(amount) for amount in share[1:]]]
	return share


def negative(value: Any) -> Any:
	"""Return the negative of a number; nothing (None, 0) stays as it is, so there is no minus zero."""
	return -value if value else value


def _negate(row: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
	return {**row, **{field: negative(row[field]) for field in fields if field in row}}
