"""A submit begins with a view of its own, also in a request, where Frappe has things to do after the commit."""

import frappe
import pytest
from frappe.model.utils import link_count
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from sales_order_ext import transactions
from sales_order_ext.preferences import SETTINGS
from tests.site.masters import ITEM, sales_order


@pytest.fixture
def in_a_request(monkeypatch):
	"""Return a function that enters a request in which Frappe notes every link; else it takes one in ten."""

	def enter() -> None:
		request = Request(EnvironBuilder(method="POST").get_environ())
		monkeypatch.setattr(frappe.local, "request", request, raising=False)
		monkeypatch.setattr(link_count, "random", lambda: 1.0)
		monkeypatch.delattr(frappe.local, "_link_count", raising=False)

	yield enter
	if hasattr(frappe.local, "_link_count"):
		del frappe.local._link_count


def test_counting_links_does_not_keep_the_old_view(committed, in_a_request):
	frappe.get_doc(SETTINGS).update({"enable_stock_reservations": 1}).save()
	order = sales_order((ITEM, 1, 10), submit=False)
	frappe.db.commit()
	in_a_request()
	frappe.get_doc(order.as_dict()).submit()
	assert link_count.flush_local_link_count in frappe.db.after_commit._functions
	assert transactions.fresh_orders() == {order.name}


def test_a_change_is_remembered_after_a_rollback_to_a_savepoint(committed):
	order = sales_order((ITEM, 1, 10), submit=False)
	frappe.db.commit()
	order.db_set("po_no", "7731")
	frappe.db.savepoint("soe_test")
	frappe.db.rollback(save_point="soe_test")
	assert not transactions.start_fresh()
	assert frappe.db.get_value("Sales Order", order.name, "po_no") == "7731"
