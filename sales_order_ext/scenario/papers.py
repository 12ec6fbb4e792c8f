"""The documents of the in-memory shop: plain, mutable records with the figures ERPNext keeps on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sales_order_ext.decimals import ZERO, rounded
from sales_order_ext.order_entry.billing import Charge
from sales_order_ext.scenario.play import Facts

HUNDRED = Decimal(100)


@dataclass
class Line:
	"""A row of a quotation or an order.

	`quoted` is the quotation's row it was won from, `origin` the row it replaces, `charge` what it is
	charged to, `credited` what of `invoiced` came back as money, `moves` are its deliveries as (quantity, day), `waits` is what was put on back order and may
	be filled since.
	"""

	name: str
	item: str
	qty: Decimal
	rate: Decimal
	stock: bool
	quoted: str = ""
	origin: str = ""
	charge: str = ""
	moves: list[tuple[Decimal, date]] = field(default_factory=list)
	invoiced: Decimal = ZERO
	credited: Decimal = ZERO
	reserved: Decimal = ZERO
	waits: Decimal = ZERO

	@property
	def back_ordered(self) -> Decimal:
		"""What it still waits for: never more than it is short of."""
		return max(min(self.waits, self.qty - self.delivered - self.reserved), ZERO)

	@property
	def amount(self) -> Decimal:
		return self.qty * self.rate

	@property
	def delivered(self) -> Decimal:
		return sum((qty for qty, _day in self.moves), ZERO)


@dataclass
class Opportunity:
	"""An opportunity; `settled` are the orders that it had when it was last reopened."""

	name: str
	customer: str
	status: str = "Open"
	settled: list[str] = field(default_factory=list)


@dataclass
class Quote:
	"""A submitted quotation; `ordered` counts per line what was taken of it."""

	name: str
	customer: str
	lines: list[Line]
	opportunity: str = ""
	ordered: dict[str, Decimal] = field(default_factory=dict)
	status: str = "Open"


@dataclass
class ReturnLine:
	"""A row of an order that takes something back of a delivery's line."""

	note: str
	line: Line
	qty: Decimal
	reason: str
	processed: bool = False


@dataclass
class Order:
	"""A booked sales order.

	`quote` is what it was won from, `subscribed` what is billed apart, `deal_before` the status that winning
	it found its opportunity in, `bills` the work and materials it is over, which need no delivery.
	"""

	name: str
	customer: str
	day: date
	required: date
	lines: list[Line]
	type: str = ""
	term: str = ""
	role: str = ""
	root: str = ""
	number: int = 0
	closed: bool = False
	replaced_by: str = ""
	quote: str = ""
	deal_before: str = ""
	subscribed: dict[str, Decimal] = field(default_factory=dict)
	advances: Decimal = ZERO
	returns: list[ReturnLine] = field(default_factory=list)
	bills: tuple[str, ...] = ()

	@property
	def status(self) -> str:
		"""ERPNext's own status, from what is delivered and billed."""
		if self.closed:
			return "Closed"
		delivered, billed = bool(self.bills) or self.per_delivered >= HUNDRED, self.per_billed >= HUNDRED
		names = {(False, False): "To Deliver and Bill", (True, False): "To Bill", (False, True): "To Deliver"}
		return names.get((delivered, billed), "Completed")

	@property
	def per_delivered(self) -> Decimal:
		return self._taken_back() or percent([(line.qty, line.delivered) for line in self.lines])

	@property
	def per_billed(self) -> Decimal:
		return self._taken_back() or percent(
			[(line.amount, line.invoiced * line.rate) for line in self.lines]
		)

	def _taken_back(self) -> Decimal:
		"""Return 100 for an order of returns alone whose returns are all processed."""
		done = self.returns and all(one.processed for one in self.returns)
		return HUNDRED if done and not any(line.qty for line in self.lines) else ZERO


@dataclass
class Delivery:
	"""A submitted delivery note: quantities by item, and of the order's lines; `back` is what came back."""

	name: str
	qtys: dict[str, Decimal]
	lines: list[tuple[Line, Decimal]] = field(default_factory=list)
	customer: str = ""
	back: dict[str, Decimal] = field(default_factory=dict)


@dataclass
class Invoice:
	"""A submitted invoice: its (order, line, quantity), net by order, and what is paid of the total.

	A credit note has negative ones, and names the invoice that it is `against`.
	"""

	name: str
	rows: list[tuple[str, str, Decimal]]
	net: list[tuple[str, Decimal]]
	qtys: dict[str, Decimal]
	total: Decimal
	paid: Decimal = ZERO
	against: str = ""


@dataclass
class Project:
	"""A project of a customer, and what was worked and used for it."""

	name: str
	customer: str
	charges: list[Charge] = field(default_factory=list)


@dataclass
class Record:
	"""A time sheet or a use of materials: a story says nothing about it."""

	name: str = ""


@dataclass
class Payment:
	"""A submitted payment."""

	name: str
	amount: Decimal


def percent(parts: list[tuple[Decimal, Decimal]]) -> Decimal:
	"""Return how much of (whole, done) pairs is done, no row counting for more than its whole."""
	whole = sum((part[0] for part in parts), ZERO)
	done = sum((min(part) for part in parts), ZERO)
	return rounded(done / whole * HUNDRED, 6) if whole else ZERO


def total(lines: list[Line], tax_rate: Decimal) -> Decimal:
	"""Return what the lines cost with tax."""
	return with_tax(sum((line.amount for line in lines), ZERO), tax_rate)


def with_tax(net: Decimal, tax_rate: Decimal) -> Decimal:
	"""Return a net amount with tax, both rounded to cents."""
	return rounded(net, 2) + rounded(net * tax_rate / HUNDRED, 2)


def by_item(pairs: list[tuple[str, Decimal]]) -> dict[str, Decimal]:
	"""Return {item: quantity}, items without quantity left out."""
	table: dict[str, Decimal] = {}
	for item, qty in pairs:
		table[item] = table.get(item, ZERO) + qty
	return {item: qty for item, qty in table.items() if qty}


def opportunity_status(quotes: list[Quote], now: str) -> str:
	"""Return ERPNext's own status of an opportunity, from its quotations."""
	statuses = [quote.status for quote in quotes]
	if "Ordered" in statuses:
		return "Converted"
	if any(status != "Lost" for status in statuses):
		return "Quotation"
	return "Lost" if statuses else now


def tell(
	paper: Opportunity | Quote | Delivery | Invoice | Payment | Project | Record, tax_rate: Decimal
) -> Facts:
	"""Return the facts of any document but an order, whose statuses the shop works out."""
	if isinstance(paper, Project | Record):
		return {}
	if isinstance(paper, Opportunity):
		return {"status": paper.status}
	if isinstance(paper, Quote):
		return {"status": paper.status, "total": total(paper.lines, tax_rate)}
	if isinstance(paper, Invoice):
		facts = {"total": paper.total, "outstanding": paper.total - paper.paid}
		return {**facts, "invoiced": paper.qtys}
	return {"delivered": paper.qtys} if isinstance(paper, Delivery) else {"amount": paper.amount}
