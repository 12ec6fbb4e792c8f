"""What the rules are told of an order: its header and rows, with what has happened to each."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sales_order_ext.decimals import ZERO

# What custom lines stand on: nothing that a reader knows.
OWN_ITEMS = "soe-"


@dataclass(frozen=True)
class Row:
	"""A row of an order. `delivered` is in the row's unit, `billed` an amount, other progress in stock units."""

	name: str
	item_code: str
	qty: Decimal
	idx: int = 0
	uom: str = ""
	conversion_factor: Decimal = Decimal(1)
	rate: Decimal = ZERO
	amount: Decimal = ZERO
	warehouse: str = ""
	replaced_row: str = ""
	delivered: Decimal = ZERO
	billed: Decimal = ZERO
	ordered: Decimal = ZERO
	work_order: Decimal = ZERO
	picked: Decimal = ZERO
	planned: Decimal = ZERO
	reserved: Decimal = ZERO
	documents: tuple[str, ...] = ()
	item_name: str = ""

	@property
	def label(self) -> str:
		"""What a reader calls the row's goods."""
		return label_of(self.item_code, self.item_name)

	@property
	def progress(self) -> dict[str, Decimal]:
		"""What has happened to the row, by kind, where anything has."""
		kinds = ("delivered", "billed", "ordered", "work_order", "picked", "planned")
		return {kind: getattr(self, kind) for kind in kinds if getattr(self, kind)}


@dataclass(frozen=True)
class Order:
	"""An order as far as replacing it goes.

	`replaced_by` names what is worked on instead of a replaced order; where all of that was cancelled,
	`cancelled_replacement` names it.
	"""

	name: str
	company: str = ""
	customer: str = ""
	currency: str = ""
	project: str = ""
	docstatus: int = 1
	status: str = ""
	role: str = ""
	root: str = ""
	is_cancelled: bool = False
	replaced_by: str = ""
	cancelled_replacement: str = ""
	replaces: str = ""
	replaced_state: str = ""
	subcontracted: bool = False
	inter_company: bool = False
	total: Decimal = ZERO
	paid: Decimal = ZERO
	advance: Decimal = ZERO
	rows: tuple[Row, ...] = ()


def label_of(item_code: str, item_name: str) -> str:
	"""Return the item's code; of a custom line its name, as its item is one of ours and says nothing."""
	return item_name if item_name and item_code.startswith(OWN_ITEMS) else item_code
