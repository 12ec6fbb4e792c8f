"""A process of its own for the tests of invoicing: a worker, one that dies, or a clerk at the same orders.

Usage: invoicing_process.py work RUN [WORKERS] | resume RUN | die RUN AFTER [WORKERS] | sever RUN AFTER |
crash RUN AFTER SERVER | clerk ORDER...
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

import frappe

from sales_order_ext.invoicing import api, jobs, run_records


def work(invoice_run: str, workers: str = "1") -> None:
	jobs.work(invoice_run, int(workers))


def die(invoice_run: str, after: str, workers: str = "1") -> None:
	"""Work, and be killed with an invoice written but not committed, after so many others."""
	interrupted(after, lambda: os.kill(os.getpid(), signal.SIGKILL))
	work(invoice_run, workers)


def sever(invoice_run: str, after: str) -> None:
	"""Work, and lose the database with an invoice written but not committed, as when it is restarted."""

	def kill_connection() -> None:
		mine = frappe.db.sql("select connection_id()")[0][0]
		own = frappe.local.db
		frappe.connect(set_admin_as_user=False)
		frappe.db.sql(f"kill {mine}")
		frappe.db.close()
		frappe.local.db = own

	interrupted(after, kill_connection)
	work(invoice_run)


def crash(invoice_run: str, after: str, server: str) -> None:
	"""Work, and have the database server killed with an invoice written but not committed."""
	interrupted(after, lambda: os.kill(int(server), signal.SIGKILL))
	work(invoice_run)


def resume(invoice_run: str) -> None:
	"""Go on with a run as a person asks to, and do the work."""
	api.resume(invoice_run)
	frappe.db.commit()
	work(invoice_run)


def interrupted(after: str, interrupt: Callable[[], None]) -> None:
	"""Let something happen when one more invoice than `after` is written."""
	made = []
	mark = run_records.mark

	def mark_or_die(group: str, status: str, **values) -> None:
		mark(group, status, **values)
		made.append(group)
		if len(made) > int(after):
			interrupt()

	run_records.mark = mark_or_die


def clerk(*orders: str) -> None:
	"""Invoice orders by hand, one request each; what is refused is refused."""
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	for order in orders:
		try:
			make_sales_invoice(order).insert().submit()
			frappe.db.commit()
		except Exception as error:
			frappe.db.rollback()
			print(f"{order}: {type(error).__name__}: {error}")


if __name__ == "__main__":
	frappe.init(os.environ["SOE_SITE"], sites_path=".")
	frappe.connect()
	steps = {"work": work, "resume": resume, "die": die, "sever": sever, "crash": crash, "clerk": clerk}
	steps[sys.argv[1]](*sys.argv[2:])
	frappe.db.commit()
