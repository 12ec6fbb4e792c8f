"""What the rules of a won quote work on: plain values, without a database and without a clock.

Quantities are in the quotation row's own unit of measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sales_order_ext.decimals import ZERO

PRODUCT = "Product"
SERVICE = "Service"
RECURRING = "Recurring"
SALES_ORDER = "Sales Order"

# What a row is converted to, and the DocType that carries it: a charge stays on the order and names it.
PROJECT_CHARGE, CONTRACT_CHARGE, TICKET_CHARGE = "Project Charge", "Contract Charge", "Ticket Charge"
CHARGES = {PROJECT_CHARGE: "Project", CONTRACT_CHARGE: "Contract", TICKET_CHARGE: "Issue"}
# What follows the sale, and the DocType that is made for it.
ORDER_ONLY = "Order Only"
FOLLOWING = {"Project": "Project", "Contract": "Contract", "Ticket": "Issue"}

STANDARD, WAREHOUSE, POS = "Standard", "Warehouse", "POS"
STOCK, BACK_TO_BACK, DROP_SHIPMENT = "Stock", "Back-to-Back", "Drop Shipment"

DRAFT = "Draft"
FINISHED = "Finished"
UNDONE = "Undone"

ORDERED = "Ordered"
PARTIALLY_ORDERED = "Partially Ordered"
CONVERTED = "Converted"
QUOTED = "Quotation"


@dataclass(frozen=True)
class QuoteRow:
	"""A row of the quotation as it stands; `ordered_qty` counts all submitted orders and subscriptions.

	`is_labour`: billed from time sheets, so never a charge. `convert_to` and `plan` (a Subscription Plan)
	are what the site's rules preset. `is_final`: cannot be bought again, so what is not there is refused.
	`ships`: its supplier usually ships it; `supplier` is the usual one.
	"""

	name: str
	item_code: str
	kind: str
	quoted_qty: Decimal
	ordered_qty: Decimal = ZERO
	rate: Decimal = ZERO
	is_alternative: bool = False
	is_stocked: bool = True
	whole_number: bool = False
	is_labour: bool = False
	convert_to: str = SALES_ORDER
	plan: str | None = None
	is_final: bool = False
	ships: bool = False
	supplier: str | None = None

	@property
	def remaining_qty(self) -> Decimal:
		return max(self.quoted_qty - self.ordered_qty, ZERO)


@dataclass(frozen=True)
class OpportunityFacts:
	"""The opportunity behind the quotation; `has_ordered_quotation`: one of its quotations is Ordered."""

	name: str
	status: str
	has_ordered_quotation: bool = False


@dataclass(frozen=True)
class QuoteFacts:
	"""The quotation as it stands. `new_customer`: the lead or prospect that has no customer yet."""

	name: str
	rows: tuple[QuoteRow, ...]
	docstatus: int = 1
	status: str = "Open"
	valid_till: date | None = None
	currency: str = ""
	precision: int = 2
	opportunity: OpportunityFacts | None = None
	new_customer: str | None = None
	may_be_expired: bool = False


@dataclass(frozen=True)
class Plan:
	"""A Subscription Plan. `cycle` is how often it bills, such as (1, "Month"); `rate` None where it varies."""

	name: str
	cycle: tuple[int, str] = (1, "Month")
	currency: str = ""
	rate: Decimal | None = None


@dataclass(frozen=True)
class Choice:
	"""What the user wants of one quotation row. An empty `source` leaves it to the order's type."""

	quotation_item: str
	qty: Decimal
	include: bool = True
	warehouse: str | None = None
	convert_to: str = SALES_ORDER
	source: str = ""
	supplier: str | None = None
	plan: Plan | None = None


@dataclass(frozen=True)
class Credit:
	"""A customer's limit and what it owes now, in the company's currency. `may_exceed`: the user may."""

	limit: Decimal
	outstanding: Decimal
	may_exceed: bool = False


@dataclass(frozen=True)
class Target:
	"""A project that is there already, and why it cannot be used for this sale, if so."""

	name: str
	is_foreign: bool = False


@dataclass(frozen=True)
class AfterSale:
	"""What follows the sale. `forbidden` are the DocTypes that the user may not make (or, a project, change)."""

	action: str = ORDER_ONLY
	project: Target | None = None
	project_template: str | None = None
	contract_template: str | None = None
	issue_type: str | None = None
	has_holidays: bool = True
	forbidden: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Market:
	"""What is known of one row's stock and price, per unit of the row and in the company's currency.

	`on_hand`, `free` (what earlier rows leave) and `incoming` are those of a product bundle's scarcest part,
	and None for what is not stocked. `floor` is the highest of valuation
	and last purchase rate; `price_expired`: the price list's price is no longer valid.
	"""

	on_hand: Decimal | None = None
	free: Decimal | None = None
	incoming: Decimal | None = None
	rate: Decimal = ZERO
	floor: Decimal = ZERO
	price_expired: bool = False


@dataclass(frozen=True)
class WinFacts:
	"""One pass: the quotation, what is wanted of it, and what holds for user and site.

	`reserves`: the order will reserve stock. `notify`: the users who are told. `losing`: quotations of the
	same opportunity that are marked lost. `sourcing` is that of the order's type. `kind` is the order's
	document kind where there are order types (`has_types`). `buys`: what is sourced is bought as the order is
	booked; `back_orders`: what is short then is put on back order. `market` is by quotation row.
	"""

	quote: QuoteFacts
	choices: tuple[Choice, ...]
	transaction_date: date
	delivery_date: date
	status: str = DRAFT
	enabled: bool = True
	permitted: bool = True
	reserves: bool = False
	notify: tuple[str, ...] = ()
	after: AfterSale = AfterSale()
	kind: str = STANDARD
	has_types: bool = True
	buys: bool = False
	mode_of_payment: str | None = None
	losing: tuple[str, ...] = ()
	lost_reason: str | None = None
	sourcing: str = "From Stock"
	back_orders: bool = False
	billing_currency: str = ""
	total_factor: Decimal = Decimal(1)
	credit: Credit | None = None
	floor_is_kept: bool = False
	market: Mapping[str, Market] = field(default_factory=dict)


@dataclass(frozen=True)
class OrderRow:
	"""A row of the order to be made."""

	quotation_item: str
	item_code: str
	qty: Decimal
	rate: Decimal
	amount: Decimal
	warehouse: str | None = None
	charge_to: str | None = None
	source: str = ""
	supplier: str | None = None


@dataclass(frozen=True)
class PlannedAction:
	"""One thing a pass does; `facts` fill the placeholders of its description."""

	action: str
	reference_doctype: str
	facts: Mapping[str, object]
	reference_name: str | None = None


@dataclass(frozen=True)
class UndoFacts:
	"""What has happened to the order of a finished pass: the names of the documents that hold it.

	`receipts`: what has followed of what was bought with the order, and what was shipped to the customer.
	"""

	order: str
	permitted: bool = True
	deliveries: tuple[str, ...] = ()
	invoices: tuple[str, ...] = ()
	payments: tuple[str, ...] = ()
	receipts: tuple[str, ...] = ()
	is_replaced: bool = False


def alternative_sets(rows: Sequence[QuoteRow]) -> list[list[QuoteRow]]:
	"""Return the rows in sets of which one is meant: a row and the alternatives that follow it."""
	sets: list[list[QuoteRow]] = []
	for row in rows:
		if row.is_alternative and sets:
			sets[-1].append(row)
		else:
			sets.append([row])
	return sets


def is_fully_ordered(rows: Sequence[QuoteRow]) -> bool:
	"""Return whether nothing remains of any row, or, of a set of alternatives, of those begun."""
	sets = [[row for row in rows if row.quoted_qty > 0] for rows in alternative_sets(rows)]
	sets = [rows for rows in sets if rows]
	return bool(sets) and all(_is_set_ordered(rows) for rows in sets)


def _is_set_ordered(rows: Sequence[QuoteRow]) -> bool:
	begun = [row for row in rows if row.ordered_qty > 0]
	return bool(begun) and all(not row.remaining_qty for row in begun)
