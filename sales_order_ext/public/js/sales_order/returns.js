// Goods that come back, on orders of a Mixed or Returns type.
(() => {
	frappe.ui.form.on("Sales Order", {
		setup(frm) {
			frm.set_query("credit_reason", "soe_returns", () => ({ filters: { enabled: 1 } }));
		},

		refresh(frm) {
			const grid = frm.fields_dict.soe_returns?.grid;
			if (!grid) return;
			const on = sales_order_ext.on("enable_order_types", frm.doc);
			const label = __("Choose Delivered Goods");
			sales_order_ext.grid_button(grid, label, on && frm.doc.docstatus === 0, () => choose(frm));
			if (!on) return;
			frm.toggle_reqd("items", frm.doc.soe_composition !== "Returns");
			// Rows come through the dialog alone, which knows what may come back. Frappe's `cannot_add_rows`
			// keeps the keyboard from adding some, but leaves the button of a table that can be edited.
			grid.df.cannot_add_rows = grid.cannot_add_rows = true;
			grid.wrapper.find(".grid-add-row, .grid-add-multiple-rows").remove();
			frm.refresh_field("soe_returns");
		},

		soe_composition(frm) {
			frm.toggle_reqd("items", frm.doc.soe_composition !== "Returns");
		},
	});

	frappe.ui.form.on("Sales Order Return", { qty: total, soe_returns_remove: total });

	function choose(frm) {
		if (!frm.doc.customer) frappe.throw(__("Choose the customer first."));
		sales_order_ext.choose_rows({
			title: __("Goods That Come Back"),
			search_label: __("Item or Delivery Note"),
			primary_label: __("Take Back"),
			keys: __("Arrow keys move, Enter ticks a row, Ctrl+Enter takes the ticked rows."),
			fields: [
				{ fieldtype: "Column Break" },
				{
					fieldname: "credit_reason",
					fieldtype: "Link",
					options: "Credit Reason",
					label: __("Credit Reason"),
					get_query: () => ({ filters: { enabled: 1 } }),
				},
			],
			load: (search) =>
				frappe.xcall("sales_order_ext.order_entry.api.returnable_rows", {
					customer: frm.doc.customer,
					company: frm.doc.company,
					currency: frm.doc.currency,
					search,
					sales_order: frm.doc.name,
				}),
			key: (row) => row.delivery_note_item,
			columns: [
				{ label: __("Item"), value: (row) => escaped(row.item_name || row.item_code) },
				{ label: __("Delivery Note"), value: (row) => escaped(row.delivery_note) },
				{ label: __("Date"), value: (row) => frappe.datetime.str_to_user(row.posting_date) },
				{
					label: __("Rate"),
					value: (row) => format_currency(row.rate, frm.doc.currency),
					right: true,
				},
				{ label: __("Can Come Back"), value: (row) => format_number(row.qty, null, Number.isInteger(row.qty) ? 0 : undefined), right: true },
				{ label: __("Quantity"), input: "qty", initial: (row) => row.qty },
			],
			choose(chosen, { credit_reason }) {
				for (const { row, values } of chosen) {
					const qty = flt(values.qty);
					frm.add_child("soe_returns", { ...row, qty, amount: -qty * row.rate, credit_reason });
				}
				total(frm);
				frm.dirty();
			},
		});
	}

	/** Shown before the order is saved; the server calculates it anew. */
	function total(frm) {
		const rows = frm.doc.soe_returns || [];
		rows.forEach((row) => (row.amount = -flt(row.qty) * flt(row.rate)));
		frm.doc.soe_returns_total = rows.reduce((sum, row) => sum + row.amount, 0);
		frm.doc.soe_total_with_returns = flt(frm.doc.total) + frm.doc.soe_returns_total;
		frm.refresh_fields(["soe_returns", "soe_returns_total", "soe_total_with_returns"]);
	}

	const escaped = (text) => frappe.utils.escape_html(text || "");
})();
