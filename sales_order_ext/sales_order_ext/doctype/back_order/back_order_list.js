frappe.listview_settings["Back Order"] = {
	add_fields: ["status", "mode", "item_code", "warehouse"],

	get_indicator(doc) {
		const colors = { Open: "red", "Partly Filled": "orange", Filled: "green", Cancelled: "gray" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},

	onload(listview) {
		const refresh = () => listview.refresh();
		const checked = () => listview.get_checked_items(true);
		const api = sales_order_ext.back_orders;
		if (!api.on()) return;
		listview.page.add_inner_button(__("Preview Release"), () =>
			api.preview({ filters: asked(listview), done: refresh })
		);
		if (api.may_release()) {
			listview.page.add_actions_menu_item(
				__("Release", null, "Back Order"),
				() => api.preview({ names: checked(), done: refresh }),
				false
			);
		}
		if (frappe.model.can_create("Material Request")) {
			listview.page.add_actions_menu_item(
				__("Order Shortage"),
				() => api.order_shortage(checked(), refresh),
				false
			);
		}

		/** What of the list's filters a release understands. */
		function asked(listview) {
			const known = ["item_code", "warehouse", "customer", "sales_order", "company", "priority", "reason"];
			const filters = {};
			for (const [, field, operator, value] of listview.get_filters_for_args()) {
				if (known.includes(field) && operator === "=") filters[field] = value;
			}
			return filters;
		}
	},
};
