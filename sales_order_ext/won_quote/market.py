"""Reads what stock, prices and credit say of a pass: figures per row of the quotation, in its unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_FLOOR, Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import cint, getdate
from pypika.terms import Criterion

from sales_order_ext.allocation import records as allocation
from sales_order_ext.decimals import ZERO, rounded, to_decimal
from sales_order_ext.won_quote import facts, sourcing

Stock = tuple[str, str]
BIN_FIELDS = ("actual_qty", "ordered_qty", "valuation_rate")


def market_of(
	quotation: Document, customer: str | None, plan: facts.WinFacts, day: date
) -> dict[str, facts.Market]:
	"""Return {quotation row: its market}.

	Rows that want the same stock share it, product bundles last, as when the order is delivered: what an
	earlier row takes is not free for a later one.
	"""
	sources = {row.name: row for row in quotation.items}
	chosen = {choice.quotation_item: choice for choice in plan.choices}
	rows = [row for row in plan.quote.rows if row.name in chosen and row.name in sources]
	parts = _parts(rows, sources, chosen)
	bins = _bins({pair for of_row in parts.values() for pair, _per in of_row})
	free = allocation.free_stock(bins, customer)
	bought = _last_purchase_rates({row.item_code for row in rows})
	expired = _expired_prices(quotation, {row.item_code for row in rows}, day)
	found = {}
	for row in sorted(rows, key=lambda row: not row.is_stocked):
		source, of_row, choice = sources[row.name], parts.get(row.name, ()), chosen[row.name]
		valuation = bins[of_row[0][0]]["valuation_rate"] if row.is_stocked and of_row else ZERO
		floor = max(valuation, bought.get(row.item_code, ZERO)) * _factor(source)
		there = _scarcest(of_row, free)
		if there is not None and row.whole_number:
			there = there.to_integral_value(ROUND_FLOOR)
		found[row.name] = facts.Market(
			on_hand=_scarcest(of_row, {pair: bins[pair]["actual_qty"] for pair, _per in of_row}),
			free=there,
			incoming=_scarcest(of_row, {pair: bins[pair]["ordered_qty"] for pair, _per in of_row}),
			rate=to_decimal(source.base_net_rate, 2),
			floor=rounded(floor, 2),
			price_expired=row.item_code in expired,
		)
		if there is not None and choice.include and not sourcing.is_shipped(plan, row, choice):
			for pair, per in of_row:
				free[pair] -= min(choice.qty, there) * per
	return found


def _parts(
	rows: Sequence[facts.QuoteRow],
	sources: Mapping[str, Document],
	chosen: Mapping[str, facts.Choice],
) -> dict[str, tuple[tuple[Stock, Decimal], ...]]:
	"""Return {row: what one unit of it takes from stock}: of the item itself, or of a bundle's parts."""
	places = {row.name: chosen[row.name].warehouse or sources[row.name].warehouse for row in rows}
	found = {
		row.name: (((row.item_code, places[row.name]), _factor(sources[row.name])),)
		for row in rows
		if row.is_stocked and places[row.name]
	}
	others = [
		(row.name, row.item_code, places[row.name], Decimal(1))
		for row in rows
		if row.kind == facts.PRODUCT and not row.is_stocked
	]
	for name, line in allocation.lines_of(others).items():
		found[name] = tuple((pair, per * _factor(sources[name])) for pair, per in line.parts)
	return found


def _factor(source: Document) -> Decimal:
	return to_decimal(source.conversion_factor) or Decimal(1)


def _scarcest(parts: Iterable[tuple[Stock, Decimal]], qty: Mapping[Stock, Decimal]) -> Decimal | None:
	"""Return how many units of a row a quantity of each of its parts makes."""
	return min((qty[pair] / per for pair, per in parts), default=None)


def _bins(pairs: Iterable[Stock]) -> dict[Stock, dict[str, Decimal]]:
	"""Return {pair: figures in the stock unit}, zero where the item never was in the warehouse."""
	wanted = sorted(pairs)
	if not wanted:
		return {}
	table = frappe.qb.DocType("Bin")
	query = frappe.qb.from_(table).select(
		table.item_code, table.warehouse, *[table[field] for field in BIN_FIELDS]
	)
	query = query.where(Criterion.any((table.item_code == i) & (table.warehouse == w) for i, w in wanted))
	found = {
		(row.item_code, row.warehouse): {field: to_decimal(row[field]) for field in BIN_FIELDS}
		for row in query.run(as_dict=True)
	}
	return {pair: found.get(pair) or dict.fromkeys(BIN_FIELDS, ZERO) for pair in wanted}


def _last_purchase_rates(item_codes: Iterable[str]) -> dict[str, Decimal]:
	filters = {"name": ("in", sorted(item_codes))}
	rows = frappe.get_all("Item", filters, ["name", "last_purchase_rate"], order_by="name")
	return {row.name: to_decimal(row.last_purchase_rate) for row in rows}


def _expired_prices(quotation: Document, item_codes: Iterable[str], day: date) -> set[str]:
	"""Return the items whose prices in the quotation's price list were all valid once, and are no longer."""
	filters = {"item_code": ("in", sorted(item_codes)), "price_list": quotation.selling_price_list}
	fields = ["item_code", "valid_from", "valid_upto"]
	valid, past = set(), set()
	for price in frappe.get_all("Item Price", filters, fields, order_by="name"):
		is_over = bool(price.valid_upto and getdate(price.valid_upto) < day)
		(past if is_over else valid).add(price.item_code)
	return past - valid


def floor_is_kept() -> bool:
	"""Return whether the site refuses to sell below valuation or the last purchase rate."""
	return bool(cint(frappe.db.get_single_value("Selling Settings", "validate_selling_price")))


def credit_of(customer: str | None, company: str) -> facts.Credit | None:
	"""Return a customer's credit as ERPNext counts it, None where there is no limit or it is bypassed."""
	from erpnext.selling.doctype.customer.customer import get_credit_limit, get_customer_outstanding

	if not customer:
		return None
	own = {"parent": customer, "parenttype": "Customer", "company": company}
	if cint(frappe.db.get_value("Customer Credit Limit", own, "bypass_credit_limit_check")):
		return None
	limit = to_decimal(get_credit_limit(customer, company))
	if limit <= 0:
		return None
	controller = frappe.db.get_single_value("Accounts Settings", "credit_controller")
	return facts.Credit(
		limit=limit,
		outstanding=to_decimal(get_customer_outstanding(customer, company)),
		may_exceed=bool(controller and controller in frappe.get_roles()),
	)


def total_factor(quotation: Document, rows: Mapping[str, facts.QuoteRow]) -> Decimal:
	"""Return what one unit of the rows' amount is in the quotation's grand total, in company currency."""
	quoted = sum((row.quoted_qty * row.rate for row in rows.values() if not row.is_alternative), ZERO)
	return to_decimal(quotation.base_grand_total) / quoted if quoted else Decimal(1)
