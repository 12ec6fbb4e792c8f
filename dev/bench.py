"""A bench and its sites, as the tests and the demo need them.

Environment: SOE_BENCH (else ~/frappe-bench), SOE_DB_ROOT_USER (else root), SOE_DB_ROOT_PASSWORD (else empty).
Trouble that a person can mend is raised as BenchError, whose text says how.
"""

from __future__ import annotations

import ast
import contextlib
import fcntl
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from urllib.parse import urlsplit

from services import is_open

APP = "sales_order_ext"
REPO = Path(__file__).resolve().parent.parent


class BenchError(Exception):
	"""Something about the bench that a person must mend first."""


class SilentServiceError(BenchError):
	"""A server that the bench needs does not answer."""


class Bench:
	"""A bench folder and the commands that run in it."""

	def __init__(self, folder: Path):
		self.folder = folder
		self.sites = folder / "sites"
		self.python = folder / "env" / "bin" / "python"
		self.link = folder / "apps" / APP

	@property
	def environment(self) -> dict[str, str]:
		"""Variables for every process: this working copy comes first, whichever copy the bench has."""
		return {**os.environ, "PYTHONPATH": str(REPO)}

	def command(self, *arguments: str) -> list[str]:
		"""Return the command line of one of Frappe's commands."""
		return [str(self.python), "-m", "frappe.utils.bench_helper", "frappe", *arguments]

	def run(self, *arguments: str) -> None:
		"""Run one of Frappe's commands in this bench and show what it prints; raise BenchError if it fails."""
		done = subprocess.run(self.command(*arguments), cwd=self.sites, env=self.environment)
		if done.returncode:
			raise BenchError(
				f"`bench {' '.join(arguments)}` failed in {self.folder}; its reason stands above."
			)

	def answer(self, *arguments: str, stdin: str | None = None) -> str:
		"""Return what one of Frappe's commands prints; raise BenchError, having shown it, if it fails."""
		done = subprocess.run(
			self.command(*arguments),
			cwd=self.sites,
			env=self.environment,
			input=stdin,
			text=True,
			capture_output=True,
		)
		if done.returncode:
			print(done.stdout, done.stderr, file=sys.stderr)
			raise BenchError(
				f"`bench {' '.join(arguments)}` failed in {self.folder}; its reason stands above."
			)
		return done.stdout.strip()

	def check(self) -> None:
		"""Raise BenchError unless the bench has ERPNext, SilentServiceError unless its MariaDB and Redis answer."""
		if not (self.folder / "apps" / "erpnext").exists():
			raise BenchError(f"{self.folder} has no ERPNext. Run `bench get-app erpnext` there.")
		for name, (host, port) in self.services().items():
			if not is_open(host, port):
				hint = (
					"Start MariaDB."
					if name == "MariaDB"
					else f"Run `bench start` in {self.folder}, or start Redis."
				)
				raise SilentServiceError(f"{name} does not answer at {host}:{port}. {hint}")

	def services(self) -> dict[str, tuple[str, int]]:
		"""Return the addresses of MariaDB and Redis that the bench is configured with."""
		file = self.sites / "common_site_config.json"
		config = json.loads(file.read_text()) if file.exists() else {}
		host = os.environ.get("FRAPPE_DB_HOST") or config.get("db_host") or "127.0.0.1"
		found = {"MariaDB": (host, int(os.environ.get("FRAPPE_DB_PORT") or config.get("db_port") or 3306))}
		for key in ("redis_cache", "redis_queue"):
			address = urlsplit(os.environ.get(f"FRAPPE_{key.upper()}") or config.get(key) or "")
			if address.hostname:
				found[f"Redis ({key})"] = (address.hostname, address.port or 6379)
		return found

	def add_app(self) -> None:
		"""Make the bench know the app: folder link, Python environment, apps.txt.

		A bench that has another working copy keeps it; this one is then found through PYTHONPATH.
		"""
		if self.link.is_symlink() and not self.link.exists():
			self.link.unlink()
		if not self.link.exists():
			self.link.symlink_to(REPO)
		elif self.link.resolve() != REPO:
			print(
				f"{self.folder} has the app from {self.link.resolve()}; this copy runs beside it.", flush=True
			)
		if self.link.resolve() == REPO and not self.can_import(APP, isolated=True):
			self.pip("--editable", str(REPO))
		apps = self.sites / "apps.txt"
		names = apps.read_text().split()
		if APP not in names:
			apps.write_text("\n".join([*names, APP]) + "\n")

	def build_assets(self) -> None:
		"""Build what the desk loads: all of it where nothing is built, else the app's own."""
		built = self.sites / "assets" / "assets.json"
		names = json.loads(built.read_text()) if built.exists() else {}
		print("Building what the desk loads …", flush=True)
		self.answer("build", *(["--app", APP] if "desk.bundle.js" in names else []))

	def add_test_tools(self) -> None:
		"""Install what tests/site needs into the bench's environment, unless it is there."""
		match = re.search(r"^site = (\[[^\]]*\])", (REPO / "pyproject.toml").read_text(), re.MULTILINE)
		requirements = ast.literal_eval(match[1])
		names = [re.split(r"[^\w-]", requirement)[0].replace("-", "_") for requirement in requirements]
		if not self.can_import(*names):
			self.pip(*requirements)

	def can_import(self, *modules: str, isolated: bool = False) -> bool:
		"""Return whether the bench's Python imports these, without our PYTHONPATH when `isolated`."""
		command = [str(self.python), "-I" if isolated else "-s", "-c", f"import {', '.join(modules)}"]
		return subprocess.run(command, cwd=self.sites, capture_output=True).returncode == 0

	def pip(self, *arguments: str) -> None:
		"""Install packages into the bench's environment, which pip or uv may have made."""
		own_pip = [str(self.python), "-m", "pip"]
		if subprocess.run([*own_pip, "--version"], capture_output=True).returncode == 0:
			command = [*own_pip, "install"]
		elif which("uv"):
			command = ["uv", "pip", "install", "--python", str(self.python)]
		else:
			command = [sys.executable, "-m", "pip", "--python", str(self.python), "install"]
		if subprocess.run([*command, "--quiet", *arguments]).returncode:
			raise BenchError(f"Installing {' '.join(arguments)} into {self.folder}/env failed; see above.")

	def installed_apps(self, site: str) -> list[str]:
		"""Return the names of a site's apps."""
		try:
			answer = self.answer("--site", site, "list-apps")
		except BenchError as error:
			hint = f"If it was left half-made, `bench drop-site {site} --force` removes it."
			raise BenchError(f"Site {site} does not answer. {hint}") from error
		return [line.split()[0] for line in answer.splitlines() if line.strip()]

	def ensure_plain_site(self, site: str) -> None:
		"""Make a site with ERPNext, or complete one whose making was interrupted."""
		if not (self.sites / site / "site_config.json").exists():
			print(f"Making the site {site} (once; about two minutes) …", flush=True)
			self.new_site(site)
		if "erpnext" not in self.installed_apps(site):
			self.answer("--site", site, "install-app", "erpnext")

	def ensure_site(self, site: str) -> None:
		"""Make a site with ERPNext and the app, or bring an existing one up to date."""
		self.ensure_plain_site(site)
		if APP in self.installed_apps(site):
			self.answer("--site", site, "migrate", "--skip-search-index")
		else:
			self.answer("--site", site, "install-app", APP)

	def new_site(self, site: str, admin_password: str = "admin") -> None:
		"""Make a site with ERPNext installed."""
		password = os.environ.get("SOE_DB_ROOT_PASSWORD", "")
		arguments = ["--db-root-username", os.environ.get("SOE_DB_ROOT_USER", "root")]
		arguments += ["--admin-password", admin_password, "--mariadb-user-host-login-scope", "%"]
		if password:
			arguments += ["--db-root-password", password]
		try:
			# Frappe asks for an empty password; the line on standard input is the answer.
			answer = None if password else "\n"
			self.answer("new-site", site, *arguments, "--install-app", "erpnext", stdin=answer)
		except BenchError as error:
			raise BenchError(
				f"Making the site {site} failed; the reason stands above. MariaDB's administrator is taken from"
				f" SOE_DB_ROOT_USER and SOE_DB_ROOT_PASSWORD. `bench drop-site {site} --force` removes what is there."
			) from error


def bench_folder() -> Path:
	"""Return where the bench is, or would be."""
	return Path(os.environ.get("SOE_BENCH") or Path.home() / "frappe-bench").expanduser().resolve()


def find_bench() -> Bench | None:
	"""Return the bench to use, or None where there is none."""
	bench = Bench(bench_folder())
	return bench if bench.python.exists() else None


@contextlib.contextmanager
def only_one(site: str) -> Iterator[None]:
	"""Let one run at a time use a site; another waits."""
	with open(Path(tempfile.gettempdir()) / f"{APP}-{site}.lock", "w") as file:
		try:
			fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
		except BlockingIOError:
			print(f"Another run uses {site}; waiting for it to end …", flush=True)
			fcntl.flock(file, fcntl.LOCK_EX)
		yield
