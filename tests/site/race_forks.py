"""Many processes of a race at once: imports once, forks them, starts all together, reports.

Run as `python race_forks.py TASK.json`: {"site", "workers": [[[action, *arguments], …], …], "kill": {worker:
seconds after the start}}. Each worker has a connection of its own and commits each step as a request would.
Prints one JSON line per step that came to an end: {"worker", "step", "result", "error", "seconds"}.
"""

import json
import os
import signal
import sys
import time

import frappe


def submit(doctype: str, name: str) -> None:
	frappe.get_doc(doctype, name).submit()


def cancel(doctype: str, name: str) -> None:
	frappe.get_doc(doctype, name).cancel()


def save(name: str, qty: float) -> None:
	"""Change the quantity of all rows of a draft order."""
	order = frappe.get_doc("Sales Order", name)
	for row in order.items:
		row.qty = qty
	order.save()


def press_reserve(name: str) -> None:
	"""Press ERPNext's own Reserve on a booked order, as the form does."""
	order = frappe.get_doc("Sales Order", name)
	rows = [
		{"sales_order_item": row.name, "warehouse": row.warehouse, "qty_to_reserve": row.qty}
		for row in order.items
	]
	order.create_stock_reservation_entries(items_details=rows)


def fill(item_code: str, warehouse: str) -> None:
	"""Do the background job that follows stock which has come."""
	from sales_order_ext.allocation import jobs

	jobs.fill(item_code, warehouse)


def call(method: str, **arguments: object) -> object:
	return frappe.get_attr(f"sales_order_ext.allocation.api.{method}")(**arguments)


ACTIONS = {
	"submit": submit,
	"cancel": cancel,
	"save": save,
	"press_reserve": press_reserve,
	"fill": fill,
}


def act(step: list) -> object:
	action, *arguments = step
	if action in ACTIONS:
		return ACTIONS[action](*arguments)
	return call(action, **arguments[0])


def work(worker: int, task: dict, ready: int, go: int, out: int) -> None:
	"""Be one of the processes: connect, wait for the start, take the steps."""
	frappe.init(task["site"], sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	for doctype in ("Sales Order", "Stock Reservation Entry", "Delivery Note"):
		frappe.get_meta(doctype)
	frappe.db.rollback()
	# Waiting long on a slow machine is no deadlock.
	frappe.db.sql("set session innodb_lock_wait_timeout = 250")
	os.write(ready, b".")
	os.read(go, 1)
	for number, step in enumerate(task["workers"][worker]):
		result = error = None
		began = time.time()
		try:
			result = act(step)
			frappe.db.commit()
		except Exception as raised:
			frappe.db.rollback()
			error = f"{type(raised).__name__}: {raised}"
		said = {"worker": worker, "step": number, "result": result, "error": error}
		line = json.dumps(said | {"seconds": time.time() - began, "at": time.time()}, default=str) + "\n"
		os.write(out, line.encode())


def main(task: dict) -> None:
	import erpnext.controllers.taxes_and_totals
	import erpnext.selling.doctype.sales_order.sales_order
	import erpnext.stock.doctype.delivery_note.delivery_note
	import erpnext.stock.doctype.stock_reservation_entry.stock_reservation_entry  # noqa: F401

	ready, said_ready = os.pipe()
	wait, go = os.pipe()
	children = []
	for worker in range(len(task["workers"])):
		pid = os.fork()
		if not pid:
			os.close(go)
			try:
				work(worker, task, said_ready, wait, sys.stdout.fileno())
			finally:
				os._exit(0)
		children.append(pid)
	for _child in children:
		os.read(ready, 1)
	began = time.time()
	os.close(go)
	for worker, after in sorted(task.get("kill", {}).items(), key=lambda item: item[1]):
		time.sleep(max(0, began + after - time.time()))
		os.kill(children[int(worker)], signal.SIGKILL)
	for pid in children:
		os.waitpid(pid, 0)


if __name__ == "__main__":
	with open(sys.argv[1]) as task_file:
		main(json.load(task_file))
