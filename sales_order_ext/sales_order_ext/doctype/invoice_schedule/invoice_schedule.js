// Invoice Schedule: shows its next dates as soon as they can be counted.
(() => {
	const DAYS = ["frequency", "weekday", "anchor_date", "day_of_month", "second_day_of_month", "cut_off_day",
		"second_cut_off_day"]; // prettier-ignore

	frappe.ui.form.on("Invoice Schedule", {
		refresh: show_dates,
		...Object.fromEntries(DAYS.map((field) => [field, show_dates])),
	});

	async function show_dates(frm) {
		const place = frm.get_field("next_dates").$wrapper;
		const fields = Object.fromEntries(DAYS.map((field) => [field, frm.doc[field]]));
		const dates = await frappe.xcall("sales_order_ext.invoicing.api.next_dates", { fields });
		const day = (value) =>
			`${moment(value).format("ddd")} ${frappe.utils.escape_html(frappe.datetime.str_to_user(value))}`;
		const rows = dates.map(
			(one) => `<tr><td>${day(one.invoice_date)}</td><td>${day(one.cut_off)}</td></tr>`
		);
		const table = `<table class="table table-bordered table-condensed">
			<thead><tr><th>${__("Invoice Date")}</th><th>${__("Deliveries up to")}</th></tr></thead>
			<tbody>${rows.join("")}</tbody></table>`;
		place.html(rows.length ? table : `<p class="text-muted">${__("Enter the days to see the next dates.")}</p>`);
	}
})();
