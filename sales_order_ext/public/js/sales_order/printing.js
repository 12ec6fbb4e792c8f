// Sales Order form: saving or submitting opens the print, where the settings or the order's type say so.
(() => {
	frappe.ui.form.on("Sales Order", {
		after_save(frm) {
			open_print(frm);
		},
		on_submit(frm) {
			open_print(frm);
		},
	});

	async function open_print(frm) {
		if (!sales_order_ext.any_switch(frm.doc) || frm.soe_prints) return;
		frm.soe_prints = true;
		try {
			const said = await frappe.xcall("sales_order_ext.order_type.api.printing", {
				sales_order: frm.doc.name,
			});
			if (said.print) await print(frm, said.print_format);
		} finally {
			frm.soe_prints = false;
		}
	}

	/** Open ERPNext's print view in the format, and mark the order as printed if it may be. */
	async function print(frm, print_format) {
		const { printed } = await frappe.xcall("sales_order_ext.order_type.api.mark_printed", {
			sales_order: frm.doc.name,
		});
		frm.doc.soe_printed = cint(printed);
		const { default_print_format, ...meta } = frm.meta;
		// The print view takes its format from the form's DocType, and keeps the last one used.
		const view = { doctype: frm.doctype, docname: frm.docname, doc: frm.doc };
		const page = frappe.pages["print"];
		if (page) $(page).find("input[data-fieldname=print_format]").val("");
		frappe.route_options = { frm: { ...view, meta: { ...meta, default_print_format: print_format } } };
		frappe.set_route("print", frm.doctype, frm.docname);
	}
})();
