// Winning and losing, shared by the forms that offer it.
frappe.provide("sales_order_ext.won_quote");

/** Start (or resume) the pass of a quotation or an opportunity, and open the wizard on it. */
sales_order_ext.won_quote.start = async function (args) {
	const { message } = await frappe.call({
		method: "sales_order_ext.won_quote.api.start",
		args,
		freeze: true,
	});
	if (message.choices) {
		sales_order_ext.won_quote.choose(message.choices);
	} else {
		sales_order_ext.won_quote.open(message.name);
	}
};

/** Let the user say which of several open quotations was won. */
sales_order_ext.won_quote.choose = function (choices) {
	const label = ({ name, grand_total, currency }) =>
		`${sales_order_ext.escape(name)}: ${format_currency(grand_total, currency)}`;
	frappe.prompt(
		{
			fieldname: "quotation",
			fieldtype: "Select",
			label: __("Quotation"),
			options: choices.map((choice) => ({ value: choice.name, label: label(choice) })),
			default: choices[0].name,
			reqd: 1,
		},
		({ quotation }) => sales_order_ext.won_quote.start({ quotation }),
		__("Which quotation was won?"),
		__("Continue")
	);
};

/** List the passes, or what else is told, among a form's connections, once a form. */
sales_order_ext.won_quote.connect = function (frm, group = { label: __("Won"), items: ["Quote Win"] }) {
	if (frm.won_quote_connected || !sales_order_ext.on("enable_procurement", frm.doc)) return;
	frm.won_quote_connected = true;
	frm.dashboard.add_transactions(group);
	if (frm.dashboard.data_rendered) {
		// Where several apps have an onload, Frappe draws the connections before the last of them ran.
		frm.dashboard.transactions_area.empty();
		frm.dashboard.data_rendered = false;
		frm.dashboard.render_links();
	}
};
