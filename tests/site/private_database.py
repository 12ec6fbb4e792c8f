"""A database server of the test's own, with a copy of the site: it may be killed and started again."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import frappe
import pymysql

NEEDED = ("mariadbd", "mariadb-install-db", "mariadb-dump", "mariadb")
SECONDS = 60


def missing() -> list[str]:
	"""Return the programs that are needed and not there."""
	return [program for program in NEEDED if not shutil.which(program)]


class PrivateDatabase:
	"""The server, in a folder of its own."""

	def __init__(self, folder: Path) -> None:
		self.data = folder / "data"
		self.log = folder / "server.log"
		self.socket = folder / "server.sock"
		with socket.socket() as free:
			free.bind(("127.0.0.1", 0))
			self.port = free.getsockname()[1]
		self.server: subprocess.Popen | None = None
		user = [f"--user={os.environ.get('USER') or 'root'}"] if os.geteuid() == 0 else []
		self.options = ["--no-defaults", f"--datadir={self.data}", *user]

	@property
	def environment(self) -> dict[str, str]:
		"""What makes a process of the site use this server."""
		return {"FRAPPE_DB_HOST": "127.0.0.1", "FRAPPE_DB_PORT": str(self.port)}

	def install(self) -> None:
		subprocess.run(
			[
				"mariadb-install-db",
				*self.options,
				"--skip-test-db",
				"--auth-root-authentication-method=normal",
			],
			check=True,
			capture_output=True,
		)

	def start(self) -> None:
		"""Start it, and wait until it answers."""
		own = [
			"--skip-grant-tables",
			f"--port={self.port}",
			f"--socket={self.socket}",
			"--bind-address=127.0.0.1",
		]
		own += ["--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci", "--skip-log-bin"]
		with self.log.open("ab") as log:
			self.server = subprocess.Popen(["mariadbd", *self.options, *own], stdout=log, stderr=log)
		until = time.monotonic() + SECONDS
		while True:
			try:
				return self.connect(None).close()
			except pymysql.err.OperationalError:
				assert time.monotonic() < until and self.server.poll() is None, self.log.read_text()[-2000:]
				time.sleep(0.2)

	def stop(self) -> None:
		if self.server and self.server.poll() is None:
			self.server.kill()
			self.server.wait()

	def connect(self, database: str | None) -> pymysql.Connection:
		return pymysql.connect(host="127.0.0.1", port=self.port, user="root", database=database)

	def copy_site(self) -> None:
		"""Copy the site's committed data."""
		site = frappe.conf
		given = [f"--host={site.db_host}", f"--port={site.db_port}", f"--user={site.db_user or site.db_name}"]
		with self.connect(None) as connection, connection.cursor() as cursor:
			cursor.execute(f"create database `{site.db_name}`")
			cursor.execute("set global innodb_flush_log_at_trx_commit = 0")
		dump = subprocess.Popen(
			["mariadb-dump", "--no-defaults", *given, f"--password={site.db_password}", "--single-transaction",
				site.db_name],
			stdout=subprocess.PIPE,
		)  # fmt: skip
		own = ["mariadb", "--no-defaults", f"--socket={self.socket}", "--user=root", site.db_name]
		subprocess.run(own, stdin=dump.stdout, check=True)
		assert dump.wait() == 0
		with self.connect(None) as connection, connection.cursor() as cursor:
			cursor.execute("set global innodb_flush_log_at_trx_commit = 1")

	def ask(self, query: str, *values: Any) -> list[tuple]:
		with self.connect(frappe.conf.db_name) as connection, connection.cursor() as cursor:
			cursor.execute(query, values)
			return list(cursor.fetchall())


@contextmanager
def copy_of_site(folder: Path) -> Iterator[PrivateDatabase]:
	"""Run a server with a copy of the site as long as the block."""
	database = PrivateDatabase(folder)
	database.install()
	try:
		database.start()
		database.copy_site()
		yield database
	finally:
		database.stop()
