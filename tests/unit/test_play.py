"""Playing stories: expectations that hold, that do not, and refusals, on a driver made for the test."""

from datetime import date
from decimal import Decimal

import pytest

from sales_order_ext.scenario.play import Document, Refused, failures, play, shown
from sales_order_ext.scenario.story import StoryError, parse
from sales_order_ext.scenario.timeline import lines


class Ledger:
	"""A driver that only receives stock and refuses to be paid."""

	today = date(2026, 3, 2)

	def begin(self, story):
		self.received = {item.code: Decimal(0) for item in story.items}

	def receive(self, rows):
		for row in rows:
			self.received[row.item] += row.qty
		return [Document("Receipt", "R-1")]

	def pay(self, amount, order=None, invoice=None):
		raise Refused("PaymentError", "no money is taken here")

	def advance_to(self, date=None, days=None):
		return []

	def facts(self, document):
		return {"rows": dict(self.received), "total": Decimal("1234.5"), "note": ""}

	def stock(self):
		return {item: {"on_hand": qty} for item, qty in self.received.items()}


def played(*steps):
	return play(parse({"title": "t", "items": [{"code": "CHAIR"}], "steps": list(steps)}), Ledger())


RECEIVE = {"do": "receive", "as": "r", "rows": [{"item": "CHAIR", "qty": 2}]}


def test_what_holds_is_no_failure():
	expect = {
		"r": {"name": "R-1", "rows": {"CHAIR": 2}, "total": Decimal("1234.50")},
		"stock": {"CHAIR": {"on_hand": 2}},
	}
	assert failures(played({**RECEIVE, "expect": expect})) == []


def test_names_of_documents_can_be_expected_by_their_alias():
	assert failures(played({**RECEIVE, "expect": {"r": {"name": "{r}"}}})) == []
	assert failures(played({**RECEIVE, "expect": {"r": {"name": "{r}-1"}}})) == [
		"receive r: r.name is R-1, expected R-1-1"
	]


def test_what_does_not_hold_is_named():
	expect = {"r": {"rows": {"CHAIR": 3}, "note": "hello"}, "stock": {"CHAIR": {"on_hand": 5}}}
	assert failures(played({**RECEIVE, "expect": expect})) == [
		"receive r: r.rows is 2 CHAIR, expected 3 CHAIR",
		"receive r: r.note is , expected hello",
		"receive r: stock of CHAIR.on_hand is 2, expected 5",
	]


def test_an_item_that_is_not_mentioned_counts_as_none():
	assert failures(played({**RECEIVE, "expect": {"r": {"rows": {"LAMP": 0}}}})) == []


def test_an_expected_refusal():
	assert failures(played({"do": "pay", "amount": 1, "refused": "PaymentError"}, RECEIVE)) == []


def test_an_unexpected_refusal_ends_the_story():
	steps = played({"do": "pay", "as": "p", "amount": 1, "expect": {"p": {"total": 1}}}, RECEIVE)
	assert len(steps) == 1
	assert failures(steps) == ["pay p: refused with PaymentError: no money is taken here"]


def test_a_refusal_for_another_reason_is_a_failure():
	assert failures(played({"do": "pay", "amount": 1, "refused": "OtherError"}))


def test_a_missing_refusal_is_a_failure():
	assert failures(played({**RECEIVE, "refused": "StockError"})) == [
		"receive r: was to be refused with StockError, but was done"
	]


def test_an_unknown_alias_is_a_mistake_in_the_story():
	with pytest.raises(StoryError, match="nothing is called 'o'"):
		played({"do": "pay", "amount": 1, "order": "o"})
	with pytest.raises(StoryError, match="nothing is called 'x'"):
		played({**RECEIVE, "expect": {"x": {}}})


def test_the_timeline():
	receipt, payment, later = played(
		RECEIVE, {"do": "pay", "amount": 1, "refused": "PaymentError"}, {"do": "advance_to"}
	)
	assert lines(receipt) == [
		"2026-03-02  receive     Receipt R-1: total 1,234.50",
		"                            rows 2 CHAIR",
		"                        Stock: CHAIR: 2 on hand",
	]
	assert lines(payment) == ["2026-03-02  pay         refused, PaymentError: no money is taken here"]
	assert lines(later) == ["2026-03-02  advance to  nothing to do"]


def test_the_timeline_marks_what_was_not_expected():
	assert "NOT AS EXPECTED" in lines(played({**RECEIVE, "expect": {"r": {"note": "x"}}})[0])[-1]


@pytest.mark.parametrize(
	"value, text", [(Decimal("2.00"), "2"), (Decimal("2.50"), "2.5"), ({}, "nothing"), ("x", "x")]
)
def test_shown(value, text):
	assert shown(value) == text
