"""Stock Holds in the database: what rows of drafts keep for a while. Once past its time a hold counts no more.

Rows are written and deleted by name, never by a range: ranges would lock what other forms hold. Who adds to
a hold holds the Bins' locks; giving back needs none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

import frappe
from frappe.utils import now_datetime

from sales_order_ext import preferences
from sales_order_ext.allocation.holding import Stock
from sales_order_ext.allocation.tables import number, within

DOCTYPE = "Stock Hold"
FIELDS = (
	"name",
	"document_key",
	"row_key",
	"item_code",
	"warehouse",
	"qty",
	"user",
	"expires_at",
	"sales_order",
)

Kept = Mapping[tuple[str, Stock], Decimal]


def of_documents(documents: Iterable[str], row: str | None = None) -> list[frappe._dict]:
	"""Return the holds of drafts (by name or key), past ones too, in name order."""
	filters: dict[str, object] = {"document_key": ("in", sorted(set(documents)))}
	if row:
		filters["row_key"] = row
	return frappe.get_all(DOCTYPE, filters=filters, fields=list(FIELDS), order_by="name")


def expiry(company: str | None, saved: bool) -> datetime:
	"""Return until when a hold made now lasts."""
	if saved:
		return now_datetime() + timedelta(hours=preferences.get("draft_hold_hours", company) or 24)
	return now_datetime() + timedelta(minutes=preferences.get("hold_minutes", company) or 30)


def store(existing: list[frappe._dict], kept: Kept, values: Mapping[str, object]) -> None:
	"""Make the holds of rows what is `kept`: change, add and delete. `values` are the fields all have.

	`existing` are the holds, of one draft, of the rows that `kept` speaks for.
	"""
	left = dict(kept)
	gone = []
	for hold in existing:
		qty = left.pop((hold.row_key, (hold.item_code, hold.warehouse)), None)
		if qty is None:
			gone.append(hold.name)
		else:
			_update(hold.name, {**values, "qty": float(qty)})
	delete(gone)
	_insert(left, values)


def delete(names: Iterable[str]) -> None:
	"""Delete holds by name."""
	wanted = sorted(set(names))
	if wanted:
		frappe.db.delete(DOCTYPE, {"name": ("in", wanted)})


def drop(documents: Iterable[str]) -> None:
	"""Delete everything that drafts hold."""
	delete(hold.name for hold in of_documents(documents))


def others(stock: Iterable[Stock], documents: Iterable[str]) -> dict[Stock, list[dict[str, object]]]:
	"""Return {pair: who else holds it}: `user`, `qty` and `until` each, the first to end first."""
	pairs = sorted(set(stock))
	hold = frappe.qb.DocType(DOCTYPE)
	rows = (
		frappe.qb.from_(hold)
		.select(hold.item_code, hold.warehouse, hold.user, hold.qty, hold.expires_at)
		.where(within(hold, pairs) & (hold.expires_at > now_datetime()))
		.where(hold.document_key.notin(sorted(documents)))
		.orderby(hold.expires_at, hold.name)
	).run()
	found: dict[Stock, list[dict[str, object]]] = {}
	for item_code, warehouse, user, qty, until in rows:
		one = {"user": user, "qty": float(number(qty)), "until": str(until)}
		found.setdefault((item_code, warehouse), []).append(one)
	return found


def sweep(limit: int) -> int:
	"""Delete holds that are past, those that somebody is just changing left out; return how many."""
	hold = frappe.qb.DocType(DOCTYPE)
	past = (
		frappe.qb.from_(hold)
		.select(hold.name)
		.where(hold.expires_at < now_datetime())
		.orderby(hold.name)
		.limit(limit)
	).run(pluck=True)
	if past:
		locked = frappe.qb.from_(hold).select(hold.name).where(hold.name.isin(past))
		past = locked.where(hold.expires_at < now_datetime()).for_update(skip_locked=True).run(pluck=True)
	delete(past)
	return len(past)


def _update(name: str, values: Mapping[str, object]) -> None:
	hold = frappe.qb.DocType(DOCTYPE)
	query = frappe.qb.update(hold).set(hold.modified, now_datetime())
	for field, value in values.items():
		query = query.set(hold[field], value)
	query.where(hold.name == name).run()


def _insert(kept: Kept, values: Mapping[str, object]) -> None:
	if not kept:
		return
	now, user = now_datetime(), frappe.session.user
	fields = (
		"name",
		"creation",
		"modified",
		"owner",
		"modified_by",
		"row_key",
		"item_code",
		"warehouse",
		"qty",
	)
	hold = frappe.qb.DocType(DOCTYPE)
	query = frappe.qb.into(hold).columns(*[hold[field] for field in (*fields, *values)])
	for (row, (item_code, warehouse)), qty in kept.items():
		name = frappe.generate_hash(length=10)
		query = query.insert(
			name, now, now, user, user, row, item_code, warehouse, float(qty), *values.values()
		)
	query.run()
