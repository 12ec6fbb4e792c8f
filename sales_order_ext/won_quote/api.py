"""Whitelisted: start a pass, look ahead, finish it, take it back."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.rate_limiter import rate_limit
from frappe.utils import getdate

from sales_order_ext import again, errors, inputs, preferences, transactions
from sales_order_ext.won_quote import external, facts, losing, outcome, quotes, records, rules, wizard
from sales_order_ext.won_quote import undo as taking_back
from sales_order_ext.won_quote.messages import MESSAGES
from sales_order_ext.won_quote.order import make


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def start(quotation: str | None = None, opportunity: str | None = None) -> Document | dict[str, Any]:
	"""Return the draft Quote Win of a quotation, the open one where there is one.

	From an opportunity: of its only open quotation, else {"choices": [quotation, ...]}.
	"""
	if not quotation:
		choices = _open_quotations(opportunity)
		if len(choices) > 1:
			return {"choices": choices}
		quotation = choices[0].name
	doc = frappe.get_doc("Quotation", quotation)
	doc.check_permission("read")
	frappe.has_permission(records.QUOTE_WIN, "create", throw=True)
	preferences.require(records.SWITCH, doc.company)
	transactions.start_fresh()
	transactions.lock_rows("Quotation", [quotation])
	name = records.open_draft(quotation)
	return _resumed(name) if name else frappe.get_doc(_draft(quotation)).insert()


@frappe.whitelist()
def preview(quote_win: str) -> dict[str, Any]:
	"""Return {"actions", "warnings", "blockers"} of a pass; writes nothing."""
	win = frappe.get_doc(records.QUOTE_WIN, quote_win)
	if not win.has_permission("read"):
		return _outlook([], [rules.not_permitted(win.quotation)], [])
	if win.status == facts.FINISHED:
		return _outlook(records.done(win), [], [])
	plan, today = records.win_facts(win), getdate()
	blocked = rules.blockers(plan, today)
	if not plan.permitted:
		return _outlook([], blocked, [])
	return _outlook(records.described(outcome.planned_actions(plan)), blocked, rules.warnings(plan, today))


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def finish(quote_win: str) -> dict[str, Any]:
	"""Book the order; return {"sales_order", "created"}. A second call returns the same."""
	win = frappe.get_doc(records.QUOTE_WIN, quote_win)
	if not win.has_permission("write"):
		errors.throw([rules.not_permitted(win.quotation)], MESSAGES)
	# Its submit could not start afresh: what others do with the goods from now on would have it refused.
	transactions.lock_for((), records.stock_of(win))
	transactions.lock_rows(
		"Quotation", [win.quotation, *(row.quotation for row in win.losing_quotations if row.lose)]
	)
	quotation, win = records.load_locked(("Quotation", win.quotation), (records.QUOTE_WIN, quote_win))
	if win.status != facts.FINISHED:
		plan = records.win_facts(win, quotation)
		errors.throw_all(rules.blockers(plan, getdate()), MESSAGES)
		with transactions.all_or_nothing("quote_win_finish"):
			make(win, quotation, plan)
	return records.result(win)


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def undo(quote_win: str) -> dict[str, Any]:
	"""Cancel and remove what a finished pass made; return {"removed", "kept"}. Twice is once."""
	win = frappe.get_doc(records.QUOTE_WIN, quote_win)
	win.check_permission("write")
	if win.status != facts.FINISHED:
		return _nothing_to_undo(win)
	transactions.start_fresh()
	order, quotation, win = records.load_locked(
		("Sales Order", win.sales_order), ("Quotation", win.quotation), (records.QUOTE_WIN, quote_win)
	)
	errors.throw_all(rules.undo_blockers(taking_back.undo_facts(win, order)), MESSAGES)
	with transactions.all_or_nothing("quote_win_undo"):
		return taking_back.take_back(win, quotation, order)


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def save_page(quote_win: str, page: str, values: dict | str) -> dict[str, Any]:
	"""Store one page of the wizard; return the state of all pages (see `state`)."""
	win = frappe.get_doc(records.QUOTE_WIN, quote_win)
	win.check_permission("write")
	wizard.store(win, page, inputs.mapping(values, "values"))
	return wizard.state(win)


@frappe.whitelist()
def state(quote_win: str) -> dict[str, Any]:
	"""Return {"quote_win", "pages", "lines", "actions"}: what the wizard shows; writes nothing.

	Each page has `page`, `asks` (whether a plain Enter visits it), `blockers` and `warnings`.
	"""
	win = frappe.get_doc(records.QUOTE_WIN, quote_win)
	win.check_permission("read")
	return wizard.state(win)


@frappe.whitelist()
def lines(quote_win: str, rows: list | str | None = None) -> dict[str, Any]:
	"""Return {"pages", "lines", "actions"} as `state` does, with `rows` as they stand on the screen."""
	win = frappe.get_doc(records.QUOTE_WIN, quote_win)
	win.check_permission("read")
	if rows:
		wizard.with_rows(win, inputs.objects(rows, "rows"))
	return wizard.outlook(records.win_facts(win))


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def lose(
	opportunity: str,
	reasons: list | str,
	competitors: list | str | None = None,
	detailed_reason: str | None = None,
) -> dict[str, Any]:
	"""Declare an opportunity and its open quotations lost; return {"opportunity", "quotations"}. Twice is once."""
	doc = frappe.get_doc("Opportunity", opportunity)
	doc.check_permission("write")
	preferences.require(records.SWITCH, doc.company)
	given = losing.names_in(reasons, "lost_reason")
	with transactions.all_or_nothing("quote_win_lose"):
		lost = losing.lose(doc, given, losing.names_in(competitors, "competitor"), detailed_reason)
	return {"opportunity": opportunity, "quotations": lost}


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def lose_quotation(
	quotation: str,
	reasons: list | str,
	competitors: list | str | None = None,
	detailed_reason: str | None = None,
) -> dict[str, Any]:
	"""Declare one quotation lost; return {"quotation", "status"}. Twice is once."""
	doc = frappe.get_doc("Quotation", quotation)
	doc.check_permission("submit")
	preferences.require(records.SWITCH, doc.company)
	given = losing.names_in(reasons, "lost_reason")
	with transactions.all_or_nothing("quote_win_lose"):
		losing.lose_one(doc, given, losing.names_in(competitors, "competitor"), detailed_reason)
	return {"quotation": quotation, "status": "Lost"}


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def reopen_opportunity(opportunity: str) -> dict[str, Any]:
	"""Open an opportunity that is over, so that it can be won again; return {"opportunity", "status"}."""
	doc = frappe.get_doc("Opportunity", opportunity)
	doc.check_permission("write")
	preferences.require(records.SWITCH, doc.company)
	transactions.start_fresh()
	transactions.lock_rows("Opportunity", [opportunity])
	doc.reload()
	if rules.needs_reopening(facts.OpportunityFacts(doc.name, doc.status)):
		losing.reopen(doc)
	return {"opportunity": opportunity, "status": doc.status}


@frappe.whitelist(methods=["POST"])
@rate_limit(limit=60, seconds=60)
@again.after_deadlock
def import_external_quote(payload: dict | str) -> dict[str, Any]:
	"""Take a quote of another tool in; return {"external_quote", "quotation", "created"}.

	The same `idempotency_key` of the same `source` returns what the first call made.
	"""
	frappe.has_permission(external.DOCTYPE, "create", throw=True)
	given = external.cleaned(inputs.mapping(payload, "payload"))
	external.require_switch(given["company"])
	with transactions.all_or_nothing("external_quote"):
		return external.take_in(given)


def _open_quotations(opportunity: str | None) -> list[frappe._dict]:
	if not opportunity:
		frappe.throw(_("Name a quotation or an opportunity."), errors.NoOpenQuotationError)
	frappe.get_doc("Opportunity", opportunity).check_permission("read")
	found = quotes.open_quotations(opportunity)
	if not found:
		frappe.throw(
			_("Opportunity {0} has no open quotation. Make and submit one first.").format(opportunity),
			errors.NoOpenQuotationError,
		)
	return found


def _draft(quotation: str) -> dict[str, str]:
	return {"doctype": records.QUOTE_WIN, "quotation": quotation}


def _resumed(name: str) -> Document:
	"""Return an open draft with the quotation's rows as they are now."""
	win = frappe.get_doc(records.QUOTE_WIN, name)
	win.check_permission("write")
	records.add_rows(win, quotes.quote_facts(frappe.get_doc("Quotation", win.quotation)))
	return win.save()


def _outlook(actions: list[dict], blocked: list, warned: list) -> dict[str, Any]:
	return {
		"actions": actions,
		"warnings": [wizard.told(one) for one in warned],
		"blockers": [wizard.told(one) for one in blocked],
	}


def _nothing_to_undo(win: Document) -> dict[str, Any]:
	if win.status == facts.DRAFT:
		frappe.throw(
			_("{0} is not finished: there is nothing to undo.").format(win.name), errors.UndoNotAllowedError
		)
	return {"removed": [], "kept": []}
