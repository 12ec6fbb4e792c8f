"""Which preference holds: user before role before company before the site's Settings. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class PreferenceRow:
	"""One Sales Order Preference. An empty scope means "any"; `created` orders rows of equal weight."""

	property: str
	value: str
	company: str = ""
	role: str = ""
	user: str = ""
	created: str = ""


def matches(row: PreferenceRow, company: str | None, user: str, roles: Collection[str]) -> bool:
	"""Return whether every scope that the row names is the one asked about."""
	return (
		(not row.company or row.company == company)
		and (not row.role or row.role in roles)
		and (not row.user or row.user == user)
	)


def most_specific(
	rows: Iterable[PreferenceRow], property: str, company: str | None, user: str, roles: Collection[str]
) -> PreferenceRow | None:
	"""Return the row that decides `property`, or None where the site's Settings do.

	A user outweighs a role, a role a company, whatever else the row names. Of rows of equal weight
	(two roles of one user) the one created last holds.
	"""
	candidates = [row for row in rows if row.property == property and matches(row, company, user, roles)]
	return max(candidates, key=_weight, default=None)


def _weight(row: PreferenceRow) -> tuple[bool, bool, bool, str]:
	return (bool(row.user), bool(row.role), bool(row.company), row.created)
