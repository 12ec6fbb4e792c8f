"""Show the app on a real ERPNext: a bench (made where there is none), a site, demo data, a story, the desk.

Environment beside that of bench.py: SOE_DEMO_SITE (else soe-demo.localhost), FRAPPE_REPO and ERPNEXT_REPO
(else the public ones), FRAPPE_BRANCH (else version-15). `--no-start` leaves the desk alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import prerequisites
from bench import APP, REPO, Bench, BenchError, bench_folder, find_bench, only_one
from services import is_open, redis_of

SITE = os.environ.get("SOE_DEMO_SITE") or "soe-demo.localhost"
BRANCH = os.environ.get("FRAPPE_BRANCH") or "version-15"
FRAPPE = os.environ.get("FRAPPE_REPO") or "https://github.com/frappe/frappe"
ERPNEXT = os.environ.get("ERPNEXT_REPO") or "https://github.com/frappe/erpnext"
STORY = REPO / "scenarios" / "quote_to_cash.toml"
PASSWORD = "admin"


def main(arguments: list[str]) -> int:
	"""Set everything up, play the story, start the desk; return the exit code."""
	try:
		bench = find_bench() or make_bench()
		with redis_of(bench), only_one(SITE):
			bench.check()
			bench.add_app()
			bench.ensure_site(SITE)
			bench.build_assets()
			fill(bench)
	except BenchError as error:
		print(f"\n{error}", file=sys.stderr)
		return 1
	return 0 if "--no-start" in arguments else start_desk(bench)


def make_bench() -> Bench:
	"""Make a bench with public Frappe and ERPNext; raise BenchError naming what the machine lacks."""
	lacking = prerequisites.look()
	if not lacking and not is_open("127.0.0.1", 3306):
		lacking = ["mariadb does not answer at 127.0.0.1:3306. Start it: sudo systemctl start mariadb"]
	if lacking:
		raise BenchError("\n".join(["There is no bench yet, and making one needs more:", *lacking]))
	folder = bench_folder()
	if folder.exists():
		raise BenchError(
			f"{folder} is there but is no bench. Move it away, or name another one in SOE_BENCH."
		)
	if not bench_program().exists():
		call([sys.executable, "-m", "pip", "install", "--quiet", "frappe-bench"], REPO)
	print(f"Making a bench in {folder} (once; ten minutes or more) …", flush=True)
	python = prerequisites.bench_python()
	options = ["--frappe-path", FRAPPE, "--frappe-branch", BRANCH, "--python", python]
	call([str(bench_program()), "init", *options, str(folder)], folder.parent)
	call([str(bench_program()), "get-app", "--branch", BRANCH, ERPNEXT], folder)
	return Bench(folder)


def bench_program() -> Path:
	"""Return where the `bench` command is, or will be: beside this Python."""
	return Path(sys.prefix) / "bin" / "bench"


def call(command: list[str], folder: Path) -> None:
	"""Run a program, with those beside this Python on its path; raise BenchError if it fails."""
	environment = {**os.environ, "PATH": f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}"}
	if subprocess.run(command, cwd=folder, env=environment).returncode:
		raise BenchError(f"`{' '.join(command)}` failed in {folder}; its reason stands above.")


def fill(bench: Bench) -> None:
	"""Make demo data and play the story, once."""
	bench.run("--site", SITE, "execute", f"{APP}.setup.demo.make")
	if not bench.answer("--site", SITE, "execute", f"{APP}.setup.demo.is_played").endswith("true"):
		arguments = repr({"path": str(STORY), "commit": True})  # Frappe evaluates it as Python
		try:
			bench.run("--site", SITE, "execute", f"{APP}.scenario.site.play", "--kwargs", arguments)
		except BenchError as error:
			again = f"`bench drop-site {SITE} --force --no-backup`, then `make demo` again, begins afresh."
			raise BenchError(f"The story broke off on {SITE}; the reason stands above. {again}") from error


def start_desk(bench: Bench) -> int:
	"""Start the bench and keep it running, unless its port is taken; say where the desk is."""
	file = bench.sites / "common_site_config.json"
	port = json.loads(file.read_text()).get("webserver_port", 8000)
	print(f"\n  http://{SITE}:{port}\n  Administrator, password {PASSWORD}\n", flush=True)
	if is_open("127.0.0.1", port):
		print(
			f"Port {port} is taken: if that is this bench, the site is there already; restart it to load the app."
		)
		return 0
	print("Ctrl+C stops the desk; `make demo` starts it again.", flush=True)
	program = bench_program() if bench_program().exists() else Path("bench")
	if (bench.folder / "Procfile").exists():
		return subprocess.run([str(program), "start"], cwd=bench.folder, env=bench.environment).returncode
	return subprocess.run(
		bench.command("--site", SITE, "serve", "--port", str(port), "--noreload"),
		cwd=bench.sites,
		env=bench.environment,
	).returncode


if __name__ == "__main__":
	try:
		sys.exit(main(sys.argv[1:]))
	except KeyboardInterrupt:
		sys.exit(130)
