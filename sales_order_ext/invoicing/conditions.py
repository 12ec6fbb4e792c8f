"""Lets a job compile each condition once.

An order's status follows from conditions that Frappe checks and compiles anew for every order. Invariant: what a
condition compiles to, and whether it is allowed, follows from its text alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from frappe.utils import safe_exec

# Checks a condition; compiles it.
STEPS = ("_validate_safe_eval_syntax", "compile_restricted")
MOST = 200  # conditions


@contextmanager
def compiled_once() -> Iterator[None]:
	"""Let Frappe's evaluation of conditions remember them, until the block ends."""
	plain = {step: getattr(safe_exec, step) for step in STEPS if hasattr(safe_exec, step)}
	for step, function in plain.items():
		setattr(safe_exec, step, lru_cache(MOST)(function))
	try:
		yield
	finally:
		for step, function in plain.items():
			setattr(safe_exec, step, function)
