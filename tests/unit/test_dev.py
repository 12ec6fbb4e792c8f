"""The tools around the app: what a machine lacks is named, a bench's addresses are found."""

import json
import socket
from shutil import which

import prerequisites
import pytest
from bench import Bench, BenchError, SilentServiceError, bench_folder, find_bench
from services import is_open, redis_of

EVERYTHING = dict.fromkeys(prerequisites.INSTALL, "/usr/bin/it")


def test_nothing_is_missing():
	assert prerequisites.missing(EVERYTHING, "v18.0.0") == {}


@pytest.mark.parametrize("name", prerequisites.INSTALL)
def test_a_missing_program_is_named_with_its_command(name):
	found = prerequisites.missing(EVERYTHING | {name: None}, "v20.1.0")
	assert list(found) == [name]
	for platform, manager in (("linux", "apt"), ("darwin", "brew")):
		(line,) = prerequisites.report(found, platform)
		assert line.startswith(f"{name} is not installed. Install it: ")
		assert manager in line or "npm" in line


@pytest.mark.parametrize("version", ["v16.20.0", "", None])
def test_an_old_node_is_named(version):
	assert "18 or newer" in prerequisites.missing(EVERYTHING, version)["node"]


def test_services_are_where_the_bench_says(tmp_path, monkeypatch):
	for name in ("DB_HOST", "DB_PORT", "REDIS_CACHE", "REDIS_QUEUE"):
		monkeypatch.delenv(f"FRAPPE_{name}", raising=False)
	(tmp_path / "sites").mkdir()
	bench = Bench(tmp_path)
	assert bench.services() == {"MariaDB": ("127.0.0.1", 3306)}
	config = {"db_host": "db", "redis_cache": "redis://cache:13000", "redis_queue": "redis://queue"}
	(tmp_path / "sites" / "common_site_config.json").write_text(json.dumps(config))
	assert bench.services() == {
		"MariaDB": ("db", 3306),
		"Redis (redis_cache)": ("cache", 13000),
		"Redis (redis_queue)": ("queue", 6379),
	}
	monkeypatch.setenv("FRAPPE_DB_PORT", "3307")
	assert bench.services()["MariaDB"] == ("db", 3307)


def test_a_silent_service_is_named(tmp_path, monkeypatch):
	(tmp_path / "apps" / "erpnext").mkdir(parents=True)
	monkeypatch.setattr(Bench, "services", lambda self: {"MariaDB": ("127.0.0.1", 1)})
	with pytest.raises(SilentServiceError, match=r"MariaDB does not answer at 127\.0\.0\.1:1"):
		Bench(tmp_path).check()


@pytest.mark.skipif(not which("redis-server"), reason="needs redis-server")
def test_a_silent_redis_runs_for_the_time_it_is_needed(tmp_path, monkeypatch):
	with socket.socket() as free:
		free.bind(("127.0.0.1", 0))
		address = free.getsockname()
	monkeypatch.setattr(Bench, "services", lambda self: {"Redis (redis_cache)": address})
	with redis_of(Bench(tmp_path)):
		assert is_open(*address)
	assert not is_open(*address)


def test_a_bench_without_erpnext_is_named(tmp_path):
	with pytest.raises(BenchError, match="get-app erpnext"):
		Bench(tmp_path).check()


def test_where_no_bench_is(tmp_path, monkeypatch):
	monkeypatch.delenv("SOE_BENCH", raising=False)
	monkeypatch.setenv("HOME", str(tmp_path))
	assert find_bench() is None
	assert bench_folder() == tmp_path / "frappe-bench"
	monkeypatch.setenv("SOE_BENCH", str(tmp_path / "other"))
	assert bench_folder() == tmp_path / "other"
