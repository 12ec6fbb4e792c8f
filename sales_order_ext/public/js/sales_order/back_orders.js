// Sales Order form: what its rows wait for, and giving them stock.
(() => {
	frappe.ui.form.on("Sales Order", {
		refresh(frm) {
			if (frm.doc.docstatus !== 1 || !sales_order_ext.back_orders.on(frm.doc)) return;
			if (["Closed", "On Hold"].includes(frm.doc.status)) return;
			if (!frm.doc.items.some((row) => flt(row.soe_back_ordered_qty) > 0)) return;
			show_buttons(frm);
		},
	});

	function show_buttons(frm) {
		const group = __("Back Orders");
		frm.add_custom_button(
			__("Show"),
			() => frappe.set_route("List", "Back Order", { sales_order: frm.doc.name }),
			group
		);
		if (sales_order_ext.back_orders.may_release()) {
			frm.add_custom_button(__("Release", null, "Back Order"), () => release(frm), group);
		}
		if (frappe.model.can_create("Material Request")) {
			frm.add_custom_button(__("Order Shortage"), () => order_shortage(frm), group);
		}
	}

	async function release(frm) {
		const names = await open_back_orders(frm);
		sales_order_ext.back_orders.preview({ names, done: () => frm.reload_doc() });
	}

	async function order_shortage(frm) {
		const names = await open_back_orders(frm);
		sales_order_ext.back_orders.order_shortage(names, () => frm.reload_doc());
	}

	async function open_back_orders(frm) {
		const rows = await frappe.db.get_list("Back Order", {
			filters: { sales_order: frm.doc.name, status: ["in", ["Open", "Partly Filled"]] },
			limit: 500,
		});
		return rows.map((row) => row.name);
	}
})();
