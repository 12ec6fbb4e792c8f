"""A broken rule as a value: rules return violations, the edge translates and throws them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Violation:
	"""One broken rule.

	`code` names the rule (the key of the room's messages), `facts` fill the sentence's placeholders.
	"""

	code: str
	facts: Mapping[str, Any] = field(default_factory=dict)


def violation(code: str, **facts: Any) -> Violation:
	"""Return the violation of rule `code` with the facts a reader needs to mend it."""
	return Violation(code, facts)
