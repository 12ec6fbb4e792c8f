"""The customer's orders on the portal: neither what was replaced nor what reverses it."""

from __future__ import annotations

from urllib.parse import quote

import frappe
from werkzeug.exceptions import abort
from werkzeug.utils import redirect

from sales_order_ext.replacement import records, successors

PAGE, ENDPOINT = "/orders", "frappe.www.list.get"


def hide_replaced_orders() -> None:
	"""Before a request: let the portal's list, the page and its "More", filter by our own field.

	ERPNext filters by every field of the order that the request names; it has no hook for more. The page
	of a replaced order, known from an old link, leads on to what replaces it.
	"""
	request = frappe.local.form_dict
	path = frappe.request.path.rstrip("/")
	is_more = (
		ENDPOINT in (path.rpartition("/")[2], request.get("cmd")) and request.get("doctype") == records.ORDER
	)
	if not (is_more or path == PAGE or path.startswith(f"{PAGE}/")) or not records.any_replaced():
		return
	if is_more or path == PAGE:
		request["soe_is_cancelled"] = "0"
	elif target := _successor(path.removeprefix(f"{PAGE}/")):
		abort(redirect(target))


def _successor(name: str) -> str | None:
	"""Return the page to open for a replaced order or its reversal: of the one replacement, or the list.

	None for other orders, and for users who may not see the order: ERPNext refuses them.
	"""
	if not frappe.db.get_value(records.ORDER, name, "soe_is_cancelled"):
		return None
	order = frappe.get_doc(records.ORDER, name)
	if not frappe.has_website_permission(order):
		return None
	living, _cancelled = successors.ends_of(order.get("soe_canceled_order") or name)
	names = frappe.get_all(
		records.ORDER, {"name": ("in", living), "docstatus": 1}, pluck="name", order_by="name"
	)
	return f"{PAGE}/{quote(names[0])}" if len(names) == 1 else PAGE
