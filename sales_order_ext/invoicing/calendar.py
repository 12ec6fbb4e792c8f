"""When a schedule invoices, and up to which delivery date: pure.

Invariant: the periods of a schedule have no gap and no overlap. A delivery belongs to the first invoice
date whose cut-off is on or after its posting date, so a run that was missed is caught up by the next.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sales_order_ext.decimals import ZERO, to_decimal
from sales_order_ext.violations import Violation, violation

DAILY, WEEKLY, FORTNIGHTLY = "Daily", "Weekly", "Fortnightly"
TWICE_MONTHLY, MONTHLY = "Twice Monthly", "Monthly"
FREQUENCIES = (DAILY, WEEKLY, FORTNIGHTLY, TWICE_MONTHLY, MONTHLY)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FORTNIGHT = timedelta(days=14)
# Longer than the longest wait from a delivery to its invoice date (a month's end to the end of the next but one).
HORIZON = timedelta(days=100)

# The fields of an Invoice Schedule that each frequency uses.
FIELDS: Mapping[str, tuple[str, ...]] = {
	DAILY: (),
	WEEKLY: ("weekday", "cut_off_day"),
	FORTNIGHTLY: ("weekday", "anchor_date", "cut_off_day"),
	TWICE_MONTHLY: ("day_of_month", "second_day_of_month", "cut_off_day", "second_cut_off_day"),
	MONTHLY: ("day_of_month", "cut_off_day"),
}


@dataclass(frozen=True)
class Schedule:
	"""A schedule ready to be counted with.

	`days` and `cut_offs` are weekdays (Monday is 0) for the weekly kinds and days of the month (1 to 31)
	for the monthly kinds. No cut-off: deliveries count up to the invoice date itself.
	"""

	frequency: str
	days: tuple[int, ...] = ()
	cut_offs: tuple[int, ...] = ()
	anchor: date | None = None
	minimum_amount: Decimal = ZERO
	name: str = ""


@dataclass(frozen=True, order=True)
class Period:
	"""An invoice date, and the last delivery date that it includes."""

	invoice_date: date
	cut_off: date


def periods(schedule: Schedule, from_date: date, to_date: date) -> list[Period]:
	"""Return the periods whose invoice date lies in the range (both ends included), oldest first."""
	if schedule.frequency in (TWICE_MONTHLY, MONTHLY):
		found = _monthly(schedule, from_date, to_date)
	else:
		found = _by_days(schedule, from_date, to_date)
	return [period for period in found if from_date <= period.invoice_date <= to_date]


def invoice_date_for(schedule: Schedule, delivery_date: date) -> date:
	"""Return the date on which what was delivered on `delivery_date` is invoiced."""
	start = max(delivery_date, schedule.anchor or delivery_date)
	candidates = periods(schedule, start, start + HORIZON)
	return next(period.invoice_date for period in candidates if period.cut_off >= delivery_date)


def last_period(schedule: Schedule, as_of: date) -> Period | None:
	"""Return the latest period due on `as_of`; None before a fortnightly schedule's anchor."""
	return max(periods(schedule, as_of - timedelta(days=31), as_of), default=None)


def next_period(schedule: Schedule, after: date) -> Period:
	"""Return the first period whose invoice date is later than `after`."""
	start = max(after + timedelta(days=1), schedule.anchor or date.min)
	return periods(schedule, start, start + HORIZON)[0]


def next_periods(schedule: Schedule, from_date: date, count: int) -> list[Period]:
	"""Return the next periods whose invoice date is on or after `from_date`."""
	found: list[Period] = []
	for _number in range(count):
		found.append(
			next_period(schedule, found[-1].invoice_date if found else from_date - timedelta(days=1))
		)
	return found


def schedule_of(fields: Mapping[str, Any]) -> Schedule:
	"""Return the schedule that an Invoice Schedule's fields describe (`problems` must have found none)."""
	frequency = fields["frequency"]
	used = {field: fields.get(field) for field in FIELDS[frequency]}
	weekly = frequency in (WEEKLY, FORTNIGHTLY)
	number = WEEKDAYS.index if weekly else int
	days = ("weekday",) if weekly else ("day_of_month", "second_day_of_month")
	cut_offs = ("cut_off_day", "second_cut_off_day")
	return Schedule(
		frequency=frequency,
		days=tuple(number(used[field]) for field in days if used.get(field)),
		cut_offs=tuple(number(used[field]) for field in cut_offs if used.get(field)),
		anchor=used.get("anchor_date"),
		minimum_amount=to_decimal(fields.get("minimum_amount")),
		name=fields.get("name") or "",
	)


def problems(fields: Mapping[str, Any]) -> list[Violation]:
	"""Return what keeps an Invoice Schedule's fields from describing a schedule."""
	frequency = fields.get("frequency")
	if frequency not in FREQUENCIES:
		return [violation("unknown_frequency", frequency=frequency)]
	found = _day_problems(fields, FIELDS[frequency])
	if frequency == FORTNIGHTLY:
		anchor, weekday = fields.get("anchor_date"), fields.get("weekday")
		if not anchor:
			found.append(violation("anchor_missing"))
		elif weekday in WEEKDAYS and WEEKDAYS[anchor.weekday()] != weekday:
			found.append(violation("anchor_on_other_weekday", anchor=anchor, weekday=weekday))
	if to_decimal(fields.get("minimum_amount")) < 0:
		found.append(violation("negative_minimum"))
	return found


def _day_problems(fields: Mapping[str, Any], used: tuple[str, ...]) -> list[Violation]:
	found = []
	if "weekday" in used:
		if fields.get("weekday") not in WEEKDAYS:
			found.append(violation("weekday_missing"))
		if fields.get("cut_off_day") and fields["cut_off_day"] not in WEEKDAYS:
			found.append(violation("cut_off_not_a_weekday", day=fields["cut_off_day"]))
		return found
	for field in used:
		optional = field.endswith("cut_off_day")
		if not (optional and not fields.get(field)) and not _is_day_of_month(fields.get(field)):
			found.append(violation("not_a_day_of_month", field=field, day=fields.get(field) or ""))
	if not found and "second_day_of_month" in used:
		if int(fields["day_of_month"]) == int(fields["second_day_of_month"]):
			found.append(violation("same_day_twice", day=fields["day_of_month"]))
	return found


def _is_day_of_month(value: object) -> bool:
	text = str(value or "").strip()
	return text.isascii() and text.isdigit() and 1 <= int(text) <= 31


def _by_days(schedule: Schedule, from_date: date, to_date: date) -> Iterator[Period]:
	"""Yield the periods of the kinds that count days: daily, weekly, fortnightly."""
	first, step = from_date, timedelta(days=1)
	if schedule.frequency == WEEKLY:
		first = from_date + timedelta(days=(schedule.days[0] - from_date.weekday()) % 7)
		step = timedelta(days=7)
	elif schedule.frequency == FORTNIGHTLY:
		assert schedule.anchor
		missed = max(0, -(-(from_date - schedule.anchor).days // FORTNIGHT.days))
		first, step = schedule.anchor + missed * FORTNIGHT, FORTNIGHT
	for number in range((to_date - first) // step + 1):
		day = first + number * step
		back = min(((day.weekday() - cut_off) % 7 for cut_off in schedule.cut_offs), default=0)
		yield Period(day, day - timedelta(days=back))


def _monthly(schedule: Schedule, from_date: date, to_date: date) -> Iterator[Period]:
	"""Yield the periods of the kinds that count months, of every month that the range touches."""
	for month in range(_month_number(from_date), _month_number(to_date) + 1):
		found: dict[date, date] = {}
		for day in sorted(schedule.days):
			# Two days beyond the month's end fall on the same date; the later one's cut-off holds.
			found[_on(month, day)] = _cut_off(schedule.cut_offs, month, day)
		yield from (Period(*dates) for dates in found.items())


def _cut_off(cut_offs: tuple[int, ...], month: int, day: int) -> date:
	if not cut_offs:
		return _on(month, day)
	earlier = [cut_off for cut_off in cut_offs if cut_off <= day]
	return _on(month, max(earlier)) if earlier else _on(month - 1, max(cut_offs))


def _month_number(day: date) -> int:
	return day.year * 12 + day.month - 1


def _on(month: int, day: int) -> date:
	"""Return a day of a month; days beyond its end mean its last day."""
	year, index = divmod(month, 12)
	return date(year, index + 1, min(day, monthrange(year, index + 1)[1]))
