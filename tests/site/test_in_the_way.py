"""Requests that meet others in the database begin again; who cannot be served is told so, never a bare error."""

import threading
import time
from contextlib import contextmanager

import frappe
import pymysql
import pytest

from sales_order_ext import again, errors, transactions
from sales_order_ext.allocation import api as allocation
from sales_order_ext.allocation import availability
from sales_order_ext.order_type import api as order_type
from sales_order_ext.preferences import SETTINGS, SWITCHES
from tests.site import clerks, masters, web
from tests.site.masters import CUSTOMER, WAREHOUSE, sales_order

ORDER = "Sales Order"
ITEM, OTHER_ITEM, _LAST = clerks.ITEMS
MANY = 80


@pytest.fixture
def key(committed):
	_day, key = clerks.open_shop()
	return key


@contextmanager
def somebody_else():
	"""Yield a cursor of another transaction, which has written so much that a deadlock takes the other one back."""
	conf = frappe.conf
	other = pymysql.connect(host=conf.db_host or "127.0.0.1", port=int(conf.db_port or 3306),
		user=conf.db_user or conf.db_name, password=conf.db_password, database=conf.db_name)  # fmt: skip
	with other, other.cursor() as cursor:
		cursor.execute("update tabDocField set idx = idx + 1000 where parent in ('Item', 'Sales Invoice')")
		try:
			yield cursor
		finally:
			other.rollback()


def booked(**fields):
	name = sales_order((ITEM, 2, 10), **fields).name
	frappe.db.commit()
	return name


def lock(cursor, doctype, name):
	cursor.execute(f"select name from `tab{doctype}` where name = %s for update", name)


def bin_name():
	return frappe.db.get_value("Bin", {"item_code": ITEM, "warehouse": WAREHOUSE})


def wait_until_blocked(table):
	"""Wait until another connection of this site has stood at a table for a while."""
	ends = time.monotonic() + 60
	while time.monotonic() < ends:
		if frappe.db.sql("select 1 from information_schema.processlist where id != connection_id() and time_ms > 700"
			" and info like %s", f"%`{table}`%"):  # fmt: skip
			return
		time.sleep(0.05)
	raise AssertionError("nobody was blocked")


def deadlocks():
	return int(frappe.db.sql("show global status like 'Innodb_deadlocks'")[0][1])


def meet_in_a_deadlock(order, ask):
	"""Let `ask` lock the order and wait for its stock, which somebody has who then wants the order; return the answer."""
	before, answers = deadlocks(), []
	stock = bin_name()
	frappe.db.rollback()
	with somebody_else() as cursor:
		lock(cursor, "Bin", stock)
		asking = threading.Thread(target=lambda: answers.append(ask()))
		asking.start()
		wait_until_blocked("tabBin")
		lock(cursor, ORDER, order)
		time.sleep(0.5)
	asking.join()
	assert deadlocks() > before
	return answers[0]


def test_an_endpoint_that_a_deadlock_took_back_begins_again(key):
	order = booked(soe_order_type="Invoice Order")
	with web.served() as address:
		caller = web.Caller(address, key)
		answer = meet_in_a_deadlock(
			order, lambda: caller.call("order_type.api.process", {"sales_order": order})
		)
	assert answer.status == 200, answer.text
	frappe.db.rollback()
	notes = frappe.get_all("Delivery Note Item", {"against_sales_order": order, "docstatus": 1}, pluck="qty")
	assert notes == [2]


def test_booking_in_the_desk_is_told_who_was_in_the_way(key):
	order = booked(submit=False)
	with web.served() as address:
		caller = web.Caller(address, key)
		doc = caller.get(ORDER, order).message
		answer = meet_in_a_deadlock(order, lambda: caller.post("frappe.client.submit", {"doc": doc}))
		assert (answer.status, "QueryDeadlockError" in answer.text) == (508, True), answer.text
		assert caller.post("frappe.client.submit", {"doc": doc}).status == 200


def test_with_every_switch_off_frappe_answers_as_ever(key):
	frappe.get_doc(SETTINGS).update(dict.fromkeys(SWITCHES, 0)).save()
	order = booked(submit=False)
	with web.served() as address:
		caller = web.Caller(address, key)
		doc = caller.get(ORDER, order).message
		answer = meet_in_a_deadlock(order, lambda: caller.post("frappe.client.submit", {"doc": doc}))
	assert (answer.status, "QueryDeadlockError" in answer.text) == (500, True), answer.text


def test_who_waited_for_a_lock_in_vain_is_told_to_try_again(key):
	order = booked(soe_order_type="Invoice Order")
	stock = bin_name()
	frappe.db.rollback()
	frappe.db.sql("set session innodb_lock_wait_timeout = 1")
	try:
		with somebody_else() as cursor:
			lock(cursor, "Bin", stock)
			with pytest.raises(errors.BusyError, match="try again in a moment"):
				order_type.process(order)
			lock(cursor, ORDER, order)  # nothing of it is left, its locks neither
	finally:
		frappe.db.sql("set session innodb_lock_wait_timeout = default")


def test_who_win_the_same_goods_at_once_take_turns(key):
	"""None is refused because the others promised some of the goods since it began."""
	with web.served() as address:
		wins = [begun(web.Caller(address, key)) for _number in range(4)]
		finish = [
			threading.Thread(target=lambda win=win: win.update(answer=finished(address, key, win)))
			for win in wins
		]
		for thread in finish:
			thread.start()
		for thread in finish:
			thread.join()
	assert [win["answer"].status for win in wins] == [200] * 4, [win["answer"].text for win in wins]


def begun(caller):
	row = {"item_code": ITEM, "qty": 1, "rate": 10, "warehouse": WAREHOUSE}
	quotation = caller.post("frappe.client.insert", {"doc": {"doctype": "Quotation", "quotation_to": "Customer",
		"party_name": CUSTOMER, "company": masters.COMPANY, "items": [row]}}).message  # fmt: skip
	submitted = caller.post("frappe.client.submit", {"doc": quotation})
	return caller.call("won_quote.api.start", {"quotation": submitted.message["name"]}).message


def finished(address, key, win):
	return web.Caller(address, key).call("won_quote.api.finish", {"quote_win": win["name"]})


def test_what_a_caller_wrote_before_is_not_begun_again():
	calls = []

	@again.after_deadlock
	def taken_back(payload: dict) -> None:
		frappe.msgprint("half done")
		calls.append(payload.pop("rows"))
		raise frappe.QueryDeadlockError

	frappe.db.rollback()
	with pytest.raises(errors.BusyError):
		taken_back({"rows": 1})
	assert calls == [1] * again.ATTEMPTS
	assert "half done" not in str(frappe.local.message_log)
	frappe.get_doc(SETTINGS).db_set("hold_minutes", 31)
	with pytest.raises(frappe.QueryDeadlockError):
		taken_back({"rows": 2})
	assert calls[again.ATTEMPTS :] == [2]
	assert frappe.db.get_single_value(SETTINGS, "hold_minutes") == 31


def test_looking_at_stock_waits_for_no_hold_of_other_stock(key):
	"""A transaction that cannot start afresh reads holds with locks: of its own items only, else two meet."""
	masters.receive(ITEM, MANY)
	# So many of one item that the database, left to itself, would rather read (and lock) the whole table.
	for number, item_code in enumerate([ITEM] * MANY + [OTHER_ITEM]):
		allocation.hold(f"race-{number}", "row", item_code, WAREHOUSE, 1)
	frappe.db.commit()
	frappe.db.sql("set session innodb_lock_wait_timeout = 1")
	try:
		with somebody_else() as cursor:
			cursor.execute("select name from `tabStock Hold` where item_code = %s", OTHER_ITEM)
			for (name,) in cursor.fetchall():
				lock(cursor, "Stock Hold", name)
			transactions.hold_locks()
			assert availability._held([(ITEM, WAREHOUSE)], []) == {(ITEM, WAREHOUSE): MANY}
	finally:
		frappe.db.sql("set session innodb_lock_wait_timeout = default")
