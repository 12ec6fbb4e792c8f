"""What a project or ticket used, priced: read with locks, so that it is what is committed now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.query_builder.functions import IfNull
from frappe.utils import add_days, getdate
from pypika.functions import NullIf
from pypika.queries import Table

from sales_order_ext.decimals import to_decimal
from sales_order_ext.order_entry import expenses
from sales_order_ext.order_entry.billing import EXPENSE, LABOUR, MATERIAL, Charge, first_rate

CONSUMED = ("Material Issue", "Material Consumption for Manufacture")


@dataclass(frozen=True)
class Where:
	"""Of which project or ticket, until when."""

	up_to: date
	project: str | None = None
	issue: str | None = None


def charges(where: Where, order: Document) -> list[Charge]:
	"""Return everything billable that was used, billed by orders or not, in the order's currency."""
	return [*_labour(where, order), *_materials(where, order), *_expenses(where, order)]


def is_sold(item_code: str) -> bool:
	"""Return whether there is an item of this name to sell, such as one named like an activity."""
	filters = {"name": item_code, "disabled": 0, "is_sales_item": 1, "is_stock_item": 0, "has_variants": 0}
	return bool(frappe.db.exists("Item", filters))


def _labour(where: Where, order: Document) -> Iterable[Charge]:
	log, sheet = frappe.qb.DocType("Timesheet Detail"), frappe.qb.DocType("Timesheet")
	query = frappe.qb.from_(log).join(sheet).on(sheet.name == log.parent).select(log.name, log.parent,
		log.activity_type, log.from_time, log.hours, log.billing_hours, log.base_billing_rate,
		sheet.employee, sheet.employee_name)  # fmt: skip
	query = query.where((sheet.docstatus == 1) & (log.is_billable == 1))
	query = query.where(log.sales_invoice.isnull() | (log.sales_invoice == ""))
	query = query.where(log.from_time < add_days(where.up_to, 1))
	if where.project:
		query = query.where(log.project == where.project)
	else:
		tasks = frappe.get_all("Task", {"issue": where.issue}, pluck="name", order_by="name asc")
		query = query.where(log.task.isin(tasks or [""]))
	for row in query.orderby(log.name).for_update().run(as_dict=True):
		yield Charge(
			kind=LABOUR,
			document=row.parent,
			row=row.name,
			what=row.activity_type or LABOUR,
			name=row.activity_type or frappe._("Labour"),
			day=getdate(row.from_time),
			qty=to_decimal(row.billing_hours or row.hours),
			rate=_labour_rate(row, order),
			by=row.employee_name or "",
		)


def _labour_rate(row: frappe._dict, order: Document) -> Decimal:
	"""Return the price of an hour: the entry's, the employee's, the activity's, the price list's."""
	own = to_decimal(row.base_billing_rate)
	if not own:
		cost = {"activity_type": row.activity_type, "employee": row.employee}
		own = first_rate(
			to_decimal(frappe.db.get_value("Activity Cost", cost, "billing_rate")),
			to_decimal(frappe.db.get_value("Activity Type", row.activity_type, "billing_rate")),
		)
	return _in_currency(own, order) if own else _listed(row.activity_type, "", order)


def _materials(where: Where, order: Document) -> Iterable[Charge]:
	row, entry = frappe.qb.DocType("Stock Entry Detail"), frappe.qb.DocType("Stock Entry")
	query = frappe.qb.from_(row).join(entry).on(entry.name == row.parent).select(row.name, row.parent,
		row.item_code, row.item_name, row.qty, row.uom, row.basic_rate, row.conversion_factor,
		entry.posting_date)  # fmt: skip
	query = query.where((entry.docstatus == 1) & entry.purpose.isin(CONSUMED))
	query = query.where((row.s_warehouse != "") & (row.t_warehouse.isnull() | (row.t_warehouse == "")))
	query = query.where((entry.posting_date <= where.up_to) & (entry.company == order.company))
	if where.project:
		query = query.where(_project_of(row, entry) == where.project)
	else:
		query = query.where(entry.soe_issue == where.issue)
	for one in query.orderby(row.name).for_update().run(as_dict=True):
		cost = to_decimal(one.basic_rate) * (to_decimal(one.conversion_factor) or 1)
		yield Charge(
			kind=MATERIAL,
			document=one.parent,
			row=one.name,
			what=one.item_code,
			name=one.item_name or one.item_code,
			day=one.posting_date,
			qty=to_decimal(one.qty),
			rate=first_rate(_listed(one.item_code, one.uom, order), _in_currency(cost, order)),
			uom=one.uom,
		)


def _expenses(where: Where, order: Document) -> Iterable[Charge]:
	"""Yield what employees claimed for a project as billable, where the app that keeps claims is installed."""
	flag = expenses.billable_field() if where.project and expenses.are_kept() else None
	if not flag:
		return
	row, claim = frappe.qb.DocType(expenses.ROW), frappe.qb.DocType(expenses.CLAIM)
	granted = row[expenses.amount_field()]
	query = frappe.qb.from_(row).join(claim).on(claim.name == row.parent).select(row.name, row.parent,
		row.expense_type, row.expense_date, granted.as_("granted"), claim.posting_date,
		claim.employee_name)  # fmt: skip
	query = query.where((claim.docstatus == 1) & (claim.approval_status == "Approved"))
	query = query.where((claim.posting_date <= where.up_to) & (claim.company == order.company))
	query = query.where(_project_of(row, claim) == where.project)
	query = query.where((row[flag] == 1) & (granted > 0))
	for one in query.orderby(row.name).for_update().run(as_dict=True):
		yield Charge(
			kind=EXPENSE,
			document=one.parent,
			row=one.name,
			what=one.expense_type,
			name=one.expense_type,
			day=one.expense_date or one.posting_date,
			qty=Decimal(1),
			rate=_in_currency(to_decimal(one.granted), order),
			by=one.employee_name or "",
		)


def _project_of(row: Table, head: Table) -> IfNull:
	"""Return the project to which the ledger books a row: its own, else that of its document."""
	return IfNull(NullIf(row.project, ""), head.project)


def _in_currency(amount: Decimal, order: Document) -> Decimal:
	"""Return a company amount in the order's currency."""
	return amount / (to_decimal(order.conversion_rate) or 1)


def _listed(item_code: str | None, uom: str, order: Document) -> Decimal:
	"""Return the price list's price, the customer's own first; zero where there is none."""
	price, today = frappe.qb.DocType("Item Price"), getdate()
	query = frappe.qb.from_(price).select(price.price_list_rate)
	query = query.where((price.item_code == (item_code or "")) & (price.selling == 1))
	query = query.where(price.price_list == (order.selling_price_list or ""))
	query = query.where(price.valid_from.isnull() | (price.valid_from <= today))
	query = query.where(price.valid_upto.isnull() | (price.valid_upto >= today))
	query = query.where(price.customer.isnull() | price.customer.isin(["", order.customer]))
	query = query.where(price.uom.isnull() | price.uom.isin(["", uom]) if uom else price.name != "")
	query = query.orderby(price.customer, order=frappe.qb.desc).orderby(
		price.valid_from, order=frappe.qb.desc
	)
	found = query.limit(1).run(pluck=True)
	return to_decimal(found[0]) if found else Decimal(0)
