"""Read a story file: masters, settings, steps, and what must hold after each step.

Source of the form: docs/stories.md. Every mistake in a file is a StoryError that names the place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sales_order_ext.order_entry.rules import CUSTOM, ITEMS, TEXT

try:
	import tomllib
except ModuleNotFoundError:  # Python 3.10
	import tomli as tomllib

# The arguments of each kind of step: required ones first, then optional ones.
STEPS: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
	"receive": (("rows",), ()),
	"opportunity": (("customer",), ()),
	"quote": (("customer", "rows"), ("opportunity",)),
	"win": (("quote",), ("order_type", "invoice_term", "rows", "services", "after")),
	"lose": ((), ("quote", "opportunity", "reason")),
	"reopen": (("opportunity",), ()),
	"undo": (("order",), ()),
	"order": (("customer", "rows"), ("order_type", "invoice_term", "returns", "delivery")),
	"change_type": (("order", "order_type"), ()),
	"deliver": (("order",), ("rows",)),
	"process": (("order",), ()),
	"project": (("customer",), ()),
	"work": (("project", "activity", "hours", "rate"), ()),
	"use": (("project", "rows"), ()),
	"bill": (("project",), ("up_to",)),
	"release": ((), ("complete_orders_first",)),
	"invoice_run": ((), ("as_of",)),
	"pay": (("amount",), ("order", "invoice")),
	"replace": (("order",), ("rows", "split")),
	"advance_to": ((), ("date", "days")),
}

# Rows that are words rather than goods, by the key that holds the words.
LINES = {"text": ITEMS[TEXT], "custom": ITEMS[CUSTOM]}

# Items by order: each list names those whose rows go to an order of their own.
Groups = Sequence[Sequence[str]]


class StoryError(Exception):
	"""A story file that cannot be played as it is written."""


@dataclass(frozen=True)
class Item:
	"""An item of the story. `stock` tells goods from services; `plan` is the price of a monthly plan.

	`price` is that of the price list, which goods used on a project are billed at.
	"""

	code: str
	stock: bool = True
	price: Decimal = Decimal(0)
	plan: Decimal = Decimal(0)
	keep_stock_level: Decimal = Decimal(0)


@dataclass(frozen=True)
class Customer:
	"""A customer and the terms it has agreed on."""

	name: str
	invoice_term: str = ""
	order_type: str = ""
	back_order_priority: Decimal = Decimal(0)


@dataclass(frozen=True)
class Row:
	"""A quantity of an item, with its price where the step needs one; `words` of a text or custom line."""

	item: str
	qty: Decimal
	rate: Decimal = Decimal(0)
	words: str = ""


@dataclass(frozen=True)
class Return:
	"""A quantity of an item that comes back or is credited, and the Credit Reason."""

	item: str
	qty: Decimal
	reason: str


@dataclass(frozen=True)
class Step:
	"""One step: what is done, under which names its results are known, what must hold after it.

	`expect` maps an alias (or "stock") to facts; `refused` names the error that must stop the step.
	"""

	do: str
	arguments: Mapping[str, Any]
	aliases: tuple[str, ...] = ()
	expect: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
	refused: str = ""


@dataclass(frozen=True)
class Earmark:
	"""Stock of an item that is kept for a customer from the first day."""

	customer: str
	item: str
	qty: Decimal


@dataclass(frozen=True)
class Story:
	"""A whole story. `tax_rate` is a percentage on the net total; without a date it plays today."""

	title: str
	settings: Mapping[str, Any]
	items: Sequence[Item]
	customers: Sequence[Customer]
	steps: Sequence[Step]
	tax_rate: Decimal = Decimal(0)
	date: date | None = None
	earmarks: Sequence[Earmark] = ()


def load(path: str | Path) -> Story:
	"""Read and check a story file; raise StoryError naming what is wrong and where."""
	try:
		with open(path, "rb") as file:
			return parse(tomllib.load(file, parse_float=Decimal))
	except OSError as error:
		raise StoryError(f"{path}: cannot be read ({error.strerror})") from error
	except tomllib.TOMLDecodeError as error:
		raise StoryError(f"{path}: not valid TOML: {error}") from error
	except StoryError as error:
		raise StoryError(f"{path}: {error}") from error


def parse(data: Mapping[str, Any]) -> Story:
	"""Return the story of a parsed TOML document; raise StoryError."""
	known = {"title", "date", "tax_rate", "settings", "items", "customers", "earmarks", "steps"}
	_refuse_unknown("the story", data, known)
	_require("the story", data, ("title", "steps"))
	items = tuple(_build(Item, "an item", entry) for entry in data.get("items", ()))
	customers = tuple(_build(Customer, "a customer", entry) for entry in data.get("customers", ()))
	steps = tuple(_step(number, entry) for number, entry in enumerate(data["steps"], start=1))
	story = Story(
		title=data["title"],
		settings=data.get("settings", {}),
		items=items,
		customers=customers,
		steps=steps,
		tax_rate=Decimal(data.get("tax_rate", 0)),
		date=data.get("date"),
		earmarks=tuple(_build(Earmark, "an earmark", entry) for entry in data.get("earmarks", ())),
	)
	_check_names(story)
	return story


def _step(number: int, entry: Mapping[str, Any]) -> Step:
	place = f"step {number}"
	do = entry.get("do", "")
	if do not in STEPS:
		raise StoryError(f"{place}: unknown step {do!r}; known are {', '.join(STEPS)}")
	required, optional = STEPS[do]
	place = f"{place} ({do})"
	_require(place, entry, required)
	_refuse_unknown(place, entry, {"do", "as", "expect", "refused", *required, *optional})
	arguments = {key: entry[key] for key in (*required, *optional) if key in entry}
	if "rows" in arguments:
		arguments["rows"] = tuple(_row(f"{place}, a row", row) for row in arguments["rows"])
	if "returns" in arguments:
		_require(place, entry, ("delivery",))
		arguments["returns"] = tuple(_build(Return, f"{place}, a return", row) for row in entry["returns"])
	for number in {"hours", "rate"} & set(arguments):
		arguments[number] = Decimal(arguments[number])
	for group in arguments.get("split", ()):
		if not isinstance(group, list):
			raise StoryError(f"{place}: split is a list of lists of items")
	named = entry.get("as", ())
	aliases = (named,) if isinstance(named, str) else tuple(named)
	return Step(do, arguments, aliases, entry.get("expect", {}), entry.get("refused", ""))


def _row(place: str, entry: Mapping[str, Any]) -> Row:
	"""Return a row of an item, or a text or custom line: words, on the item that such lines stand on."""
	kind = next((key for key in LINES if key in entry), None)
	if not kind:
		_refuse_unknown(place, entry, {"item", "qty", "rate", *LINES})
		return _build(Row, place, entry)
	_refuse_unknown(place, entry, {kind, "qty", "rate"} if kind == "custom" else {kind})
	return _build(Row, place, {"item": LINES[kind], "qty": 0, "words": entry[kind], **{
		key: value for key, value in entry.items() if key != kind}})  # fmt: skip


def _build(kind: type, place: str, entry: Mapping[str, Any]) -> Any:
	"""Return a dataclass made of a table of the file, numbers as decimals."""
	fields = kind.__dataclass_fields__
	_refuse_unknown(place, entry, set(fields))
	_require(place, entry, [name for name, one in fields.items() if one.default is one.default_factory])
	return kind(**{key: Decimal(value) if _is_number(value) else value for key, value in entry.items()})


def _check_names(story: Story) -> None:
	"""Raise StoryError where a step speaks of an item or customer the story does not introduce."""
	items = {item.code for item in story.items}
	customers = {customer.name for customer in story.customers}
	unknown = {one.item for one in story.earmarks} - items
	unknown |= {one.customer for one in story.earmarks} - customers
	if unknown:
		raise StoryError(f"an earmark: unknown {', '.join(sorted(unknown))}")
	for number, step in enumerate(story.steps, start=1):
		rows = (*step.arguments.get("rows", ()), *step.arguments.get("returns", ()))
		named = {row.item for row in rows} - items - set(LINES.values())
		named |= {item for group in step.arguments.get("split", ()) for item in group} - items
		if "customer" in step.arguments:
			named |= {step.arguments["customer"]} - customers
		if named:
			raise StoryError(f"step {number} ({step.do}): unknown {', '.join(sorted(named))}")


def _is_number(value: object) -> bool:
	return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _require(place: str, entry: Mapping[str, Any], names: Sequence[str]) -> None:
	missing = [name for name in names if name not in entry]
	if missing:
		raise StoryError(f"{place}: {', '.join(missing)} missing")


def _refuse_unknown(place: str, entry: Mapping[str, Any], known: set[str]) -> None:
	unknown = sorted(set(entry) - known)
	if unknown:
		raise StoryError(f"{place}: unknown {', '.join(unknown)}; known are {', '.join(sorted(known))}")
