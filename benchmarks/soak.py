"""Clerks at work over HTTP for as long as wanted, with a background worker: what they did, how long it took,
and whether every figure is true at the end.

Run in the bench's `sites` folder, on a site that may be written to and whose Redis no other site's jobs wait in:

    ../env/bin/python …/benchmarks/soak.py --site SITE --minutes 60 --clerks 8 --pause 5

What the clerks do is in `tests/site/clerks.py`; what they made stays on the site. Prints a table of the kinds of
work and why it was refused, then what is wrong; ends with 1 if anything is.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import frappe

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.site import clerks, masters, web

SAYING = 600
# So many reasons of refusals are shown, the commonest first.
OFTEN = 20


def main() -> int:
	options = parse()
	os.environ["SOE_SITE"] = options.site
	frappe.init(options.site, sites_path=".")
	frappe.connect()
	masters.ensure()
	day, key = clerks.open_shop()
	began = frappe.utils.now()
	with web.served() as address, worker(options.site):
		work(
			day,
			[clerks.Clerk(web.Caller(address, key), day, seed) for seed in range(options.clerks)],
			options,
		)
	wrong = broken(day) + clerks.wrong_figures(day) + reported(day.company) + logged(began)
	show(day, wrong)
	frappe.destroy()
	return int(bool(wrong))


def parse() -> argparse.Namespace:
	parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
	parser.add_argument("--site", required=True)
	parser.add_argument("--minutes", type=float, default=60)
	parser.add_argument("--clerks", type=int, default=8)
	parser.add_argument("--pause", type=float, default=0, help="seconds that a clerk thinks after each step")
	return parser.parse_args()


@contextmanager
def worker(site: str) -> Iterator[None]:
	"""Have background jobs done; at the end let the one that runs come to its end."""
	command = [
		sys.executable,
		"-m",
		"frappe.utils.bench_helper",
		"frappe",
		"--site",
		site,
		"worker",
		"--quiet",
	]
	process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
	try:
		yield
	finally:
		process.terminate()
		process.wait()


def work(day: clerks.Day, staff: list[clerks.Clerk], options: argparse.Namespace) -> None:
	"""Let the clerks work until the time is over; say every ten minutes how far they are.

	One begins alone with one of each kind: Frappe does not let two draw the first number of a series at once.
	"""
	for _weight, act in staff[0].work:
		staff[0].step(act)
	began = time.monotonic()
	told = [began]

	def go_on(steps: int) -> bool:
		if steps and options.pause:
			time.sleep(options.pause)
		now = time.monotonic()
		if now - told[0] > SAYING:
			told[0] = now
			done, refused = sum(day.done.values()), sum(day.refused.values())
			minutes = (now - began) / 60
			print(f"{minutes:.0f} min: {done} done, {refused} refused, {len(day.broken)} broken", flush=True)
		return now - began < options.minutes * 60

	clerks.work_together(staff, go_on)


def broken(day: clerks.Day) -> list[str]:
	return [f"{act} was answered with {status}: {text[-3000:]}" for act, status, text in day.broken]


def reported(company: str) -> list[str]:
	"""Return what the Integrity Check report lists."""
	from sales_order_ext.sales_order_ext.report.integrity_check import integrity_check

	return [f"Integrity Check: {row}" for row in integrity_check.execute({"company": company})[1]]


def logged(began: str) -> list[str]:
	"""Return what went wrong where nobody looks: in background jobs, and in what a request goes on after."""
	rows = frappe.get_all(
		"Error Log", {"creation": (">=", began)}, ["method", "error"], order_by="creation asc"
	)
	return [f"Error Log: {row.method}: {row.error[-1500:]}" for row in rows]


def show(day: clerks.Day, wrong: list[str]) -> None:
	errors = Counter(act for act, _status, _text in day.broken)
	print(f"\n{'work':20}{'done':>8}{'refused':>9}{'errors':>8}{'p50 s':>9}{'p95 s':>9}")
	for act, seconds in sorted(day.seconds.items()):
		half, most = quantiles(seconds)
		print(f"{act:20}{day.done[act]:8}{day.refused[act]:9}{errors[act]:8}{half:9.2f}{most:9.2f}")
	print("\nrefused because")
	for (act, reason), times in day.reasons.most_common(OFTEN):
		print(f"{times:8} {act}: {reason}")
	print(f"\n{len(wrong)} findings" + "".join(f"\n- {one}" for one in wrong))


def quantiles(seconds: list[float]) -> tuple[float, float]:
	"""Return the median and the 95th percentile."""
	if len(seconds) == 1:
		return seconds[0], seconds[0]
	return statistics.median(seconds), statistics.quantiles(seconds, n=20, method="inclusive")[-1]


if __name__ == "__main__":
	sys.exit(main())
