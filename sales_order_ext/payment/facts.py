"""What a payment is asked to do and what is known of the customer's account. Pure.

Amounts of documents and credits are in the currency of the customer's account, the money received in that
of the bank or cash account, general ledger rows in the company's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sales_order_ext.decimals import ZERO

ORDER = "Sales Order"
INVOICE = "Sales Invoice"
PAYMENT_ENTRY = "Payment Entry"
JOURNAL_ENTRY = "Journal Entry"

PROCESS = "Process"
PROCESS_AND_DEPOSIT = "Process and Deposit"
ACTIONS = (PROCESS, PROCESS_AND_DEPOSIT)

KEEP = "Keep"
REFUND = "Refund"
OVERPAYMENTS = (KEEP, REFUND)


@dataclass(frozen=True)
class Reference:
	"""An order or invoice to be paid, and how much of it."""

	doctype: str
	name: str
	amount: Decimal


@dataclass(frozen=True)
class CreditUse:
	"""A credit to be used, and how much of it; `row` names the row of a journal entry."""

	doctype: str
	name: str
	amount: Decimal
	row: str = ""


@dataclass(frozen=True)
class Deduction:
	"""A general ledger row, in the company's currency: above zero a cost, below zero an income."""

	account: str
	amount: Decimal
	cost_center: str = ""
	description: str = ""


@dataclass(frozen=True)
class PaymentRequest:
	"""What one call of `add_payment` asks for."""

	posting_date: date
	references: tuple[Reference, ...] = ()
	credits: tuple[CreditUse, ...] = ()
	deductions: tuple[Deduction, ...] = ()
	paid_amount: Decimal = ZERO
	paid_to: str = ""
	mode_of_payment: str = ""
	target_exchange_rate: Decimal = ZERO
	source_exchange_rate: Decimal = ZERO
	reference_no: str = ""
	reference_date: date | None = None
	remarks: str = ""
	overpayment: str = KEEP
	action: str = PROCESS
	deposit_to: str = ""


@dataclass(frozen=True)
class OpenDocument:
	"""An order or invoice as it stands: whose it is and what is still open.

	`readable`: this user may read it. `stands`: submitted, neither closed nor replaced.
	"""

	doctype: str
	name: str
	customer: str
	company: str
	outstanding: Decimal
	account: str = ""
	readable: bool = True
	stands: bool = True


@dataclass(frozen=True)
class Credit:
	"""Money of the customer that is not used yet."""

	doctype: str
	name: str
	amount: Decimal
	row: str = ""


@dataclass(frozen=True)
class AccountFacts:
	"""A ledger account. `usable`: of the company, no group, enabled."""

	name: str
	currency: str
	kind: str = ""
	usable: bool = True


@dataclass(frozen=True)
class Till:
	"""Where the customer's account and the money meet: currencies with their rates to the company's."""

	customer: str
	company: str
	party_account: str
	party_currency: str
	company_currency: str
	source_rate: Decimal
	target_rate: Decimal
	precision: int
	account: AccountFacts | None = None
	deposit: AccountFacts | None = None
	deposit_rate: Decimal = Decimal(1)


@dataclass(frozen=True)
class Known:
	"""What the site knows about what a request names."""

	till: Till
	documents: dict[tuple[str, str], OpenDocument] = field(default_factory=dict)
	credits: dict[tuple[str, str, str], Credit] = field(default_factory=dict)
	accounts: dict[str, AccountFacts] = field(default_factory=dict)
	cost_centers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Use:
	"""A part of a credit that settles a part of an order or invoice."""

	credit: CreditUse
	doctype: str
	name: str
	amount: Decimal


@dataclass(frozen=True)
class Plan:
	"""What is to be booked: credits on documents, money on documents, and the money that is left."""

	uses: tuple[Use, ...]
	references: tuple[Reference, ...]
	left: Decimal
