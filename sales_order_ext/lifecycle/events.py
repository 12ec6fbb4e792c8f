"""Document events after which an order may stand elsewhere in its life.

ERPNext changes orders by SQL when they are delivered or invoiced, without the orders' own events; so the
delivery and the invoice have handlers of their own.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime, getdate

from sales_order_ext import backfills, errors, preferences
from sales_order_ext.lifecycle import jobs, records, rules
from sales_order_ext.lifecycle.messages import MESSAGES
from sales_order_ext.violations import violation

STATUS = "soe_lifecycle_status"
DRAGGED = "soe_card_is_dragged"
ORDER_FIELDS = {"Delivery Note": "against_sales_order", "Sales Invoice": "sales_order"}


def before_validate(doc: Document, method: str | None = None) -> None:
	"""Sales Order, a draft or one being submitted: nobody moves it along its life by hand."""
	if preferences.of(doc).enable_lifecycle_status:
		_refuse_moving(doc)


def validate(doc: Document, method: str | None = None) -> None:
	"""Sales Order: a draft's status, and that of one being submitted, is saved with it."""
	if preferences.of(doc).enable_lifecycle_status:
		_keep_sent_on(doc)
		_show(doc, rules.life_cycle(records.draft_state(doc), getdate()))


def before_update_after_submit(doc: Document, method: str | None = None) -> None:
	"""Sales Order: as before it is submitted; a form opened before it was e-mailed must not lose that."""
	if preferences.of(doc).enable_lifecycle_status:
		_refuse_moving(doc)
		_keep_sent_on(doc)


def on_change(doc: Document, method: str | None = None) -> None:
	"""Sales Order: submitted, cancelled, closed, re-opened or changed after submit."""
	if doc.docstatus != 0 and preferences.of(doc).enable_lifecycle_status:
		_show(doc, records.update([doc.name], getdate()).get(doc.name))


def on_discard(doc: Document, method: str | None = None) -> None:
	"""Sales Order: a draft thrown away is cancelled without the event of that name."""
	if preferences.of(doc).enable_lifecycle_status:
		records.update([doc.name], getdate())


def on_submit(doc: Document, method: str | None = None) -> None:
	"""Delivery Note, Sales Invoice and their returns: bring the orders on them up to date."""
	if preferences.of(doc).enable_lifecycle_status:
		field = ORDER_FIELDS[doc.doctype]
		records.update({row.get(field) for row in doc.items if row.get(field)}, getdate())


def on_cancel(doc: Document, method: str | None = None) -> None:
	"""Delivery Note, Sales Invoice, once cancelled."""
	on_submit(doc, method)


def on_change_communication(doc: Document, method: str | None = None) -> None:
	"""Communication: an e-mail about an order, written or at last delivered, means that it was sent."""
	if doc.reference_doctype != records.ORDER or not _is_sent(doc):
		return
	company = records.company_of(doc.reference_name)
	if company and preferences.get(jobs.SWITCH, company):
		records.set_sent_on(doc.reference_name, get_datetime(doc.send_after or doc.communication_date))
		records.update([doc.reference_name], getdate())


def order_replaced(original: str, replacement: Document, inverse: str) -> None:
	"""Original and inverse were stored without their events."""
	if preferences.of(replacement).enable_lifecycle_status:
		records.update([original, inverse], getdate())


def on_update_board(doc: Document, method: str | None = None) -> None:
	"""Kanban Board: Frappe stores the places of a board's cards before it saves what was dragged."""
	if doc.reference_doctype == records.ORDER and doc.field_name == STATUS:
		frappe.flags[DRAGGED] = not doc.flags.in_insert


def on_update_preferences(doc: Document, method: str | None = None) -> None:
	"""Settings and Sales Order Preference: place the orders that are already there."""
	if preferences.switches_on(doc, jobs.SWITCH):
		backfills.enqueue("sales_order_ext.lifecycle.jobs.backfill")


def _refuse_moving(doc: Document) -> None:
	"""Throw where a card was dragged. Old forms bring an old status along, which is only calculated anew."""
	before = doc.get_doc_before_save()
	is_dragged = frappe.flags.pop(DRAGGED, False)
	if is_dragged and before and before.get(STATUS) and before.get(STATUS) != doc.get(STATUS):
		facts = {"order": doc.name, "status": _(before.get(STATUS))}
		errors.throw([violation("status_follows", **facts)], MESSAGES)


def _is_sent(doc: Document) -> bool:
	kind, delivery = doc.communication_type or "", doc.delivery_status or ""
	return rules.counts_as_sent(doc.communication_medium, doc.sent_or_received, kind, delivery)


def _keep_sent_on(doc: Document) -> None:
	before = doc.get_doc_before_save()
	if before and before.soe_sent_on:
		doc.soe_sent_on = max(get_datetime(doc.soe_sent_on or before.soe_sent_on), before.soe_sent_on)


def _show(doc: Document, life_cycle: rules.LifeCycle | None) -> None:
	if life_cycle:
		doc.soe_lifecycle_status, doc.soe_is_overdue = life_cycle.status, int(life_cycle.is_overdue)
