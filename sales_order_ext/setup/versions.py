"""Which versions of Frappe and ERPNext the app runs on. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

SUPPORTED_MAJORS = (15, 16)


def major_of(version: str) -> int | None:
	"""Return the major of a version such as "15.99.0" or "16.0.0-dev", or None where it says none."""
	match = re.match(r"v?(\d+)(?:\.|$)", version)
	return int(match[1]) if match else None


def unsupported(versions: Mapping[str, str]) -> dict[str, str]:
	"""Return those of {app: version} whose major the app does not run on."""
	return {app: version for app, version in versions.items() if major_of(version) not in SUPPORTED_MAJORS}
