"""The pages of the wizard: what each one asks, and which reasons belong to it. Knows no Frappe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sales_order_ext.won_quote import conversion
from sales_order_ext.won_quote.facts import PRODUCT, WinFacts

CLOSE, ACTIVATE, LINES, ORDER, NOTIFY, SUMMARY = "Close", "Activate", "Lines", "Order", "Notify", "Summary"
PAGES = (CLOSE, ACTIVATE, LINES, ORDER, NOTIFY, SUMMARY)

FIELDS = {
	CLOSE: ("transaction_date", "lost_reason"),
	ACTIVATE: ("post_sale_action", "project", "project_template", "contract_template", "issue_type"),
	LINES: (),
	ORDER: (
		"order_type",
		"document_kind",
		"mode_of_payment",
		"delivery_date",
		"set_warehouse",
		"customer_address",
		"shipping_address_name",
		"po_no",
		"invoice_term",
		"payment_terms_template",
	),
	NOTIFY: (),
	SUMMARY: (),
}
# Fields of the rows that a page may set: (table, what names a row, fields).
ROWS = {
	CLOSE: ("losing_quotations", "quotation", ("lose",)),
	ACTIVATE: ("items", "quotation_item", ("convert_to",)),
	LINES: (
		"items",
		"quotation_item",
		("include", "qty", "warehouse", "convert_to", "subscription_plan", "source", "supplier"),
	),
}
# Where a reason is mended; what is not here is of the quotation itself and stands on the first page.
MENDED_AT = {
	"target_not_permitted": ACTIVATE,
	"project_of_others": ACTIVATE,
	"holidays_missing": ACTIVATE,
	"nothing_included": LINES,
	"no_product_item": LINES,
	"row_not_on_quotation": LINES,
	"row_repeated": LINES,
	"qty_not_positive": LINES,
	"qty_above_remaining": LINES,
	"qty_not_whole": LINES,
	"charge_of_goods": LINES,
	"charge_of_labour": LINES,
	"plan_missing": LINES,
	"plan_currency": LINES,
	"plan_price_differs": LINES,
	"supplier_missing": LINES,
	"not_reorderable": LINES,
	"nothing_bought": LINES,
	"price_too_low": LINES,
	"margin_below_valuation": LINES,
	"price_missing": LINES,
	"price_expired": LINES,
	"shortage": LINES,
	"alternatives_together": LINES,
	"quantity_not_quoted": LINES,
	"delivery_before_order": ORDER,
	"credit_limit": ORDER,
	"kind_without_types": ORDER,
}


def page_of(code: str) -> str:
	"""Return the page on which a blocker or warning is shown and can be mended."""
	return MENDED_AT.get(code, CLOSE)


def asks(win: WinFacts) -> dict[str, bool]:
	"""Return, for each page, whether a plain Enter visits it: the others hold what is usual already."""
	services = any(row.kind != PRODUCT for row, _choice in conversion.chosen(win))
	always = {CLOSE, LINES, SUMMARY}
	return {page: page in always or (page == ACTIVATE and services) for page in PAGES}


def unknown(page: str, values: Mapping[str, Any]) -> list[str]:
	"""Return the names in a page's values that the page does not ask."""
	allowed = {
		*FIELDS[page],
		*([ROWS[page][0]] if page in ROWS else []),
		*(["notify"] if page == NOTIFY else []),
	}
	return sorted(set(values) - allowed)
