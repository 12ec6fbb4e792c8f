// The order list: chosen orders that wait are activated in one go, with a result for each.
(() => {
	if (!window.sales_order_ext?.on("enable_order_types")) return;
	const settings = frappe.listview_settings["Sales Order"];
	const native = settings.onload;
	settings.onload = (list) => {
		native?.call(settings, list);
		if (!frappe.model.can_write("Sales Order")) return;
		list.page.add_action_item(__("Activate Forward Orders"), () => activate(list));
	};

	function activate(list) {
		const orders = list.get_checked_items(true);
		if (!orders.length) return;
		const dialog = sales_order_ext.ask({
			title: __("Activate Forward Orders"),
			fields: [
				{
					fieldname: "order_type",
					fieldtype: "Link",
					options: "Sales Order Type",
					label: __("They Become"),
					default: "Invoice Order",
					reqd: 1,
					get_query: () => ({ filters: { enabled: 1, processing: ["!=", "Blocked"] } }),
				},
				{ fieldname: "about", fieldtype: "HTML" },
			],
			label: __("Activate"),
			act: ({ order_type }) =>
				frappe.xcall("sales_order_ext.order_type.api.convert_forward", { orders, order_type }),
			done(result) {
				show(result);
				list.clear_checked_items();
				list.refresh();
			},
		});
		const about = __(
			"{0} orders are changed, each for itself: they get the stock that is free, in the order of their names. Orders that do not wait are left as they are.",
			[orders.length]
		);
		dialog.fields_dict.about.$wrapper.html(`<p class="text-muted">${about}</p>`);
	}

	function show({ converted, failed }) {
		const escape = frappe.utils.escape_html;
		const line = (name, color, text) =>
			`<tr><td>${sales_order_ext.link("Sales Order", name)}</td>
			<td><span class="indicator ${color}">${text}</span></td></tr>`;
		const lines = [
			...converted.map((name) => line(name, "green", __("Activated"))),
			...failed.map(({ sales_order, error }) => line(sales_order, "orange", escape(error))),
		];
		frappe.msgprint({
			title: __("{0} of {1} orders activated", [converted.length, lines.length]),
			message: `<table class="table table-bordered"><tbody>${lines.join("")}</tbody></table>`,
			wide: true,
		});
	}
})();
