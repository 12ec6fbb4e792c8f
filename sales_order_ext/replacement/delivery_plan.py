"""What version 16 plans to deliver of a row, and when: it follows the row as long as it fits.

ERPNext's production schedule counts every plan it finds, whatever became of its order: none may be left
behind, and none may stand beside one that was made on the draft.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import frappe

from sales_order_ext.decimals import ZERO, to_decimal
from sales_order_ext.replacement import rules
from sales_order_ext.replacement.links import DELIVERY_PLAN, Reference
from sales_order_ext.violations import Violation


def keep_fitting(
	original: rules.Order, parts: Sequence[rules.Order], references: Sequence[Reference]
) -> tuple[list[Reference], list[Violation]]:
	"""Delete the plans that do not fit the new rows; return what is left to move, and what to tell."""
	plans = [reference for reference in references if reference.link.doctype == DELIVERY_PLAN]
	if not plans:
		return list(references), []
	new = rules.together(parts[0], parts[1:])
	planned = _planned({"name": ("in", [plan.name for plan in plans])})
	gone, told = rules.outdated_plans(
		original, new, planned, _planned({"sales_order": ("in", _names(parts))})
	)
	outdated = {plan.name for plan in plans if plan.order_row in gone}
	if outdated:
		frappe.db.delete(DELIVERY_PLAN, {"name": ("in", sorted(outdated))})
	kept = [one for one in references if one.link.doctype != DELIVERY_PLAN or one.name not in outdated]
	return kept, told


def forget(draft: str) -> None:
	"""Delete what is planned on a draft: ERPNext would not let the draft be deleted."""
	if frappe.db.table_exists(DELIVERY_PLAN):
		frappe.db.delete(DELIVERY_PLAN, {"sales_order": draft})


def _names(parts: Sequence[rules.Order]) -> list[str]:
	return [part.name for part in parts]


def _planned(filters: dict) -> dict[str, Decimal]:
	"""Return {row: the quantity that is planned of it}."""
	planned: dict[str, Decimal] = {}
	fields = ["sales_order_item", "qty"]
	for plan in frappe.get_all(DELIVERY_PLAN, filters, fields, order_by="name asc"):
		row = plan.sales_order_item
		planned[row] = planned.get(row, ZERO) + to_decimal(plan.qty, 9)
	return planned
