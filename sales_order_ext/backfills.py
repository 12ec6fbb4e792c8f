"""Background work over the orders that were there before a switch was turned on."""

from __future__ import annotations

from collections.abc import Iterator

import frappe

from sales_order_ext import background, preferences, transactions

CHUNK = 1000


def enqueue(job: str) -> None:
	"""Have a job, named by its path, done once the present transaction is committed."""
	background.enqueue(job, job_id=job, queue="long", timeout=4 * 60 * 60)


def chunks(switch: str, filters: dict) -> Iterator[tuple[str, list[str]]]:
	"""Yield company and names of all orders that fit, of the companies that have a switch on.

	A chunk at a time, read afresh and locked, so that what is changed meanwhile is not overwritten; what the
	caller stores of it is committed before the next one.
	"""
	for company in preferences.companies(switch):
		for names in transactions.locked_chunks("Sales Order", {**filters, "company": company}, CHUNK):
			yield company, names
			frappe.db.commit()  # each chunk is complete in itself, and locks must not be held for long
