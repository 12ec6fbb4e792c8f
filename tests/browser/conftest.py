"""Journeys through the real desk in headless Chromium, on a demo site that a server of their own serves."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator

import pytest
from bench import Bench, bench_folder
from browser import chromium
from playwright.sync_api import Browser, Error, sync_playwright
from services import wait_for

from tests.browser.desk import Desk

SITE = os.environ.get("SOE_BROWSER_SITE") or "soe-browser.localhost"
OPTIONS = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
]
SWITCHES = (
	"enable_procurement",
	"enable_order_types",
	"enable_stock_reservations",
	"enable_soft_allocation",
	"enable_back_orders",
	"enable_invoice_terms",
	"enable_cancel_and_replace",
	"enable_payment_status",
	"enable_lifecycle_status",
	"enable_order_notifications",
)


@pytest.fixture(scope="session")
def bench() -> Bench:
	return Bench(bench_folder())


@pytest.fixture(scope="session")
def address(bench: Bench) -> Iterator[str]:
	"""Serve the site for the length of the run; return its address."""
	with socket.socket() as free:
		free.bind(("127.0.0.1", 0))
		port = free.getsockname()[1]
	command = bench.command("--site", SITE, "serve", "--port", str(port), "--noreload")
	with tempfile.TemporaryFile() as log:
		server = subprocess.Popen(
			command, cwd=bench.sites, env=bench.environment, stdout=log, stderr=subprocess.STDOUT
		)
		try:
			wait_for("127.0.0.1", port, 120)
			yield f"http://localhost:{port}"
		finally:
			server.terminate()
			server.wait()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(executable_path=chromium(), args=OPTIONS)
		yield browser
		browser.close()


def is_of_charts(error: Error) -> bool:
	"""Return whether this is Frappe's own error in every workspace with a chart, ERPNext's too.

	While a chart comes in, its moving copy stands in its place. When its box changes size meanwhile, frappe-charts
	takes the chart out of a box that it is not in. What follows draws it anew.
	"""
	return "removeChild" in error.message and "ResizeObserver.boundDrawFn" in (error.stack or "")


@pytest.fixture
def open_desk(browser: Browser, address: str) -> Iterator[Callable[..., Desk]]:
	"""Return a function that signs a user in at a window of his own. Errors in the page fail the test."""
	contexts, errors = [], []

	def open_one(user: str = "Administrator", password: str = "admin") -> Desk:
		context = browser.new_context(viewport={"width": 1200, "height": 900}, base_url=address)
		contexts.append(context)
		page = context.new_page()
		page.set_default_timeout(60_000)
		page.on("pageerror", lambda error: is_of_charts(error) or errors.append(error.stack or str(error)))
		return Desk(page, address).sign_in(user, password)

	yield open_one
	for context in contexts:
		context.close()
	assert not errors, errors


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
	"""The administrator's desk with everything switched on."""
	desk = open_desk()
	desk.end_onboardings()
	desk.switch(**dict.fromkeys(SWITCHES, 1))
	return desk


@pytest.fixture
def work(bench: Bench) -> Callable[[], None]:
	"""Return a function that does the background work that waits."""

	def burst() -> None:
		command = bench.command("--site", SITE, "worker", "--burst", "--queue", "default,short,long")
		subprocess.run(command, cwd=bench.sites, env=bench.environment, check=True, capture_output=True)

	return burst
