"""Which preference row decides."""

from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.precedence import PreferenceRow, most_specific

ROWS = st.lists(
	st.builds(
		PreferenceRow,
		property=st.sampled_from(["a", "b"]),
		value=st.text("01", min_size=1, max_size=1),
		company=st.sampled_from(["", "C1", "C2"]),
		role=st.sampled_from(["", "R1", "R2"]),
		user=st.sampled_from(["", "U1", "U2"]),
		created=st.sampled_from(["1", "2", "3"]),
	),
	max_size=12,
)


def test_order_of_weight():
	site, company, role, user = (
		PreferenceRow("a", "company", company="C1"),
		PreferenceRow("a", "company and role", company="C1", role="R1"),
		PreferenceRow("a", "role", role="R1"),
		PreferenceRow("a", "user", user="U1"),
	)
	assert most_specific([site], "a", "C1", "U1", ["R1"]) == site
	assert most_specific([site, role], "a", "C1", "U1", ["R1"]) == role
	assert most_specific([role, company, site], "a", "C1", "U1", ["R1"]) == company
	assert most_specific([user, company], "a", "C1", "U1", ["R1"]) == user
	assert most_specific([user], "a", "C1", "U2", ["R1"]) is None


def test_the_later_of_two_equal_rows_holds():
	first = PreferenceRow("a", "0", role="R1", created="2026-01-01")
	second = PreferenceRow("a", "1", role="R2", created="2026-01-02")
	assert most_specific([second, first], "a", None, "U1", ["R1", "R2"]) == second


@given(ROWS)
def test_a_row_of_another_user_role_or_company_never_decides(rows):
	chosen = most_specific(rows, "a", "C1", "U1", ["R1"])
	fitting = [
		row for row in rows
		if row.property == "a" and row.company in ("", "C1") and row.role in ("", "R1") and row.user in ("", "U1")
	]  # fmt: skip
	assert (chosen is None) == (not fitting)
	assert chosen is None or chosen in fitting
	if any(row.user for row in fitting):
		assert chosen.user == "U1"
	elif any(row.role for row in fitting):
		assert chosen.role == "R1"
