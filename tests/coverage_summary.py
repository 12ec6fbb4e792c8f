"""A pytest plugin: the coverage of this run and of those before it, just above pytest's own last line."""

from __future__ import annotations

import os
from pathlib import Path

import coverage
import pytest

REPO = Path(__file__).resolve().parent.parent


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
	"""Report the running measurement together with the data files that earlier runs left."""
	current = coverage.Coverage.current()
	if not current:
		return
	current.stop()
	current.save()
	os.chdir(REPO)  # so that the report's paths are short
	combined = coverage.Coverage(data_file=str(REPO / ".coverage"), config_file=str(REPO / "pyproject.toml"))
	combined.combine(keep=True)
	terminalreporter.section("coverage")
	combined.report(file=terminalreporter)
