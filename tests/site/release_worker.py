"""One process of a race for stock: waits for the start, does one thing as a request or job would, reports.

Run as `python release_worker.py SITE START DO ARGUMENT`: START in epoch seconds; DO is `submit` (a Sales
Order), `fill` ("item|warehouse", the background job) or `release` (an item, by the endpoint). Prints the
error, or nothing.
"""

import sys
import time

import frappe


def submit(order: str) -> None:
	frappe.get_doc("Sales Order", order).submit()


def fill(stock: str) -> None:
	from sales_order_ext.allocation import jobs

	jobs.fill(*stock.split("|"))


def release(item_code: str) -> None:
	from sales_order_ext.allocation import api

	result = api.release(filters={"item_code": item_code})
	failed = [row["message"] for row in result["rows"] if row["reason"] == "failed"]
	assert not failed, failed


def main(site: str, start: str, do: str, argument: str) -> None:
	frappe.init(site, sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	time.sleep(max(0, float(start) - time.time()))
	try:
		{"submit": submit, "fill": fill, "release": release}[do](argument)
		frappe.db.commit()
	except Exception as raised:
		frappe.db.rollback()
		print(f"{do} {argument}: {type(raised).__name__}: {raised}", flush=True)
	frappe.destroy()


if __name__ == "__main__":
	main(*sys.argv[1:])
