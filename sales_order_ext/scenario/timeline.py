"""Print a story as a timeline: day, step, the documents it touched with their numbers, the stock."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sales_order_ext.scenario.play import Document, Facts, Played, shown

AMOUNTS = ("total", "amount", "outstanding")


def lines(played: Played) -> list[str]:
	"""Return the printed lines of one step."""
	heading = f"{played.day}  {played.step.do.replace('_', ' '):<12}"
	if played.refused:
		return [f"{heading}refused, {played.refused}", *_marks(played)]
	told = [line for document, facts in played.documents for line in _document(document, facts)]
	told = told or ["nothing to do"]
	indent = " " * len(heading)
	text = [heading + told[0], *[indent + line for line in told[1:]]]
	if played.documents:
		text += [f"{indent}Stock: {_stock(played.stock)}"]
	return [*text, *_marks(played)]


def _document(document: Document, facts: Facts) -> list[str]:
	"""Return a line with a document's name, statuses and amounts, and one with its quantities."""
	single = {fact: value for fact, value in facts.items() if not isinstance(value, Mapping) and value != ""}
	tables = {fact: value for fact, value in facts.items() if isinstance(value, Mapping) and value}
	words = [
		f"{_label(fact)} {_amount(value) if fact in AMOUNTS else shown(value)}"
		for fact, value in single.items()
	]
	quantities = [f"{_label(fact)} {shown(value)}" for fact, value in tables.items()]
	text = [f"{document.kind} {document.name}" + (": " + "; ".join(words) if words else "")]
	return text + (["    " + "; ".join(quantities)] if quantities else [])


def _label(fact: str) -> str:
	return fact.replace("_", " ")


def _amount(value: Decimal) -> str:
	return f"{value:,.2f}"


def _stock(stock: Mapping[str, Facts]) -> str:
	return " | ".join(
		f"{item}: " + ", ".join(f"{shown(qty)} {fact.replace('_', ' ')}" for fact, qty in facts.items())
		for item, facts in stock.items()
	)


def _marks(played: Played) -> list[str]:
	return [f"  NOT AS EXPECTED  {failure}" for failure in played.failures]
