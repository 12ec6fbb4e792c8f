"""Fresh reads and locks, in one fixed order, for everything that promises stock or moves links.

InnoDB's REPEATABLE READ fixes what a transaction sees at its first plain read. After waiting for a lock
that view is old. So a submit starts afresh before it locks (`start_submit`), and locks in this order:
Sales Order rows, then the other documents' own rows, then Bin rows, each sorted. Between the fresh start
and the last lock nothing is read plainly. A transaction that has written already cannot start afresh:
it locks the same rows and is refused, to be tried again, when they changed after its view was fixed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, now
from pypika.terms import Criterion

from sales_order_ext import compat, documents, preferences
from sales_order_ext.documents import Stock
from sales_order_ext.errors import DocumentChangedError

# With one of these on, submitting or cancelling a document that touches orders takes locks.
LOCKING_SWITCHES = ("enable_stock_reservations", "enable_back_orders", "enable_cancel_and_replace")
# With one of these on, the Bins of the document are locked as well.
STOCK_SWITCHES = ("enable_stock_reservations", "enable_back_orders")

BIN_FIELDS = ("name", "item_code", "warehouse", "actual_qty", "reserved_stock", "modified")


def start_submit(doc: Document, method: str | None = None) -> None:
	"""`before_validate` and `before_cancel`, first of all handlers: read what is committed now, and lock.

	Does nothing on other saves and when no locking switch is on, or when the caller holds the locks
	already and says so by `doc.flags.soe_locked`.
	"""
	if doc.get("_action") not in ("submit", "cancel", "update_after_submit") or doc.flags.soe_locked:
		return
	company = doc.get("company")
	if not preferences.any_on(LOCKING_SWITCHES, company):
		return
	stock = documents.stock_of(doc) if preferences.any_on(STOCK_SWITCHES, company) else set()
	lock_for(documents.orders_of(doc), stock, doc)


def lock_for(orders: Iterable[str], stock: Iterable[Stock], doc: Document | None = None) -> bool:
	"""Lock orders, a document's own row and Bins in the fixed order; return whether the view is new.

	Where the transaction has already written, throws DocumentChangedError if the Bins changed after
	its view was fixed.
	"""
	fresh, bins = _lock(orders, stock, doc)
	if not fresh:
		_refuse_old_view(bins)
	return fresh


def lock_softly(orders: Iterable[str], stock: Iterable[Stock], doc: Document | None = None) -> set[Stock]:
	"""Lock as `lock_for`, yet refuse nothing: return those pairs of which this transaction sees what is true."""
	fresh, bins = _lock(orders, stock, doc)
	changed = set() if fresh else _changed(bins)
	return {(bin.item_code, bin.warehouse) for bin in bins} - changed


def _lock(
	orders: Iterable[str], stock: Iterable[Stock], doc: Document | None
) -> tuple[bool, list[frappe._dict]]:
	"""Lock; return whether the view is new, and the Bins."""
	uoms, orders = _stock_uoms(stock), set(orders)
	fresh = start_fresh(doc)
	if not fresh:
		# Its view may be old: what changed since is seen by comparing, and said by us.
		compat.let_locks_read_what_is_new()
	lock_rows("Sales Order", orders)
	if fresh:
		frappe.local.soe_fresh_orders = orders
	if fresh and doc:
		lock_document(doc)
	bins = _lock_bins(uoms)
	if fresh and doc:
		doc.reset_seen()
	hold_locks()
	if fresh:
		frappe.flags.soe_current_stock = set(uoms)
	return fresh, bins


def sees_current(stock: Iterable[Stock]) -> bool:
	"""Return whether plain reads about these pairs are good enough for this transaction.

	They are not where it holds locks on them that it took after its view was fixed.
	"""
	return not frappe.flags.soe_holds_locks or set(stock) <= (frappe.flags.soe_current_stock or set())


def start_fresh(doc: Document | None = None) -> bool:
	"""Begin a new transaction unless this one has written or holds locks; return whether it began.

	START TRANSACTION ends the running one. It has written nothing, so nothing is committed by it, and
	a later rollback of the request undoes as much as before. Frappe marks a document as seen right before
	its first event: where that mark is all that was written, it is taken back first, and the caller sets
	it again (`doc.reset_seen`) once it holds its locks.
	"""
	marks = int(_marked_as_seen(doc))
	if frappe.db.transaction_writes > marks or promises() > marks:
		return False
	if frappe.db.transaction_writes:
		frappe.db.sql("rollback")
	frappe.db.begin()
	return True


def has_begun() -> bool:
	"""Return whether this transaction has written or locked something."""
	return bool(frappe.db.transaction_writes or promises() or frappe.flags.soe_holds_locks)


def promises() -> int:
	"""Return how many documents this transaction has changed, as far as Frappe remembers.

	Every change through a document or `set_value` leaves a call to forget what is cached of it. Frappe forgets
	its count of writes when it rolls back to a savepoint, though what was written before the savepoint still
	stands; these remain. What else waits for the commit says nothing: in a request Frappe counts links that
	way, before anything is written.
	"""
	return sum(compat.forgets_a_document(function) for function in frappe.db.after_commit._functions)


def hold_locks() -> None:
	"""Keep handlers that come later from ending the transaction and with it the locks."""
	frappe.flags.soe_holds_locks = True
	frappe.db.after_commit.add(_forget_locks)
	frappe.db.after_rollback.add(_forget_locks)


def fresh_orders() -> set[str]:
	"""Return the orders that this transaction locked before it read anything: what it sees of them is true."""
	return getattr(frappe.local, "soe_fresh_orders", None) or set()


def _forget_locks() -> None:
	frappe.flags.soe_holds_locks = False
	frappe.flags.soe_current_stock = None
	frappe.local.soe_fresh_orders = None


def _marked_as_seen(doc: Document | None) -> bool:
	return bool(doc and not doc.is_new() and doc.meta.track_seen)


def lock_document(doc: Document) -> None:
	"""Lock a saved document's row; throw DocumentChangedError if it changed since it was loaded."""
	if doc.is_new():
		return
	current = lock_rows(doc.doctype, [doc.name], ["modified"])
	before = doc.get_doc_before_save()
	if not current or (before and cstr(current[0].modified) != cstr(before.modified)):
		frappe.throw(
			_("{0} {1} was changed by somebody else in the meantime. Reload it and try again.").format(
				_(doc.doctype), doc.name
			),
			DocumentChangedError,
		)


def lock_rows(doctype: str, names: Iterable[str], fields: Iterable[str] = ()) -> list[frappe._dict]:
	"""Lock rows by name, in name order, and return their current (committed) values.

	Returns a dict per row that exists, with `name` and `fields`, in name order.
	"""
	table = frappe.qb.DocType(doctype)
	rows = []
	for name in sorted(set(names)):
		query = frappe.qb.from_(table).select(table.name, *[table[field] for field in fields])
		rows += query.where(table.name == name).for_update().run(as_dict=True)
	return rows


def lock_bins(stock: Iterable[Stock]) -> list[frappe._dict]:
	"""Lock the Bin rows of (item code, warehouse) pairs in sorted order; return their current values.

	Missing Bins are made in the same step: a lock on nothing protects nothing. Each returned dict has
	`BIN_FIELDS`, in the order of the pairs.
	"""
	return _lock_bins(_stock_uoms(stock))


def _stock_uoms(stock: Iterable[Stock]) -> dict[Stock, str]:
	"""Return {pair: the item's unit}, sorted. Read before the fresh start, for Bins that are missing."""
	return {pair: frappe.get_cached_value("Item", pair[0], "stock_uom") for pair in sorted(set(stock))}


def _lock_bins(uoms: dict[Stock, str]) -> list[frappe._dict]:
	if not uoms:
		return []
	_insert_or_lock_bins(uoms)
	return _bins(uoms).for_update().run(as_dict=True)


def _bins(pairs: Iterable[Stock]):
	"""Return the query for the Bins of sorted pairs, by their unique index so that no other is locked."""
	bin = frappe.qb.DocType("Bin")
	wanted = [(bin.item_code == item_code) & (bin.warehouse == warehouse) for item_code, warehouse in pairs]
	return (
		frappe.qb.from_(bin)
		.force_index("unique_item_warehouse")
		.select(*[bin[field] for field in BIN_FIELDS])
		.where(Criterion.any(wanted))
		.orderby(bin.item_code, bin.warehouse)
	)


def _insert_or_lock_bins(uoms: dict[Stock, str]) -> None:
	"""Make the missing Bins and lock the others, in one statement and in the order of the pairs.

	Looking first would either fix the view too early or, looking with a lock, deadlock two makers.
	"""
	bin = frappe.qb.DocType("Bin")
	fields = ("name", "creation", "modified", "owner", "modified_by", "item_code", "warehouse", "stock_uom")
	query = frappe.qb.into(bin).columns(*[bin[field] for field in fields])
	user = frappe.session.user
	for (item_code, warehouse), stock_uom in uoms.items():
		query = query.insert(
			frappe.generate_hash(length=10), now(), now(), user, user, item_code, warehouse, stock_uom
		)
	query.on_duplicate_key_update(bin.name, bin.name).run()


def _refuse_old_view(bins: list[frappe._dict]) -> None:
	"""Throw DocumentChangedError when locked Bins differ from what this transaction sees of them."""
	for item_code, warehouse in sorted(_changed(bins)):
		frappe.throw(
			_("The stock of {0} in {1} changed in the meantime. Try again.").format(
				frappe.bold(item_code), frappe.bold(warehouse)
			),
			DocumentChangedError,
		)


def _changed(bins: list[frappe._dict]) -> set[Stock]:
	"""Return the pairs whose locked Bins differ from what this transaction sees of them."""
	if not bins:
		return set()
	seen = _bins([(bin.item_code, bin.warehouse) for bin in bins]).run(as_dict=True)
	return {(bin.item_code, bin.warehouse) for bin in bins if bin not in seen}


@contextmanager
def all_or_nothing(savepoint: str) -> Iterator[None]:
	"""Undo everything within when it fails, even where the caller lives on."""
	frappe.db.savepoint(savepoint)
	try:
		yield
	except frappe.QueryDeadlockError:
		raise  # The database has rolled back already, savepoints included.
	except Exception:
		frappe.db.rollback(save_point=savepoint)
		raise


def locked_chunks(doctype: str, filters: dict, size: int) -> Iterator[list[str]]:
	"""Yield the names of all documents that fit, a chunk at a time, each locked and read afresh.

	For jobs that walk whole tables: the caller commits each chunk, which ends its locks.
	"""
	table = frappe.qb.DocType(doctype)
	last = ""
	while True:
		start_fresh()
		names = frappe.get_all(
			doctype, {**filters, "name": (">", last)}, pluck="name", order_by="name asc", limit=size
		)
		if not names:
			return
		start_fresh()
		query = frappe.qb.from_(table).select(table.name).where(table.name.isin(names))
		query.orderby(table.name).for_update().run()
		yield names
		last = names[-1]
