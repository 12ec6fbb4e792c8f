"""What the browser tests need beside a bench."""

from __future__ import annotations

import importlib.util
from shutil import which

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
	"""Return the path of the browser, or None where there is none."""
	return next(filter(None, map(which, PROGRAMS)), None)


def lacking() -> str | None:
	"""Return what is missing on this machine, in words; None where the tests can run."""
	if not chromium():
		return "Chromium is not installed."
	if not importlib.util.find_spec("playwright"):
		return "Playwright is not installed; `make clean` and run again."
	return None
