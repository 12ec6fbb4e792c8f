"""Makes what a sale is followed by: project, contract, ticket and subscriptions; links them to the order."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html

from sales_order_ext.decimals import text
from sales_order_ext.won_quote import conversion, facts

# What submitting the order makes with it: by its rows' sources, and by its document kind.
PURCHASES = ("Purchase Order", "Material Request")
FOLLOWERS = (*PURCHASES, "Back Order", "Delivery Note", "Sales Invoice", "Payment Entry")
PROJECT_STATE = ("status", "is_active", "customer", "sales_order")


def make(win: Document, order: Document, plan: facts.WinFacts) -> dict[str, str]:
	"""Make (or activate) what the pass needs before the order; return {DocType: name}."""
	makers = {"Project": _project, "Contract": _contract, "Issue": _ticket}
	made: dict[str, str] = {}
	for doctype in conversion.targets(plan):
		made[doctype] = makers[doctype](win, order, plan, made)
	return made


def _project(win: Document, order: Document, plan: facts.WinFacts, made: dict[str, str]) -> str:
	if plan.after.project:
		return _activated(win, order, plan.after.project.name)
	project = frappe.get_doc(
		{
			"doctype": "Project",
			"project_name": _free_project_name(f"{order.customer_name} {win.quotation}"),
			"customer": order.customer,
			"company": order.company,
			"project_template": plan.after.project_template,
			"expected_start_date": order.transaction_date,
			"expected_end_date": None if plan.after.project_template else order.delivery_date,
			"status": "Open",
			"is_active": "Yes",
		}
	)
	return project.insert().name


def _free_project_name(wanted: str) -> str:
	taken = set(
		frappe.get_all(
			"Project", {"project_name": ("like", f"{wanted}%")}, pluck="project_name", order_by="name"
		)
	)
	numbered = (f"{wanted} {number}" for number in range(2, len(taken) + 3))
	return wanted if wanted not in taken else next(name for name in numbered if name not in taken)


def _activated(win: Document, order: Document, name: str) -> str:
	"""Make a proposal project a running one; what it was is kept for undoing."""
	project = frappe.get_doc("Project", name)
	before = {field: project.get(field) for field in PROJECT_STATE}
	win.undo_data = frappe.as_json({"project": name, "before": before})
	project.update({"status": "Open", "is_active": "Yes", "customer": project.customer or order.customer})
	return project.save().name


def _contract(win: Document, order: Document, plan: facts.WinFacts, made: dict[str, str]) -> str:
	template = plan.after.contract_template and frappe.get_doc(
		"Contract Template", plan.after.contract_template
	)
	contract = frappe.get_doc(
		{
			"doctype": "Contract",
			"party_type": "Customer",
			"party_name": order.customer,
			"start_date": order.transaction_date,
			"contract_template": template.name if template else None,
		}
	)
	terms = template.contract_terms if template else None
	contract.contract_terms = (
		frappe.render_template(terms, contract.as_dict()) if terms else _listed(plan, order)
	)
	if template and template.requires_fulfilment:
		contract.requires_fulfilment = 1
		for term in template.fulfilment_terms:
			contract.append("fulfilment_terms", {"requirement": term.requirement})
	return contract.insert().name


def _ticket(win: Document, order: Document, plan: facts.WinFacts, made: dict[str, str]) -> str:
	"""Hand the sale over; who may win may do that. ERPNext's assignment rules give it to somebody."""
	ticket = frappe.get_doc(
		{
			"doctype": "Issue",
			"subject": _("{0}: {1} was won").format(order.customer_name, win.quotation)[:140],
			"customer": order.customer,
			"company": order.company,
			"issue_type": plan.after.issue_type,
			"project": made.get("Project"),
			"contact": order.contact_person,
			"description": _listed(plan, order),
		}
	)
	return ticket.insert(ignore_permissions=True).name


def _listed(plan: facts.WinFacts, order: Document) -> str:
	rows = "".join(
		f"<li>{text(choice.qty)} × {escape_html(row.item_code)}</li>"
		for row, choice in conversion.chosen(plan)
		if row.kind != facts.PRODUCT
	)
	told = _("{0} ordered by quotation {1}:").format(escape_html(order.customer_name), plan.quote.name)
	return f"<p>{told}</p><ul>{rows}</ul>" if rows else f"<p>{told[:-1]}.</p>"


def charge(order: Document, plan_rows: dict[str, facts.OrderRow], made: dict[str, str]) -> None:
	"""Name on each row that is a charge what it is charged to; the order as a whole names the project."""
	order.project = made.get("Project") or order.project
	order.soe_issue = order.soe_issue or made.get("Issue")
	for row in order.items:
		doctype = plan_rows[row.quotation_item].charge_to
		if doctype:
			row.update({"soe_charge_to_doctype": doctype, "soe_charge_to": made[doctype]})


def link(order: Document, made: dict[str, str]) -> None:
	"""Let project and contract name the booked order."""
	if "Project" in made:
		project = frappe.get_doc("Project", made["Project"])
		project.db_set({"sales_order": project.sales_order or order.name}, notify=False)
	if "Contract" in made:
		names = {"document_type": "Sales Order", "document_name": order.name}
		frappe.get_doc("Contract", made["Contract"]).db_set(names)


def subscribe(quotation: Document, order: Document, plan: facts.WinFacts) -> list[str]:
	"""Make a subscription for each billing cycle; return their names.

	They are billed as the contract says, so whoever may make the contract makes them.
	"""
	names = []
	for plans in conversion.subscriptions(plan):
		values: dict[str, Any] = {
			"party_type": "Customer",
			"party": order.customer,
			"company": order.company,
			"start_date": order.transaction_date,
			"sales_tax_template": quotation.taxes_and_charges,
			"plans": [{"plan": one.name, "qty": int(qty)} for one, qty in plans],
		}
		doc = frappe.get_doc({"doctype": "Subscription", **values})
		names.append(doc.insert(ignore_permissions=True).name)
	return names


def followers(order: str, plan: facts.WinFacts) -> dict[str, list[str]]:
	"""Return {DocType: documents} that were made when the order was submitted, in the order of making."""
	found: dict[str, list[str]] = {}
	if plan.buys:
		found |= {doctype: _parents(f"{doctype} Item", {"sales_order": order}) for doctype in PURCHASES}
	if plan.back_orders:
		of_order = {"sales_order": order}
		found["Back Order"] = frappe.get_all("Back Order", of_order, pluck="name", order_by="creation, name")
	if plan.kind != facts.STANDARD:
		found["Delivery Note"] = _parents("Delivery Note Item", {"against_sales_order": order})
		found["Sales Invoice"] = _parents("Sales Invoice Item", {"sales_order": order})
		paid = {"reference_name": ("in", [order, *found["Sales Invoice"]])}
		found["Payment Entry"] = _parents("Payment Entry Reference", paid)
	return found


def _parents(rows: str, filters: dict[str, Any]) -> list[str]:
	names = frappe.get_all(
		rows, {**filters, "docstatus": ("<", 2)}, pluck="parent", order_by="creation, parent"
	)
	return list(dict.fromkeys(names))
