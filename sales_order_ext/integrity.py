"""Integrity Check: is what orders store of payment, life cycle and reservation what their documents say?

The rooms compare; they are named in the hooks `sales_order_integrity` (functions `(company: str | None) ->
list[dict]` with the keys `sales_order`, `field`, `stored`, `computed`) and `sales_order_repair` (functions
`(orders: list[str]) -> None`), which other apps may extend. On healthy data nothing is found.
"""

from collections.abc import Iterator

import frappe
from frappe import _

from sales_order_ext import again, preferences, transactions

CHUNK = 1000
KEYS = ("sales_order", "field", "stored", "computed")


def differences(company: str | None = None) -> list[dict]:
	"""Return every difference, of one company or of all: dicts with `KEYS`, in order of the sales orders."""
	found = []
	for name in frappe.get_hooks("sales_order_integrity"):
		found += frappe.get_attr(name)(company)
	return sorted(found, key=lambda row: (row["sales_order"], row["field"]))


def repair(company: str | None = None) -> dict:
	"""Store anew what differs; return `{"repaired": […], "left": […]}`, both as of `differences`.

	From the command line: `bench --site SITE execute sales_order_ext.integrity.repair`.
	"""
	found = differences(company)
	names = sorted({row["sales_order"] for row in found})
	for start in range(0, len(names), CHUNK):
		orders = names[start : start + CHUNK]
		transactions.lock_for(orders, ())
		for name in frappe.get_hooks("sales_order_repair"):
			frappe.get_attr(name)(orders)
	left = differences(company) if found else []
	return {"repaired": [row for row in found if row not in left], "left": left}


@frappe.whitelist(methods=["POST"])
@again.after_deadlock
def repair_now(company: str | None = None) -> dict[str, int]:
	"""Repair from the desk, for System Managers; return how many values were repaired and are left."""
	frappe.only_for("System Manager")
	result = repair(company)
	return {key: len(rows) for key, rows in result.items()}


def nightly() -> None:
	"""Look for differences and write what stays one into the error log. Changes nothing."""
	found = differences()
	if not found:
		return
	transactions.start_fresh()
	again = [row for row in differences() if row in found]
	if again:
		lines = [_("{0} of {1}: stored {2}, computed {3}").format(
			row["field"], row["sales_order"], row["stored"], row["computed"]) for row in again]  # fmt: skip
		frappe.log_error(
			title=_("Integrity Check: {0} differences").format(len(again)), message="\n".join(lines)
		)


def switched_on(orders: list[str], switch: str) -> list[str]:
	"""Return those of the orders whose company has a switch on."""
	rows = frappe.get_all("Sales Order", {"name": ("in", orders)}, ["name", "company"], order_by="name asc")
	return [row.name for row in rows if preferences.get(switch, row.company)]


def chunks(filters: dict) -> Iterator[list[str]]:
	"""Yield the names of the orders that fit, a chunk at a time, without locks."""
	last = ""
	while True:
		names = frappe.get_all(
			"Sales Order", {**filters, "name": (">", last)}, pluck="name", order_by="name asc", limit=CHUNK
		)
		if not names:
			return
		yield names
		last = names[-1]


def difference(sales_order: str, field: str, stored: object, computed: object) -> dict:
	"""Return one difference as the hook wants it."""
	return dict(zip(KEYS, (sales_order, field, stored, computed), strict=True))
