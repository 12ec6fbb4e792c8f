"""Story files: what is read, and what is refused with a place and a reason."""

from datetime import date
from decimal import Decimal

import pytest

from sales_order_ext.scenario.story import Return, Row, StoryError, load, parse

STORY = {
	"title": "One chair",
	"items": [{"code": "CHAIR"}, {"code": "HOUR", "stock": False}],
	"customers": [{"name": "Ann"}],
	"steps": [
		{"do": "quote", "as": "q", "customer": "Ann", "rows": [{"item": "CHAIR", "qty": 2, "rate": 10}]},
		{"do": "advance_to", "days": 3, "expect": {"q": {"total": 20}}},
	],
}


def with_step(**step):
	return {**STORY, "steps": [step]}


def test_a_story_is_read():
	story = parse({**STORY, "date": date(2026, 3, 2), "tax_rate": 10})
	assert story.date == date(2026, 3, 2)
	assert story.tax_rate == 10
	assert [item.stock for item in story.items] == [True, False]
	assert story.steps[0].arguments["rows"] == (Row("CHAIR", Decimal(2), Decimal(10)),)
	assert story.steps[0].aliases == ("q",)
	assert story.steps[1].expect == {"q": {"total": 20}}


def test_a_step_that_makes_several_documents_names_them():
	story = parse(with_step(**{"do": "replace", "as": ["a", "b"], "order": "o", "split": [["CHAIR"]]}))
	assert story.steps[0].aliases == ("a", "b")


def test_rows_may_be_words():
	rows = [{"text": "Upstairs"}, {"custom": "Engraving", "qty": 2, "rate": 15}]
	story = parse(with_step(do="order", customer="Ann", rows=rows))
	assert story.steps[0].arguments["rows"] == (
		Row("soe-text", Decimal(0), words="Upstairs"),
		Row("soe-custom", Decimal(2), Decimal(15), "Engraving"),
	)


def test_what_comes_back_names_its_delivery_and_reason():
	step = {"do": "order", "customer": "Ann", "rows": [], "delivery": "d"}
	story = parse(with_step(**step, returns=[{"item": "CHAIR", "qty": 1, "reason": "Goodwill"}]))
	assert story.steps[0].arguments["returns"] == (Return("CHAIR", Decimal(1), "Goodwill"),)


RETURNS = {"do": "order", "customer": "Ann", "rows": [], "returns": [{"item": "CHAIR", "qty": 1}]}


@pytest.mark.parametrize(
	"step, complaint",
	[
		({**RETURNS}, "delivery missing"),
		({**RETURNS, "delivery": "d"}, "a return: reason missing"),
		({"do": "receive", "rows": [{"text": "Upstairs", "rate": 3}]}, "unknown rate"),
		({"do": "receive", "rows": [{"item": "CHAIR", "words": "no"}]}, "unknown words"),
	],
)
def test_mistakes_in_such_rows_are_named(step, complaint):
	with pytest.raises(StoryError, match=complaint):
		parse(with_step(**step))


def test_without_a_date_it_plays_today():
	assert parse(STORY).date is None


@pytest.mark.parametrize(
	"data, complaint",
	[
		({"steps": []}, "the story: title missing"),
		({**STORY, "ending": "happy"}, "the story: unknown ending"),
		({**STORY, "items": [{"name": "CHAIR"}]}, "an item: unknown name"),
		({**STORY, "customers": [{}]}, "a customer: name missing"),
		(with_step(do="sing"), "step 1: unknown step 'sing'"),
		(with_step(do="quote", customer="Ann"), r"step 1 \(quote\): rows missing"),
		(with_step(do="deliver", order="o", to="Ann"), r"step 1 \(deliver\): unknown to"),
		(with_step(do="receive", rows=[{"qty": 1}]), r"step 1 \(receive\), a row: item missing"),
		(with_step(do="receive", rows=[{"item": "SOFA", "qty": 1}]), r"step 1 \(receive\): unknown SOFA"),
		(with_step(do="replace", order="o", split=[["SOFA"]]), r"step 1 \(replace\): unknown SOFA"),
		(with_step(do="replace", order="o", split=["CHAIR"]), r"step 1 \(replace\): split is a list"),
		(with_step(do="quote", customer="Bob", rows=[]), r"step 1 \(quote\): unknown Bob"),
	],
)
def test_mistakes_are_named_with_their_place(data, complaint):
	with pytest.raises(StoryError, match=complaint):
		parse(data)


def test_files_that_cannot_be_read(tmp_path):
	with pytest.raises(StoryError, match="cannot be read"):
		load(tmp_path / "missing.toml")
	(tmp_path / "broken.toml").write_text("title = ")
	with pytest.raises(StoryError, match="not valid TOML"):
		load(tmp_path / "broken.toml")
	(tmp_path / "empty.toml").write_text('title = "Nothing"')
	with pytest.raises(StoryError, match=r"empty\.toml: the story: steps missing"):
		load(tmp_path / "empty.toml")
