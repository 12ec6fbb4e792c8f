"""Random histories of several orders on grouped invoices, also in other currencies than the ledgers.

After each step every order's stored payment is what the ledgers alone say, computed here by plain SQL. Shares
of an invoice are rounded by the app, the last taking the rest, so one order may differ by a cent an invoice;
all of them together may not.
"""

import random
from collections import defaultdict
from decimal import Decimal

import frappe
import pytest
from frappe.utils import today

from sales_order_ext import integrity
from sales_order_ext.payment import records
from tests.site import money
from tests.site.masters import COMPANY, CUSTOMER, SERVICE, sales_order
from tests.site.payment_requests import add, bank_account, from_, to

STEPS = 9
CENT = Decimal("0.01")


def rows(query, *values):
	"""Return rows with their amounts as exact decimals."""
	found = frappe.db.sql(query, values)
	return [tuple(Decimal(str(one)) if isinstance(one, float) else one for one in row) for row in found]


def expected(orders):
	"""Return {order: (paid, due)} in the orders' currency."""
	paid, due = advances(orders), defaultdict(Decimal)
	for order, total, net, invoiced in rows(ORDERS, orders):
		due[order] = total - total * invoiced / net
	for invoice, total, in_ledger in rows(INVOICES, orders):
		rate = total / in_ledger
		settled = rows(SETTLED, invoice)[0][0] * rate
		nets = dict(rows(NETS, invoice))
		own = {order: amount * rate for order, amount in rows(INHERITED, invoice, invoice)}
		owed = {order: total * net / sum(nets.values()) for order, net in nets.items()}
		still = {order: max(amount - own.get(order, 0), Decimal(0)) for order, amount in owed.items()}
		weights = still if own and any(still.values()) else owed
		rest = settled - sum(own.values())
		for order in nets:
			due[order] += owed[order]
			paid[order] += own.get(order, 0) + rest * weights[order] / sum(weights.values())
	return {order: (paid[order], due[order]) for order in orders}


def advances(orders):
	paid = defaultdict(Decimal)
	for order, amount, currency, own, rate in rows(ADVANCES, orders):
		paid[order] += amount if currency == own else amount / rate
	return paid


ORDERS = """select so.name, so.grand_total, so.net_total, coalesce((select sum(least(billed, row.net_amount)) from
	(select item.so_detail, sum(item.net_amount) billed from `tabSales Invoice Item` item
	join `tabSales Invoice` invoice on invoice.name = item.parent
	where invoice.docstatus = 1 and invoice.is_return = 0 group by item.so_detail) b
	join `tabSales Order Item` row on b.so_detail = row.name where row.parent = so.name), 0)
	from `tabSales Order` so where so.name in %s"""
INVOICES = """select invoice.name, invoice.grand_total,
	(select sum(entry.amount_in_account_currency) from `tabPayment Ledger Entry` entry
	where entry.delinked = 0 and entry.voucher_no = invoice.name) from `tabSales Invoice` invoice
	where invoice.docstatus = 1 and invoice.name in
	(select parent from `tabSales Invoice Item` where sales_order in %s)"""
SETTLED = """select coalesce(-sum(amount_in_account_currency), 0) from `tabPayment Ledger Entry`
	where delinked = 0 and against_voucher_no = %s and voucher_type != 'Sales Invoice'
	and account_type = 'Receivable'"""
NETS = "select sales_order, sum(net_amount) from `tabSales Invoice Item` where parent = %s group by 1"
INHERITED = """select advance_voucher_no, sum(amount) from
	(select advance_voucher_no, allocated_amount amount from `tabPayment Entry Reference`
	where docstatus = 1 and reference_name = %s and advance_voucher_type = 'Sales Order'
	union all select advance_voucher_no, credit_in_account_currency from `tabJournal Entry Account`
	where docstatus = 1 and reference_name = %s and advance_voucher_type = 'Sales Order') paid
	where amount > 0 group by 1"""
# Of the payments themselves: the ledger of advances counts what an invoice inherited once more in version 16.
ADVANCES = """select paid.about, paid.amount, paid.currency, so.currency, so.conversion_rate from
	(select row.reference_name about, if(entry.payment_type = 'Receive', 1, -1) * row.allocated_amount amount,
	if(entry.payment_type = 'Receive', entry.paid_from_account_currency, entry.paid_to_account_currency) currency
	from `tabPayment Entry Reference` row join `tabPayment Entry` entry on entry.name = row.parent
	where entry.docstatus = 1 and row.reference_doctype = 'Sales Order'
	union all select reference_name, credit_in_account_currency - debit_in_account_currency, account_currency
	from `tabJournal Entry Account`
	where docstatus = 1 and reference_type = 'Sales Order' and party_type = 'Customer') paid
	join `tabSales Order` so on so.name = paid.about where so.name in %s"""


class Books:
	"""Three orders of one customer and what has been done about them; each step is one thing at random."""

	def __init__(self, seed, customer=CUSTOMER, account_in="USD", order_in="USD"):
		self.chance = random.Random(seed)
		self.account_in, self.order_in, self.customer = account_in, order_in, customer
		fields = {} if order_in == "USD" else {"currency": order_in, "conversion_rate": 1.2}
		self.orders = [
			sales_order((SERVICE, 6, price), customer=customer, **fields) for price in (10, 33.33, 7.77)
		]
		self.names = [order.name for order in self.orders]
		self.invoices, self.done = [], []

	def step(self):
		steps = (
			self.advance, self.advance_on_all, self.invoice, self.invoice, self.pay, self.pay, self.use_credit,
			self.discount, self.credit, self.cancel_payment, self.cancel_invoice, self.unreconcile, self.refund,
		)  # fmt: skip
		chosen = self.chance.choice(steps)
		frappe.db.savepoint("step")
		try:
			chosen()
			self.done.append(chosen.__name__)
		except frappe.ValidationError as error:
			frappe.db.rollback(save_point="step")  # ERPNext or the app has a rule against it
			self.done.append(f"{chosen.__name__} refused: {error}")

	def amount(self, most):
		return max(round(self.chance.uniform(0.1, 1) * most, 2), 0.01)

	def rate(self):
		"""Return the day's rate of the customer's account, where that is not the company's currency."""
		return (
			{} if self.account_in == "USD" else {"source_exchange_rate": self.chance.choice([1, 1.2, 1.45])}
		)

	def book(self, order, *references, extra=0, in_dollars=True, **fields):
		"""Add a payment over what is asked and a little more, at the day's rate."""
		fields |= self.rate()
		rate = fields.get("source_exchange_rate", 1)
		asked = sum(row["allocated_amount"] for row in references) + extra
		if in_dollars or self.account_in == "USD":
			return add(order, *references, paid_amount=round(asked * rate + 0.01, 2), **fields)
		bank = {"paid_to": bank_account(self.account_in), "reference_no": "T", "reference_date": today()}
		return add(
			order, *references, paid_amount=round(asked, 2), target_exchange_rate=rate, **bank, **fields
		)

	def advance(self):
		order = self.chance.choice(self.orders)
		self.book(order, to(order, self.amount(30)))

	def advance_on_all(self):
		self.book(self.orders[0], *[to(order, self.amount(20)) for order in self.orders])

	def invoice(self):
		some = self.chance.sample(self.orders, self.chance.choice([2, 3]))
		fields = {} if self.order_in == "USD" else {"conversion_rate": self.chance.choice([1.1, 1.2, 1.5])}
		quantity = self.chance.choice([1, 2, 3])
		self.invoices.append(money.invoice(*[one.reload() for one in some], qty=quantity, **fields))

	def open_invoice(self):
		names = [one.name for one in self.invoices]
		filters = {"name": ("in", names or [""]), "docstatus": 1, "outstanding_amount": (">", 0.05)}
		found = frappe.get_all("Sales Invoice", filters, pluck="name", order_by="name")
		return frappe.get_doc("Sales Invoice", self.chance.choice(found)) if found else None

	def pay(self):
		if invoice := self.open_invoice():
			self.book(self.orders[0], to(invoice, min(self.amount(60), invoice.outstanding_amount)))

	def use_credit(self):
		"""Leave a rest of a payment, and use it for an invoice, else for the order itself."""
		answer = self.book(self.orders[1], to(self.orders[1], 0.5), extra=9)
		document = self.open_invoice() or self.orders[1]
		credit = from_(frappe.get_doc("Payment Entry", answer["payment_entry"]), self.amount(4))
		add(self.orders[1], to(document, credit["amount"]), credits=[credit], **self.rate())

	def discount(self):
		if invoice := self.open_invoice():
			row = {"account": money.write_off_account(), "amount": 0.02}
			self.book(self.orders[0], to(invoice, min(15, invoice.outstanding_amount)), deductions=[row])

	def credit(self):
		if self.invoices:
			own = self.chance.choice([0, 1])
			original = self.chance.choice(self.invoices)
			self.invoices.append(money.credit(original, qty=1, update_outstanding_for_self=own))

	def payments(self):
		filters = {"party": self.customer, "docstatus": 1, "payment_type": "Receive"}
		return frappe.get_all("Payment Entry", filters, pluck="name", order_by="creation")

	def cancel_payment(self):
		if found := self.payments():
			frappe.get_doc("Payment Entry", self.chance.choice(found)).cancel()

	def cancel_invoice(self):
		if self.invoices:
			self.chance.choice(self.invoices).reload().cancel()

	def unreconcile(self):
		if found := self.payments():
			money.unreconcile(frappe.get_doc("Payment Entry", self.chance.choice(found)))

	def refund(self):
		self.book(self.orders[2], to(self.orders[2], 1), extra=5, in_dollars=False, overpayment="Refund")


def check(books):
	wanted, measured = expected(books.names), records.measure(books.names)
	most = CENT * (len(books.invoices) + 1)
	for name in books.names:
		assert abs(measured[name].paid - wanted[name][0]) <= most, (books.done, measured, wanted)
		assert abs(measured[name].due - wanted[name][1]) <= most, (books.done, measured, wanted)
		stored = frappe.db.get_value("Sales Order", name, ["soe_per_paid", "soe_payment_status"])
		assert stored == (float(measured[name].percent), measured[name].status), books.done
	together = sum(one.paid for one in measured.values()) - sum(paid for paid, _due in wanted.values())
	assert abs(together) < (CENT if books.account_in == books.order_in else most), (
		books.done,
		measured,
		wanted,
	)


def play(books):
	for _ in range(STEPS):
		books.step()
		check(books)
	assert not [row for row in integrity.differences(COMPANY) if row["sales_order"] in books.names]


@pytest.mark.parametrize("seed", range(3))
def test_grouped_invoices(payment_on, seed):
	play(Books(seed))


@pytest.mark.parametrize("seed", range(3))
def test_an_account_in_another_currency(payment_on, seed):
	customer, _account = money.euro_customer()
	play(Books(seed, customer, account_in="EUR", order_in="EUR"))


@pytest.mark.parametrize("seed", range(3))
def test_orders_in_another_currency_than_their_ledger(payment_on, seed):
	setting = "allow_multi_currency_invoices_against_single_party_account"
	frappe.db.set_single_value("Accounts Settings", setting, 1)
	play(Books(seed, order_in="EUR"))
