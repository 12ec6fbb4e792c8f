"""A second site, reached through processes of its own: run bench commands on it and look at all it stores.

Run as a script (`second_site.py SITE STEP`) it does one step in this process and prints its result as JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import frappe

REPO = Path(__file__).resolve().parents[2]
# What any command changes, whichever app is installed.
VOLATILE_TABLES = {"Scheduled Job Log", "Error Log", "Sessions", "Activity Log", "Series"}
LABELS = (
	"name", "parent", "fieldname", "doctype", "field", "defkey",
	"ref_doctype", "docname", "reference_doctype", "reference_name",
	"deleted_doctype", "deleted_name", "subject",
)  # fmt: skip
VOLATILE_COLUMNS = {"name", "creation", "modified", "modified_by", "owner"}


class SecondSite:
	"""The site and the ways to it. Every call is a new process, as for a person at the command line."""

	def __init__(self, name: str):
		self.name = name

	def bench(self, *arguments: str) -> str:
		"""Run a bench command such as `migrate` on the site; return what it printed."""
		return self._run("-m", "frappe.utils.bench_helper", "frappe", "--site", self.name, *arguments)

	def step(self, name: str) -> Any:
		"""Run one of the steps below on the site; return its result."""
		return json.loads(self._run(__file__, self.name, name).splitlines()[-1])

	def has_app(self) -> bool:
		"""Return whether the app is installed there."""
		return "sales_order_ext" in self.step("apps")

	def _run(self, *arguments: str) -> str:
		environment = {**os.environ, "PYTHONPATH": str(REPO)}
		result = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=environment)
		assert result.returncode == 0, f"{arguments}\n{result.stdout}\n{result.stderr}"
		return result.stdout


def apps() -> list[str]:
	"""Return the installed apps."""
	return frappe.get_installed_apps()


def prepare() -> str:
	"""Make a company with stock to sell, let ERPNext settle what it does at the first order; return its name."""
	from tests.site import masters

	masters.ensure()
	if not frappe.db.exists("Stock Ledger Entry", {"item_code": masters.ITEM}):
		masters.receive(masters.ITEM, 100)
	frappe.get_doc("Stock Settings").update({"enable_stock_reservation": 0}).save()
	masters.sales_order((masters.ITEM, 2, 50))
	clean()
	return masters.COMPANY


def use() -> list[str]:
	"""Switch everything on, make a preference and a submitted order with values of ours; return their names."""
	from sales_order_ext.preferences import PREFERENCE, SETTINGS, SWITCHES
	from tests.site import masters

	frappe.get_doc(SETTINGS).update(dict.fromkeys(SWITCHES, 1)).save()
	preference = frappe.get_doc(
		{"doctype": PREFERENCE, "property": "hold_minutes", "value": "5", "company": masters.COMPANY}
	).insert()
	order = masters.sales_order((masters.ITEM, 2, 50), soe_invoice_term="Immediate", soe_root_order="x")
	leave_traces(PREFERENCE, preference.name)
	frappe.db.commit()
	return [preference.name, order.name]


def leave_traces(doctype: str, name: str) -> None:
	"""Make what users make and Frappe notes around a document of ours, and of one that is deleted again."""
	document = frappe.get_doc(doctype, name)
	document.add_comment("Comment", "Noted")
	document.update({"value": "6"}).save()
	frappe.get_doc(
		{"doctype": "ToDo", "reference_type": doctype, "reference_name": name, "description": "Do"}
	).insert()
	frappe.get_doc(
		{
			"doctype": "File",
			"file_name": "soe.txt",
			"content": "x",
			"attached_to_doctype": doctype,
			"attached_to_name": name,
		}
	).insert()
	frappe.get_doc({"doctype": "Property Setter", "doctype_or_field": "DocField", "doc_type": doctype,
		"field_name": "value", "property": "label", "value": "Worth", "property_type": "Data"}).insert()  # fmt: skip
	frappe.get_doc({"doctype": "Property Setter", "doctype_or_field": "DocField", "doc_type": "Sales Order",
		"field_name": "soe_root_order", "property": "label", "value": "Root", "property_type": "Data"}).insert()  # fmt: skip
	frappe.get_doc({"doctype": "Report", "report_name": "Mine", "report_type": "Report Builder", "ref_doctype": doctype,
		"is_standard": "No", "roles": [{"role": "System Manager"}]}).insert()  # fmt: skip
	frappe.get_doc({"doctype": "Patch Log", "patch": "sales_order_ext.patches.first"}).insert()
	frappe.get_doc({"doctype": "Scheduled Job Type", "method": "sales_order_ext.setup.seed.seed",
		"frequency": "Daily"}).insert()  # fmt: skip
	frappe.db.sql("insert into `__UserSettings` values ('Administrator', %s, '{}')", doctype)
	other = frappe.copy_doc(document).update({"property": "draft_hold_hours"}).insert()
	other.delete()


def clean() -> list[str]:
	"""Cancel and delete every Sales Order with plain ERPNext; return their names."""
	names = frappe.get_all("Sales Order", pluck="name", order_by="name desc")
	for name in names:
		order = frappe.get_doc("Sales Order", name)
		if order.docstatus == 1:
			order.cancel()
		for entry in frappe.get_all("Stock Reservation Entry", {"voucher_no": name}, pluck="name"):
			frappe.delete_doc("Stock Reservation Entry", entry, force=True, delete_permanently=True)
		frappe.delete_doc("Sales Order", name, force=True, delete_permanently=True)
	frappe.db.commit()
	return names


def snapshot() -> dict[str, Any]:
	"""Return everything the database holds: columns and indexes, and each row as a label and a digest."""
	columns = _select("table_name, column_name, column_type, is_nullable", "columns")
	indexes = _select("table_name, index_name, column_name, seq_in_index, non_unique", "statistics")
	tables = sorted({row[0] for row in columns})
	return {
		"columns": sorted(map(list, columns)),
		"indexes": sorted(map(list, indexes)),
		"rows": {table: _rows(table) for table in tables if table.removeprefix("tab") not in VOLATILE_TABLES},
	}


def _select(fields: str, view: str) -> list[tuple]:
	return frappe.db.sql(f"select {fields} from information_schema.{view} where table_schema = database()")


def _rows(table: str) -> list[str]:
	found = []
	for row in frappe.db.sql(f"select * from `{table}`", as_dict=True):
		if row.get("field") in VOLATILE_COLUMNS:  # of a Single
			continue
		content = {key: str(value) for key, value in row.items() if key not in VOLATILE_COLUMNS}
		digest = hashlib.sha1(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]
		label = [row[key] for key in LABELS if row.get(key)]
		found.append(f"{' / '.join(map(str, label))} {digest}")
	return found


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[str]]:
	"""Return what is new (+) or gone (-) in each table, and of columns and indexes; {} when all is equal."""
	parts = {kind: (before[kind], after[kind]) for kind in ("columns", "indexes")}
	for table in sorted({*before["rows"], *after["rows"]}):
		parts[table] = (before["rows"].get(table, []), after["rows"].get(table, []))
	found = {}
	for part, (old, new) in parts.items():
		old, new = ({_key(one): one for one in rows} for rows in (_numbered(old), _numbered(new)))
		lines = [f"- {old[key]}" for key in old.keys() - new.keys()]
		lines += [f"+ {new[key]}" for key in new.keys() - old.keys()]
		if lines:
			found[part] = sorted(lines)
	return found


def _numbered(rows: list) -> list[str]:
	"""Return the rows as text, equal ones told apart by a number. A random name does not count."""
	seen: Counter[str] = Counter()
	numbered = []
	for row in rows:
		text = row if isinstance(row, str) else " ".join(map(str, row))
		key = text.rsplit(" ", 1)[-1] if isinstance(row, str) else text
		seen[key] += 1
		numbered.append(f"{text} #{seen[key]}")
	return numbered


def _key(text: str) -> str:
	"""Return digest and number of a row; the whole text of a column or index has no digest and is short."""
	words = text.split(" ")
	return " ".join(words[-2:]) if len(words[-2]) == 12 else text


if __name__ == "__main__":
	frappe.init(sys.argv[1], sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	print(
		json.dumps(
			{"apps": apps, "prepare": prepare, "use": use, "clean": clean, "snapshot": snapshot}[
				sys.argv[2]
			]()
		)
	)
