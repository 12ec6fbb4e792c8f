"""Indexes over several columns: pages of the order list, the daily job, and what is reserved of an item.

They are made at install and migrate. MariaDB builds them while people go on writing; where it cannot, it
waits for its own lock and no longer than it needs.
"""

from __future__ import annotations

import frappe

from sales_order_ext.compat import OPEN_RESERVED_INDEX, open_reserved_fields

ORDERS, ROWS, RESERVATIONS = "tabSales Order", "tabSales Order Item", "tabStock Reservation Entry"
# Orders of a status are a page only together with what the list sorts by.
STATUSES = ("soe_payment_status", "soe_lifecycle_status", "soe_reservation_status", "soe_is_overdue")
# The daily job finds the open orders whose date has passed in the index of the life cycle, and the invoiced
# ones by date; it passes over what is delivered, which nearly all of these are, without reading their rows.
OPEN_BY_STATUS, BY_DATE = "soe_lifecycle_status_sorted", "soe_overdue_by_date"
PASSED = ("delivery_date", "per_delivered")
# Whether an order owes goods is read from this index alone.
OWED = ("parent", "item_code", "qty", "delivered_qty")

Indexes = dict[tuple[str, str], tuple[str, ...]]


def wanted() -> Indexes:
	"""Return {(table, index name): columns}, for those columns that the order's table has."""
	sort_field = frappe.get_meta("Sales Order").sort_field or "modified"
	of_orders = {f"{status}_sorted": (status, sort_field) for status in STATUSES}
	of_orders[OPEN_BY_STATUS] += ("delivery_date",)
	of_orders[BY_DATE] = PASSED
	columns = set(frappe.db.get_table_columns("Sales Order"))
	indexes = {(ORDERS, name): fields for name, fields in of_orders.items() if columns.issuperset(fields)}
	reserved = ("item_code", "warehouse", "docstatus", "status", *open_reserved_fields())
	return {**indexes, (ROWS, "soe_owed_by_order"): OWED, (RESERVATIONS, OPEN_RESERVED_INDEX): reserved}


def create() -> None:
	"""Make the indexes that are missing; make anew those that another sort field was chosen for."""
	present = existing()
	for (table, name), columns in wanted().items():
		if present.get((table, name)) == columns:
			continue
		drop = f"DROP INDEX `{name}`, " if (table, name) in present else ""
		fields = ", ".join(f"`{column}`" for column in columns)
		_alter(table, f"{drop}ADD INDEX `{name}` ({fields})")


def drop() -> None:
	"""Drop the indexes, before their columns: these would leave the rest of them behind."""
	for table, name in existing():
		_alter(table, f"DROP INDEX `{name}`")


def existing() -> Indexes:
	"""Return {(table, index name): columns} of our own indexes over several columns that are there."""
	rows = frappe.db.sql(
		"""select table_name, index_name, column_name from information_schema.statistics
		where table_schema = database() and table_name in %s and index_name like %s
		order by table_name, index_name, seq_in_index""",
		((ORDERS, ROWS, RESERVATIONS), r"soe\_%"),
	)
	found: Indexes = {}
	for table, name, column in rows:
		found[table, name] = (*found.get((table, name), ()), column)
	return {key: columns for key, columns in found.items() if len(columns) > 1}


def _alter(table: str, change: str) -> None:
	"""Change a table without blocking its writers; where that cannot be, as the database can."""
	try:
		frappe.db.sql_ddl(f"ALTER TABLE `{table}` {change}, ALGORITHM=INPLACE, LOCK=NONE")
	except frappe.db.OperationalError:
		frappe.db.sql_ddl(f"ALTER TABLE `{table}` {change}")
