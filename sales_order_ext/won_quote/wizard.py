"""The wizard on the server: stores a page, and tells the state of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate

from sales_order_ext import errors, inputs
from sales_order_ext.decimals import text
from sales_order_ext.markup import as_html
from sales_order_ext.won_quote import checks, facts, messages, outcome, pages, records, rules, sourcing
from sales_order_ext.won_quote.messages import MESSAGES


def store(win: Document, page: str, values: Mapping[str, Any]) -> None:
	"""Store what the user entered on a page, and nothing else; save the draft."""
	if page not in pages.PAGES:
		frappe.throw(_("There is no page {0}.").format(as_html(page)), errors.UnknownPageError)
	wrong = pages.unknown(page, values)
	if wrong:
		said = _("Page {0} does not ask {1}.").format(page, as_html(", ".join(wrong)))
		frappe.throw(said, errors.UnknownPageError)
	win.update({field: values[field] for field in pages.FIELDS[page] if field in values})
	if page in pages.ROWS:
		_store_rows(win, page, values)
	if page == pages.NOTIFY and "notify" in values:
		users = [
			row.get("user") if isinstance(row, dict) else row
			for row in inputs.rows(values["notify"], "notify")
		]
		win.set("notify", [{"user": user} for user in dict.fromkeys(users) if user])
	win.page = page
	win.save()


def _store_rows(win: Document, page: str, values: Mapping[str, Any]) -> None:
	table, key, fields = pages.ROWS[page]
	given = {row.get(key): row for row in inputs.objects(values.get(table), table)}
	for row in win.get(table):
		new = given.get(row.get(key)) or {}
		row.update({field: new[field] for field in fields if field in new})


def state(win: Document) -> dict[str, Any]:
	"""Return {"quote_win", "pages": [{"page", "asks", "blockers", "warnings"}], "lines", "actions"}."""
	return {"quote_win": win.as_dict(), **outlook(records.win_facts(win))}


def outlook(plan: facts.WinFacts) -> dict[str, Any]:
	"""Return what the wizard says of a pass: the pages with what stands there, the lines, the actions."""
	today = getdate()
	blocked = rules.blockers(plan, today)
	warned = rules.warnings(plan, today) if plan.permitted else []
	asked = pages.asks(plan)
	shown = [
		{
			"page": page,
			"asks": asked[page],
			"blockers": [told(one) for one in blocked if pages.page_of(one.code) == page],
			"warnings": [told(one) for one in warned if pages.page_of(one.code) == page],
		}
		for page in pages.PAGES
	]
	return {
		"pages": shown,
		"lines": lines(plan),
		"actions": records.described(outcome.planned_actions(plan)) if plan.permitted else [],
	}


def lines(plan: facts.WinFacts) -> list[dict[str, Any]]:
	"""Return what the Lines page shows beside each row, in its unit; nothing to who may not win it."""
	if not plan.permitted:
		return []
	rows = {row.name: row for row in plan.quote.rows}
	return [
		_line(plan, rows[choice.quotation_item], choice)
		for choice in plan.choices
		if choice.quotation_item in rows
	]


def _line(plan: facts.WinFacts, row: facts.QuoteRow, choice: facts.Choice) -> dict[str, Any]:
	market = plan.market.get(row.name, facts.Market())
	code, short = checks.following(plan, row, choice)
	values = {"short": text(short), "charge": _(choice.convert_to)}
	return {
		"quotation_item": row.name,
		"item_code": row.item_code,
		"kind": row.kind,
		"on_hand": _number(market.on_hand),
		"free": _number(market.free),
		"incoming": _number(market.incoming),
		"shortage": float(short),
		"source": sourcing.source_of(plan, row, choice),
		"action": code if choice.include else "",
		"following": str(messages.FOLLOWING[code]).format(**values) if choice.include else "",
	}


def _number(value: Decimal | None) -> float | None:
	return None if value is None else flt(value, 6)


def with_rows(win: Document, rows: list[dict[str, Any]]) -> Document:
	"""Return a pass with rows as they stand on the screen, unsaved. Saving would check what they name."""
	known = {row.warehouse for row in win.items} | {None, ""}
	for place in {str(row["warehouse"]) for row in rows if row.get("warehouse")} - known:
		frappe.has_permission("Warehouse", "read", place, throw=True)
	_store_rows(win, pages.LINES, {"items": rows})
	return win


def told(violation: Any) -> dict[str, str]:
	"""Return a violation as endpoints name it."""
	code = {"target_not_permitted": "not_permitted"}.get(violation.code, violation.code)
	return {"code": code, "message": errors.sentence(violation, MESSAGES)}
