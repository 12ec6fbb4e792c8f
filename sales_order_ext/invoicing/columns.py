"""Lets a job's connection read the description of a column once.

With every answer the database describes each column anew, and a document has hundreds; PyMySQL takes each
description apart in Python. Invariant: a description is what its bytes say, so the same bytes in the same
encoding are the same description, which nothing changes. Connections that read otherwise are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frappe
from pymysql.connections import Connection
from pymysql.protocol import FieldDescriptorPacket

READ = "_read_packet"
MOST = 5000  # descriptions; the memory of a job stays flat


class Descriptions:
	"""Stands in for the class that takes descriptions apart."""

	def __init__(self) -> None:
		self.found: dict[tuple[bytes, str], FieldDescriptorPacket] = {}

	def __call__(self, data: bytes, encoding: str) -> FieldDescriptorPacket:
		key = (data, encoding)
		if key not in self.found:
			if len(self.found) >= MOST:
				self.found.clear()
			self.found[key] = FieldDescriptorPacket(data, encoding)
		return self.found[key]


@contextmanager
def described_once() -> Iterator[None]:
	"""Let this job's connection remember descriptions of columns, until the block ends."""
	connection = frappe.local.db._conn
	read = getattr(connection, READ, None)
	if not isinstance(connection, Connection) or not read or READ in vars(connection):
		yield
		return
	descriptions = Descriptions()

	def read_packet(*kind: Any, **options: Any) -> Any:
		if kind == (FieldDescriptorPacket,):
			kind = (descriptions,)
		return read(*kind, **options)

	setattr(connection, READ, read_packet)
	try:
		yield
	finally:
		vars(connection).pop(READ, None)
