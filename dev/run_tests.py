"""Run the tests: those that need no bench, then tests/site on a bench where one is found; or tests/browser.

The last lines are always pytest's own summary. Environment beside that of bench.py: SOE_SITE (else
soe-test.localhost), SOE_WORKERS (how many run tests/site side by side, each on a site of its own; else one a
processor, at most four), SOE_INSTALL_SITE (else soe-install.localhost, without the app between runs) and
SOE_BROWSER_SITE (else soe-browser.localhost, with demo data).
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import browser
from bench import APP, REPO, Bench, BenchError, SilentServiceError, bench_folder, find_bench, only_one
from services import redis_of

SITE = os.environ.get("SOE_SITE") or "soe-test.localhost"
BROWSER_SITE = os.environ.get("SOE_BROWSER_SITE") or "soe-browser.localhost"
INSTALL_SITE = os.environ.get("SOE_INSTALL_SITE") or "soe-install.localhost"
WORKERS = int(os.environ.get("SOE_WORKERS") or min(os.cpu_count() or 1, 4))


def main(arguments: list[str]) -> int:
	"""Run the tests without the browser's, or after `--site` or `--browser` those alone, with options for pytest.

	Return the exit code.
	"""
	only = arguments.pop(0) if arguments[:1] in (["--site"], ["--browser"]) else None
	for data in REPO.glob(".coverage*"):
		data.unlink()
	try:
		bench = bench_to_use(needed=bool(only))
		with redis_of(bench) if bench else contextlib.nullcontext():
			failed = 0 if only else run_pure(report=not bench)
			if not bench or failed:
				return failed
			return run_browser(bench, arguments) if only == "--browser" else run_site(bench, arguments)
	except BenchError as error:
		shout(f"tests/site CANNOT RUN. {error}")
		return 1


def bench_to_use(needed: bool) -> Bench | None:
	"""Return the bench for tests/site and tests/browser.

	None, said loudly, where there is none or where its servers are silent and it is not `needed`.
	"""
	bench = find_bench()
	if not bench and os.environ.get("SOE_BENCH"):
		raise BenchError(f"SOE_BENCH names {bench_folder()}, which is no bench.")
	if not bench:
		shout("NO BENCH FOUND, tests/site IS SKIPPED. Set SOE_BENCH to a bench with ERPNext to run it.")
		return None
	try:
		with redis_of(bench):
			bench.check()
	except SilentServiceError as error:
		if needed or os.environ.get("SOE_BENCH"):
			raise
		shout(f"THE BENCH IS NOT RUNNING, tests/site IS SKIPPED. {error}")
		return None
	return bench


def run_pure(report: bool) -> int:
	"""Run the tests that need no bench, in this environment; return pytest's exit code.

	Without `report` what they cover is shown later, with what tests/site cover.
	"""
	command = [*pytest(sys.executable), *([] if report else ["--cov-report="])]
	return subprocess.run(command, cwd=REPO, env=environment()).returncode


def run_site(bench: Bench, arguments: list[str]) -> int:
	"""Run tests/site on the bench, having prepared it; return pytest's exit code.

	With `arguments`, which choose a few tests, one process runs them.
	"""
	sites = [SITE] if arguments else [SITE, *(f"{number}-{SITE}" for number in range(2, WORKERS + 1))]
	with contextlib.ExitStack() as locks:
		for site in (*sites, INSTALL_SITE):
			locks.enter_context(only_one(site))
		bench.add_app()
		bench.add_test_tools()
		with ThreadPoolExecutor() as makers:
			made = [makers.submit(prepare, bench, site, bench.ensure_site) for site in sites]
			made.append(makers.submit(prepare, bench, INSTALL_SITE, bench.ensure_plain_site))
		for site in made:
			site.result()
		command = [*pytest(str(bench.python)), "--cov-append", "--rootdir", str(REPO)]
		if len(sites) > 1:
			command += ["--numprocesses", str(len(sites)), "--dist", "loadfile"]
		command += [str(REPO / "tests" / "site"), *arguments]
		variables = {**environment(bench), "SOE_SITES": " ".join(sites)}
		return subprocess.run(command, cwd=bench.sites, env=variables).returncode


def prepare(bench: Bench, site: str, ensure: Callable[[str], None]) -> None:
	"""Have a site ready. No worker empties the bench's queue, and Frappe 16 refuses jobs beyond some hundred."""
	ensure(site)
	bench.run("--site", site, "set-config", "--parse", "max_queued_jobs", "1000000")


def run_browser(bench: Bench, arguments: list[str]) -> int:
	"""Run tests/browser on a demo site, having prepared it; return pytest's exit code, 0 where it is skipped."""
	lacks = browser.lacking()
	if lacks:
		shout(f"tests/browser IS SKIPPED. {lacks}")
		return 0
	with only_one(BROWSER_SITE):
		bench.add_app()
		prepare(bench, BROWSER_SITE, bench.ensure_site)
		bench.build_assets()
		bench.run("--site", BROWSER_SITE, "execute", f"{APP}.setup.demo.make")
		command = [sys.executable, "-m", "pytest", "-c", str(REPO / "pyproject.toml")]
		command += [str(REPO / "tests" / "browser"), *arguments]
		return subprocess.run(command, cwd=REPO, env=environment(bench)).returncode


def pytest(python: str) -> list[str]:
	"""Return the command that runs pytest with coverage."""
	settings = str(REPO / "pyproject.toml")
	return [python, "-m", "pytest", "-c", settings, "--cov", f"--cov-config={settings}"]


def environment(bench: Bench | None = None) -> dict[str, str]:
	"""Return the variables for a test process."""
	variables = {**os.environ, "COVERAGE_FILE": str(REPO / ".coverage"), "PYTHONPATH": str(REPO)}
	return (
		{
			**variables,
			"SOE_INSTALL_SITE": INSTALL_SITE,
			"SOE_BROWSER_SITE": BROWSER_SITE,
		}
		if bench
		else variables
	)


def shout(text: str) -> None:
	"""Print a line that cannot be overlooked."""
	line = f"!!! {text} !!!"
	print(f"\n\033[1;31m{line}\033[0m\n" if sys.stdout.isatty() else f"\n{line}\n", flush=True)


if __name__ == "__main__":
	sys.exit(main(sys.argv[1:]))
