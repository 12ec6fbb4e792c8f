// Quotation: "Won…" opens the wizard, "Lost…" asks why.
frappe.ui.form.on("Quotation", {
	onload(frm) {
		sales_order_ext.won_quote.connect(frm);
	},

	refresh(frm) {
		if (!sales_order_ext.on("enable_procurement", frm.doc) || frm.doc.docstatus !== 1) return;
		if (!["Lost", "Ordered"].includes(frm.doc.status)) {
			frm.add_custom_button(__("Won…"), () =>
				sales_order_ext.won_quote.start({ quotation: frm.doc.name })
			);
		}
		if (!["Lost", "Ordered", "Partially Ordered"].includes(frm.doc.status)) {
			frm.add_custom_button(__("Lost…"), () => sales_order_ext.won_quote.lose(frm));
		}
	},
});
