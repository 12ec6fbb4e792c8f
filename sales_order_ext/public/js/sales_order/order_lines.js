// Custom and text lines below the items, and the defaults of a new order.
frappe.provide("sales_order_ext");

/** A button below a table, or none: the form outlives the document, so every refresh decides anew. */
sales_order_ext.grid_button = function (grid, label, shown, action) {
	if (shown || grid.custom_buttons[label]) {
		grid.add_custom_button(label, action).toggleClass("hidden", !shown);
	}
};

(() => {
	const DEFAULTS = {
		delivery_date: __("Today, where you give no date."),
		set_warehouse: __("Your own default warehouse; items with a warehouse of their own keep it."),
		sales_team: __("You, if you are a sales person and the customer has no sales team."),
		customer_address: __("The customer's address for invoices."),
		shipping_address_name: __("The customer's address for deliveries, else the one for invoices."),
	};

	frappe.ui.form.on("Sales Order", {
		refresh(frm) {
			const on = sales_order_ext.any_switch(frm.doc);
			show_line_buttons(frm, on && frm.doc.docstatus === 0);
			if (!on) return;
			if (sales_order_ext.preference("order_entry_defaults", frm.doc)) explain_defaults(frm);
		},

		onload: (frm) => fill_in(frm),
		company: (frm) => fill_in(frm),
		customer: (frm) => fill_in(frm),
	});

	function show_line_buttons(frm, shown) {
		const { grid } = frm.fields_dict.items;
		sales_order_ext.grid_button(grid, __("Custom Line"), shown, () => ask_custom(frm));
		sales_order_ext.grid_button(grid, __("Text Line"), shown, () => ask_text(frm));
	}

	function ask_text(frm) {
		const text = { fieldname: "text", fieldtype: "Small Text", label: __("Text"), reqd: 1 };
		sales_order_ext.ask({
			title: __("Heading or Note"),
			fields: [text],
			label: __("Add"),
			act: ({ text }) => add_row(frm, "Text", { description: text, qty: 0, rate: 0 }),
		});
	}

	function ask_custom(frm) {
		sales_order_ext.ask({
			title: __("Custom Line"),
			fields: [
				{ fieldname: "description", fieldtype: "Small Text", label: __("Description"), reqd: 1 },
				{ fieldname: "qty", fieldtype: "Float", label: __("Quantity"), reqd: 1, default: 1 },
				{
					fieldname: "rate",
					fieldtype: "Currency",
					label: __("Rate"),
					options: frm.doc.currency,
					reqd: 1,
				},
			],
			label: __("Add"),
			act: (values) => add_row(frm, "Custom", values),
		});
	}

	/** A description is HTML, what is typed here are words. ERPNext shows the names of rows as HTML. */
	function as_words(text) {
		return {
			description: sales_order_ext.escape(text).replace(/\n/g, "<br>"),
			item_name: text.split("\n")[0].slice(0, 140).replace(/<(?=[a-z/!?])/gi, "‹"),
		};
	}

	/** The server gives the row its item; the desk must not look the price of one up. */
	function add_row(frm, kind, { description, ...values }) {
		const empty = (frm.doc.items || []).find((row) => !row.item_code && !row.soe_line_type);
		const row = empty || frappe.model.add_child(frm.doc, "Sales Order Item", "items");
		const item_code = kind === "Text" ? "soe-text" : "soe-custom";
		Object.assign(row, {
			soe_line_type: kind,
			item_code,
			...as_words(description),
			uom: row.uom || "Nos",
			conversion_factor: 1,
			price_list_rate: 0,
			delivery_date: frm.doc.delivery_date,
			...values,
		});
		frm.dirty();
		frm.refresh_field("items");
		frm.cscript.calculate_taxes_and_totals();
	}

	/** Show the defaults at once, so that they can be changed or emptied before the order is stored. */
	async function fill_in(frm) {
		const on = sales_order_ext.preference("order_entry_defaults", frm.doc);
		if (!frm.is_new() || !frm.doc.company || frm.doc.amended_from || !on) return;
		if (!sales_order_ext.any_switch(frm.doc) || frm.doc.items?.some((row) => row.item_code)) return;
		const found = await frappe.xcall("sales_order_ext.order_entry.api.order_defaults", {
			company: frm.doc.company,
			customer: frm.doc.customer,
		});
		if (!frm.is_new()) return;
		for (const [field, value] of Object.entries(found)) {
			if (field === "sales_team") add_sales_person(frm, value);
			else if (!frm.doc[field]) await frm.set_value(field, value);
		}
		if (frm.doc.customer) frm.doc.soe_defaults_shown = 1;
	}

	function add_sales_person(frm, people) {
		if (frm.doc.sales_team?.length) return;
		people.forEach((one) => frm.add_child("sales_team", one));
		frm.refresh_field("sales_team");
	}

	function explain_defaults(frm) {
		for (const [field, said] of Object.entries(DEFAULTS)) {
			const wrapper = frm.fields_dict[field]?.$wrapper;
			wrapper?.find(".control-label, .grid-heading-row").first().attr("title", said);
		}
	}
})();
