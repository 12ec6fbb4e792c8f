"""Random histories of documents: after each step the stored payment is what the ledgers alone say.

The expectation is computed here from Payment Ledger Entries and advances by plain SQL, apart from the app.
"""

import random
from decimal import ROUND_HALF_EVEN, Decimal

import frappe
import pytest

from sales_order_ext import integrity
from tests.site import money
from tests.site.masters import COMPANY, SERVICE, sales_order
from tests.site.payment_requests import add, from_, to
from tests.site.payment_status import update_items

STEPS = 8


def cents(value):
	return Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def expected(order):
	"""Return (percent, status) of an order whose invoices carry no other order's rows."""
	header = frappe.db.get_value("Sales Order", order, ["docstatus", "grand_total"], as_dict=True)
	if header.docstatus != 1:
		return 0, "Not Paid"
	invoices = frappe.db.sql_list(
		"select distinct parent from `tabSales Invoice Item` where sales_order = %s and docstatus = 1", order
	) or [""]
	advances = frappe.db.sql(
		"""select coalesce(-sum(amount), 0) from `tabAdvance Payment Ledger Entry`
		where against_voucher_no = %s and delinked = 0 and event = 'Submit'""",
		order,
	)[0][0]
	settled = frappe.db.sql(
		"""select coalesce(-sum(amount), 0) from `tabPayment Ledger Entry` where delinked = 0
		and against_voucher_no in %s and voucher_type != 'Sales Invoice' and account_type = 'Receivable'""",
		[invoices],
	)[0][0]
	# Paid over the counter, less the change: what the invoice itself does not leave as receivable.
	at_once = frappe.db.sql(
		"""select coalesce(sum(sold.grand_total - (select sum(entry.amount) from `tabPayment Ledger Entry` entry
		where entry.delinked = 0 and entry.voucher_no = sold.name)), 0)
		from `tabSales Invoice` sold where sold.name in %s and sold.is_pos = 1 and sold.is_return = 0""",
		[invoices],
	)[0][0]
	totals = frappe.db.sql(
		"select coalesce(sum(grand_total), 0) from `tabSales Invoice` where name in %s", [invoices]
	)[0][0]
	invoiced = frappe.db.sql(
		"""select coalesce(sum(least(billed, row.amount)), 0) from `tabSales Order Item` row join
		(select item.so_detail, sum(item.amount) billed from `tabSales Invoice Item` item
		join `tabSales Invoice` invoice on invoice.name = item.parent
		where invoice.docstatus = 1 and invoice.is_return = 0 group by item.so_detail) b on b.so_detail = row.name
		where row.parent = %s""",
		order,
	)[0][0]
	paid = cents(advances) + cents(settled) + cents(at_once)
	due = cents(header.grand_total) - cents(invoiced) + cents(totals)
	return stated(paid, due)


def stated(paid, due):
	percent = max(paid / due * 100, Decimal(0)) if due > 0 else Decimal(100 if paid >= due else 0)
	if paid > due:
		status = "Overpaid"
	else:
		status = "Fully Paid" if paid == due else "Partly Paid" if paid > 0 else "Not Paid"
	return float(round(percent, 6)), status


class History:
	"""An order and what has been done about it; each step does one thing at random, or nothing."""

	def __init__(self, seed):
		self.chance = random.Random(seed)
		self.order = sales_order((SERVICE, 10, self.chance.choice([10, 33.33, 7.77])))
		self.invoices, self.notes, self.vouchers = [], [], []

	def step(self):
		steps = (
			self.advance, self.advance, self.invoice, self.invoice, self.pay, self.pay, self.receive, self.credit,
			self.write_off, self.unreconcile, self.cancel, self.update, self.refund, self.journal, self.discount,
			self.use_credit, self.sell, self.cancel_invoice, self.unreconcile_advance,
		)  # fmt: skip
		chosen = self.chance.choice(steps)
		frappe.db.savepoint("step")
		try:
			chosen()
		except frappe.ValidationError:
			frappe.db.rollback(save_point="step")  # ERPNext has a rule against it
		return chosen.__name__

	def amount(self, most):
		return max(round(self.chance.uniform(0.1, 1.1) * most, 2), 0.01)

	def open_invoice(self):
		names = [one.name for one in self.invoices]
		filters = {"name": ("in", names or [""]), "docstatus": 1, "outstanding_amount": (">", 0)}
		found = frappe.get_all("Sales Invoice", filters, pluck="name", order_by="name")
		return frappe.get_doc("Sales Invoice", self.chance.choice(found)) if found else None

	def advance(self):
		add(self.order, to(self.order, self.amount(40)), paid_amount=60)

	def journal(self):
		self.vouchers.append(money.journal(self.amount(20), money.cash_account(), self.order))

	def discount(self):
		if invoice := self.open_invoice():
			amount = min(self.amount(15), invoice.outstanding_amount)
			row = {"account": money.write_off_account(), "amount": 0.01}
			add(self.order, to(invoice, amount), paid_amount=round(amount - 0.01, 2), deductions=[row])

	def use_credit(self):
		"""Leave a rest of a payment on the order, and use it for an invoice, else for the order itself."""
		receipt = add(self.order, to(self.order, 0.5), paid_amount=12)["payment_entry"]
		document = self.open_invoice() or self.order
		credit = from_(frappe.get_doc("Payment Entry", receipt), self.amount(10))
		add(self.order, to(document, credit["amount"]), credits=[credit])

	def sell(self):
		payments = [{"mode_of_payment": "Cash", "account": money.cash_account(), "amount": self.amount(10)}]
		invoice = money.invoice(self.order.reload(), qty=1, is_pos=1, payments=payments)
		self.invoices.append(invoice)

	def cancel_invoice(self):
		if self.invoices:
			self.chance.choice(self.invoices).reload().cancel()

	def unreconcile_advance(self):
		filters = {"reference_name": self.order.name, "docstatus": 1, "allocated_amount": (">", 0)}
		found = frappe.get_all("Payment Entry Reference", filters, pluck="parent", order_by="parent")
		if found:
			money.unreconcile(frappe.get_doc("Payment Entry", self.chance.choice(found)))

	def invoice(self):
		self.invoices.append(money.invoice(self.order.reload(), qty=self.chance.choice([1, 2, 3])))

	def pay(self):
		if invoice := self.open_invoice():
			self.vouchers.append(money.pay(invoice, min(self.amount(20), invoice.outstanding_amount)))

	def receive(self):
		if invoice := self.open_invoice():
			self.vouchers.append(money.receive_money(self.amount(20)))
			money.reconcile(invoice, self.vouchers[-1], self.amount(10))

	def credit(self):
		if self.invoices:
			own = self.chance.choice([0, 1])
			note = money.credit(self.chance.choice(self.invoices), qty=1, update_outstanding_for_self=own)
			self.notes.append(note)

	def refund(self):
		if self.notes:
			self.vouchers.append(money.pay(self.chance.choice(self.notes)))

	def write_off(self):
		if invoice := self.open_invoice():
			amount = min(self.amount(5), invoice.outstanding_amount)
			self.vouchers.append(money.journal(amount, money.write_off_account(), invoice))

	def unreconcile(self):
		if self.vouchers:
			money.unreconcile(self.chance.choice(self.vouchers).reload())

	def cancel(self):
		if self.vouchers:
			self.chance.choice(self.vouchers).reload().cancel()

	def update(self):
		update_items(self.order, qty=self.chance.choice([9, 10, 12]))


@pytest.mark.parametrize("seed", range(6))
def test_the_stored_payment_is_what_the_ledgers_say(payment_on, seed):
	history, done = History(seed), []
	for _ in range(STEPS):
		done.append(history.step())
		stored = frappe.db.get_value(
			"Sales Order", history.order.name, ["soe_per_paid", "soe_payment_status"]
		)
		wanted = expected(history.order.name)
		assert (pytest.approx(stored[0], abs=1e-4), stored[1]) == wanted, done
	assert not [row for row in integrity.differences(COMPANY) if row["sales_order"] == history.order.name]
