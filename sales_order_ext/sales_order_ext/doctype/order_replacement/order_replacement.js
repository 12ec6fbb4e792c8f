// The log of a replacement is written by confirming it, and only read here.
frappe.ui.form.on("Order Replacement", {
	refresh(frm) {
		frm.disable_form();
	},
});
