"""What the app's handlers add to the queries of saving a Sales Invoice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import frappe
import pytest

from tests.site import masters, orders
from tests.site.masters import ITEM, counted

# Locking the order and looking whether that made the view old (three); its rows and its other invoices. One
# more where hours or returns that the order bills may be on the invoice.
WITH_TERMS = {"insert": 6, "save": 5, "submit": 6, "cancel": 1}


@pytest.fixture
def asked(monkeypatch) -> Callable[[Callable], Counter]:
	"""Return a function that runs something and returns {handler of Sales Invoice: its queries}."""
	found: Counter = Counter()
	running: list[str] = []

	def watched(path: str) -> None:
		module, name = path.rsplit(".", 1)
		handler = getattr(frappe.get_module(module), name)

		def watch(doc, method=None, *more):
			if doc.doctype != "Sales Invoice" or running:
				return handler(doc, method, *more)
			running.append(path)
			with counted() as statements:
				handler(doc, method, *more)
			found[f"{running.pop()} {method}"] += len(statements)

		monkeypatch.setattr(f"{module}.{name}", watch)

	events = frappe.get_hooks("doc_events", app_name="sales_order_ext")["Sales Invoice"]
	for path in sorted({path for handlers in events.values() for path in handlers}):
		watched(path)

	def run(step: Callable) -> Counter:
		found.clear()
		step()
		return Counter(found)

	return run


def steps(asked, rows: int) -> dict[str, Counter]:
	"""Return {step: {handler: queries}} of taking an order's invoice all the way."""
	order = masters.sales_order(*[(ITEM, 1, number + 1) for number in range(rows)])
	invoice = orders.invoice(order.name)
	return {step: asked(getattr(invoice, step)) for step in ("insert", "save", "submit", "cancel")}


def test_with_all_switches_off_no_handler_asks_anything(asked):
	steps(asked, 1)
	for step, found in steps(asked, 10).items():
		assert found, step
		assert not +found, step


def test_invoice_terms_cost_a_few_queries_whatever_the_number_of_rows(asked, switch_on):
	switch_on("enable_invoice_terms")
	steps(asked, 1)
	for rows in (1, 10):
		assert {step: sum(found.values()) for step, found in steps(asked, rows).items()} == WITH_TERMS
