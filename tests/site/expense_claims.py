"""Expense claims as HRMS shapes them, for a site without HRMS: made as custom DocTypes, and removed again."""

import frappe

from sales_order_ext.order_entry import expenses
from tests.site.masters import COMPANY

LINKS = {"project": "Project", "company": "Company"}
DETAIL = {"expense_date": "Date", "expense_type": "Data", "amount": "Currency", "sanctioned_amount": "Currency",
	"project": "Link"}  # fmt: skip
CLAIM = {"employee_name": "Data", "company": "Link", "approval_status": "Data", "posting_date": "Date",
	"project": "Link"}  # fmt: skip


def install():
	"""Make both DocTypes, as an installed HRMS would have, and let the app offer its box. Commits."""
	_make(expenses.ROW, DETAIL, istable=1)
	table = {"fieldname": "expenses", "fieldtype": "Table", "options": expenses.ROW}
	_make(expenses.CLAIM, CLAIM, table, is_submittable=1)
	expenses.offer_field()
	frappe.db.commit()


def uninstall():
	"""Leave the site as if HRMS had never been there."""
	frappe.db.rollback()
	for name in (expenses.CLAIM, expenses.ROW):
		frappe.delete_doc("DocType", name, force=True, ignore_missing=True)
		frappe.db.sql_ddl(f"drop table if exists `tab{name}`")
	expenses.withdraw_field()
	frappe.clear_cache()


def claimed(day, *rows, status="Approved", **fields):
	"""Submit a claim over rows of (expense, amount, billable) and, where it is not the claim's, a project."""
	details = [
		{"expense_date": day, "expense_type": what, "amount": amount, "sanctioned_amount": amount,
			"soe_billable": billable, "project": own[0] if own else None} for what, amount, billable, *own in rows]  # fmt: skip
	claim = {"doctype": expenses.CLAIM, "company": COMPANY, "posting_date": day, "approval_status": status,
		"employee_name": "Ann", "expenses": details, **fields}  # fmt: skip
	return frappe.get_doc(claim).insert().submit()


def _make(name, fields, *more, **kind):
	docfields = [
		{"fieldname": field, "fieldtype": kind_of, "label": field, "options": LINKS.get(field)}
		for field, kind_of in fields.items()
	]
	permission = {
		"role": "System Manager",
		**dict.fromkeys(("read", "write", "create", "submit", "cancel"), 1),
	}
	frappe.get_doc({"doctype": "DocType", "name": name, "module": "Projects", "custom": 1, **kind,
		"fields": [*docfields, *more], "permissions": [] if kind.get("istable") else [permission]}).insert()  # fmt: skip
