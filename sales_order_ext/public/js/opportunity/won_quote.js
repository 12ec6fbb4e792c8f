// Opportunity: "Won…" opens the wizard on its open quotation (or lets the user choose), "Lost…" asks why.
frappe.ui.form.on("Opportunity", {
	onload(frm) {
		sales_order_ext.won_quote.connect(frm);
	},

	refresh(frm) {
		if (!sales_order_ext.on("enable_procurement", frm.doc)) return;
		const is_open = !frm.is_new() && !["Lost", "Closed", "Converted"].includes(frm.doc.status);
		if (!is_open) return;
		frm.add_custom_button(__("Won…"), () =>
			sales_order_ext.won_quote.start({ opportunity: frm.doc.name })
		);
		frm.add_custom_button(__("Lost…"), () => sales_order_ext.won_quote.lose(frm));
	},
});
