"""What an edit changed, from what to what: pure.

An image is {"head": {field: value}, "rows": {row name: {field: value}}}; values compare as they are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Image = Mapping[str, Any]
ADDED, REMOVED, CHANGED = "Added", "Removed", "Changed"


@dataclass(frozen=True)
class Edit:
	"""One change. `row` is the row's name, empty for the head; of added and removed rows no field is named."""

	kind: str
	row: str = ""
	field: str = ""
	before: str = ""
	after: str = ""


def compare(before: Image, after: Image, head: Iterable[str], row: Iterable[str]) -> list[Edit]:
	"""Return the changes of the fields of head and rows, in their order; rows in the later image's."""
	found = [_edit("", field, before["head"], after["head"]) for field in head]
	fields = list(row)
	for name, values in after["rows"].items():
		if name not in before["rows"]:
			found.append(Edit(ADDED, name))
			continue
		found += [_edit(name, field, before["rows"][name], values) for field in fields]
	found += [Edit(REMOVED, name) for name in before["rows"] if name not in after["rows"]]
	return [edit for edit in found if edit]


def _edit(row: str, field: str, before: Mapping[str, str], after: Mapping[str, str]) -> Edit | None:
	old, new = before.get(field) or "", after.get(field) or ""
	return Edit(CHANGED, row, field, old, new) if old != new else None
