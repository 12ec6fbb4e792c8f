"""What a bench needs on a machine, and the command that installs what is missing."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from shutil import which

NODE_MAJOR = 18
PYTHONS = ("3.12", "3.11", "3.13", "3.10")

# Program: how to get it with apt, how with Homebrew.
INSTALL = {
	"git": ("sudo apt install git", "brew install git"),
	"node": (
		"curl -fsSL https://deb.nodesource.com/setup_20.x | sudo -E bash - && sudo apt install nodejs",
		"brew install node@20",
	),
	"yarn": ("sudo npm install --global yarn", "npm install --global yarn"),
	"redis-server": ("sudo apt install redis-server", "brew install redis"),
	"mariadb": (
		"sudo apt install mariadb-server mariadb-client",
		"brew install mariadb && brew services start mariadb",
	),
	"python": ("sudo apt install python3-dev python3-venv", "brew install python@3.12"),
}


def missing(programs: Mapping[str, str | None], node_version: str | None) -> dict[str, str]:
	"""Return {what is missing: why} given {program: its path} and what `node --version` says."""
	found = {name: "is not installed" for name in INSTALL if not programs.get(name)}
	major = re.match(r"v(\d+)", node_version or "")
	if "node" not in found and (not major or int(major[1]) < NODE_MAJOR):
		found["node"] = f"is {node_version or 'of no known version'}; version {NODE_MAJOR} or newer is needed"
	return found


def report(found: Mapping[str, str], platform: str) -> list[str]:
	"""Return a line for each missing program: what is wrong and the command that mends it."""
	column = 1 if platform == "darwin" else 0
	return [f"{name} {reason}. Install it: {INSTALL[name][column]}" for name, reason in found.items()]


def look() -> list[str]:
	"""Return the lines about what is missing on this machine; none when a bench can be made."""
	programs = {name: which(name) for name in ("git", "node", "yarn", "redis-server")}
	programs["mariadb"] = which("mariadb") or which("mysql")
	programs["python"] = bench_python()
	version = None
	if programs["node"]:
		version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
	return report(missing(programs, version), sys.platform)


def bench_python() -> str | None:
	"""Return a Python that version 15 runs on: this one, or another one that starts."""
	if sys.version_info[:2] in {tuple(map(int, one.split("."))) for one in PYTHONS}:
		return sys.executable
	for version in PYTHONS:
		path = which(f"python{version}")
		if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
			return path
	return None
