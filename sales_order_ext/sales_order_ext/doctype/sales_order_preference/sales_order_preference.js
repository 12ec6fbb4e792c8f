frappe.ui.form.on("Sales Order Preference", {
	onload_post_render(frm) {
		// The desk fills in the user's default company; an empty scope means "any" here.
		if (frm.is_new()) frm.set_value("company", "");
	},

	refresh(frm) {
		frappe.model.with_doctype("Sales Order Ext Settings", () => {
			const fields = frappe.get_meta("Sales Order Ext Settings").fields;
			const options = frm.get_field("property").df.options;
			const names = Array.isArray(options)
				? options.map((option) => option.value)
				: options.split("\n");
			const label = (name) => fields.find((field) => field.fieldname === name)?.label || name;
			frm.set_df_property(
				"property",
				"options",
				names.map((name) => ({ value: name, label: __(label(name)) }))
			);
		});
	},
});
