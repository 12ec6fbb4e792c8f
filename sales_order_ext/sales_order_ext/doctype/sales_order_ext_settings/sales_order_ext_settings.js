frappe.ui.form.on("Sales Order Ext Settings", {
	refresh(frm) {
		frm.add_custom_button(__("Preferences by Company, Role and User"), () =>
			frappe.set_route("List", "Sales Order Preference")
		);
	},

	after_save() {
		frappe.show_alert(__("Users see the change after they reload the desk."));
	},
});
