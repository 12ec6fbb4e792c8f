"""Every story in scenarios/ holds on a real site, and agrees there with the in-memory shop."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import frappe
import pytest
from frappe.utils import getdate, today

from sales_order_ext.scenario.play import failures, play
from sales_order_ext.scenario.shop import ERRORS, OTHER_ERRORS, Shop
from sales_order_ext.scenario.site import Site
from sales_order_ext.scenario.site import play as play_on_site
from sales_order_ext.scenario.story import load
from tests.site.masters import COMPANY

STORIES = sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml"))


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_story_holds_and_agrees_with_the_shop(path):
	story = load(path)
	# The same day for both: the site's, which may be another than the machine's.
	story = replace(story, date=story.date or getdate(today()))
	real, imagined = play(story, Site(COMPANY)), play(story, Shop())
	assert failures(real) == []
	for one, other in zip(real, imagined, strict=True):
		assert (one.day, bool(one.refused)) == (other.day, bool(other.refused))
		assert one.stock == other.stock
		assert [document.kind for document, _facts in one.documents] == [
			document.kind for document, _facts in other.documents
		]
		if one.step.do != "receive":
			assert [facts for _document, facts in one.documents] == [
				facts for _document, facts in other.documents
			]


def test_a_story_played_on_a_site_leaves_nothing(capsys):
	before = frappe.db.count("Sales Order"), frappe.db.count("Item")
	play_on_site(str(STORIES[0]), company=COMPANY)
	assert "Sales Order" in capsys.readouterr().out
	assert (frappe.db.count("Sales Order"), frappe.db.count("Item")) == before


def test_what_does_not_hold_is_thrown(tmp_path):
	path = tmp_path / "wrong.toml"
	path.write_text(
		'title = "Wrong"\n[[items]]\ncode = "STORY-A"\n[[steps]]\ndo = "receive"\n'
		'rows = [{ item = "STORY-A", qty = 1 }]\n[steps.expect.stock]\nSTORY-A = { on_hand = 2 }\n'
	)
	with pytest.raises(frappe.ValidationError, match="on_hand is 1, expected 2"):
		play_on_site(str(path), company=COMPANY)


def test_the_shop_names_the_errors_that_users_get():
	rooms = ("replacement", "order_type")
	messages = {}
	for room in rooms:
		messages |= import_module(f"sales_order_ext.{room}.messages").MESSAGES
	assert {code: messages[code][1].__name__ for code in ERRORS} == ERRORS
	assert all(hasattr(import_module("sales_order_ext.errors"), error) for error in OTHER_ERRORS.values())
