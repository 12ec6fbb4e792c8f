"""Keeps the Quote Win; with `quotes`, `order` and `undo` the room's only database access.

Invariant: what is read after `load_locked` is what is committed now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, fmt_money, getdate

from sales_order_ext import documents, errors, preferences, transactions
from sales_order_ext.decimals import to_decimal
from sales_order_ext.order_type import records as order_types
from sales_order_ext.won_quote import facts, market, messages, presets, quotes, rules

QUOTE_WIN = "Quote Win"
SWITCH = "enable_procurement"


def load_locked(*documents: tuple[str, str]) -> list[Document]:
	"""Lock (doctype, name) rows in the given order, then load them.

	Throws DocumentChangedError where this transaction's view is older than what is committed.
	"""
	locked = [transactions.lock_rows(doctype, [name], ["modified"]) for doctype, name in documents]
	loaded = [frappe.get_doc(doctype, name) for doctype, name in documents]
	for current, doc in zip(locked, loaded, strict=True):
		if not current or cstr(current[0].modified) != cstr(doc.modified):
			frappe.throw(
				_("{0} {1} was changed by somebody else in the meantime. Reload it and try again.").format(
					_(doc.doctype), doc.name
				),
				errors.DocumentChangedError,
			)
	return loaded


def stock_of(win: Document) -> set[documents.Stock]:
	"""Return the (item code, warehouse) pairs that the order of a pass will promise, where promises are kept."""
	quotation = frappe.get_doc("Quotation", win.quotation)
	if not preferences.any_on(transactions.STOCK_SWITCHES, quotation.company):
		return set()
	stock = documents.stock_of(quotation) | documents.stock_of(win)
	if win.set_warehouse:
		stock |= {(item_code, win.set_warehouse) for item_code, _warehouse in stock}
	return stock


def win_facts(win: Document, quotation: Document | None = None) -> facts.WinFacts:
	"""Return everything the rules ask about a pass."""
	quotation = quotation or frappe.get_doc("Quotation", win.quotation)
	on = preferences.of(quotation)
	quote = quotes.quote_facts(quotation)
	order_date = getdate(win.transaction_date) if win.transaction_date else getdate()
	order_type = _order_type(win, quotation)
	kind = _kind(win, order_type)
	customer = quotes.customer_of(quotation)
	plan = facts.WinFacts(
		quote=quote,
		choices=choices_of(win, quote),
		transaction_date=order_date,
		delivery_date=getdate(win.delivery_date) if win.delivery_date else order_date,
		status=win.status,
		enabled=bool(preferences.get(SWITCH, quotation.company)),
		permitted=quotes.may_win(quotation),
		reserves=bool(on.enable_stock_reservations) and order_type.allocates,
		back_orders=bool(on.enable_back_orders) and _back_orders_now(order_type, kind, on),
		notify=tuple(dict.fromkeys(row.user for row in win.notify)),
		after=_after_sale(win, quotation, customer),
		kind=kind,
		has_types=bool(on.enable_order_types),
		buys=bool(on.enable_order_types) and not order_type.waits,
		mode_of_payment=win.mode_of_payment,
		losing=tuple(sorted(row.quotation for row in win.losing_quotations if row.lose)),
		lost_reason=win.lost_reason,
		sourcing=order_type.sourcing,
		billing_currency=_billing_currency(customer, quotation.company),
		total_factor=market.total_factor(quotation, {row.name: row for row in quote.rows}),
		credit=market.credit_of(customer, quotation.company),
		floor_is_kept=market.floor_is_kept(),
	)
	return replace(plan, market=market.market_of(quotation, customer, plan, order_date))


def _back_orders_now(order_type: Any, kind: str, on: Any) -> bool:
	"""Return whether back orders arise as the order is booked, or with the delivery that is booked with it."""
	delivers = bool(on.enable_order_types) and kind != facts.STANDARD
	return order_type.back_orders_on_submit or (delivers and order_type.back_orders_on_processing)


def choices_of(win: Document, quote: facts.QuoteFacts) -> tuple[facts.Choice, ...]:
	"""Return what the user wants of each row."""
	preset = {row.name: row.plan for row in quote.rows}
	named = {row.name: row.subscription_plan or preset.get(row.quotation_item) for row in win.items}
	plans = presets.plans(named.values())
	return tuple(
		facts.Choice(
			quotation_item=row.quotation_item,
			qty=to_decimal(row.qty, row.precision("qty")),
			include=bool(row.include),
			warehouse=row.warehouse or win.set_warehouse,
			convert_to=row.convert_to or facts.SALES_ORDER,
			source=row.source or "",
			supplier=row.supplier,
			plan=plans.get(named[row.name]),
		)
		for row in win.items
	)


def _order_type(win: Document, quotation: Document) -> Any:
	"""Return how the order will behave."""
	order = frappe._dict(company=quotation.company, customer=quotes.customer_of(quotation))
	order.soe_order_type = win.order_type
	if not order.soe_order_type and preferences.of(quotation).enable_order_types:
		order.soe_order_type = order_types.default_type(order)
	return order_types.type_of(order)


def _kind(win: Document, order_type: Any) -> str:
	"""Return the order's document kind: the chosen one, else its type's; a blocked order books nothing."""
	if order_type.blocked:
		return facts.STANDARD
	return win.document_kind if win.document_kind != facts.STANDARD else order_type.document_kind


def _billing_currency(customer: str | None, company: str) -> str:
	own = frappe.get_cached_value("Customer", customer, "default_currency") if customer else None
	return own or frappe.get_cached_value("Company", company, "default_currency")


def _after_sale(win: Document, quotation: Document, customer: str | None) -> facts.AfterSale:
	target = None
	forbidden = {
		doctype for doctype in ("Project", "Contract") if not frappe.has_permission(doctype, "create")
	}
	if win.project:
		project = frappe.get_doc("Project", win.project)
		others = {project.customer, customer} - {None, ""}
		foreign = len(others) > 1 or project.company != quotation.company
		target = facts.Target(project.name, foreign)
		forbidden.discard("Project")
		if not project.has_permission("write"):
			forbidden.add("Project")
	return facts.AfterSale(
		action=win.post_sale_action or facts.ORDER_ONLY,
		project=target,
		project_template=win.project_template,
		contract_template=win.contract_template,
		issue_type=win.issue_type or preferences.of(quotation).post_sale_issue_type,
		has_holidays=bool(frappe.get_cached_value("Company", quotation.company, "default_holiday_list")),
		forbidden=frozenset(forbidden),
	)


def open_draft(quotation: str) -> str | None:
	"""Return the oldest pass of a quotation that is not finished."""
	filters = {"quotation": quotation, "status": facts.DRAFT}
	names = frappe.get_all(QUOTE_WIN, filters=filters, order_by="creation, name", limit=1, pluck="name")
	return names[0] if names else None


def next_run_key(quotation: str) -> str:
	"""Return the key of a quotation's next pass: the database refuses the same one twice."""
	keys = frappe.get_all(QUOTE_WIN, filters={"quotation": quotation}, pluck="run_key", order_by="name")
	numbers = [cint(key.rsplit("#", 1)[-1]) for key in keys if key]
	return f"{quotation}#{max(numbers, default=0) + 1}"


def bring_up_to_date(win: Document) -> None:
	"""Give a draft the quotation's rows and figures as they are now; what the user chose stays."""
	quotation = frappe.get_doc("Quotation", win.quotation)
	win.update(
		{
			"opportunity": quotes.opportunity_of(quotation),
			"company": quotation.company,
			"currency": quotation.currency,
			"customer_name": quotation.customer_name or quotation.party_name,
			"delivery_date": win.delivery_date or win.transaction_date,
		}
	)
	quote = quotes.quote_facts(quotation)
	if win.is_new() and not win.items:
		add_rows(win, quote)
		_preset_head(win, quote)
	_offer_losing(win)
	quoted, sources = {row.name: row for row in quote.rows}, {row.name: row for row in quotation.items}
	for row in win.items:
		if row.quotation_item in quoted:
			_fill_row(row, quoted[row.quotation_item], sources[row.quotation_item], quotation.currency)


def add_rows(win: Document, quote: facts.QuoteFacts) -> None:
	"""Add what can be won and is not among the rows yet; drop what cannot be won any more."""
	choices = {choice.quotation_item: choice for choice in rules.default_choices(quote)}
	win.items = [row for row in win.items if row.quotation_item in choices]
	known = {row.quotation_item: row for row in win.items}
	for name, choice in choices.items():
		if name in known:
			known[name].qty = min(known[name].qty, float(choice.qty))
		else:
			values = {"quotation_item": name, "qty": float(choice.qty), "include": int(choice.include)}
			values |= {"convert_to": choice.convert_to, "source": choice.source, "supplier": choice.supplier}
			win.append("items", values)
	for number, row in enumerate(win.items, 1):
		row.idx = number


def _preset_head(win: Document, quote: facts.QuoteFacts) -> None:
	"""Preset what follows the sale, by the rules of the included rows' item groups."""
	included = {row.quotation_item for row in win.items if row.include}
	codes = [row.item_code for row in quote.rows if row.name in included and row.kind != facts.PRODUCT]
	preset = presets.head_presets(codes) if codes else {}
	if win.post_sale_action and win.post_sale_action != facts.ORDER_ONLY:
		preset.pop("post_sale_action", None)
	win.update(
		{field: value for field, value in preset.items() if field == "post_sale_action" or not win.get(field)}
	)


def _offer_losing(win: Document) -> None:
	"""List the other open quotations of the opportunity that the user may lose; what is ticked stays."""
	found = quotes.quotations_of(win.opportunity) if win.opportunity else []
	ticked = {row.quotation for row in win.losing_quotations if row.lose}
	win.losing_quotations = []
	for row in found:
		is_open = row.name != win.quotation and row.status in ("Open", "Replied", "Expired")
		if is_open and frappe.has_permission("Quotation", "submit", doc=row.name):
			values = {"quotation": row.name, "grand_total": row.grand_total, "currency": row.currency}
			win.append(
				"losing_quotations", {**values, "lose": int(row.name in ticked), "status_before": row.status}
			)


def _fill_row(row: Document, quoted: facts.QuoteRow, source: Document, currency: str) -> None:
	row.update(
		{
			"item_code": source.item_code,
			"item_name": source.item_name,
			"uom": source.uom,
			"rate": source.rate,
			"currency": currency,
			"remaining_qty": float(quoted.remaining_qty),
			"kind": quoted.kind,
			"is_alternative": int(quoted.is_alternative),
			"is_labour": int(quoted.is_labour),
			"subscription_plan": row.subscription_plan or quoted.plan,
		}
	)


def described(planned: Iterable[facts.PlannedAction]) -> list[dict[str, Any]]:
	"""Return planned actions as rows of the Quote Win, in the user's language."""
	rows = []
	for action in planned:
		values = dict(action.facts)
		if "total" in values:
			values["total"] = fmt_money(float(values["total"]), currency=values["currency"])
		if "status" in values:
			values["status"] = _(values["status"])
		rows.append(
			{
				"action": action.action,
				"description": str(messages.DESCRIPTIONS[action.action]).format(**values),
				"reference_doctype": action.reference_doctype,
				"reference_name": action.reference_name,
			}
		)
	return rows


def done(win: Document) -> list[dict[str, Any]]:
	"""Return the recorded actions of a pass."""
	fields = ("action", "description", "reference_doctype", "reference_name")
	return [{field: row.get(field) for field in fields} for row in win.actions]


def result(win: Document) -> dict[str, Any]:
	"""Return what a finished pass made."""
	created = [
		{"doctype": row.reference_doctype, "name": row.reference_name}
		for row in win.actions
		if row.action.startswith("Create ") and row.reference_name
	]
	return {"sales_order": win.sales_order, "created": created}
