"""Makes the sales order of a pass through ERPNext's own mapper, and takes it back.

Invariant: the customer pays what was quoted; the parts of a fixed discount or charge that the passes of
one quotation carry add up to it.
"""

from __future__ import annotations

from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.mapper import map_child_doc
from frappe.utils import add_days, date_diff, getdate

from sales_order_ext import compat
from sales_order_ext.decimals import to_decimal
from sales_order_ext.markup import as_html
from sales_order_ext.won_quote import carry, conversion, facts, losing, outcome, records, targets

# A row's source as the order's row has it.
SOURCES = {
	facts.STOCK: "From Stock",
	facts.BACK_TO_BACK: "Back-to-Back",
	facts.DROP_SHIPMENT: "Drop Shipment",
}
MAPPER = "erpnext.selling.doctype.quotation.quotation.make_sales_order"
ROW_MAP = {
	"doctype": "Sales Order Item",
	"field_map": {"parent": "prevdoc_docname", "name": "quotation_item"},
}
# Fields of the Quote Win, and where the order has them.
HEAD = {
	"set_warehouse": "set_warehouse",
	"customer_address": "customer_address",
	"shipping_address_name": "shipping_address_name",
	"po_no": "po_no",
	"order_type": "soe_order_type",
	"invoice_term": "soe_invoice_term",
	"payment_terms_template": "payment_terms_template",
}
PRICE = (
	"price_list_rate",
	"margin_type",
	"margin_rate_or_amount",
	"rate_with_margin",
	"discount_percentage",
	"discount_amount",
	"rate",
)


def make(win: Document, quotation: Document, plan: facts.WinFacts) -> None:
	"""Do what the plan says and record it on the Quote Win."""
	order = _mapped(quotation, plan)
	_carry_head(win, order, plan)
	_carry_rows(quotation, order, plan)
	_carry_fixed_amounts(quotation, order, plan)
	_carry_schedule(win, quotation, order)
	carry.fill(order, quotation, plan.quote.opportunity.name if plan.quote.opportunity else None)
	made = _book(win, order, plan)
	made["Subscription"] = targets.subscribe(quotation, order, plan)
	_count_subscribed(win, plan)
	for name in plan.losing:
		losing.lose_quotation(name, [plan.lost_reason], [], None)
	_set_statuses(quotation.name, plan)
	carry.attach(order, quotation)
	_notify(order, quotation, plan.notify)
	_record(win, quotation, order, plan, made)


def _book(win: Document, order: Document, plan: facts.WinFacts) -> dict[str, list[str]]:
	"""Make what goes before the order, then the order itself; return {DocType: names of what is there now}."""
	for right in ("create", "submit"):
		order.check_permission(right)
	if plan.losing:
		losing.ensure_reasons([plan.lost_reason])
	made = targets.make(win, order, plan)
	targets.charge(order, {row.quotation_item: row for row in outcome.order_rows(plan)}, made)
	# Checked just now; else Frappe would reset `ignore_pricing_rule`, which users of level 0 may not set.
	order.flags.ignore_permissions = True
	order.insert()
	order.submit()
	targets.link(order, made)
	documents = {"Customer": order.customer, "Sales Order": order.name, **made}
	return {doctype: [name] for doctype, name in documents.items()} | targets.followers(order.name, plan)


def _count_subscribed(win: Document, plan: facts.WinFacts) -> None:
	"""Mark the rows that a subscription bills; ERPNext counts them as ordered where it keeps that figure."""
	subscribed = {
		row.name: choice for row, choice in conversion.chosen(plan) if conversion.is_subscribed(row, choice)
	}
	for row in win.items:
		row.is_subscribed = int(row.quotation_item in subscribed)
	for name, choice in subscribed.items():
		compat.add_ordered_qty(name, float(choice.qty))


def _mapped(quotation: Document, plan: facts.WinFacts) -> Document:
	"""Return the order as ERPNext maps it, with the chosen rows alone."""
	names = [row.quotation_item for row in outcome.order_rows(plan)]
	mapper = frappe.get_attr(frappe.override_whitelisted_method(MAPPER))
	arguments = frappe.flags.pop("args", None)
	frappe.flags.args = frappe._dict(selected_items=[{"name": name} for name in names])
	try:
		order = mapper(quotation.name, args={"filtered_children": names})
	finally:
		frappe.flags.pop("args")
		if arguments is not None:
			frappe.flags.args = arguments
	mapped = {row.quotation_item for row in order.items}
	for row in quotation.items:
		# The mapper compares quantities of different units and leaves such rows out.
		if row.name in names and row.name not in mapped:
			map_child_doc(row, order, ROW_MAP, quotation)
	order.items = sorted(
		(row for row in order.items if row.quotation_item in names),
		key=lambda row: names.index(row.quotation_item),
	)
	return order


def _carry_head(win: Document, order: Document, plan: facts.WinFacts) -> None:
	order.update({"transaction_date": plan.transaction_date, "delivery_date": plan.delivery_date})
	order.update({target: win.get(source) for source, target in HEAD.items() if win.get(source)})
	order.update({"soe_quote_win": win.name, "ignore_pricing_rule": 1, "pricing_rules": []})
	if win.document_kind != facts.STANDARD:
		order.soe_document_kind = win.document_kind
	order.soe_mode_of_payment = plan.mode_of_payment


def _carry_rows(quotation: Document, order: Document, plan: facts.WinFacts) -> None:
	"""Give the order's rows the chosen quantities and the quoted prices, whatever rules say today."""
	planned = {row.quotation_item: row for row in outcome.order_rows(plan)}
	quoted = {row.name: row for row in quotation.items}
	for number, row in enumerate(order.items, 1):
		wanted = planned[row.quotation_item]
		row.update({field: quoted[row.quotation_item].get(field) for field in PRICE})
		row.update(
			{
				"idx": number,
				"pricing_rules": None,
				"qty": float(wanted.qty),
				"stock_qty": float(wanted.qty) * row.conversion_factor,
				"delivery_date": plan.delivery_date,
				"warehouse": wanted.warehouse or row.warehouse,
				"soe_source": SOURCES.get(wanted.source),
				"supplier": wanted.supplier or row.get("supplier"),
				"delivered_by_supplier": int(wanted.source == facts.DROP_SHIPMENT),
			}
		)


def _carry_fixed_amounts(quotation: Document, order: Document, plan: facts.WinFacts) -> None:
	"""Carry this pass's part of the amounts that are fixed for the whole quotation."""
	share = outcome.carried_share(plan)
	if quotation.discount_amount and not quotation.additional_discount_percentage:
		order.discount_amount = _part(quotation, "discount_amount", share)
	fixed = {tax.idx: tax for tax in quotation.taxes if tax.charge_type == "Actual"}
	for tax in order.taxes:
		if tax.charge_type == "Actual" and tax.idx in fixed:
			tax.tax_amount = _part(fixed[tax.idx], "tax_amount", share)


def _part(doc: Document, field: str, share: tuple[Decimal, Decimal]) -> float:
	precision = doc.precision(field)
	return float(outcome.share_of(to_decimal(doc.get(field), precision), share, precision))


def _carry_schedule(win: Document, quotation: Document, order: Document) -> None:
	"""Let payment terms count from the order's date, not from the quotation's."""
	if win.payment_terms_template or order.payment_terms_template:
		order.payment_schedule = []
	earliest = min((getdate(row.due_date) for row in order.payment_schedule), default=None)
	if earliest and earliest < getdate(order.transaction_date):
		days = date_diff(order.transaction_date, quotation.transaction_date)
		for row in order.payment_schedule:
			row.due_date = max(getdate(add_days(row.due_date, days)), getdate(order.transaction_date))


def _set_statuses(quotation_name: str, plan: facts.WinFacts) -> None:
	"""Correct statuses where ERPNext compares quantities of different units or knows no subscriptions."""
	quotation = frappe.get_doc("Quotation", quotation_name)
	status = outcome.quotation_status_after(plan)
	if quotation.status != status:
		quotation.db_set("status", status)
		quotation.update_opportunity(facts.CONVERTED)
	if plan.quote.opportunity:
		opportunity = frappe.get_doc("Opportunity", plan.quote.opportunity.name)
		if opportunity.status != outcome.opportunity_status_after(plan):
			opportunity.db_set("status", outcome.opportunity_status_after(plan))


def _notify(order: Document, quotation: Document, users: tuple[str, ...]) -> None:
	from frappe.desk.doctype.notification_log.notification_log import make_notification_logs

	if users:
		subject = _("Quotation {0} was won: {1}").format(
			frappe.bold(quotation.name), frappe.bold(as_html(order.customer_name))
		)
		alert = {
			"type": "Alert",
			"document_type": order.doctype,
			"document_name": order.name,
			"subject": subject,
			"from_user": frappe.session.user,
		}
		emails = frappe.get_all("User", {"name": ("in", users)}, pluck="email", order_by="name")
		make_notification_logs(frappe._dict(alert), emails)


def _record(
	win: Document, quotation: Document, order: Document, plan: facts.WinFacts, made: dict[str, list[str]]
) -> None:
	opportunity = plan.quote.opportunity
	names = {doctype: list(found) for doctype, found in made.items()}
	win.set("actions", [])
	for row in records.described(outcome.planned_actions(plan)):
		found = names.get(row["reference_doctype"], [])
		if row["reference_doctype"] in targets.FOLLOWERS and not found:
			continue  # Nothing of the order could be handed over.
		# Of several (subscriptions), each action names its own; the last one is named by all that follow.
		name = row["reference_name"] or (found.pop(0) if len(found) > 1 else next(iter(found), None))
		win.append("actions", {**row, "reference_name": name})
	win.update(
		{
			"status": facts.FINISHED,
			"sales_order": order.name,
			"quotation_status_before": quotation.status,
			"opportunity_status_before": opportunity.status if opportunity else None,
		}
	)
	win.flags.in_pass = True
	win.save()
