"""Reads what stock, prices and credit say of a pass: figures per row of the quotation, in its unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import cint, getdate
from pypika.terms import Criterion

from sales_order_ext.allocation import records as allocation
from sales_order_ext.decimals import ZERO, rounded, to_decimal
from sales_order_ext.won_quote import facts

Stock = tuple[str, str]
BIN_FIELDS = ("actual_qty", "ordered_qty", "valuation_rate")


def market_of(
	quotation: Document,
	customer: str | None,
	quote: facts.QuoteFacts,
	choices: Sequence[facts.Choice],
	day: date,
) -> dict[str, facts.Market]:
	"""Return {quotation row: its market}.

	Rows that want the same stock share it: what an earlier included row takes is not free for a later one.
	"""
	sources = {row.name: row for row in quotation.items}
	chosen = {choice.quotation_item: choice for choice in choices}
	rows = [row for row in quote.rows if row.name in chosen and row.name in sources]
	stock = {row.name: _place(row, sources[row.name], chosen[row.name]) for row in rows}
	bins = _bins({pair for pair in stock.values() if pair})
	free = allocation.free_stock(bins, customer)
	bought = _last_purchase_rates({row.item_code for row in rows})
	expired = _expired_prices(quotation, {row.item_code for row in rows}, day)
	found = {}
	for row in rows:
		source, pair, choice = sources[row.name], stock[row.name], chosen[row.name]
		factor = to_decimal(source.conversion_factor) or Decimal(1)
		figures = bins.get(pair) or dict.fromkeys(BIN_FIELDS, ZERO)
		floor = max(figures["valuation_rate"], bought.get(row.item_code, ZERO)) * factor
		found[row.name] = facts.Market(
			on_hand=figures["actual_qty"] / factor if pair else None,
			free=free.get(pair, ZERO) / factor if pair else None,
			incoming=figures["ordered_qty"] / factor if pair else None,
			rate=to_decimal(source.base_net_rate, 2),
			floor=rounded(floor, 2),
			price_expired=row.item_code in expired,
		)
		if pair and choice.include:
			free[pair] = free.get(pair, ZERO) - choice.qty * factor
	return found


def _place(row: facts.QuoteRow, source: Document, choice: facts.Choice) -> Stock | None:
	warehouse = choice.warehouse or source.warehouse
	return (row.item_code, warehouse) if row.is_stocked and warehouse else None


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
