"""What the acting user may read, for what is shown out of queries of our own."""

from __future__ import annotations

from collections.abc import Collection

import frappe
from frappe.core.doctype.user_permission.user_permission import get_user_permissions
from frappe.model.db_query import DatabaseQuery
from frappe.model.document import Document
from frappe.permissions import has_user_permission

# Records of ours that tell of a document, and where they name it. Its User Permissions hold for them too, also
# those on what they do not name themselves, such as the territory.
TOLD_OF = {"Quote Win": ("quotation", "Quotation"), "Back Order": ("sales_order", "Sales Order")}


def has_permission(doc: Document, user: str) -> bool:
	"""Return whether User Permissions let a user see what a record of ours tells of."""
	field, doctype = TOLD_OF[doc.doctype]
	name = doc.get(field)
	if not name or not get_user_permissions(user) or not frappe.db.exists(doctype, name):
		return True
	return has_user_permission(frappe.get_doc(doctype, name), user)


def conditions(user: str, doctype: str) -> str:
	"""Return the same as a condition for lists; whoever has no role to read what is told of is left to the record's."""
	field, told_of = TOLD_OF[doctype]
	if not get_user_permissions(user) or not frappe.has_permission(told_of, "read", user=user):
		return ""
	matching = DatabaseQuery(told_of, user=user).build_match_conditions()
	return (
		f"`tab{doctype}`.`{field}` in (select `name` from `tab{told_of}` where {matching})"
		if matching
		else ""
	)


def readable_names(doctype: str, names: Collection[str]) -> set[str]:
	"""Return those of the documents that the acting user may read, by role and User Permissions."""
	if not names or not frappe.has_permission(doctype, "read"):
		return set()
	filters = {"name": ("in", sorted(names))}
	return set(frappe.get_list(doctype, filters, pluck="name", order_by="name asc", limit=len(names)))


def readable_stock(pairs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
	"""Return those of the (item code, warehouse) pairs whose stock is for the acting user to know."""
	items = readable_names("Item", {item for item, _place in pairs})
	places = readable_names("Warehouse", {place for _item, place in pairs})
	return {(item, place) for item, place in pairs if item in items and place in places}
