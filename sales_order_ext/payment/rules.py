"""Payment status: what has been paid of what an order's customer owes for it. Pure.

Invariant: all amounts are in the order's currency, and an amount shared among the orders of one invoice
adds up to that amount exactly.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sales_order_ext.decimals import ZERO, rounded

NO_STATUS = ""
NOT_PAID = "Not Paid"
PARTLY_PAID = "Partly Paid"
FULLY_PAID = "Fully Paid"
OVERPAID = "Overpaid"

HUNDRED = Decimal(100)
PERCENT_PRECISION = 6


@dataclass(frozen=True)
class OrderFacts:
	"""An order's own money.

	`total` is what the whole order costs, `net` the sum of its rows and `invoiced_net` the part of that
	which its invoices already carry (each row at most once). `advances` are paid on the order itself and
	not yet allocated to an invoice. A cancelled order is never paid; one that was replaced, or reverses one, is
	nothing that anybody pays: it has no payment status.
	"""

	name: str
	total: Decimal
	net: Decimal
	invoiced_net: Decimal = ZERO
	advances: Decimal = ZERO
	cancelled: bool = False
	replaced: bool = False

	@property
	def counts(self) -> bool:
		"""Whether anything is to be paid on the order."""
		return not (self.cancelled or self.replaced)


@dataclass(frozen=True)
class InvoiceFacts:
	"""A submitted invoice or, with negative amounts, a credit note.

	`paid` is what was received for it less what was refunded. `rows` are the net amounts of its rows per
	order, in the invoice's sequence; rows of no order stand under the empty name. `inherited` is the part of
	`paid` that was paid ahead on one of its orders: it stays that order's.
	"""

	name: str
	total: Decimal
	paid: Decimal
	rows: tuple[tuple[str, Decimal], ...]
	inherited: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True)
class Payment:
	"""The payment of one order: what was received, what it is measured against, percent and status."""

	paid: Decimal
	due: Decimal
	percent: Decimal
	status: str


def share(amount: Decimal, weights: Sequence[tuple[str, Decimal]], precision: int) -> dict[str, Decimal]:
	"""Divide `amount` by weight, rounded to `precision`; the last share takes the rounding rest.

	Weights that add up to nothing divide it equally.
	"""
	whole = sum((weight for _name, weight in weights), ZERO)
	if not whole:
		weights = [(name, Decimal(1)) for name, _weight in weights]
		whole = Decimal(len(weights))
	shares: dict[str, Decimal] = {}
	rest = amount
	for name, weight in weights[:-1]:
		part = rounded(amount * weight / whole, precision)
		shares[name] = shares.get(name, ZERO) + part
		rest -= part
	for name, _weight in weights[-1:]:
		shares[name] = shares.get(name, ZERO) + rest
	return shares


def paid_shares(invoice: InvoiceFacts, precision: int) -> dict[str, Decimal]:
	"""Return {order: its part of what is paid}: what it inherits, and of the rest by what each still owes."""
	if not invoice.inherited:
		return share(invoice.paid, invoice.rows, precision)
	own: dict[str, Decimal] = {}
	for name, amount in invoice.inherited:
		own[name] = own.get(name, ZERO) + rounded(amount, precision)
	owed = share(invoice.total, invoice.rows, precision)
	weights = [(name, max(amount - own.get(name, ZERO), ZERO)) for name, amount in owed.items()]
	if not any(weight for _name, weight in weights):
		weights = list(owed.items())
	rest = share(invoice.paid - sum(own.values(), ZERO), weights, precision)
	return {name: amount + own.get(name, ZERO) for name, amount in rest.items()}


def uninvoiced(order: OrderFacts, invoiced: bool, precision: int) -> Decimal:
	"""Return the part of the order's total that no invoice carries yet.

	`invoiced` says whether there is any invoice at all: it decides where the rows are worth nothing.
	"""
	if not order.net:
		return ZERO if invoiced else order.total
	return order.total - rounded(order.total * order.invoiced_net / order.net, precision)


def measure(order: OrderFacts, invoices: Iterable[InvoiceFacts], precision: int) -> Payment:
	"""Return the payment of one order from its advances and those of `invoices` that carry its rows."""
	if not order.counts:
		return Payment(ZERO, ZERO, ZERO, NO_STATUS if order.replaced else NOT_PAID)
	own = [invoice for invoice in invoices if any(name == order.name for name, _net in invoice.rows)]
	due = uninvoiced(order, bool(own), precision)
	paid = rounded(order.advances, precision)
	for invoice in own:
		due += share(invoice.total, invoice.rows, precision)[order.name]
		paid += paid_shares(invoice, precision)[order.name]
	return Payment(paid, due, percent(paid, due, order.total), status(paid, due))


def measure_all(
	orders: Iterable[OrderFacts], invoices: Iterable[InvoiceFacts], precisions: Mapping[str, int]
) -> dict[str, Payment]:
	"""Return {order: payment} for many orders; `precisions` are those of their currencies, by order."""
	invoices_of: dict[str, list[InvoiceFacts]] = {}
	for invoice in invoices:
		for name in dict.fromkeys(name for name, _net in invoice.rows):
			invoices_of.setdefault(name, []).append(invoice)
	return {
		order.name: measure(order, invoices_of.get(order.name, ()), precisions[order.name])
		for order in orders
	}


def percent(paid: Decimal, due: Decimal, total: Decimal) -> Decimal:
	"""Return how much of `due` is paid: above 100 when overpaid, never below 0.

	Where credit notes leave nothing due, what is to be refunded counts in percent of the order's `total`.
	"""
	if due > 0:
		return max(rounded(paid / due * HUNDRED, PERCENT_PRECISION), ZERO)
	if paid < due:
		return ZERO
	over = paid - due
	whole = total if total > 0 else over
	return HUNDRED + (rounded(over / whole * HUNDRED, PERCENT_PRECISION) if over else ZERO)


def status(paid: Decimal, due: Decimal) -> str:
	"""Return the payment status. Where nothing is owed and nothing was received, all is paid."""
	if paid > due:
		return OVERPAID
	if paid == due:
		return FULLY_PAID
	return PARTLY_PAID if paid > 0 else NOT_PAID


@dataclass(frozen=True)
class Advance:
	"""What one payment has left on an order; `key` names its row."""

	key: Hashable
	order: str
	amount: Decimal


def inherited(
	advances: Sequence[Advance], shares: Mapping[str, Decimal], taken: Decimal = ZERO
) -> dict[Hashable, Decimal]:
	"""Return {key: amount} of the advances that an invoice takes over, in the sequence given.

	`shares` are its orders' parts of the invoice; no order pays for another. `taken` of the invoice is paid
	already, the later orders' parts first.
	"""
	open_shares = dict(shares)
	for order in reversed(shares):
		part = min(taken, max(open_shares[order], ZERO))
		open_shares[order] -= part
		taken -= part
	found: dict[Hashable, Decimal] = {}
	for advance in advances:
		amount = min(advance.amount, open_shares.get(advance.order, ZERO))
		if amount > 0:
			found[advance.key] = amount
			open_shares[advance.order] -= amount
	return found
