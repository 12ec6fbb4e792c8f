"""Takes back what a pass made, newest first, and gives quotation and opportunity their status again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from sales_order_ext import background, compat, transactions
from sales_order_ext.won_quote import facts, losing, outcome, quotes, targets

# What is made for a sale beside the order, newest first.
TARGETS = ("Issue", "Contract", "Project")
# What is removed with the order, so that the record of the pass names it no more.
RELEASED = ("Sales Order", "Back Order", "Customer", "Subscription", *targets.PURCHASES, *TARGETS)
# What names a purchase that was made with the order: what came of it, what was billed, what a buyer ordered.
FOLLOWED = {
	"Purchase Order": [
		("Purchase Receipt Item", "purchase_order", {}),
		("Purchase Invoice Item", "purchase_order", {}),
	],
	"Material Request": [("Purchase Order Item", "material_request", {})],
}
# What holds an order, drafts included: the kind, where it names the order, and under which condition.
HOLDS = {
	"deliveries": [("Delivery Note Item", "against_sales_order", {})],
	"invoices": [("Sales Invoice Item", "sales_order", {})],
	"payments": [
		("Payment Entry Reference", "reference_name", {"reference_doctype": "Sales Order"}),
		("Journal Entry Account", "reference_name", {"reference_type": "Sales Order"}),
	],
}


def undo_facts(win: Document, order: Document) -> facts.UndoFacts:
	"""Return what has happened to the order and the subscriptions since they were made."""
	return replace(_with_subscriptions(_order_facts(order), win), receipts=_receipts(win))


def _receipts(win: Document) -> tuple[str, ...]:
	"""Return what has followed of the purchases, and those that were shipped to the customer."""
	filters = {"name": ("in", _made(win, "Purchase Order")), "status": "Delivered"}
	found = set(frappe.get_all("Purchase Order", filters, pluck="name", order_by="name"))
	for doctype, places in FOLLOWED.items():
		for name in _made(win, doctype):
			found.update(_holders(name, places))
	return tuple(sorted(found))


def _order_facts(order: Document) -> facts.UndoFacts:
	amended = frappe.db.exists("Sales Order", {"amended_from": order.name, "docstatus": ("<", 2)})
	return facts.UndoFacts(
		order=order.name,
		permitted=bool(frappe.has_permission("Sales Order", "cancel", doc=order)),
		is_replaced=bool(amended or order.get("soe_replacement_order") or order.get("soe_is_cancelled")),
		**{field: _holders(order.name, places) for field, places in HOLDS.items()},
	)


def _with_subscriptions(facts_: facts.UndoFacts, win: Document) -> facts.UndoFacts:
	names = _made(win, "Subscription")
	filters = {"subscription": ("in", names), "docstatus": ("<", 2)}
	invoices = frappe.get_all("Sales Invoice", filters, pluck="name", order_by="name") if names else []
	return replace(facts_, invoices=tuple(sorted({*facts_.invoices, *invoices})))


def _made(win: Document, *doctypes: str) -> list[str]:
	"""Return the documents of these DocTypes that the pass made."""
	return [
		row.reference_name
		for row in win.actions
		if row.reference_doctype in doctypes and row.action.startswith("Create ") and row.reference_name
	]


def _holders(order: str, places: list[tuple[str, str, dict]]) -> tuple[str, ...]:
	names: set[str] = set()
	for doctype, field, condition in places:
		filters = {field: order, "docstatus": ("<", 2), **condition}
		names.update(frappe.get_all(doctype, filters=filters, pluck="parent", order_by="parent"))
	return tuple(sorted(names))


def take_back(win: Document, quotation: Document, order: Document) -> dict[str, Any]:
	"""Cancel and remove the order and what was made with it; return {"removed", "kept"}.

	A cancelled document that something else still names is kept.
	"""
	kinds = ("Subscription", "Customer", *targets.PURCHASES, *TARGETS)
	made = {doctype: _made(win, doctype) for doctype in kinds}
	_cancel_purchases(made)
	if order.docstatus == 1:
		order.cancel()
	_uncount_subscribed(win)
	losing.find_again((row.quotation, row.status_before) for row in win.losing_quotations if row.lose)
	data = frappe.parse_json(win.undo_data or "{}")
	_release(win)
	_unlink(order, made, data)
	_restore_statuses(win, quotation.name)
	entries = frappe.get_all(
		"Stock Reservation Entry",
		filters={"voucher_type": "Sales Order", "voucher_no": order.name, "docstatus": 2},
		order_by="creation desc, name desc",
		pluck="name",
	)
	newest_first = [("Subscription", name) for name in reversed(made["Subscription"])]
	newest_first += [(doctype, name) for doctype in targets.PURCHASES for name in made[doctype]]
	newest_first += [("Stock Reservation Entry", name) for name in entries] + [("Sales Order", order.name)]
	newest_first += [(doctype, name) for doctype in TARGETS for name in made[doctype]]
	newest_first += [("Customer", name) for name in made["Customer"]]
	outcome_: dict[str, Any] = {"removed": [], "kept": []}
	for doctype, name in newest_first:
		outcome_["removed" if _removed(doctype, name) else "kept"].append({"doctype": doctype, "name": name})
	_comment(win, outcome_)
	return outcome_


def _cancel_purchases(made: dict[str, list[str]]) -> None:
	"""Cancel what was bought with the order, by the right to cancel the order, as it was made by its rights."""
	for doctype in targets.PURCHASES:
		filters = {"name": ("in", made[doctype]), "docstatus": 1}
		for name in frappe.get_all(doctype, filters, pluck="name", order_by="name"):
			purchase = frappe.get_doc(doctype, name)
			purchase.flags.ignore_permissions = True
			purchase.cancel()


def _uncount_subscribed(win: Document) -> None:
	for row in win.items:
		if row.is_subscribed:
			compat.add_ordered_qty(row.quotation_item, -row.qty)


def _unlink(order: Document, made: dict[str, list[str]], data: dict[str, Any]) -> None:
	"""Let the order and what was made with it name each other no more; a project is what it was before."""
	frappe.db.set_value(
		"Sales Order Item", {"parent": order.name}, {"soe_charge_to": None, "soe_charge_to_doctype": None}
	)
	links = {"project": None, "soe_issue": None}
	frappe.db.set_value("Sales Order", order.name, links, update_modified=False)
	for name in made["Contract"]:
		frappe.db.set_value("Contract", name, {"document_type": None, "document_name": None})
	for name in made["Project"]:
		frappe.db.set_value("Project", name, "sales_order", None)
	if data.get("project") and frappe.db.exists("Project", data["project"]):
		frappe.get_doc("Project", data["project"]).db_set(data["before"])


def _restore_statuses(win: Document, quotation_name: str) -> None:
	quotation = frappe.get_doc("Quotation", quotation_name)
	quote = quotes.quote_facts(quotation)
	status = outcome.quotation_status_restored(win.quotation_status_before or "", quote.rows)
	if quotation.status != status:
		quotation.db_set("status", status)
		quotation.update_opportunity(facts.QUOTED)
	opportunity = quote.opportunity and frappe.get_doc("Opportunity", quote.opportunity.name)
	if opportunity and win.opportunity_status_before and opportunity.status != facts.CONVERTED:
		opportunity.db_set("status", win.opportunity_status_before)


def _release(win: Document) -> None:
	"""Let the record name nothing that is about to be removed."""
	for row in win.actions:
		if row.reference_doctype in RELEASED:
			row.reference_name = None
	win.update({"status": facts.UNDONE, "sales_order": None})
	win.flags.in_pass = True
	win.save()


def _removed(doctype: str, name: str) -> bool:
	try:
		with transactions.all_or_nothing("quote_win_removal"), background.or_refused():
			if doctype == "Project":
				_remove_tasks(name)
			frappe.delete_doc(doctype, name, ignore_permissions=True)
	except frappe.LinkExistsError:
		frappe.clear_last_message()
		return False
	return True


def _remove_tasks(project: str) -> None:
	"""Delete what the project's template made; a task that somebody works on keeps the project."""
	for name in frappe.get_all("Task", {"project": project}, pluck="name", order_by="lft desc"):
		frappe.db.delete("Task Depends On", {"task": name})
		frappe.delete_doc("Task", name, ignore_permissions=True)


def _comment(win: Document, outcome: dict[str, Any]) -> None:
	texts = {"removed": _("Cancelled and removed: {0}."), "kept": _("Kept, as other documents name it: {0}.")}
	sentences = [
		texts[key].format(", ".join(f"{_(one['doctype'])} {one['name']}" for one in documents))
		for key, documents in outcome.items()
		if documents
	]
	win.add_comment("Info", " ".join(sentences))
