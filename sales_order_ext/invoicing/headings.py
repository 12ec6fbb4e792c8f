"""Says on an invoice which order and which deliveries its rows come from, for readers and for prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from frappe import _
from frappe.model.document import Document
from frappe.utils import formatdate

from sales_order_ext.invoicing import rules
from sales_order_ext.invoicing.facts import BY_SCHEDULE, Group, OrderFacts


def write(
	invoice: Document, group: Group, orders: Mapping[str, OrderFacts], rows: Sequence[Document]
) -> None:
	"""Head the first row of each order, where orders are merged, and name each row's deliveries."""
	due = {row.row: row.qty for row in group.rows}
	facts = {row.name: row for name in group.orders for row in orders[name].rows}
	merged = group.term == BY_SCHEDULE or len({row.sales_order for row in invoice.items}) > 1
	headed = set() if merged else set(group.orders)
	for row in rows:
		row.soe_delivery_notes = ", ".join(rules.deliveries_of(facts[row.so_detail], due[row.so_detail]))
		row.soe_order_heading = None if row.sales_order in headed else _heading(orders[row.sales_order])
		headed.add(row.sales_order)


def _heading(order: OrderFacts) -> str:
	day = formatdate(order.transaction_date)
	if order.key.po_no:
		return _("Order {0} of {1}, your order {2}").format(order.name, day, order.key.po_no)
	return _("Order {0} of {1}").format(order.name, day)
