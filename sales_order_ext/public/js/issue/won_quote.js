// Issue: lists the orders that came from it, and the external quotes that answered it.
frappe.ui.form.on("Issue", {
	onload(frm) {
		sales_order_ext.won_quote.connect(frm, { label: __("Sold"), items: ["Sales Order", "External Quote"] });
	},
});
