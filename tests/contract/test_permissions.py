"""docs/permissions.md says for every DocType, report and page of ours what each role may do, and says it truly."""

import json

import pytest

from tests.contract.source import APP, REPO

LETTERS = {"read": "R", "write": "W", "create": "C", "delete": "D"}
TABLE = REPO / "docs" / "permissions.md"


def documented(text):
	"""Return {(kind, name): {role: cell}} of the first table; a kind stands as a row of its own in bold."""
	lines = [line[1:-1].split("|") for line in text.splitlines() if line.startswith("|")]
	roles, kind, found = lines[0][1:], "", {}
	for name, *cells in lines[2:]:
		if name.startswith("**"):
			kind = name.strip("* ")
		else:
			found[kind, name] = {role: cell for role, cell in zip(roles, cells, strict=True) if cell}
	return found


def granted():
	"""Return the same of the app's own files."""
	found = {}
	for doctype in APP.doctypes.values():
		if not doctype.get("istable"):
			found["DocTypes", doctype["name"]] = {
				one["role"]: "".join(letter for right, letter in LETTERS.items() if one.get(right))
				for one in doctype["permissions"]
			}
	for kind, folder in (("Reports", "report"), ("Pages", "workspace")):
		for path in sorted(APP.root.glob(f"*/{folder}/*/*.json")):
			record = json.loads(path.read_text())
			found[kind, record["name"]] = {one["role"]: "R" for one in record["roles"]}
	return found


def test_the_table_is_what_the_files_say():
	table = {key: cells for key, cells in documented(TABLE.read_text()).items() if key[0] != "Actions"}
	assert table == granted()


@pytest.mark.parametrize("role", ["Sales User", "Sales Manager", "Stock Manager", "Accounts Manager"])
def test_whoever_reads_an_order_s_type_reads_what_it_says(role):
	assert "R" in granted()["DocTypes", "Sales Order Type"][role]


def test_a_wrong_cell_is_noticed():
	text = TABLE.read_text()
	assert documented(text.replace("|RWCD|", "|R|", 1)) != documented(text)
