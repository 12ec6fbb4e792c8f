"""The customer's unused money: unallocated payments, journal entries and credit notes, and using it.

Everything is ERPNext's own reconciliation underneath.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import frappe
from erpnext.accounts.utils import reconcile_against_document

from sales_order_ext import access
from sales_order_ext.decimals import to_decimal
from sales_order_ext.payment.facts import INVOICE, JOURNAL_ENTRY, ORDER, PAYMENT_ENTRY, Credit, Till, Use

# More credits than a person looks through.
MOST = 200


def rows(till: Till, names: Collection[str] = ()) -> list[frappe._dict]:
	"""Return the unused credits on the customer's account that this user may read, oldest first.

	Those of `names` where given, else the oldest few hundred.

	Each with `reference_doctype`, `reference_name`, `reference_row`, `posting_date`, `amount` (in the
	account's currency), `exchange_rate`, `remarks`.
	"""
	found = []
	for load in (_payments, _journals, _credit_notes):
		loaded = load(till, sorted(names))
		for doctype in {row.reference_doctype for row in loaded}:
			readable = access.readable_names(doctype, {row.reference_name for row in loaded})
			found += [row for row in loaded if row.reference_name in readable]
	return sorted(found, key=lambda row: (row.posting_date, row.reference_name))


def facts(till: Till, names: Collection[str]) -> list[Credit]:
	"""Return the unused credits of these names as facts."""
	return [
		Credit(row.reference_doctype, row.reference_name, to_decimal(row.amount, 9), row.reference_row or "")
		for row in rows(till, names)
	]


def use(uses: Iterable[Use], till: Till) -> list[dict]:
	"""Reconcile credits with what they settle, one pair at a time; return what was done.

	Returns dicts with `reference_doctype`, `reference_name`, `against_doctype`, `against_name`, `amount`.
	"""
	done = []
	for one in uses:
		_settle(one, till)
		done.append(
			{
				"reference_doctype": one.credit.doctype,
				"reference_name": one.credit.name,
				"against_doctype": one.doctype,
				"against_name": one.name,
				"amount": float(one.amount),
			}
		)
	return done


def settle_with_payment(payment: str, doctype: str, name: str, amount: float, till: Till) -> None:
	"""Allocate the unallocated rest of a payment to an order, or to a payment that paid it back."""
	fields = ["unallocated_amount", "source_exchange_rate", "posting_date", "paid_from"]
	row = frappe.db.get_value(PAYMENT_ENTRY, payment, fields, as_dict=True)
	entry = {
		"voucher_type": PAYMENT_ENTRY,
		"voucher_no": payment,
		"voucher_detail_no": None,
		"against_voucher_type": doctype,
		"against_voucher": name,
		"account": till.party_account,
		"party_type": "Customer",
		"party": till.customer,
		"dr_or_cr": "credit_in_account_currency",
		"unreconciled_amount": row.unallocated_amount,
		"unadjusted_amount": row.unallocated_amount,
		"allocated_amount": amount,
		"exchange_rate": row.source_exchange_rate,
		"difference_amount": 0,
		"difference_posting_date": row.posting_date,
	}
	reconcile_against_document([frappe._dict(entry)])


def _settle(one: Use, till: Till) -> None:
	if one.doctype == ORDER:
		settle_with_payment(one.credit.name, ORDER, one.name, float(one.amount), till)
		return
	tool = frappe.get_doc({"doctype": "Payment Reconciliation", "company": till.company})
	tool.update({"party_type": "Customer", "party": till.customer, "payments": [], "invoices": []})
	tool.receivable_payable_account = till.party_account
	credit = _row_of(one, till)
	payment = {
		"reference_type": credit.reference_doctype,
		"reference_name": credit.reference_name,
		"reference_row": credit.reference_row or None,
		"posting_date": credit.posting_date,
		"amount": credit.amount,
		"currency": till.party_currency,
		"exchange_rate": credit.exchange_rate,
	}
	date, rate = frappe.db.get_value(INVOICE, one.name, ["posting_date", "conversion_rate"])
	invoice = {
		"invoice_type": one.doctype,
		"invoice_number": one.name,
		"invoice_date": date,
		"outstanding_amount": float(one.amount),
		"currency": till.party_currency,
		"exchange_rate": rate,
	}
	tool.append("payments", payment)
	tool.append("invoices", invoice)
	tool.allocate_entries({"payments": [payment], "invoices": [invoice]})
	tool.reconcile_allocations()


def _row_of(one: Use, till: Till) -> frappe._dict:
	key = (one.credit.doctype, one.credit.name, one.credit.row)
	found = rows(till, [one.credit.name])
	return next(
		row for row in found if (row.reference_doctype, row.reference_name, row.reference_row or "") == key
	)


def _payments(till: Till, names: list[str]) -> list[frappe._dict]:
	filters = {
		"docstatus": 1,
		"payment_type": "Receive",
		"party_type": "Customer",
		"party": till.customer,
		"company": till.company,
		"unallocated_amount": (">", 0),
	}
	if names:
		filters["name"] = ("in", names)
	fields = [
		"name as reference_name",
		"posting_date",
		"unallocated_amount as amount",
		"remarks",
		"paid_from",
	]
	fields += [
		"source_exchange_rate as exchange_rate",
		"book_advance_payments_in_separate_party_account as apart",
	]
	found = frappe.get_all(PAYMENT_ENTRY, filters, fields, order_by="posting_date asc, name asc", limit=MOST)
	own = [row for row in found if row.paid_from == till.party_account or row.apart]
	return [row.update({"reference_doctype": PAYMENT_ENTRY, "reference_row": ""}) for row in own]


def _journals(till: Till, names: list[str]) -> list[frappe._dict]:
	entry, row = frappe.qb.DocType(JOURNAL_ENTRY), frappe.qb.DocType("Journal Entry Account")
	amount = row.credit_in_account_currency - row.debit_in_account_currency
	query = (
		frappe.qb.from_(entry)
		.join(row)
		.on(row.parent == entry.name)
		.select(entry.name.as_("reference_name"), row.name.as_("reference_row"), entry.posting_date)
		.select(amount.as_("amount"), row.exchange_rate, entry.user_remark.as_("remarks"))
		.where((entry.docstatus == 1) & (entry.company == till.company) & (row.account == till.party_account))
		.where((row.party_type == "Customer") & (row.party == till.customer) & (amount > 0))
		.where(row.reference_type.isnull() | (row.reference_type == ""))
		.orderby(entry.posting_date, entry.name, row.idx)
		.limit(MOST)
	)
	found = (query.where(entry.name.isin(names)) if names else query).run(as_dict=True)
	return [one.update({"reference_doctype": JOURNAL_ENTRY}) for one in found]


def _credit_notes(till: Till, names: list[str]) -> list[frappe._dict]:
	filters = {
		"docstatus": 1,
		"is_return": 1,
		"customer": till.customer,
		"company": till.company,
		"debit_to": till.party_account,
		"outstanding_amount": ("<", 0),
	}
	if names:
		filters["name"] = ("in", names)
	fields = ["name as reference_name", "posting_date", "outstanding_amount", "remarks"]
	fields += ["conversion_rate as exchange_rate"]
	found = frappe.get_all(INVOICE, filters, fields, order_by="posting_date asc, name asc", limit=MOST)
	return [
		row.update({"reference_doctype": INVOICE, "reference_row": "", "amount": -row.outstanding_amount})
		for row in found
	]
