"""What the rules of invoicing need to know, as plain values; the records fill them, so can a story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sales_order_ext.decimals import ZERO
from sales_order_ext.invoicing.calendar import Schedule
from sales_order_ext.violations import Violation

AFTER_DELIVERY = "After Delivery"
AFTER_ORDER_DELIVERED = "After Order Delivered"
BY_SCHEDULE = "Customer Schedule After Delivery"
DO_NOT_INVOICE = "Do Not Invoice"
IMMEDIATE = "Immediate"
TERMS = (AFTER_DELIVERY, AFTER_ORDER_DELIVERED, BY_SCHEDULE, DO_NOT_INVOICE, IMMEDIATE)
# What an order's type says of its processing.
ALLOWED, FROM_ORDER_ONLY, BLOCKED = "Allowed", "From Order Only", "Blocked"


@dataclass(frozen=True)
class Movement:
	"""A delivered quantity; a return is negative and counts on the day of the delivery that it returns.

	`document` is the delivery, or the one that a return takes back; empty where there is none to name.
	"""

	qty: Decimal
	posted_on: date
	counts_on: date
	document: str = ""


@dataclass(frozen=True)
class RowFacts:
	"""A row of an order. Quantities are in the row's unit, amounts in the order's currency.

	`invoiced` includes drafts and is reduced by the credit notes that reopen the order's billing;
	`amount` and `billed_amount` are ERPNext's own figures; `due_on` is the promised delivery date.
	"""

	name: str
	idx: int
	item_code: str
	qty: Decimal
	rate: Decimal
	amount: Decimal
	needs_delivery: bool = True
	movements: tuple[Movement, ...] = ()
	invoiced: Decimal = ZERO
	billed_amount: Decimal = ZERO
	due_on: date | None = None

	@property
	def is_billed_in_full(self) -> bool:
		"""Whether its amount is invoiced, perhaps at another quantity or rate."""
		return bool(self.amount) and abs(self.billed_amount) >= abs(self.amount)


@dataclass(frozen=True)
class InvoiceKey:
	"""What one invoice never mixes.

	`taxes` names the tax template with the rows as they stand on the order, `discount` the discount on the
	order's total. ERPNext derives the debit account from company and customer, so these stand for it.
	`sales_credit` is who earns a commission on it. `order` is filled where the order gets an invoice of its
	own; ship-to, project and customer's order are filled where the customer wants them apart.
	"""

	company: str
	customer: str
	currency: str
	prices_include_tax: bool = False
	payment_terms: str = ""
	taxes: str = ""
	billing_address: str = ""
	discount: str = ""
	sales_credit: str = ""
	ship_to: str = ""
	project: str = ""
	po_no: str = ""
	order: str = ""


@dataclass(frozen=True)
class OrderFacts:
	"""A submitted order.

	`fixed_discount` is a discount on its total that is an amount, `fixed_charge` says that it has a tax or
	charge row that is one: an invoice takes over only its share of them.
	"""

	name: str
	key: InvoiceKey
	term: str
	transaction_date: date
	rows: tuple[RowFacts, ...]
	status: str = ""
	processing: str = ALLOWED
	conversion_rate: Decimal = Decimal(1)
	fixed_discount: Decimal = ZERO
	fixed_charge: bool = False
	amount_precision: int = 2


@dataclass(frozen=True)
class CustomerFacts:
	"""A customer as the run sees it.

	`blocked`: frozen or disabled, no invoice may be made. `held_until`: no batch invoices before that day.
	`apart`: the fields of `InvoiceKey` that their invoices do not mix either.
	"""

	name: str
	blocked: bool = False
	schedule: Schedule | None = None
	one_invoice_per_order: bool = False
	held_until: date | None = None
	apart: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
	"""What holds for one row: the quantity to invoice now, why, and when the rest will be, where known."""

	row: RowFacts
	qty: Decimal
	reason: Violation
	invoice_date: date | None = None


@dataclass(frozen=True)
class RowToInvoice:
	"""A quantity of an order's row that goes on an invoice now."""

	order: str
	row: str
	item_code: str
	qty: Decimal
	amount: Decimal


@dataclass(frozen=True)
class Group:
	"""One invoice to be: its rows, in order, and their net amount in the orders' and the company's currency.

	`skip` says why the invoice is not made although it is due.
	"""

	key: InvoiceKey
	term: str
	rows: tuple[RowToInvoice, ...]
	amount: Decimal
	base_amount: Decimal
	skip: Violation | None = None

	@property
	def orders(self) -> tuple[str, ...]:
		"""The names of its orders, in their order on the invoice."""
		return tuple(dict.fromkeys(row.order for row in self.rows))


@dataclass(frozen=True)
class Plan:
	"""All invoices due, and the groups carried to a later date with the reason in `skip`."""

	groups: tuple[Group, ...] = ()
	carried: tuple[Group, ...] = ()


@dataclass(frozen=True)
class Expected:
	"""A net amount, in the order's and the company's currency, that will be invoiced on a day.

	`delivered`: nothing but the day is waited for; otherwise the delivery is, on the day it is promised for.
	"""

	invoice_date: date
	amount: Decimal
	base_amount: Decimal
	delivered: bool


@dataclass(frozen=True)
class BilledRow:
	"""What an invoice being saved asks for an order's row, in amounts, beside what others already did.

	`limit` is what may be invoiced for the row at most; `invoice` is the latest of the others.
	"""

	idx: int
	item_code: str
	order: str
	amount: Decimal
	others: Decimal
	limit: Decimal
	invoice: str = ""
