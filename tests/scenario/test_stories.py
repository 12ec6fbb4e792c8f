"""Every story in scenarios/ holds on the in-memory shop."""

from datetime import date
from pathlib import Path

import pytest

from sales_order_ext.scenario.__main__ import main
from sales_order_ext.scenario.play import failures, play
from sales_order_ext.scenario.shop import Shop
from sales_order_ext.scenario.story import load, parse

STORIES = sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml"))


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_story_holds(path):
	story = load(path)
	steps = play(story, Shop())
	assert failures(steps) == []
	assert len(steps) == len(story.steps)


def test_the_command_prints_the_timeline(capsys):
	assert main([str(STORIES[0].parent / "quote_to_cash.toml")]) == 0
	told = capsys.readouterr().out
	assert "Sales Order SO-0001-1: status To Deliver and Bill" in told
	assert "Sales Order SO-0001*R*" in told
	assert "all as expected" in told


def test_the_command_fails_where_something_does_not_hold(tmp_path, capsys):
	path = tmp_path / "wrong.toml"
	path.write_text(
		'title = "Wrong"\n[[items]]\ncode = "A"\n[[steps]]\ndo = "receive"\n'
		'rows = [{ item = "A", qty = 1 }]\n[steps.expect.stock]\nA = { on_hand = 2 }\n'
	)
	assert main([str(path)]) == 1
	assert "NOT AS EXPECTED" in capsys.readouterr().out
	path.write_text("title = ")
	assert main([str(path)]) == 2
	assert "not valid TOML" in capsys.readouterr().err


ORDER = {"do": "order", "as": "o", "customer": "Ann", "rows": [{"item": "A", "qty": 3, "rate": 10}]}


def story(*steps, **settings):
	items = [{"code": "A"}, {"code": "B"}]
	return parse(
		{
			"title": "t",
			"settings": settings,
			"items": items,
			"customers": [{"name": "Ann"}],
			"steps": list(steps),
		}
	)


def refusals(*steps, **settings):
	return [played.refused.split(":")[0] for played in play(story(*steps, **settings), Shop())]


def test_what_is_not_in_stock_is_not_delivered():
	assert refusals(ORDER, {"do": "deliver", "order": "o"}) == ["", "NegativeStockError"]


def test_what_is_reserved_for_another_is_not_delivered():
	steps = (
		{"do": "receive", "rows": [{"item": "A", "qty": 3}]},
		ORDER,
		{**ORDER, "as": "late"},
		{"do": "deliver", "order": "late"},
	)
	assert refusals(*steps, enable_stock_reservations=True) == ["", "", "", "NegativeStockError"]


def test_a_refused_step_leaves_nothing():
	shop = Shop()
	steps = play(story(ORDER, {"do": "deliver", "order": "o", "refused": "NegativeStockError"}), shop)
	assert failures(steps) == []
	assert steps[-1].stock == {item: {"on_hand": 0, "reserved": 0, "free": 0} for item in "AB"}
	assert [order.status for order in shop.orders] == ["To Deliver and Bill"]


def test_winning_is_refused_where_it_is_switched_off():
	quote = {**ORDER, "do": "quote", "as": "q"}
	assert refusals(quote, {"do": "win", "quote": "q"}) == ["", "QuoteWinBlockedError"]


def test_days_pass():
	days = [played.day.isoformat() for played in play(
		parse({
			"title": "t", "date": date(2026, 2, 27),
			"steps": [{"do": "advance_to"}, {"do": "advance_to", "days": 2}],
		}),
		Shop(),
	)]  # fmt: skip
	assert days == ["2026-02-28", "2026-03-02"]
