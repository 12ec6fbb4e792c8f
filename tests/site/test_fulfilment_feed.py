"""The feed of real orders: what people wrote, newest first, in pages."""

import frappe
import pytest

from sales_order_ext.errors import UnknownPageError
from sales_order_ext.fulfilment import api
from tests.site.fulfilment_chain import opportunity, ordered_from, quoted
from tests.site.masters import ITEM, sales_order, user


class TestFeed:
	def entries(self, order, after=None):
		return [(one["doctype"], one["text"]) for one in api.feed(order.name, after)["entries"]]

	def test_comments_notes_and_to_dos_newest_first(self):
		lead = opportunity()
		order = ordered_from(quoted((ITEM, 2, 10), opportunity=lead.name))
		_at(order.add_comment("Comment", "call before noon"), "2026-01-01 10:00:00")
		_at(lead.add_comment("Comment", "knows us"), "2026-01-03 10:00:00")
		_at(order.add_comment("Label", "not a comment"), "2026-01-03 10:00:00")
		todo = {"doctype": "ToDo", "reference_type": "Sales Order", "reference_name": order.name}
		_at(frappe.get_doc({**todo, "description": "check stock"}).insert(), "2026-01-04 10:00:00")
		other = sales_order((ITEM, 1, 1))
		other.add_comment("Comment", "elsewhere")
		assert self.entries(order) == [
			("ToDo", "check stock"),
			("Comment", "knows us"),
			("CRM Note", "wants it soon"),
			("Comment", "call before noon"),
		]
		with user("Stock User"):
			assert self.entries(order) == [("Comment", "call before noon")]

	def test_pages_show_everything_once(self):
		order = sales_order((ITEM, 1, 1))
		for number in range(45):
			_at(order.add_comment("Comment", str(number)), f"2026-01-01 10:00:{number // 5:02}.5")
		seen, after = [], None
		for shown in (20, 20, 5):
			page = api.feed(order.name, after)
			assert len(page["entries"]) == shown
			seen += [one["name"] for one in page["entries"]]
			after = page["after"]
		assert after is None
		assert len(set(seen)) == 45

	def test_an_unknown_page_is_refused(self):
		order = sales_order((ITEM, 1, 1))
		with pytest.raises(UnknownPageError, match="from its start"):
			api.feed(order.name, "yesterday")


def _at(document, moment):
	document.db_set("creation", moment, update_modified=False)
