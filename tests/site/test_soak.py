"""Eight clerks at once over HTTP, with and without connections that break: afterwards every figure is true."""

import random
import threading

import frappe
import pymysql
import pytest

from tests.site import clerks, web

CLERKS, STEPS = 8, 8
# MariaDB 11.8 takes a request back whose series gave a number to somebody else meanwhile: before our code begins.
NUMBER_TAKEN = "last read in table 'tabSeries'"
# The bare page: Frappe's own rollback of a request found its connection gone.
LOST = ("(2006,", "(2013,", "(1927,", "(1317,", "Lost connection", "gone away", "InterfaceError",
	"<h1>Internal Server Error</h1>")  # fmt: skip


@pytest.fixture
def day(committed):
	return clerks.open_shop()


def throw_out(over: threading.Event, config: dict, kept: int) -> None:
	"""Kill all connections of the site but our own two, every now and then, until it is over."""
	dice = random.Random(1)
	with pymysql.connect(**config) as connection, connection.cursor() as cursor:
		while not over.wait(dice.uniform(0.2, 1.5)):
			cursor.execute("select id from information_schema.processlist where user = %s and id not in "
				"(connection_id(), %s)", (config["user"], kept))  # fmt: skip
			for (number,) in cursor.fetchall():
				try:
					cursor.execute(f"kill {number}")
				except pymysql.err.OperationalError:
					pass  # it has just gone by itself


def connection_settings() -> dict:
	conf = frappe.conf
	return {"host": conf.db_host or "127.0.0.1", "port": int(conf.db_port or 3306),
		"user": conf.db_user or conf.db_name, "password": conf.db_password}  # fmt: skip


def work(day, key, address):
	staff = [clerks.Clerk(web.Caller(address, key), day, seed) for seed in range(CLERKS)]
	clerks.work_together(staff, lambda steps: steps < STEPS)


def test_clerks_at_once_leave_true_figures(day):
	day, key = day
	with web.served() as address:
		work(day, key, address)
	broken = [one for one in day.broken if NUMBER_TAKEN not in one[2]]
	assert broken == [], "\n\n".join(f"{act} {status}: {text}" for act, status, text in broken)
	assert sum(day.done.values()) > CLERKS
	assert clerks.wrong_figures(day) == []


def test_connections_that_break_leave_nothing_half_done(day):
	"""Meanwhile the database throws the server's connections out, again and again."""
	day, key = day
	over = threading.Event()
	mine = frappe.db.sql("select connection_id()")[0][0]
	with web.served() as address:
		thrower = threading.Thread(target=throw_out, args=(over, connection_settings(), mine))
		thrower.start()
		try:
			work(day, key, address)
		finally:
			over.set()
			thrower.join()
	assert [one for one in day.broken if not any(word in one[2] for word in LOST)] == []
	assert clerks.wrong_figures(day) == []
