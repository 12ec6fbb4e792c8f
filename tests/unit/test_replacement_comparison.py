"""Old and new of a replacement: what changed, and whose share it is where several orders replace one."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.replacement import comparison, rules
from sales_order_ext.replacement.facts import Row
from tests.unit.test_replacement_rules import D, codes, draft_of, order, row


def test_a_custom_line_is_called_by_its_name():
	custom = row(item="soe-custom", item_name="Cut to size", delivered=D(1))
	(found,) = rules.draft_violations(order(custom), draft_of(order(custom)))
	assert (found.facts["item"], row(item_name="A pen").label) == ("Cut to size", "PEN")
	renamed = replace(custom, name="n1", replaced_row="r1", item_name="Cut and sanded")
	(change,) = comparison.difference(order(custom), draft_of(order(custom), renamed))
	assert change.kind == "Changed"


def test_the_difference_row_by_row():
	original = order(row(), row("r2", "INK"), row("r3", "CAP"))
	draft = draft_of(
		original, row("n1", replaced_row="r1"), row("n3", "CAP", 5, replaced_row="r3"), row("n4", "INK", 1)
	)
	changes = [(one.kind, one.item_code, one.amount) for one in comparison.difference(original, draft)]
	assert changes == [
		("Same", "PEN", 0),
		("Removed", "INK", -4),
		("Changed", "CAP", 6),
		("Added", "INK", 2),
	]


def test_parts_are_judged_together():
	original = order(row(delivered=D(1)), row("r2", "INK"), total=D(8))
	first, second = (draft_of(original, row(f"n{n}", item, replaced_row=f"r{n}"), total=D(4))
		for n, item in ((1, "PEN"), (2, "INK")))  # fmt: skip
	assert codes(rules.draft_violations(original, second)) == ["row_removed"]
	assert rules.draft_violations(original, second, [first]) == []
	assert codes(rules.draft_violations(original, first, [first])) == ["duplicate_row"]
	assert comparison.together(first, [second]).total == 8
	assert comparison.together(first, []) is first
	assert codes(rules.warnings(replace(original, paid=D(9)), first, [second])) == ["over_advance"]
	assert rules.warnings(replace(original, paid=D(8)), first, [second]) == []


@given(st.lists(st.integers(0, 9999), min_size=2, max_size=6), st.integers(0, 99999))
def test_shares_of_parts_add_up_to_the_original(amounts, total):
	rows = [Row(f"r{n}", "PEN", D(1), amount=D(amount) / 100) for n, amount in enumerate(amounts)]
	original = order(*rows, total=D(total) / 100, paid=D(5))
	parts = [draft_of(original, Row("n", "PEN", D(1), replaced_row=one.name)) for one in rows]
	shares = [
		comparison.share_of(original, part, [one for one in parts if one is not part], part is parts[0], 2)
		for part in parts
	]
	assert sum(share.total for share in shares) == original.total
	assert [row.name for share in shares for row in share.rows] == [row.name for row in rows]
	assert [share.paid for share in shares] == [5] + [0] * (len(rows) - 1)
	assert comparison.share_of(original, parts[0], [], True, 2) is original
