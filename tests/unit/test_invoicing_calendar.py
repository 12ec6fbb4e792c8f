"""The schedule calendar: the agreed cases, and that no day is ever lost or counted twice."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_order_ext.invoicing import calendar
from sales_order_ext.invoicing.calendar import Period, Schedule

FIELDS = {"frequency": "Monthly", "day_of_month": 31}
DAYS = st.integers(1, 31)
WEEKDAYS = st.sampled_from(calendar.WEEKDAYS)
DATES = st.dates(date(2019, 1, 1), date(2032, 12, 31))


def days(year: int, *pairs: str) -> list[Period]:
	"""Return periods from texts such as "01-31 01-25"."""
	return [Period(*(date.fromisoformat(f"{year}-{day}") for day in pair.split())) for pair in pairs]


@pytest.mark.parametrize(
	"fields, first, last, expected",
	[
		(
			{"frequency": "Monthly", "day_of_month": 31, "cut_off_day": "25"},
			date(2026, 1, 1),
			date(2026, 4, 30),
			days(2026, "01-31 01-25", "02-28 02-25", "03-31 03-25", "04-30 04-25"),
		),
		(
			{"frequency": "Monthly", "day_of_month": 5, "cut_off_day": "28"},
			date(2026, 2, 1),
			date(2026, 4, 30),
			days(2026, "02-05 01-28", "03-05 02-28", "04-05 03-28"),
		),
		(
			{"frequency": "Weekly", "weekday": "Friday", "cut_off_day": "Wednesday"},
			date(2026, 11, 1),
			date(2026, 11, 20),
			days(2026, "11-06 11-04", "11-13 11-11", "11-20 11-18"),
		),
		(
			{"frequency": "Twice Monthly", "day_of_month": 15, "second_day_of_month": 31},
			date(2026, 2, 1),
			date(2026, 3, 31),
			days(2026, "02-15 02-15", "02-28 02-28", "03-15 03-15", "03-31 03-31"),
		),
		(
			{
				"frequency": "Fortnightly",
				"weekday": "Monday",
				"anchor_date": date(2026, 11, 2),
				"cut_off_day": "Friday",
			},
			date(2026, 11, 1),
			date(2026, 11, 30),
			days(2026, "11-02 10-30", "11-16 11-13", "11-30 11-27"),
		),
		(
			{"frequency": "Daily", "cut_off_day": "left from another frequency"},
			date(2028, 2, 28),
			date(2028, 3, 1),
			days(2028, "02-28 02-28", "02-29 02-29", "03-01 03-01"),
		),
		(
			{
				"frequency": "Twice Monthly",
				"day_of_month": 20,
				"second_day_of_month": 5,
				"cut_off_day": "12",
				"second_cut_off_day": "28",
			},
			date(2026, 2, 1),
			date(2026, 3, 19),
			days(2026, "02-05 01-28", "02-20 02-12", "03-05 02-28"),
		),
		(
			{"frequency": "Twice Monthly", "day_of_month": 29, "second_day_of_month": 31},
			date(2026, 2, 1),
			date(2026, 2, 28),
			days(2026, "02-28 02-28"),
		),
	],
)
def test_agreed_cases(fields, first, last, expected):
	assert calendar.problems(fields) == []
	assert calendar.periods(calendar.schedule_of(fields), first, last) == expected


@st.composite
def schedules(draw) -> Schedule:
	frequency = draw(st.sampled_from(calendar.FREQUENCIES))
	anchor = draw(DATES)
	two_days = draw(st.lists(DAYS, min_size=2, max_size=2, unique=True))
	weekly = frequency in (calendar.WEEKLY, calendar.FORTNIGHTLY)
	cut_off = draw(st.none() | (WEEKDAYS if weekly else DAYS.map(str)))
	fields = {
		"frequency": frequency,
		"weekday": calendar.WEEKDAYS[anchor.weekday()],
		"anchor_date": anchor,
		"day_of_month": two_days[0],
		"second_day_of_month": two_days[1],
		"cut_off_day": cut_off,
		"second_cut_off_day": draw(st.none() | DAYS.map(str)),
	}
	assert calendar.problems(fields) == []
	return calendar.schedule_of(fields)


@given(schedules(), DATES, st.integers(0, 150))
def test_no_gap_and_no_overlap(schedule, first, length):
	found = calendar.periods(schedule, first, first + timedelta(days=length))
	assert found == sorted(found)
	assert len({period.invoice_date for period in found}) == len(found)
	for period in found:
		assert first <= period.invoice_date <= first + timedelta(days=length)
		assert period.cut_off <= period.invoice_date
	for earlier, later in pairwise(found):
		assert earlier.cut_off <= later.cut_off
		day = earlier.cut_off + timedelta(days=1)
		if day <= later.cut_off:
			assert calendar.invoice_date_for(schedule, day) == later.invoice_date
			assert calendar.invoice_date_for(schedule, later.cut_off) == later.invoice_date


@given(schedules(), DATES, st.integers(1, 60))
def test_a_range_may_be_split_anywhere(schedule, first, length):
	middle, last = first + timedelta(days=length), first + timedelta(days=2 * length)
	parts = calendar.periods(schedule, first, middle)
	parts += calendar.periods(schedule, middle + timedelta(days=1), last)
	assert parts == calendar.periods(schedule, first, last)


@given(schedules(), DATES, st.integers(0, 400))
def test_a_delivery_is_due_exactly_when_a_period_s_cut_off_includes_it(schedule, delivered_on, later):
	as_of = delivered_on + timedelta(days=later)
	period = calendar.last_period(schedule, as_of)
	due = bool(period) and period.cut_off >= delivered_on
	assert due == (calendar.invoice_date_for(schedule, delivered_on) <= as_of)


@given(schedules(), DATES)
def test_the_next_period_follows_the_last(schedule, day):
	following = calendar.next_period(schedule, day)
	assert following.invoice_date > day
	last = calendar.last_period(schedule, following.invoice_date - timedelta(days=1))
	assert last == calendar.last_period(schedule, day) or schedule.frequency == calendar.DAILY
	assert calendar.last_period(schedule, following.invoice_date) == following


def test_leap_day():
	schedule = calendar.schedule_of(FIELDS)
	assert calendar.invoice_date_for(schedule, date(2028, 2, 29)) == date(2028, 2, 29)
	assert calendar.invoice_date_for(schedule, date(2027, 2, 28)) == date(2027, 2, 28)


def test_before_the_anchor_nothing_is_due():
	schedule = Schedule("Fortnightly", days=(0,), anchor=date(2026, 11, 2))
	assert calendar.last_period(schedule, date(2026, 11, 1)) is None
	assert calendar.invoice_date_for(schedule, date(2020, 1, 1)) == date(2026, 11, 2)


@pytest.mark.parametrize(
	"changes, code",
	[
		({"frequency": "Yearly"}, "unknown_frequency"),
		({"day_of_month": None}, "not_a_day_of_month"),
		({"day_of_month": 32}, "not_a_day_of_month"),
		({"day_of_month": 0}, "not_a_day_of_month"),
		({"cut_off_day": "Friday"}, "not_a_day_of_month"),
		({"frequency": "Twice Monthly"}, "not_a_day_of_month"),
		({"frequency": "Twice Monthly", "second_day_of_month": 31}, "same_day_twice"),
		({"frequency": "Weekly"}, "weekday_missing"),
		({"frequency": "Weekly", "weekday": "Friday", "cut_off_day": "25"}, "cut_off_not_a_weekday"),
		({"frequency": "Fortnightly", "weekday": "Monday"}, "anchor_missing"),
		(
			{"frequency": "Fortnightly", "weekday": "Monday", "anchor_date": date(2026, 11, 3)},
			"anchor_on_other_weekday",
		),
		({"minimum_amount": -1}, "negative_minimum"),
	],
)
def test_impossible_schedules(changes, code):
	assert [found.code for found in calendar.problems(FIELDS | changes)] == [code]


@given(schedules(), st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 12))
def test_the_next_periods_are_those_of_a_range(schedule, day, count):
	found = calendar.next_periods(schedule, day, count)
	assert found == calendar.periods(schedule, day, found[-1].invoice_date)
	assert len(found) == count
