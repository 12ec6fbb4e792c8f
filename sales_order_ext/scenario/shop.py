"""The in-memory shop: plays stories on the rooms' rules alone, without a bench.

It keeps stock and documents as plain records and decides nothing itself that a room has a rule for.
What ERPNext decides (statuses, delivered and billed percentages) is in `papers`.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sales_order_ext.decimals import ZERO
from sales_order_ext.order_type import rules as order_types
from sales_order_ext.scenario import (
	shop_allocation,
	shop_facts,
	shop_invoicing,
	shop_replacement,
	shop_returns,
	shop_won_quote,
)
from sales_order_ext.scenario.papers import (
	Delivery,
	Line,
	Opportunity,
	Order,
	Payment,
	by_item,
)
from sales_order_ext.scenario.play import Document, Facts, Refused
from sales_order_ext.scenario.shop_returns import ReturnSteps
from sales_order_ext.scenario.shop_service import ServiceSteps
from sales_order_ext.scenario.shop_steps import whole
from sales_order_ext.scenario.story import Groups, Return, Row, Story
from sales_order_ext.violations import Violation

DAYS_TO_DELIVER = 7
# The errors that a user would get, by the code of the first violation; tests hold them to the messages.
ERRORS = {
	"below_delivered": "BelowDeliveredError",
	"row_removed": "DeliveredRowRemovedError",
	"row_billed": "DeliveredRowRemovedError",
	"already_replaced": "AlreadyReplacedError",
	"processing_blocked": "ProcessingBlockedError",
}
OTHER_ERRORS = {
	"win": "QuoteWinBlockedError",
	"lose": "OpportunityLostError",
	"replace": "ReplacementNotAllowedError",
	"undo": "UndoNotAllowedError",
	"returns": "ReturnRowError",
}


class Shop(ReturnSteps, ServiceSteps):
	"""The in-memory driver; see `play.Driver`."""

	def begin(self, story: Story) -> None:
		self.story = story
		self.today = story.date or date.today()
		self.on_hand = {item.code: ZERO for item in story.items if item.stock}
		self.customers = {customer.name: customer for customer in story.customers}
		self.papers: dict[str, object] = {}
		self.counts: dict[str, int] = {}

	def on(self, switch: str) -> bool:
		"""Return whether the story switches a capability on."""
		return bool(self.story.settings.get(switch))

	def facts(self, document: Document) -> Facts:
		return shop_facts.of(self, self.papers[document.name])

	def stock(self) -> dict[str, Facts]:
		return {
			item: {"on_hand": qty, "reserved": self.reserved(item), "free": qty - self.reserved(item)}
			for item, qty in self.on_hand.items()
		}

	@property
	def orders(self) -> list[Order]:
		"""All booked orders, oldest first."""
		return [paper for paper in self.papers.values() if isinstance(paper, Order)]

	def reserved(self, item: str) -> Decimal:
		"""Return how much of an item is promised to orders."""
		return sum(
			(line.reserved for order in self.orders for line in order.lines if line.item == item), ZERO
		)

	def add(self, prefix: str, paper: object) -> None:
		"""Name a new document and keep it."""
		self.counts[prefix] = self.counts.get(prefix, 0) + 1
		paper.name = f"{prefix}-{self.counts[prefix]:04d}"
		self.papers[paper.name] = paper

	def type_of(self, order: Order) -> order_types.OrderType:
		"""Return how an order of its type behaves."""
		return next((seed for seed in order_types.SEEDS if seed.name == order.type), order_types.UNTYPED)

	@whole
	def receive(self, rows: tuple[Row, ...]) -> list[Document]:
		for row in rows:
			self.on_hand[row.item] += row.qty
		paper = Delivery("", by_item([(row.item, row.qty) for row in rows]))
		self.add("MAT", paper)
		return [Document("Stock Entry", paper.name)]

	@whole
	def opportunity(self, customer: str) -> list[Document]:
		paper = Opportunity("", customer)
		self.add("OPP", paper)
		return [Document("Opportunity", paper.name)]

	@whole
	def quote(
		self, customer: str, rows: tuple[Row, ...], opportunity: Document | None = None
	) -> list[Document]:
		deal = self.papers[opportunity.name] if opportunity else None
		return [Document("Quotation", shop_won_quote.quote(self, customer, rows, deal).name)]

	@whole
	def win(
		self,
		quote: Document,
		order_type: str | None = None,
		invoice_term: str | None = None,
		rows: tuple[Row, ...] | None = None,
		services: str | None = None,
		after: str | None = None,
	) -> list[Document]:
		paper = self.papers[quote.name]
		order = shop_won_quote.win(self, paper, rows, services, after, order_type, invoice_term)
		return [Document("Sales Order", order.name), quote]

	@whole
	def lose(
		self, quote: Document | None = None, opportunity: Document | None = None, reason: str = "Lost"
	) -> list[Document]:
		if quote:
			shop_won_quote.lose(self, self.papers[quote.name], reason)
			return [quote]
		lost = shop_won_quote.lose_deal(self, self.papers[opportunity.name], reason)
		return [opportunity, *[Document("Quotation", one.name) for one in lost]]

	@whole
	def reopen(self, opportunity: Document) -> list[Document]:
		shop_won_quote.reopen(self, self.papers[opportunity.name])
		return [opportunity]

	@whole
	def undo(self, order: Document) -> list[Document]:
		return [Document("Quotation", shop_won_quote.undo(self, self.papers[order.name]).name)]

	@whole
	def order(
		self,
		customer: str,
		rows: tuple[Row, ...],
		order_type: str | None = None,
		invoice_term: str | None = None,
		returns: tuple[Return, ...] = (),
		delivery: Document | None = None,
	) -> list[Document]:
		order = self.book(customer, self.lines(rows), order_type, invoice_term)
		shop_returns.ask(self, order, self.papers[delivery.name] if delivery else None, returns)
		return [Document("Sales Order", order.name)]

	@whole
	def change_type(self, order: Document, order_type: str) -> list[Document]:
		paper = self.papers[order.name]
		state = order_types.OrderState(paper.name, self.type_of(paper), closed=paper.closed)
		wanted = next(seed for seed in order_types.SEEDS if seed.name == order_type)
		self.refuse("change_type", order_types.change_violations(state, wanted))
		paper.type = order_type
		shop_allocation.reserve(self, paper)
		return [order]

	@whole
	def deliver(self, order: Document, rows: tuple[Row, ...] | None = None) -> list[Document]:
		paper = self.papers[order.name]
		blocked = order_types.processing_violation(paper.name, self.type_of(paper), "Delivery Note")
		self.refuse("deliver", [blocked] if blocked else [])
		wanted = {row.item: row.qty for row in rows} if rows is not None else None
		delivered = []
		for line in paper.lines:
			left = line.qty - line.delivered
			qty = left if wanted is None else min(left, wanted.get(line.item, ZERO))
			if qty > 0:
				self.hand_over(line, qty)
				delivered.append((line, qty))
		return [self.note(paper, delivered), order]

	@whole
	def release(self, complete_orders_first: bool = False) -> list[Document]:
		served = shop_allocation.release(self, complete_orders_first)
		return [Document("Sales Order", name) for name in served]

	@whole
	def invoice_run(self, as_of: date | None = None) -> list[Document]:
		return shop_invoicing.run(self, as_of or self.today)

	@whole
	def pay(
		self, amount: Decimal, order: Document | None = None, invoice: Document | None = None
	) -> list[Document]:
		paid = order or invoice
		paper = self.papers[paid.name]
		if isinstance(paper, Order):
			paper.advances += amount
		else:
			paper.paid += amount
		payment = Payment("", amount)
		self.add("PE", payment)
		return [Document("Payment Entry", payment.name), paid]

	@whole
	def replace(self, order: Document, rows: tuple[Row, ...] = (), split: Groups = ()) -> list[Document]:
		made = shop_replacement.replace(self, self.papers[order.name], rows, split)
		return [*[Document("Sales Order", paper.name) for paper in made], order]

	@whole
	def advance_to(self, date: date | None = None, days: Decimal | None = None) -> list[Document]:
		self.today = date or self.today + timedelta(days=int(days or 1))
		return []

	def refuse(self, step: str, violations: list[Violation]) -> None:
		"""Raise Refused, as the error a user would get, if there is any violation."""
		if violations:
			error = OTHER_ERRORS.get(step) if step == "win" else ERRORS.get(violations[0].code)
			facts = ", ".join(f"{key} {value}" for key, value in violations[0].facts.items())
			raise Refused(
				error or OTHER_ERRORS.get(step, "ValidationError"),
				f"{violations[0].code.replace('_', ' ')} ({facts})",
			)

	def book(
		self, customer: str, lines: list[Line], order_type: str | None, invoice_term: str | None
	) -> Order:
		"""Submit an order, with its type, term and reservation."""
		required = self.today + timedelta(days=DAYS_TO_DELIVER)
		order = Order("", customer, self.today, required, lines)
		order.type = shop_facts.order_type(self, customer, order_type)
		order.term = shop_facts.invoice_term(self, order, invoice_term)
		self.add("SO", order)
		shop_allocation.reserve(self, order)
		self.hand_over_at_once(order)
		return order

	def hand_over_at_once(self, order: Order) -> None:
		"""Deliver what is there, where the order's type delivers as it is booked."""
		kind = self.type_of(order)
		if self.on("enable_order_types") and order_types.document_kind("", kind) != order_types.STANDARD:
			self.hand_over_what_is_there(order)

	def hand_over_what_is_there(self, order: Order) -> list[tuple[Line, Decimal]]:
		"""Deliver what is reserved for an order or free, and services; return what was delivered."""
		delivered = []
		for line in order.lines:
			left = line.qty - line.delivered
			free = line.reserved + self.stock()[line.item]["free"] if line.stock else left
			if qty := min(left, free):
				self.hand_over(line, qty)
				delivered.append((line, qty))
		return delivered

	def note(self, order: Order, delivered: list[tuple[Line, Decimal]]) -> Document:
		"""Keep the delivery note of what was delivered."""
		qtys = by_item([(line.item, qty) for line, qty in delivered])
		paper = Delivery("", qtys, list(delivered), order.customer)
		self.add("DN", paper)
		return Document("Delivery Note", paper.name)

	def hand_over(self, line: Line, qty: Decimal) -> None:
		"""Deliver a quantity of an order's line, its own reservation first."""
		if line.stock:
			own = min(line.reserved, qty)
			if qty - own > self.on_hand[line.item] - self.reserved(line.item):
				raise Refused("NegativeStockError", f"not enough {line.item} in stock")
			line.reserved -= own
			self.on_hand[line.item] -= qty
		line.moves.append((qty, self.today))

	def lines(self, rows: tuple[Row, ...]) -> list[Line]:
		"""Return new lines for the rows of a step."""
		return [self.line(row.item, row.qty, row.rate) for row in rows]

	def line(self, item: str, qty: Decimal, rate: Decimal) -> Line:
		"""Return a new line with a name of its own."""
		self.counts["line"] = self.counts.get("line", 0) + 1
		return Line(f"line-{self.counts['line']:06d}", item, qty, rate, stock=item in self.on_hand)
