"""Reads a quotation, its rows, its party and its opportunity as the rules see them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.query_builder.functions import Sum
from frappe.utils import cint, getdate

from sales_order_ext import preferences
from sales_order_ext.decimals import ZERO, to_decimal
from sales_order_ext.won_quote import facts, presets

# Where a party that is no customer yet is found again once it is one.
CUSTOMER_KEYS = {"Lead": "lead_name", "Prospect": "prospect_name", "CRM Deal": "crm_deal"}


def quote_facts(quotation: Document) -> facts.QuoteFacts:
	"""Return a quotation as the rules see it."""
	allow_expired = frappe.db.get_single_value(
		"Selling Settings", "allow_sales_order_creation_for_expired_quotation"
	)
	unknown_party = quotation.quotation_to in ("Lead", "Prospect") and not customer_of(quotation)
	return facts.QuoteFacts(
		name=quotation.name,
		rows=_quote_rows(quotation),
		docstatus=cint(quotation.docstatus),
		status=quotation.status or "Draft",
		valid_till=getdate(quotation.valid_till) if quotation.valid_till else None,
		currency=quotation.currency,
		precision=_precision(quotation, "amount"),
		opportunity=_opportunity_facts(quotation),
		new_customer=quotation.party_name if unknown_party else None,
		may_be_expired=bool(cint(allow_expired)),
	)


def _quote_rows(quotation: Document) -> tuple[facts.QuoteRow, ...]:
	codes = {row.item_code for row in quotation.items if row.item_code}
	items = presets.of_items(codes, quotation.currency, quotation.company)
	refuses = bool(preferences.of(quotation).enable_back_orders)
	whole = _whole_units({unit for row in quotation.items for unit in (row.uom, row.stock_uom) if unit})
	ordered = _ordered(quotation.name)
	recurring = any(item.kind == facts.RECURRING for item in items.values())
	subscribed = subscribed_qty(quotation.name) if recurring else {}
	rows = []
	for row in quotation.items:
		item = items.get(row.item_code, presets.Preset())
		taken = ordered.get(row.name, ZERO) / (to_decimal(row.conversion_factor) or 1)
		taken += subscribed.get(row.name, ZERO)
		rows.append(
			facts.QuoteRow(
				name=row.name,
				item_code=row.item_code or row.item_name,
				kind=item.kind,
				quoted_qty=to_decimal(row.qty, row.precision("qty")),
				ordered_qty=to_decimal(taken, row.precision("qty")),
				rate=to_decimal(row.rate, row.precision("rate")),
				is_alternative=bool(row.is_alternative),
				is_stocked=item.is_stocked,
				is_labour=item.is_labour,
				convert_to=item.convert_to,
				plan=item.plan,
				is_final=item.is_final and refuses,
				ships=item.ships,
				supplier=item.supplier,
				whole_number=row.uom in whole or (row.stock_uom in whole and row.conversion_factor == 1),
			)
		)
	return tuple(rows)


def _ordered(quotation: str) -> dict[str, Decimal]:
	"""Return {quotation row: quantity in the stock unit on submitted orders}.

	Not every release of ERPNext keeps this figure on the quotation. Inverse orders count negative.
	"""
	row = frappe.qb.DocType("Sales Order Item")
	query = frappe.qb.from_(row).select(row.quotation_item, Sum(row.stock_qty)).groupby(row.quotation_item)
	query = query.where((row.docstatus == 1) & (row.prevdoc_docname == quotation))
	return {name: to_decimal(qty) for name, qty in query.run()}


def subscribed_qty(quotation: str) -> dict[str, Decimal]:
	"""Return {quotation row: quantity that finished passes made subscriptions of}."""
	win, row = frappe.qb.DocType("Quote Win"), frappe.qb.DocType("Quote Win Item")
	query = frappe.qb.from_(row).join(win).on(win.name == row.parent)
	query = query.select(row.quotation_item, Sum(row.qty)).groupby(row.quotation_item)
	mine = (win.quotation == quotation) & (win.status == facts.FINISHED)
	return {name: to_decimal(qty) for name, qty in query.where(mine & (row.is_subscribed == 1)).run()}


def _whole_units(units: Iterable[str]) -> set[str]:
	filters = {"name": ("in", sorted(units)), "must_be_whole_number": 1}
	return set(frappe.get_all("UOM", filters=filters, pluck="name", order_by="name"))


def opportunity_of(quotation: Document) -> str | None:
	"""Return the opportunity behind a quotation: its own, else the first that its rows name."""
	named = (
		row.get("prevdoc_docname") for row in quotation.items if row.get("prevdoc_doctype") == "Opportunity"
	)
	return quotation.opportunity or next((name for name in named if name), None)


def _opportunity_facts(quotation: Document) -> facts.OpportunityFacts | None:
	name = opportunity_of(quotation)
	if not name:
		return None
	fields = ["status", "soe_reopened_on"]
	status, reopened_on = frappe.db.get_value("Opportunity", name, fields) or ("", None)
	closed = status == facts.CONVERTED and ordered_since(name, reopened_on)
	return facts.OpportunityFacts(name, status, closed)


def quotations_of(opportunity: str) -> list[frappe._dict]:
	"""Return all submitted quotations of an opportunity (`name`, `status`, totals), oldest first."""
	fields = ["name", "status", "grand_total", "currency", "creation"]
	order = {"fields": fields, "order_by": "creation asc, name asc"}
	by_row = frappe.get_all(
		"Quotation Item", {"prevdoc_docname": opportunity, "docstatus": 1}, pluck="parent", order_by="parent"
	)
	found = frappe.get_all("Quotation", filters={"opportunity": opportunity, "docstatus": 1}, **order)
	found += (
		frappe.get_all("Quotation", filters={"name": ("in", by_row), "docstatus": 1}, **order)
		if by_row
		else []
	)
	return list({row.name: row for row in found}.values())


def ordered_since(opportunity: str, moment: object) -> bool:
	"""Return whether a quotation of the opportunity is fully ordered by an order made after the moment.

	Without a moment: whether one is fully ordered at all.
	"""
	names = [row.name for row in quotations_of(opportunity) if row.status == facts.ORDERED]
	if not names or not moment:
		return bool(names)
	filters = {"prevdoc_docname": ("in", names), "docstatus": 1, "creation": (">", moment)}
	return bool(frappe.db.exists("Sales Order Item", filters))


def customer_of(quotation: Document) -> str | None:
	"""Return the customer a quotation is for, where there is one already."""
	if quotation.quotation_to == "Customer":
		return quotation.party_name
	key = CUSTOMER_KEYS.get(quotation.quotation_to)
	return frappe.db.get_value("Customer", {key: quotation.party_name}) if key else None


def may_win(quotation: Document) -> bool:
	"""Return whether the user may read the quotation, and create and submit its order."""
	if not frappe.has_permission("Quotation", "read", doc=quotation):
		return False
	customer = customer_of(quotation)
	order = frappe.new_doc("Sales Order")
	order.update({"company": quotation.company, "customer": customer, "currency": quotation.currency})
	if not customer and not frappe.has_permission("Customer", "create"):
		return False
	return all(frappe.has_permission("Sales Order", right, doc=order) for right in ("create", "submit"))


def open_quotations(opportunity: str) -> list[frappe._dict]:
	"""Return the opportunity's quotations that the user may read and that can still be won."""
	fields = ["name", "transaction_date", "valid_till", "grand_total", "currency", "status"]
	filters = {"docstatus": 1, "status": ("not in", ("Lost", "Ordered", "Expired", "Cancelled"))}
	by_head = {"opportunity": opportunity, **filters}
	by_row = [["Quotation Item", "prevdoc_docname", "=", opportunity]]
	by_row += [["Quotation", "docstatus", "=", 1], ["Quotation", "status", *filters["status"]]]
	order = {"fields": fields, "order_by": "transaction_date desc, name desc"}
	found = frappe.get_list("Quotation", filters=by_head, **order)
	found += frappe.get_list("Quotation", filters=by_row, **order)
	return list({row.name: row for row in found}.values())


def _precision(doc: Document, field: str) -> int:
	return doc.items[0].precision(field) if doc.get("items") else 2
