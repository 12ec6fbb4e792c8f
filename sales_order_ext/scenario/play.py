"""Run a story on a driver, step by step, and check what must hold after each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from sales_order_ext.scenario.story import Step, Story, StoryError


class Refused(Exception):
	"""A step that the rules do not allow. `error` is the name of the error a user would get."""

	def __init__(self, error: str, message: str):
		super().__init__(message)
		self.error = error


@dataclass(frozen=True)
class Document:
	"""A document of the shop or site, by kind ("Sales Order") and name."""

	kind: str
	name: str


Facts = dict[str, Any]


class Driver(Protocol):
	"""What plays a story: one method per kind of step (see `story.STEPS`), and the facts.

	A step's method takes the step's arguments, with aliases already resolved to documents, and returns
	the documents it made or changed, those that its aliases stand for first. It raises Refused, leaving
	nothing behind, when the rules do not allow the step.
	"""

	today: date

	def begin(self, story: Story) -> None:
		"""Make masters and settings."""

	def facts(self, document: Document) -> Facts:
		"""Return what can be said of a document: text, decimals, and {item: quantity} tables."""

	def stock(self) -> dict[str, Facts]:
		"""Return {item: {"on_hand", "reserved", "free"}}."""


@dataclass(frozen=True)
class Played:
	"""One step as it went: the day, the step, what it touched, and what did not hold."""

	day: date
	step: Step
	documents: tuple[tuple[Document, Facts], ...]
	refused: str
	stock: Mapping[str, Facts]
	failures: tuple[str, ...]


def play(story: Story, driver: Driver, told: Callable[[Played], None] = lambda played: None) -> list[Played]:
	"""Play a story; return its steps as they went, calling `told` after each.

	A step that fails an expectation does not end the story; one that is refused unexpectedly does.
	"""
	driver.begin(story)
	aliases: dict[str, Document] = {}
	steps: list[Played] = []
	for step in story.steps:
		played = _play_step(step, driver, aliases)
		steps.append(played)
		told(played)
		if played.refused and not step.refused:
			break
	return steps


def failures(steps: list[Played]) -> list[str]:
	"""Return everything that did not hold, in order."""
	return [failure for played in steps for failure in played.failures]


def _play_step(step: Step, driver: Driver, aliases: dict[str, Document]) -> Played:
	documents: list[Document] = []
	refused, failed = "", []
	try:
		documents = getattr(driver, step.do)(**_resolved(step, aliases))
	except Refused as refusal:
		refused = f"{refusal.error}: {refusal}"
		if refusal.error != step.refused:
			failed.append(f"{_place(step)}: refused with {refused}")
	else:
		if step.refused:
			failed.append(f"{_place(step)}: was to be refused with {step.refused}, but was done")
		aliases.update(zip(step.aliases, documents, strict=False))
	stock = driver.stock()
	if bool(refused) == bool(step.refused):
		failed += _unmet(step, driver, aliases, stock)
	told = tuple((document, driver.facts(document)) for document in dict.fromkeys(documents))
	return Played(driver.today, step, told, refused, stock, tuple(failed))


def _resolved(step: Step, aliases: Mapping[str, Document]) -> dict[str, Any]:
	"""Return the step's arguments with the aliases of documents replaced by the documents."""
	arguments = dict(step.arguments)
	for key in ("opportunity", "quote", "order", "invoice", "delivery", "project"):
		if key in arguments:
			arguments[key] = _aliased(step, aliases, arguments[key])
	return arguments


def _aliased(step: Step, aliases: Mapping[str, Document], alias: str) -> Document:
	if alias not in aliases:
		raise StoryError(f"{_place(step)}: nothing is called {alias!r} so far")
	return aliases[alias]


def _unmet(step: Step, driver: Driver, aliases: Mapping[str, Document], stock: Mapping) -> list[str]:
	"""Return a sentence for every expectation of the step that does not hold."""
	names = {alias: document.name for alias, document in aliases.items()}
	unmet = []
	for alias, expected in step.expect.items():
		if alias == "stock":
			pairs = [(f"stock of {item}", facts, stock.get(item, {})) for item, facts in expected.items()]
		else:
			document = _aliased(step, aliases, alias)
			pairs = [(alias, expected, {"name": document.name, **driver.facts(document)})]
		for about, wanted, actual in pairs:
			unmet += [
				f"{_place(step)}: {about}.{fact} is {shown(actual.get(fact))}, expected {shown(value)}"
				for fact, value in _filled_in(wanted, names).items()
				if not _same(actual.get(fact), value)
			]
	return unmet


def _filled_in(wanted: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
	"""Return expectations with {alias} in texts replaced by the document's name."""
	return {
		fact: value.format_map(names) if isinstance(value, str) else value for fact, value in wanted.items()
	}


def _same(actual: Any, wanted: Any) -> bool:
	if isinstance(wanted, Mapping):
		table = actual if isinstance(actual, Mapping) else {}
		return all(_same(table.get(key, 0), value) for key, value in wanted.items())
	if isinstance(wanted, int | Decimal) and not isinstance(wanted, bool):
		return actual is not None and Decimal(actual) == Decimal(wanted)
	return actual == wanted


def shown(value: Any) -> str:
	"""Return a fact as a person reads it: 1280.00 as 1280, a table as "6 CHAIR, 4 LAMP"."""
	if isinstance(value, Mapping):
		return ", ".join(f"{shown(qty)} {item}" for item, qty in value.items()) or "nothing"
	if isinstance(value, Decimal):
		return format(value.quantize(Decimal(1)) if value == value.to_integral() else value.normalize(), "f")
	return str(value)


def _place(step: Step) -> str:
	return " ".join((step.do, *step.aliases))
