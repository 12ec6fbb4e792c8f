"""Desk code: every server method it names is an endpoint, and sentences can be extracted for translation."""

import json
import re

import pytest

from tests.contract.source import APP, PACKAGE, make_source

NAME = re.compile(rf"""(?<!provide\()["'`]({PACKAGE}(?:\.\w+)*\.(?:\$\{{|\w*))["'`a-z]?""")
BUILT_SENTENCE = re.compile(r"""__\(\s*(?:`[^`]*\$\{|(["'])(?:(?!\1).)*\1\s*\+)""")

SCRIPT_HOOKS = ("doctype_js", "doctype_list_js", "doctype_tree_js", "doctype_calendar_js")
TOP_LEVEL = re.compile(r"^(?:const|let|var|class|function|async function)\b.*", re.MULTILINE)


def unknown_methods(source):
	"""Return what looks like a server method and is no endpoint, or is put together from pieces."""
	endpoints = source.whitelisted()
	found = []
	for path in source.scripts("js", "html"):
		for match in NAME.finditer(source.text(path)):
			name = match[1]
			if name not in endpoints and not is_namespace(source, name):
				found.append(f"{path.name}: {name}")
	return found


def is_namespace(source, name):
	"""Return whether the name is one that a script provides, such as that of a bundle or a dialog."""
	if re.fullmatch(rf"{PACKAGE}\.\w+\.(bundle|js|css)", name) or name == f"{PACKAGE}.bundle":
		return True
	return any(f'provide("{name}")' in source.text(path) for path in source.scripts("js"))


def built_sentences(source):
	"""Return the translated texts that are put together from pieces."""
	paths = source.scripts("js", "html")
	return [
		f"{path.name}: {match[0]}" for path in paths for match in BUILT_SENTENCE.finditer(source.text(path))
	]


def form_scripts(source):
	"""Return the scripts that Frappe joins into one with others: of forms, lists, and the DocTypes' own."""
	named = {name for hook in SCRIPT_HOOKS for files in source.hooks.get(hook, {}).values() for name in files}
	return [
		path
		for path in source.scripts("js")
		if path.relative_to(source.root).as_posix() in named or "doctype" in path.parts
	]


def shared_names(source):
	"""Return what form scripts declare at top level: two of one form with the same name break the form."""
	return [
		f"{path.name}: {match[0]}"
		for path in form_scripts(source)
		for match in TOP_LEVEL.finditer(source.text(path))
	]


def test_form_scripts_keep_their_names_to_themselves():
	assert len(form_scripts(APP)) > 10
	assert shared_names(APP) == []


def test_methods_are_endpoints():
	assert unknown_methods(APP) == []


def test_sentences_are_whole():
	assert built_sentences(APP) == []


API = "@frappe.whitelist()\ndef start(): pass\n\ndef inner(): pass\n"


@pytest.mark.parametrize(
	"script",
	[
		'frappe.xcall("sales_order_ext.payment.api.begin")',
		'frappe.call({ method: "sales_order_ext.payment.api.inner" })',
		"frappe.call('sales_order_ext.payment.api.' + name)",
		"frappe.xcall(`sales_order_ext.payment.api.${name}`)",
		'const API = "sales_order_ext.payment.api";',
	],
)
def test_a_wrong_method_is_noticed(tmp_path, script):
	assert unknown_methods(make_source(tmp_path, payment__api_py=API, public__a_js=script))


@pytest.mark.parametrize(
	"script",
	[
		'frappe.xcall("sales_order_ext.payment.api.start")',
		'frappe.provide("sales_order_ext.payment");',
		'frappe.require("sales_order_ext.bundle.js")',
		"sales_order_ext.payment.open(frm)",
	],
)
def test_a_right_one_passes(tmp_path, script):
	assert not unknown_methods(make_source(tmp_path, payment__api_py=API, public__a_js=script))


def test_a_built_sentence_is_noticed(tmp_path):
	for script in ("__(`Order ${name}`)", '__("Order " + name)'):
		assert built_sentences(make_source(tmp_path, public__a_js=script))
	assert not built_sentences(make_source(tmp_path, public__a_js='__("Order {0}", [a]) + __("b") + "c"'))


HOOKS = 'doctype_js = {"Sales Order": ["public/a.js"]}'


@pytest.mark.parametrize(
	"script, wrong",
	[
		("const A = 1;", True),
		("async function start(frm) {\n}", True),
		("(() => {\n\tconst A = 1;\n\tfunction start() {}\n})();", False),
		('frappe.ui.form.on("Sales Order", {\n\trefresh() {},\n});', False),
	],
)
def test_a_shared_name_is_noticed(tmp_path, script, wrong):
	own = "sales_order_ext__doctype__b__b_js"
	assert bool(shared_names(make_source(tmp_path, hooks_py=HOOKS, public__a_js=script))) == wrong
	assert not shared_names(make_source(tmp_path / "c", hooks_py="", public__a_js=script))
	assert bool(shared_names(make_source(tmp_path / "d", hooks_py="", **{own: script}))) == wrong


def test_what_a_workspace_places_is_on_it():
	for path in APP.root.glob("**/workspace/*/*.json"):
		record = json.loads(path.read_text())
		cards = {link["label"] for link in record["links"] if link["type"] == "Card Break"}
		placed = [block["data"] for block in json.loads(record["content"]) if block["type"] == "card"]
		assert {data["card_name"] for data in placed} <= cards


def unreached(workspace, sidebar):
	"""Return what a workspace leads to and the sidebar of version 16 does not, as (type, name or address)."""
	links = [item for item in sidebar["items"] if item["type"] == "Link"]
	reached = {(item["link_type"], item.get("url") or item["link_to"]) for item in links}
	wanted = {(link["link_type"], link["link_to"]) for link in workspace["links"] if link["type"] == "Link"}
	for shortcut in workspace["shortcuts"]:
		kind, target = shortcut["type"], shortcut["link_to"]
		if shortcut["doc_view"] == "New":
			kind, target = "URL", f"/desk/{target.lower().replace(' ', '-')}/new"
		wanted.add((kind, target))
	return wanted - reached


def workspace_and_sidebar():
	(workspace,) = APP.root.glob("**/workspace/*/*.json")
	return json.loads(workspace.read_text()), json.loads(
		(APP.root / "workspace_sidebar" / workspace.name).read_text()
	)


def test_the_sidebar_leads_wherever_the_workspace_does():
	workspace, sidebar = workspace_and_sidebar()
	assert unreached(workspace, sidebar) == set()


@pytest.mark.parametrize("label", ["Back Order", "Lost Demand", "Settings", "Invoices from Orders"])
def test_a_missing_entry_is_noticed(label):
	workspace, sidebar = workspace_and_sidebar()
	sidebar["items"] = [item for item in sidebar["items"] if item["label"] != label]
	assert unreached(workspace, sidebar)
