// Back orders: preview and release, and ordering the shortage, for the list, the form and the order.
frappe.provide("sales_order_ext.back_orders");

(() => {
	const back_orders = sales_order_ext.back_orders;

	/** The colours of their statuses. */
	back_orders.COLORS = { Open: "red", "Partly Filled": "orange", Filled: "green", Cancelled: "gray" };

	back_orders.on = (doc) => sales_order_ext.on("enable_back_orders", doc);

	/** Whether the user may release. */
	back_orders.may_release = () => frappe.model.can_write("Back Order");

	/**
	 * Show what a release would give and why not more, and let the user release it.
	 * `names` are back orders to release by hand; without them `filters` mean those that fill automatically.
	 */
	back_orders.preview = async function ({ filters = {}, names = null, done = () => {} }) {
		const dialog = sales_order_ext.dialog({
			title: names ? __("Release", null, "Back Order") : __("Preview Release"),
			size: "extra-large",
			no_focus: true,
			fields: names ? grid_field() : [...filter_fields(filters), ...grid_field()],
		});
		const show = async () => {
			const rows = await fetch_rows(asked(dialog, filters), names);
			draw(dialog, rows);
		};
		for (const field of Object.values(dialog.fields_dict)) {
			if (["Link", "Check"].includes(field.df.fieldtype)) field.df.onchange = show;
		}
		if (back_orders.may_release()) {
			dialog.set_primary_action(__("Release", null, "Back Order"), async () => {
				dialog.disable_primary_action();
				const result = await release(asked(dialog, filters), names).finally(() =>
					dialog.enable_primary_action()
				);
				dialog.hide();
				tell(result.rows);
				done();
			});
		}
		dialog.show();
		await show();
	};

	/** Request what the back orders wait for and is not on order yet. */
	back_orders.order_shortage = async function (names, done = () => {}) {
		const made = await frappe.xcall("sales_order_ext.allocation.api.order_shortage", {
			back_orders: names,
		});
		const links = made.material_requests.map((name) => sales_order_ext.link("Material Request", name));
		const skipped = made.skipped.map(
			(one) => `${frappe.utils.escape_html(one.back_order)}: ${frappe.utils.escape_html(one.message)}`
		);
		frappe.msgprint({
			title: __("Order Shortage"),
			indicator: links.length ? "green" : "orange",
			message: [links.length ? __("Requested: {0}", [links.join(", ")]) : "", ...skipped]
				.filter(Boolean)
				.join("<br>"),
		});
		done();
	};

	function filter_fields(filters) {
		return [
			{
				fieldname: "item_code",
				fieldtype: "Link",
				options: "Item",
				label: __("Item"),
				default: filters.item_code,
			},
			{ fieldtype: "Column Break" },
			{
				fieldname: "warehouse",
				fieldtype: "Link",
				options: "Warehouse",
				label: __("Warehouse"),
				default: filters.warehouse,
			},
			{ fieldtype: "Column Break" },
			{
				fieldname: "customer",
				fieldtype: "Link",
				options: "Customer",
				label: __("Customer"),
				default: filters.customer,
			},
			{ fieldtype: "Column Break" },
			{
				fieldname: "complete_orders_first",
				fieldtype: "Check",
				label: __("Complete orders first"),
			},
			{ fieldtype: "Section Break" },
		];
	}

	function grid_field() {
		return [{ fieldname: "rows", fieldtype: "HTML" }];
	}

	function asked(dialog, filters) {
		const { rows, ...values } = dialog.get_values(true) || {};
		return { ...filters, ...values };
	}

	async function fetch_rows(filters, names) {
		const result = names
			? await frappe.xcall("sales_order_ext.allocation.api.preview_manually", { back_orders: names })
			: await frappe.xcall("sales_order_ext.allocation.api.preview_release", { filters });
		return result.rows;
	}

	function release(filters, names) {
		return names
			? frappe.xcall("sales_order_ext.allocation.api.release_manually", { back_orders: names })
			: frappe.xcall("sales_order_ext.allocation.api.release", { filters });
	}

	function tell(rows) {
		const given = rows.filter((row) => row.given > 0);
		const failed = rows.filter((row) => row.reason === "failed");
		if (failed.length) {
			frappe.msgprint({
				title: __("Not everything was released"),
				indicator: "orange",
				message: failed.map((row) => frappe.utils.escape_html(`${row.sales_order}: ${row.message}`)).join("<br>"),
			});
		}
		frappe.show_alert({
			indicator: given.length ? "green" : "orange",
			message: given.length
				? __("{0} back orders got stock.", [given.length])
				: __("No back order got stock."),
		});
	}

	function draw(dialog, rows) {
		const some = rows.some((row) => row.given > 0);
		dialog.get_primary_btn().prop("disabled", !some);
		const wrapper = dialog.get_field("rows").$wrapper.empty();
		if (!rows.length) {
			wrapper.append(`<p class="text-muted">${__("Nothing waits for stock here.")}</p>`);
			return;
		}
		const head = [__("Back Order"), __("Order"), __("Customer"), __("Item"), __("Warehouse"), __("Priority"),
			__("Waits For"), __("Gets"), __("Why Not More")];
		const body = rows.map(row_html).join("");
		wrapper.append(`<div class="table-responsive" style="max-height: 60vh">
			<table class="table table-sm table-bordered small"><thead><tr>
			${head.map((label, at) => `<th class="${at > 4 && at < 8 ? "text-right" : ""}">${label}</th>`).join("")}
			</tr></thead><tbody>${body}</tbody></table></div>`);
	}

	function row_html(row) {
		const { escape: safe, link } = sales_order_ext;
		const number = (value) => frappe.format(value, { fieldtype: "Float" }, { inline: true });
		return `<tr class="${row.given > 0 ? "" : "text-muted"}">
			<td>${link("Back Order", row.back_order)}</td><td>${link("Sales Order", row.sales_order)}</td>
			<td>${safe(row.customer)}</td><td>${safe(row.item_code)}</td><td>${safe(row.warehouse)}</td>
			<td class="text-right">${row.priority}</td><td class="text-right">${number(row.open)}</td>
			<td class="text-right"><b>${number(row.given)}</b></td><td>${safe(row.message)}</td></tr>`;
	}
})();
