"""German is complete: a line for every sentence and name that a user reads, with all that is filled in."""

import csv

import pytest

from tests.contract.sentences import placeholders, senses, sentences
from tests.contract.source import APP, make_source

GERMAN = APP.root / "translations" / "de.csv"
# Frappe or ERPNext says these themselves, version 16 in other words than 15: a line of ours would be heard
# on their pages too. A line that holds in a sense of ours alone would not.
SAID_ALREADY = {
	"Cancelled", "Continue", "Delivery", "Done", "Download PDF", "Home", "Invoices", "Invoicing", "Lost Reason",
	"Mode of Payment", "POS", "Pick List", "Queued", "Rate", "Remarks", "Sales Order Item", "Schedule",
	"Service", "Setup", "To", "Unit", "User",
}  # fmt: skip


def lines():
	"""Return (source, German, sense) of every line; the sense is empty where it holds everywhere."""
	with GERMAN.open(newline="", encoding="utf-8") as file:
		return [(*line, "")[:3] for line in csv.reader(file)]


def translations():
	return [(source, german) for source, german, sense in lines() if not sense]


def missing():
	"""Return the sentences without a line, as the lines to fill in: a source, a comma, what stands where."""
	known = {*dict(translations()), *SAID_ALREADY}
	return [f"{text!r} ({where})" for text, where in sorted(sentences(APP).items()) if text not in known]


def test_every_sentence_has_its_german():
	found = missing()
	assert not found, f"{len(found)} lines are missing in {GERMAN.name}:\n" + "\n".join(found)


def test_no_line_is_left_over_or_there_twice():
	sources = [source for source, _german in translations()]
	wanted = sentences(APP)
	left = [source for source in sources if source not in wanted]
	assert not left, "nobody says this any more:\n" + "\n".join(left)
	assert len(set(sources)) == len(sources)
	assert not SAID_ALREADY & set(sources)


def test_a_word_in_a_certain_sense_is_said_in_it():
	found = [(source, sense) for source, _german, sense in lines() if sense]
	assert len(set(found)) == len(found)
	assert not set(found) - senses(APP)
	assert {source for source, _sense in found} <= dict(translations()).keys() | SAID_ALREADY


def test_what_is_filled_in_survives():
	wrong = [source for source, german, _sense in lines() if placeholders(source) != placeholders(german)]
	assert not wrong, "\n".join(wrong)


def test_lines_are_sorted_and_say_something():
	order = [(source, sense) for source, _german, sense in lines()]
	assert order == sorted(order)
	assert all(german.strip() for _source, german, _sense in lines())


@pytest.mark.parametrize(
	"file, text, found",
	[
		("room__api_py", '_("Too little.")', {"Too little."}),
		("room__messages_py", 'frappe._lt("Row {row}.")', {"Row {row}."}),
		("public__form_js", '__(\n\t"He said \\"no\\".", [1])', {'He said "no".'}),
		("public__form_js", "__(`Second`) + __('Third') + d(__x)", {"Second", "Third"}),
		("public__form_js", "__(name)", set()),
		("room__api_py", '_("")', set()),
	],
)
def test_the_extractor_finds_them(tmp_path, file, text, found):
	assert set(sentences(make_source(tmp_path, **{file: text}))) == found


@pytest.mark.parametrize(
	"german, wrong", [("Zeile {0}: {1}", False), ("Zeile {0}", True), ("Zeile {O}: {1}", True)]
)
def test_a_lost_placeholder_is_noticed(german, wrong):
	assert (placeholders("Row {0}: {1}") != placeholders(german)) == wrong
