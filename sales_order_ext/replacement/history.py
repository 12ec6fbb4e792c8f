"""What became of an order: the chain that it belongs to, and the report of all chains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _

from sales_order_ext.replacement.chains import tree
from sales_order_ext.replacement.links import LOG, ORDER
from sales_order_ext.replacement.successors import was_booked

CHAIN_FIELDS = (
	"name",
	"status",
	"docstatus",
	"transaction_date",
	"customer",
	"grand_total",
	"currency",
	"soe_root_order",
	"soe_replacement_no",
	"soe_replacement_role",
	"soe_is_cancelled",
	"soe_replaced_order",
	"soe_canceled_order",
)


def chain(root: str) -> list[frappe._dict]:
	"""Return the chain's orders, first to last, as far as the user may read them; inverses are named."""
	fields = ["name", "soe_replacement_no", "status", "docstatus", "transaction_date", "grand_total"]
	fields += [
		"currency",
		"soe_is_cancelled",
		"soe_inverse_order",
		"soe_replacement_order",
		"soe_replaced_order",
	]
	root_or_member = [["name", "=", root], ["soe_root_order", "=", root]]
	rows = frappe.get_list(ORDER, or_filters=root_or_member, fields=fields, order_by="name", limit=0)
	rows = [row for row in rows if row.name == root or (row.soe_replaced_order and _was_booked(row))]
	return sorted(rows, key=lambda row: row.soe_replacement_no if row.name != root else 0)


def _was_booked(row: frappe._dict) -> bool:
	"""Return whether a member of a chain is or was an order: discarded drafts (version 16) never were."""
	return row.docstatus < 2 or was_booked(row.name)


def chains(filters: Mapping[str, Any]) -> list[dict[str, Any]]:
	"""Return the rows of the report Replacement Chains, as far as the user may read the orders."""
	roots = _roots(filters)
	if not roots:
		return []
	root_or_member = [["name", "in", roots], ["soe_root_order", "in", roots]]
	orders = frappe.get_list(ORDER, or_filters=root_or_member, fields=CHAIN_FIELDS, order_by="name", limit=0)
	logs = frappe.get_all(
		LOG,
		{"root_order": ("in", roots)},
		["replacement_order", "difference", "replaced_by", "replaced_on"],
		order_by="name",
	)
	told = {log.replacement_order: log for log in logs}
	orders = [one for one in orders if one.docstatus < 2 or not one.soe_replaced_order or one.name in told]
	for order in orders:
		log = told.get(order.name) or {}
		order.role = _(order.soe_replacement_role) if order.soe_replacement_role else ""
		order.status = (
			_("Temporary")
			if not order.docstatus
			else _("Replaced")
			if (order.soe_is_cancelled and not order.soe_canceled_order)
			else _(order.status)
		)
		order.update({field: log.get(field) for field in ("difference", "replaced_by", "replaced_on")})
	return tree(orders)


def _roots(filters: Mapping[str, Any]) -> list[str]:
	"""Return the first orders of the chains that fit the filters, newest replacement first."""
	wanted = {field: filters[field] for field in ("company", "customer") if filters.get(field)}
	if filters.get("sales_order"):
		order = filters["sales_order"]
		wanted["root_order"] = frappe.db.get_value(ORDER, order, "soe_root_order") or order
	days = filters.get("from_date") or "1900-01-01", filters.get("to_date") or "9999-12-31"
	wanted["replaced_on"] = ("between", days)
	found = frappe.get_list(LOG, wanted, pluck="root_order", order_by="replaced_on desc", limit=0)
	return list(dict.fromkeys(found))
