"""The tree: small documented files, one version, modules and patches that exist, a contract for each room."""

import ast
import re

import pytest

from tests.contract.source import APP, PACKAGE, REPO, ROOMS, Function, Source, calls_in, dotted, make_source

FILE_LINES = 300
# The switchboard is a table with a line for every connection.
TABLES = {"hooks.py"}
FUNCTION_LINES = 40
VERSION = re.compile(r"""version\w*["']?\s*[:=]\s*["']\d+\.\d+\.\d+""", re.IGNORECASE)
DESK_ADDRESS = re.compile(r"""["'`/](app|desk)/""")
# Whoever runs the request or the job ends the transaction; these never do.
NO_COMMIT = re.compile(rf"{PACKAGE}\.(\w+\.(events|rules|messages)|{PACKAGE}\.doctype\..+)")
CLOCKS = {"now", "today", "utcnow", "nowdate", "now_datetime", "time_ns", "random"}


def python_files():
	"""Return every Python file of the project."""
	return sorted(
		path for part in (PACKAGE, "tests", "dev", "benchmarks") for path in (REPO / part).rglob("*.py")
	)


def long_functions(tree):
	functions = (node for node in ast.walk(tree) if isinstance(node, Function))
	return [one.name for one in functions if one.end_lineno - one.lineno + 1 > FUNCTION_LINES]


def untyped(module):
	"""Return the public functions and methods without annotations for everything they take and give."""
	found = []
	for owner in [
		module.tree,
		*(one for one in module.definitions.values() if isinstance(one, ast.ClassDef)),
	]:
		for function in (node for node in owner.body if isinstance(node, Function)):
			arguments = [*function.args.args, *function.args.kwonlyargs]
			bare = [one for one in arguments if not one.annotation and one.arg not in ("self", "cls")]
			if not function.name.startswith("_") and (bare or not function.returns):
				found.append(f"{module.name}.{function.name}")
	return found


def commits(source):
	"""Return the commits and full rollbacks where none may be."""
	found = []
	for name, module in source.modules.items():
		for call in calls_in(module.tree) if NO_COMMIT.fullmatch(name) else ():
			called = dotted(call.func)
			if called.endswith("db.commit") or (called.endswith("db.rollback") and not call.keywords):
				found.append(f"{name}:{call.lineno} {called}")
	return found


def clocks(source):
	"""Return where a room's rules look at the clock or at chance instead of being told."""
	rules = [module for name, module in source.modules.items() if name.endswith(".rules")]
	return [
		f"{module.name}:{call.lineno} {dotted(call.func)}"
		for module in rules
		for call in calls_in(module.tree)
		if dotted(call.func).split(".")[-1] in CLOCKS
	]


def desk_addresses(source):
	paths = [*source.scripts("js", "html"), *(module.path for module in source.modules.values())]
	return [path.name for path in paths if DESK_ADDRESS.search(source.text(path))]


def missing_patches(source):
	"""Return the lines of patches.txt that name no module with an `execute` function."""
	lines = (
		line.partition("#")[0].strip() for line in (source.root / "patches.txt").read_text().splitlines()
	)
	patches = [line.split()[0] for line in lines if line and not line.startswith("[")]
	return [patch for patch in patches if not source.find(f"{patch}.execute")]


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(REPO)))
def test_python_file(path):
	tree = APP.tree(path)
	assert path.name in TABLES or len(APP.text(path).splitlines()) <= FILE_LINES
	assert long_functions(tree) == []
	assert ast.get_docstring(tree) or not tree.body, "say the file's duty in a docstring"


@pytest.mark.parametrize("path", APP.scripts("js"), ids=lambda path: str(path.relative_to(REPO)))
def test_script_length(path):
	assert len(APP.text(path).splitlines()) <= FILE_LINES


@pytest.mark.parametrize("name", APP.modules)
def test_what_is_public_is_typed(name):
	assert untyped(APP.modules[name]) == []


def test_events_and_controllers_never_end_the_transaction():
	assert commits(APP) == []


def test_rules_are_told_the_time():
	assert clocks(APP) == []


def test_no_literal_desk_address():
	assert desk_addresses(APP) == []


def test_patches_resolve():
	assert missing_patches(APP) == []


def test_modules_have_their_folders():
	for name in (APP.root / "modules.txt").read_text().split("\n"):
		assert not name or (APP.root / name.lower().replace(" ", "_") / "__init__.py").exists()


def test_every_folder_with_code_is_a_package():
	folders = {path.parent for path in APP.root.rglob("*.py")}
	assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_rooms_keep_nothing_in_their_package_file():
	for room in ROOMS:
		body = APP.modules[f"{PACKAGE}.{room}"].tree.body
		assert [node for node in body if not isinstance(node, ast.Expr)] == []


def test_every_room_has_its_import_contract():
	settings = (REPO / "pyproject.toml").read_text()
	for room in ROOMS:
		assert f'protected_modules = ["{PACKAGE}.{room}.*"]' in settings


def test_the_version_is_in_one_place():
	files = [REPO / "setup.py", REPO / "pyproject.toml", *(module.path for module in APP.modules.values())]
	said = [path.relative_to(REPO).as_posix() for path in files if VERSION.search(APP.text(path))]
	assert said == [f"{PACKAGE}/__init__.py"]
	assert 'dynamic = ["version"]' in (REPO / "pyproject.toml").read_text()


@pytest.mark.parametrize(
	"check, files",
	[
		(commits, {"payment__events_py": "import frappe\nfrappe.db.commit()"}),
		(commits, {"sales_order_ext__doctype__a__a_py": "import frappe\nfrappe.db.rollback()"}),
		(clocks, {"payment__rules_py": "from datetime import date\ndate.today()"}),
		(desk_addresses, {"payment__api_py": 'URL = "/app/sales-order"'}),
		(desk_addresses, {"public__a_js": "`/desk/sales-order/${name}`"}),
		(missing_patches, {"patches.txt": "[pre_model_sync]\nsales_order_ext.patches.nothing #1"}),
		(lambda source: untyped(source.modules[f"{PACKAGE}.a"]), {"a_py": "def f(x): pass"}),
		(lambda source: untyped(source.modules[f"{PACKAGE}.a"]), {"a_py": "class A:\n\tdef f(self): pass"}),
		(
			lambda source: long_functions(source.modules[f"{PACKAGE}.a"].tree),
			{"a_py": "def f():\n" + "\tx\n" * 40},
		),
	],
)
def test_the_rules_notice(tmp_path, check, files):
	assert check(make_source(tmp_path, **files))


@pytest.mark.parametrize(
	"check, files",
	[
		(commits, {"payment__jobs_py": "import frappe\nfrappe.db.commit()"}),
		(commits, {"payment__events_py": 'import frappe\nfrappe.db.rollback(save_point="row")'}),
		(desk_addresses, {"public__a_js": '"public/js/app/x.js"'.replace("app", "apple")}),
		(missing_patches, {"patches.txt": "sales_order_ext.fix", "fix_py": "def execute(): pass"}),
	],
)
def test_the_rules_let_pass(tmp_path, check, files):
	assert not check(make_source(tmp_path, **files))


def test_the_source_is_read_whole():
	assert len(Source().modules) > 20
