"""What one confirmation knows of the orders that it joins, and which of them a reference follows to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from frappe.model.document import Document

from sales_order_ext.replacement import links, records, rules
from sales_order_ext.violations import Violation


@dataclass
class Confirmation:
	"""What one confirmation carries from step to step.

	`parts` are the drafts that replace the original, first to last: one, or several after a split. What
	names the order and none of its rows follows to the first that has its item; what names no item either
	(payments, projects …) to the first.
	"""

	original: Document
	facts: rules.Order
	references: list[links.Reference]
	parts: list[Document]
	inverse: Document | None = None
	successors: Mapping[str, tuple[str, str]] = field(default_factory=dict)
	homes: Mapping[str, str] = field(default_factory=dict)
	told: list[Violation] = field(default_factory=list)

	@property
	def first(self) -> str:
		"""The name of the first replacement."""
		return self.parts[0].name

	@property
	def names(self) -> str:
		"""The names of all replacements, for a reader."""
		return ", ".join(part.name for part in self.parts)

	def target_of(self, reference: links.Reference) -> str:
		"""Return the replacement that a reference follows to."""
		successor = self.successors.get(reference.order_row)
		return successor[0] if successor else self.homes.get(reference.item_code, self.first)

	def references_of(self, part: Document) -> list[links.Reference]:
		"""Return what follows to one of the replacements."""
		return [reference for reference in self.references if self.target_of(reference) == part.name]

	def others(self, part: Document) -> list[rules.Order]:
		"""Return the other parts as facts."""
		return [records.order_of(one) for one in self.parts if one.name != part.name]
