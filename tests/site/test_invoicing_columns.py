"""What a job's connection remembers of column descriptions is what the database says."""

from __future__ import annotations

import io
import struct
from types import SimpleNamespace

import frappe
import pytest

from sales_order_ext.invoicing import columns


def description(name: bytes, charset: int) -> bytes:
	"""Return how MariaDB describes a text column."""
	texts = b"".join(bytes([len(text)]) + text for text in (b"def", b"d", b"t", b"t", name, name))
	return texts + struct.pack("<xHIBHBxx", charset, 400, 253, 0, 0)


def test_the_same_description_is_taken_apart_once_and_another_by_itself():
	descriptions = columns.Descriptions()
	first = descriptions(description(b"a", 45), "utf8")
	assert descriptions(description(b"a", 45), "utf8") is first
	others = descriptions(description(b"b", 45), "utf8"), descriptions(description(b"a", 63), "utf8")
	assert [(one.name, one.charsetnr) for one in (first, *others)] == [("a", 45), ("b", 45), ("a", 63)]


def arriving(packets: list[tuple[int, bytes]], size: int = 8192) -> SimpleNamespace:
	"""Return a connection that gets numbered packets, as many bytes at once as told."""
	sent = b"".join(len(data).to_bytes(3, "little") + bytes([number]) + data for number, data in packets)
	return SimpleNamespace(
		_rfile=io.BufferedReader(io.BytesIO(sent), size), _next_seq_id=packets[0][0], encoding="utf8"
	)


def test_known_descriptions_that_have_arrived_are_read_in_turn():
	descriptions = columns.Descriptions()
	known = [descriptions(description(name, 45), "utf8") for name in (b"a", b"b")]
	connection = arriving([(255, description(b"a", 45)), (0, description(b"b", 45)), (1, b"\xfe\0\0\2\0")])
	assert [descriptions.arrived(connection) for _ in range(2)] == [known, []]
	assert (connection._next_seq_id, connection._rfile.read(4)) == (1, b"\5\0\0\1")


@pytest.mark.parametrize(
	("connection", "reason"),
	[
		(lambda: arriving([(1, description(b"new", 45))]), "not known"),
		(lambda: arriving([(1, description(b"a", 45))], size=8), "only begun to arrive"),
		(lambda: arriving([(1, b"")]), "empty"),
	],
)
def test_what_is_not_known_or_not_here_is_left_to_be_read(connection, reason):
	descriptions = columns.Descriptions()
	descriptions(description(b"a", 45), "utf8")
	connection = connection()
	before = connection._rfile.peek(4)[:4]
	assert descriptions.arrived(connection) == [], reason
	assert (connection._rfile.read(4), connection._next_seq_id) == (before, 1)


def test_a_packet_out_of_turn_and_a_lost_connection_are_left_to_be_refused():
	descriptions = columns.Descriptions()
	descriptions(description(b"a", 45), "utf8")
	connection = arriving([(1, description(b"a", 45))])
	connection._next_seq_id = 2
	assert descriptions.arrived(connection) == []

	def lost(_size):
		raise ConnectionResetError

	assert descriptions.arrived(SimpleNamespace(_rfile=SimpleNamespace(peek=lost))) == []


def test_a_connection_that_remembers_descriptions_gives_the_same_rows():
	def answer():
		rows = frappe.db.sql("select * from `tabCustomer` order by name", as_dict=True)
		return rows, frappe.db._cursor.description

	plain = answer()
	with columns.described_once():
		assert [answer(), answer()] == [plain, plain]
	assert columns.READ not in vars(frappe.db._conn)
