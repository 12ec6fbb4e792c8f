// The calendar of coming invoices: what is expected per day and customer.
frappe.views.calendar["Invoice Run"] = {
	field_map: { start: "start", end: "end", id: "name", title: "title", allDay: "all_day" },
	get_events_method: "sales_order_ext.invoicing.api.coming_invoices",
	get_css_class: (event) => (event.delivered_amount ? "blue" : "gray"),
	options: {
		editable: false,
		selectable: false,
		eventClick(clicked) {
			// FullCalendar hands over the event as it was given, or wrapped up with the click.
			const event = clicked.event?.extendedProps || clicked;
			const money = (amount) => format_currency(amount, event.currency);
			const links = event.orders.map((name) => sales_order_ext.link("Sales Order", name));
			frappe.msgprint({
				title: frappe.utils.escape_html(event.customer),
				message: `<p>${__("Ready: {0}", [money(event.delivered_amount)])}<br>
					${__("Promised for then: {0}", [money(event.promised_amount)])}</p>${links.join(", ")}`,
			});
		},
	},
};
