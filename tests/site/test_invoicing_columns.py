"""What a job's connection remembers of column descriptions is what the database says."""

from __future__ import annotations

import struct

import frappe

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


def test_a_connection_that_remembers_descriptions_gives_the_same_rows():
	def answer():
		rows = frappe.db.sql("select * from `tabCustomer` order by name", as_dict=True)
		return rows, frappe.db._cursor.description

	plain = answer()
	with columns.described_once():
		assert [answer(), answer()] == [plain, plain]
	assert columns.READ not in vars(frappe.db._conn)
