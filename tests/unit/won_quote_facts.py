"""Plain facts for the tests of won quotes."""

from datetime import date
from decimal import Decimal

from sales_order_ext.won_quote import facts, rules

TODAY = date(2026, 3, 10)


def quoted(name="a", qty=10, ordered=0, rate=20, kind=facts.PRODUCT, **fields):
	return facts.QuoteRow(name, name.upper(), kind, Decimal(qty), Decimal(ordered), Decimal(rate), **fields)


def chosen(name="a", qty=10, include=True):
	return facts.Choice(name, Decimal(qty), include)


def a_win(rows=None, choices=None, quote=None, **fields):
	rows = tuple(rows or [quoted()])
	whole = facts.QuoteFacts("QTN-1", rows, **(quote or {}))
	choices = rules.default_choices(whole) if choices is None else tuple(choices)
	return facts.WinFacts(whole, choices, **{"transaction_date": TODAY, "delivery_date": TODAY, **fields})


def codes(win, today=TODAY):
	return [one.code for one in rules.blockers(win, today)]


def deal(status="Open", **fields):
	return {"opportunity": facts.OpportunityFacts("OPP-1", status, **fields)}
