"""Won quote: what a pass does, what it leaves, and what of it can be undone."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.decimals import ZERO
from sales_order_ext.won_quote import facts, outcome, rules
from tests.unit.won_quote_facts import TODAY, a_win, chosen, codes, deal, quoted


def actions(win):
	return [(one.action, one.reference_name) for one in outcome.planned_actions(win)]


def test_actions_of_a_whole_win():
	quote = {"new_customer": "LEAD-1", **deal("Quotation")}
	win = a_win(quote=quote, reserves=True, notify=("ann@example.com",))
	assert actions(win) == [
		("Create Customer", None),
		("Create Sales Order", None),
		("Submit Sales Order", None),
		("Reserve Stock", None),
		("Update Quotation", "QTN-1"),
		("Update Opportunity", "OPP-1"),
		("Notify", "ann@example.com"),
	]
	stated = {one.action: one.facts for one in outcome.planned_actions(win)}
	assert stated["Create Sales Order"] == {"rows": 1, "total": 200, "currency": ""}
	assert stated["Update Quotation"]["status"] == "Ordered"
	assert stated["Update Opportunity"]["status"] == "Converted"


def test_actions_of_a_partial_win_of_goods_that_are_not_stocked():
	win = a_win([quoted(is_stocked=False)], [chosen(qty=1)], deal("Quotation"), reserves=True)
	assert actions(win) == [
		("Create Sales Order", None),
		("Submit Sales Order", None),
		("Update Quotation", "QTN-1"),
	]


def test_an_open_opportunity_becomes_quoted_by_a_partial_win():
	win = a_win(choices=[chosen(qty=1)], quote=deal("Open"))
	assert outcome.planned_actions(win)[-1].facts == {"name": "OPP-1", "status": "Quotation"}


def test_nothing_chosen_does_nothing():
	assert actions(a_win(choices=[])) == []


def test_the_first_pass_starts_at_nothing_and_the_last_ends_at_all():
	rows = [quoted("a", rate=30), quoted("b", rate=10)]
	win = a_win(rows, [chosen("a", 5)])
	assert outcome.carried_share(win) == (ZERO, Decimal("0.375"))
	rest = a_win([replace(rows[0], ordered_qty=Decimal(5)), rows[1]])
	assert outcome.carried_share(rest) == (Decimal("0.375"), 1)


def test_a_cheaper_alternative_still_carries_all():
	win = a_win([quoted("a", rate=30), quoted("b", rate=1, is_alternative=True)], [chosen("b")])
	assert outcome.carried_share(win) == (0, 1)


def test_shares_never_exceed_the_whole():
	rows = [quoted("a", rate=1), quoted("b", rate=99, is_alternative=True), quoted("c", rate=1)]
	assert outcome.carried_share(a_win(rows, [chosen("b")])) == (0, 1)


def test_quotations_without_value_carry_fixed_amounts_with_the_last_pass():
	assert outcome.carried_share(a_win([quoted(rate=0)], [chosen(qty=1)])) == (0, 0)


@pytest.mark.parametrize(
	"fields, codes",
	[
		({}, []),
		({"deliveries": ("DN-1", "DN-2")}, ["undo_delivered"]),
		({"invoices": ("SI-1",), "payments": ("PE-1",)}, ["undo_invoiced", "undo_paid"]),
		({"receipts": ("PR-1",)}, ["undo_received"]),
		({"is_replaced": True}, ["undo_replaced"]),
		({"permitted": False, "invoices": ("SI-1",)}, ["undo_not_permitted"]),
	],
)
def test_undo_blockers(fields, codes):
	found = rules.undo_blockers(facts.UndoFacts("SO-1", **fields))
	assert [one.code for one in found] == codes
	for one in found:
		assert one.facts["order"] == "SO-1"


def test_undo_names_the_documents_that_hold_the_order():
	found = rules.undo_blockers(facts.UndoFacts("SO-1", deliveries=("DN-1", "DN-2")))[0]
	assert found.facts["documents"] == "DN-1, DN-2"


@pytest.mark.parametrize(
	"before, ordered, expected",
	[
		("Replied", 0, "Replied"),
		("", 0, "Open"),
		("Partially Ordered", 0, "Open"),
		("Open", 3, "Partially Ordered"),
		("Partially Ordered", 10, "Ordered"),
	],
)
def test_the_quotation_s_status_after_undo(before, ordered, expected):
	assert outcome.quotation_status_restored(before, [quoted(ordered=ordered)]) == expected


quantities = st.decimals(min_value=0, max_value=1000, places=3)


@st.composite
def quotations(draw):
	rows = []
	for number in range(draw(st.integers(1, 6))):
		qty = draw(quantities)
		rows.append(
			quoted(
				f"r{number}",
				qty=qty,
				ordered=draw(st.decimals(min_value=0, max_value=qty, places=3)),
				rate=draw(st.decimals(min_value=0, max_value=500, places=2)),
				kind=draw(st.sampled_from([facts.PRODUCT, facts.SERVICE])),
				is_alternative=draw(st.booleans()),
				whole_number=draw(st.booleans()),
			)
		)
	return rows


@st.composite
def wins(draw):
	rows = draw(quotations())
	choices = [
		facts.Choice(row.name, draw(st.decimals(min_value=-1, max_value=1100, places=3)), draw(st.booleans()))
		for row in rows
	]
	return a_win(rows, choices, {**deal("Quotation")}, reserves=draw(st.booleans()))


@given(wins())
def test_an_unblocked_pass_never_orders_more_than_remains(win):
	if rules.blockers(win, TODAY):
		return
	before = {row.name: row for row in win.quote.rows}
	for row in outcome.order_rows(win):
		assert 0 < row.qty <= before[row.quotation_item].remaining_qty
	for row in outcome.rows_after(win):
		assert row.ordered_qty <= row.quoted_qty


@given(wins())
def test_the_planned_order_is_the_order(win):
	if rules.blockers(win, TODAY):
		return
	rows = outcome.order_rows(win)
	planned = {one.action: one.facts for one in outcome.planned_actions(win)}
	assert planned["Create Sales Order"]["rows"] == len(rows)
	assert planned["Create Sales Order"]["total"] == sum(row.amount for row in rows)
	assert planned["Update Quotation"]["status"] == outcome.quotation_status(outcome.rows_after(win))


@given(quotations())
def test_the_defaults_are_never_refused_for_their_quantity(rows):
	rows = [replace(row, whole_number=False) for row in rows]
	refused = set(codes(a_win(rows)))
	assert not refused & {"qty_not_positive", "qty_above_remaining", "row_repeated", "row_not_on_quotation"}


@given(
	st.lists(st.integers(1, 9), min_size=1, max_size=8),
	st.decimals(min_value=-500, max_value=500, places=2),
)
def test_the_parts_of_a_fixed_amount_add_up(passes, amount):
	total = sum(passes)
	ordered, carried = 0, ZERO
	for qty in passes:
		win = a_win([quoted(qty=total, ordered=ordered, rate=7)], [chosen(qty=qty)])
		assert codes(win) == []
		carried += outcome.share_of(amount, outcome.carried_share(win), 2)
		ordered += qty
	assert carried == amount
