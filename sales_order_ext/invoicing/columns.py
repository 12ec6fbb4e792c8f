"""Lets a job's connection read the description of a column once.

With every answer the database describes each column anew, and a document has hundreds; PyMySQL reads and takes
apart each description in Python. Invariant: a description is what its bytes say, so the same bytes in the same
encoding are the same description, which nothing changes. Only what has arrived whole, in turn, and is known is
read here; all else, errors too, is PyMySQL's. Connections that read otherwise are left alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frappe
from pymysql.connections import Connection
from pymysql.protocol import FieldDescriptorPacket

READ = "_read_packet"
# A packet begins with its size, in three bytes, and its number.
HEADER = 4
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

	def arrived(self, connection: Connection) -> list[FieldDescriptorPacket]:
		"""Read the next descriptions, as far as they are known and here, and return them; read nothing else."""
		try:
			waiting = connection._rfile.peek(HEADER)
		except OSError:
			return []
		begin, number, encoding, known = 0, connection._next_seq_id, connection.encoding, []
		while True:
			body = begin + HEADER
			end = body + int.from_bytes(waiting[begin : body - 1], "little")
			if len(waiting) < end or waiting[body - 1] != number:
				break
			description = self.found.get((waiting[body:end], encoding))
			if not description:
				break
			known.append(description)
			begin, number = end, (number + 1) % 256
		if known:
			connection._rfile.read(begin)
			connection._next_seq_id = number
		return known


@contextmanager
def described_once() -> Iterator[None]:
	"""Let this job's connection remember descriptions of columns, until the block ends."""
	connection = frappe.local.db._conn
	if not isinstance(connection, Connection) or READ in vars(connection) or not _reads_as_known(connection):
		yield
		return
	read = getattr(connection, READ)
	descriptions, arrived = Descriptions(), deque()

	def read_packet(*kind: Any, **options: Any) -> Any:
		if kind != (FieldDescriptorPacket,):
			arrived.clear()
			return read(*kind, **options)
		if not arrived:
			arrived.extend(descriptions.arrived(connection))
		return arrived.popleft() if arrived else read(descriptions, **options)

	setattr(connection, READ, read_packet)
	try:
		yield
	finally:
		vars(connection).pop(READ, None)


def _reads_as_known(connection: Connection) -> bool:
	return (
		hasattr(connection, READ)
		and hasattr(connection, "_next_seq_id")
		and hasattr(connection._rfile, "peek")
	)
