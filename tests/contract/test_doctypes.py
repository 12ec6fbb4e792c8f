"""DocTypes: JSON, controller and folder agree, and somebody is allowed in."""

import ast

import pytest

from tests.contract.source import APP, MODULE


def scrub(name):
	return name.lower().replace(" ", "_").replace("-", "_")


def problems(doctype, stem, controller):
	"""Return what is wrong with a DocType's JSON, its file name and its controller's tree."""
	name = doctype["name"]
	fieldnames = [field.get("fieldname") for field in doctype["fields"]]
	classes = {node.name: node for node in controller.body if isinstance(node, ast.ClassDef)}
	found = []
	if doctype["module"] != MODULE:
		found.append(f"module is not {MODULE}")
	if stem != scrub(name):
		found.append("the files are not named after it")
	if doctype["field_order"] != fieldnames or len(set(fieldnames)) != len(fieldnames):
		found.append("field_order is not the order of the fields, or a field is there twice")
	if bool(doctype.get("istable")) == bool(doctype["permissions"]):
		found.append("needs permissions, a child table none")
	if not any(
		one.get("role") == "System Manager" for one in doctype["permissions"] or [{"role": "System Manager"}]
	):
		found.append("System Manager is not let in")
	if doctype.get("custom") or doctype.get("beta"):
		found.append("marked custom or beta")
	if name.replace(" ", "") not in classes:
		found.append("its controller has no class of its name")
	return found


@pytest.mark.parametrize("path", APP.doctypes, ids=lambda path: path.stem)
def test_doctype(path):
	controller = APP.tree(path.with_suffix(".py"))
	assert problems(APP.doctypes[path], path.stem, controller) == []
	assert path.parent.name == path.stem
	assert (path.parent / "__init__.py").exists()


def test_there_is_something_to_look_at():
	assert len(APP.doctypes) >= 3


GOOD = {
	"name": "Sales Thing", "module": MODULE, "field_order": ["a"], "fields": [{"fieldname": "a"}],
	"permissions": [{"role": "System Manager", "read": 1}],
}  # fmt: skip


@pytest.mark.parametrize(
	"change",
	[
		{"module": "Selling"},
		{"name": "Sales Thought"},
		{"field_order": []},
		{"field_order": ["a", "a"], "fields": [{"fieldname": "a"}, {"fieldname": "a"}]},
		{"permissions": []},
		{"permissions": [{"role": "Sales User"}]},
		{"istable": 1},
		{"custom": 1},
	],
)
def test_the_rules_notice(change):
	controller = ast.parse("class SalesThing(Document): pass")
	assert problems(GOOD, "sales_thing", controller) == []
	assert problems(GOOD | change, "sales_thing", controller)
	assert problems(GOOD, "sales_thing", ast.parse("class Other: pass"))
