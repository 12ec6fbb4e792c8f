frappe.ui.form.on("Stock Earmark", {
	before_load(frm) {
		sales_order_ext.leave_empty(frm, "customer", "customer_group");
	},
});
