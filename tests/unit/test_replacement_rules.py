"""Cancel and replace, the rules: every refusal, every name, and nothing lost on the way."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.replacement import chains, rules
from sales_order_ext.replacement.rules import Order, Row

D = Decimal


def row(name="r1", item="PEN", qty=2, **facts):
	return Row(name, item, D(qty), idx=1, uom="Nos", rate=D(2), amount=D(qty) * 2, **facts)


def order(*rows, **facts):
	return Order("SO-7", company="HT", customer="Arbor", currency="USD", rows=rows, **facts)


def draft_of(original, *rows, **facts):
	return replace(original, name="SO-7-1", replaces="SO-7", rows=rows, **facts)


def codes(violations):
	return [one.code for one in violations]


@pytest.mark.parametrize(
	"facts, code",
	[
		({"role": "Inverse", "is_cancelled": True}, "inverse"),
		({"is_cancelled": True, "replaced_by": "SO-7-1"}, "already_replaced"),
		({"is_cancelled": True, "cancelled_replacement": "SO-7-1"}, "replacement_cancelled"),
		({"docstatus": 0}, "not_booked"),
		({"docstatus": 2}, "not_booked"),
		({"status": "Closed"}, "not_open"),
		({"status": "On Hold"}, "not_open"),
		({"subcontracted": True}, "subcontracted"),
	],
)
def test_who_may_not_be_replaced(facts, code):
	assert codes(rules.start_violations(order(**facts))) == [code]


@pytest.mark.parametrize("status", ["To Deliver and Bill", "To Pay", "To Bill", "Completed"])
def test_who_may_be_replaced(status):
	assert rules.start_violations(order(status=status)) == []


@pytest.mark.parametrize(
	"roles, role, native, allowed",
	[
		({"Clerk"}, "Clerk", {}, True),
		({"Sales User"}, "Clerk", {"cancel": True, "create": True, "submit": True}, False),
		(set(), None, {"cancel": True, "create": True, "submit": True}, True),
		(set(), None, {"cancel": False, "create": True, "submit": True}, False),
		(set(), None, {"cancel": True, "create": True}, False),
	],
)
def test_whose_right_it_is(roles, role, native, allowed):
	assert rules.may_replace(roles, role, native) is allowed


def test_names_hang_on_the_root_and_numbers_count_up():
	assert rules.replacement_name("SO-2026-0007", 1) == "SO-2026-0007-1"
	assert rules.inverse_name("SO-7-1") == "SO-7-1*R*"
	assert rules.root_of(order()) == "SO-7"
	assert rules.root_of(order(root="SO-1")) == "SO-1"
	assert rules.next_number([], "SO-7") == 1
	assert rules.next_number([1, 3], "SO-7") == 4
	assert rules.next_number([1], "SO-7", {"SO-7-2", "SO-7-3"}) == 4


@given(st.lists(st.integers(0, 50)), st.sets(st.integers(1, 60)))
def test_a_new_name_is_always_free(numbers, others):
	taken = {f"SO-7-{number}" for number in {*numbers, *others}}
	number = rules.next_number(numbers, "SO-7", taken)
	assert f"SO-7-{number}" not in taken and number not in numbers


def test_the_customers_number_is_released_within_the_field():
	assert rules.released_number(None, "SO-7-1") is None
	assert rules.released_number("PO-1", "SO-7-1") == "PO-1 > SO-7-1"
	assert len(rules.released_number("P" * 140, "SO-7-1")) == 140


@pytest.mark.parametrize(
	"facts, code",
	[
		({"is_cancelled": True, "replaced_by": "SO-7-2"}, "already_replaced"),
		({"is_cancelled": True, "cancelled_replacement": "SO-7-2"}, "replacement_cancelled"),
		({"status": "Closed"}, "original_not_open"),
		({"docstatus": 2}, "original_not_open"),
	],
)
def test_the_original_must_still_be_open(facts, code):
	original = order(row())
	assert codes(rules.original_violations(replace(original, **facts), draft_of(original))) == [code]


@pytest.mark.parametrize(
	"change",
	[{"qty": D(3)}, {"rate": D(3)}, {"item_code": "INK"}, {"uom": "Box"}, {"conversion_factor": D(10)}],
)
def test_the_original_must_be_what_was_copied(change):
	original = order(row())
	draft = draft_of(original, replaced_state=rules.state_of(original))
	assert rules.original_violations(original, draft) == []
	changed = replace(original, rows=(replace(original.rows[0], **change),))
	assert codes(rules.original_violations(changed, draft)) == ["original_changed"]


def test_progress_and_row_order_do_not_count_as_change():
	first, second = row(), row("r2", "INK")
	moved = order(second, replace(first, delivered=D(1), billed=D(2)))
	assert rules.state_of(order(first, second)) == rules.state_of(moved)


@pytest.mark.parametrize("field", ["customer", "currency", "project"])
@pytest.mark.parametrize(
	"used",
	[
		{"rows": (row(delivered=D(1)),)},
		{"rows": (row(documents=("DN-1",)),)},
		{"rows": (row(),), "paid": D(1)},
	],
)
def test_header_stays_once_anything_is_linked(field, used):
	original = replace(order(), **used)
	draft = replace(draft_of(original, row("n1", replaced_row="r1")), **{field: "Other"})
	assert codes(rules.draft_violations(original, draft)) == ["header_changed"]
	free = order(row())
	assert rules.draft_violations(free, replace(draft, company=free.company)) == []


def test_company_stays_always():
	draft = draft_of(order(row()), row("n1", replaced_row="r1"), company="Other")
	assert codes(rules.draft_violations(order(row()), draft)) == ["header_changed"]


def test_rows_may_only_replace_rows_of_the_original_once():
	original = order(row())
	foreign = draft_of(original, row("n1", replaced_row="r1"), row("n2", replaced_row="x9"))
	assert codes(rules.draft_violations(original, foreign)) == ["foreign_row"]
	twice = draft_of(original, row("n1", replaced_row="r1"), row("n2", replaced_row="r1"))
	assert codes(rules.draft_violations(original, twice)) == ["duplicate_row"]


@pytest.mark.parametrize("kind", ["delivered", "billed", "ordered", "work_order", "picked", "planned"])
def test_a_row_with_progress_stays(kind):
	original = order(row(**{kind: D(1)}))
	code = "row_billed" if kind == "billed" else "row_removed"
	assert codes(rules.draft_violations(original, draft_of(original))) == [code]
	zero = draft_of(original, row("n1", qty=0, replaced_row="r1"))
	assert codes(rules.draft_violations(original, zero)) == [code]


def test_what_was_delivered_of_a_removed_row_is_told_as_a_quantity():
	original = order(row(delivered=D(1), billed=D(37)))
	(found,) = rules.draft_violations(original, draft_of(original))
	assert (found.code, found.facts["qty"]) == ("row_removed", "1")


def test_a_row_in_a_draft_document_stays_and_a_free_one_may_go():
	original = order(row(documents=("DN-1", "DN-2")))
	(found,) = rules.draft_violations(original, draft_of(original))
	assert found.code == "row_linked" and found.facts["documents"] == "DN-1, DN-2"
	assert rules.draft_violations(order(row()), draft_of(order(row()), row("n1", "INK"))) == []


@given(st.decimals(0, 20, places=2), st.decimals(0, 20, places=2))
def test_never_below_delivered(delivered, qty):
	original = order(row(qty=20, delivered=delivered))
	new = draft_of(original, row("n1", qty=qty, replaced_row="r1"))
	found = codes(rules.draft_violations(original, new))
	if not qty:
		assert found == (["row_removed"] if delivered else [])
	else:
		assert found == (["below_delivered"] if qty < delivered else [])


@pytest.mark.parametrize("change", [{"item_code": "INK"}, {"uom": "Box"}, {"conversion_factor": D(12)}])
def test_goods_in_use_stay_what_they_are(change):
	new = replace(row("n1", replaced_row="r1"), **change)
	used = order(row(delivered=D(1)))
	assert codes(rules.draft_violations(used, draft_of(used, new))) == ["goods_changed"]
	assert rules.draft_violations(order(row()), draft_of(order(row()), new)) == []


def test_never_below_billed():
	original = order(row(billed=D(4)), row("r2"))
	less = replace(row("n1", replaced_row="r1"), amount=D("3.99"))
	assert codes(rules.billed_violations(original, draft_of(original, less))) == ["below_billed"]
	same = replace(less, amount=D(4))
	assert rules.billed_violations(original, draft_of(original, same, row("n2"))) == []


def test_what_is_allowed_but_should_be_known():
	original = order(row(qty=9, ordered=D(9), work_order=D(9), picked=D(9)), row("r2"), paid=D(10))
	draft = draft_of(original, row("n1", qty=4, replaced_row="r1"), total=D(8))
	found = codes(rules.warnings(original, draft))
	assert found == ["below_ordered", "below_work_order", "below_picked", "over_advance"]
	enough = draft_of(original, row("n1", qty=9, replaced_row="r1"), total=D(10))
	assert rules.warnings(original, enough) == []


def test_an_advance_above_the_first_of_several_parts_should_be_known():
	original = order(row(), row("r2", "INK"), advance=D(5), total=D(8))
	first, second = (draft_of(original, row(f"n{n}", replaced_row=f"r{n}"), total=D(4)) for n in (1, 2))
	assert codes(rules.first_part_warnings(original, first, [second])) == ["advance_on_first"]
	assert rules.first_part_warnings(original, first) == []
	assert rules.first_part_warnings(original, replace(first, total=D(5)), [second]) == []


def test_a_replaced_order_is_guarded():
	assert codes(rules.replaced_violations(order(is_cancelled=True, replaced_by="SO-7-1"))) == ["replaced"]
	assert rules.replaced_violations(order()) == []


def test_the_other_company_is_to_be_told_of_changes():
	original = order(row(), inter_company=True)
	same, other = (draft_of(original, row("n1", qty=qty, replaced_row="r1")) for qty in (2, 3))
	assert rules.warnings(original, same) == []
	assert codes(rules.warnings(original, other)) == ["inter_company_differs"]


def test_no_more_than_the_quotation_has_left():
	rows = [row("n1", qty=3), row("n2", qty=3), row("n3", qty=9)]
	found = rules.quotation_excess(rows, {"n1": D(2), "n2": D(3)})
	assert [(one.code, one.facts["left"]) for one in found] == [("above_quotation", "2")]


def test_what_nobody_told_us_to_move_is_named():
	assert rules.left_behind("SO-7", []) == []
	assert rules.left_behind("SO-7", ["Visit", "Loan"])[0].facts["documents"] == "Visit, Loan"


def member(name, no=0, replaced="", canceled=""):
	facts = {"soe_replacement_no": no, "soe_replaced_order": replaced, "soe_canceled_order": canceled}
	return {"name": name, **facts}


def test_chains_as_a_tree():
	rows = chains.tree(
		[
			member("SO-1"), member("SO-1-2", 2, "SO-1"), member("SO-1-1", 1, "SO-1"),
			member("SO-1*R*", canceled="SO-1"), member("SO-1-3", 3, "SO-1-1"), member("SO-9-1", 1, "SO-9"),
		]
	)  # fmt: skip
	assert [(row["sales_order"], row["indent"], row["parent_order"]) for row in rows] == [
		("SO-1", 0, ""),
		("SO-1*R*", 1, "SO-1"),
		("SO-1-1", 1, "SO-1"),
		("SO-1-3", 2, "SO-1-1"),
		("SO-1-2", 1, "SO-1"),
		("SO-9-1", 0, ""),
	]
