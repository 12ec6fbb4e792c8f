"""One process of a race: reads a task, waits for the start, does it as a desk request would, reports.

Run as `python race_worker.py TASK.json`: {"site", "start" (epoch seconds), "steps": [[kind, name], …]}.
Prints one JSON line per step: {"name", "error"}.
"""

import json
import sys
import time

import frappe


def submit(doctype: str, name: str) -> None:
	frappe.get_doc(doctype, name).submit()


def reserve(doctype: str, name: str) -> None:
	"""Press Reserve on a booked order, as the form does."""
	order = frappe.get_doc(doctype, name)
	rows = [
		{"sales_order_item": row.name, "warehouse": row.warehouse, "qty_to_reserve": row.qty}
		for row in order.items
	]
	order.create_stock_reservation_entries(items_details=rows)


def main(task: dict) -> None:
	frappe.init(task["site"], sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	time.sleep(max(0, task["start"] - time.time()))
	for step, doctype, name in task["steps"]:
		error = None
		try:
			{"submit": submit, "reserve": reserve}[step](doctype, name)
			frappe.db.commit()
		except Exception as raised:
			frappe.db.rollback()
			error = f"{type(raised).__name__}: {raised}"
		print(json.dumps({"name": name, "error": error}), flush=True)
	frappe.destroy()


if __name__ == "__main__":
	with open(sys.argv[1]) as task_file:
		main(json.load(task_file))
