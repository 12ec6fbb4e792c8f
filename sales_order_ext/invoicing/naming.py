"""Draws invoice numbers ahead, so that workers need not wait for each other's submits.

ERPNext draws a number at the start of an insert and keeps the series locked until the commit: two workers
would take turns. With several workers each keeps a few numbers for its next groups, in a short transaction
of its own. A number is written down with its group, so that a killed or failed group uses it when it is
tried again. What no group needs goes back where the series still allows it. One worker draws as ERPNext does.
"""

from __future__ import annotations

import frappe
from frappe.model import naming

from sales_order_ext import transactions
from sales_order_ext.invoicing import run_records

INVOICE = "Sales Invoice"
# How many numbers one worker keeps. Neighbouring numbers of different workers would wait for each other:
# InnoDB locks the gap beside what a submit reads.
AT_ONCE = 10
DATE_PARTS = ("", "YY", "YYYY", "MM", "DD", "WW")


def series() -> str | None:
	"""Return the series that invoices are numbered by; None where numbers cannot be drawn ahead.

	That is where a naming rule, a field of the invoice or another app has a say in its name.
	"""
	meta = frappe.get_meta(INVOICE)
	if not (meta.autoname or "").startswith("naming_series:"):
		return None
	if frappe.get_all("Document Naming Rule", {"document_type": INVOICE, "disabled": 0}, limit=1):
		return None
	chosen = frappe.new_doc(INVOICE).naming_series or naming.get_default_naming_series(INVOICE)
	return chosen if chosen and all(_is_plain(part) for part in chosen.split(".")) else None


def keep(invoice_run: str, chosen: str) -> list[str]:
	"""Keep numbers for the next groups of a run that have none; return those groups. The caller commits."""
	transactions.start_fresh()
	# The first draw locks the series; what is read after it includes what other workers kept.
	first = _draw(chosen)
	groups = run_records.unnumbered(invoice_run, AT_ONCE)
	if not groups:
		frappe.db.rollback()
		return []
	spare = run_records.spare_numbers(invoice_run)
	numbers = [*spare, first]
	for group in groups:
		number = numbers.pop(0) if numbers else _draw(chosen)
		if number in spare:
			run_records.keep_number(spare[number], None)
		run_records.keep_number(group, number)
	if first in numbers:
		naming.revert_series_if_last(chosen, first)
	return groups


def give_back(invoice_run: str) -> None:
	"""Give back the numbers that no group of a finished run needs, as far as they are the series' last."""
	spare = run_records.spare_numbers(invoice_run)
	chosen = series() if spare else None
	for number in reversed(spare) if chosen else ():
		naming.revert_series_if_last(chosen, number)
		run_records.keep_number(spare[number], None)


def _draw(chosen: str) -> str:
	return naming.make_autoname(f"{chosen}.#####", INVOICE)


def _is_plain(part: str) -> bool:
	"""Return whether a part of a series depends on nothing but the day and the counter."""
	if part in DATE_PARTS or part.startswith("#"):
		return True
	by_field = part.startswith("{") or frappe.get_meta(INVOICE).has_field(part)
	return not (by_field or naming.has_custom_parser(part))
