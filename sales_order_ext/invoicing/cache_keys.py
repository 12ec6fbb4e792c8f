"""Lets a job make the keys of Frappe's cache once.

Each of hundreds of looks into the cache for an order, be it answered from the process's own memory, begins with
making its key from the site's settings. Invariant: a key that is no user's and not shared between sites follows
from its name and the site; other sites, in the same process or not, make theirs as ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frappe

MAKE = "make_key"
MOST = 5000  # keys; the memory of a job stays flat


@contextmanager
def made_once() -> Iterator[None]:
	"""Let the cache remember this site's keys, until the block ends."""
	cache, site = frappe.cache, frappe.local.site
	if MAKE in vars(cache):
		yield
		return
	make, known = cache.make_key, {}

	def make_key(key: str, user: Any = None, shared: bool = False) -> Any:
		if user or shared or frappe.local.site != site:
			return make(key, user, shared)
		if key not in known:
			if len(known) >= MOST:
				known.clear()
			known[key] = make(key)
		return known[key]

	cache.make_key = make_key
	try:
		yield
	finally:
		del cache.make_key
