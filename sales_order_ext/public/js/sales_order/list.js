// The order list: life cycle as the indicator, payment beside it. Switched off, the list is ERPNext's own.
(() => {
	const settings = frappe.listview_settings["Sales Order"];
	const is_on = (property) => Boolean(window.sales_order_ext?.on(property));
	const colors = {
		soe_lifecycle_status: {
			Draft: "gray",
			Open: "blue",
			Due: "orange",
			Overdue: "red",
			"Partially Invoiced": "yellow",
			Invoiced: "green",
			Closed: "gray",
			Cancelled: "red",
			Replaced: "gray",
		},
		soe_payment_status: {
			"Not Paid": "red",
			"Partly Paid": "orange",
			"Fully Paid": "green",
			Overpaid: "purple",
		},
	};
	const titles = { soe_per_paid: __("Progress") };
	const indicator = (field, value) => [__(value), colors[field][value] || "gray", `${field},=,${value}`];

	/** Put columns beside the life cycle, unless the user has chosen the list's columns. */
	function place(list, ...fieldnames) {
		if (list.list_view_settings?.fields) return;
		for (const fieldname of fieldnames.reverse()) {
			const df = frappe.meta.get_docfield("Sales Order", fieldname);
			if (!df) continue;
			// Where the list is as wide as its columns, they are there already, out of sight.
			list.columns = list.columns.filter((column) => column.df?.fieldname !== fieldname);
			const after = list.columns.findIndex((column) => column.type === "Status");
			// The form names the field its own way.
			const label = titles[fieldname] || df.label;
			list.columns.splice(after + 1, 0, { type: "Field", df: { ...df, label } });
		}
		list.render_header(true);
	}

	/** Show a field that the list does not have by itself; one that is `mandatory` can be sorted by. */
	function show(fieldname, properties) {
		const field = frappe.meta.get_docfield("Sales Order", fieldname);
		if (field) Object.assign(field, properties);
		settings.add_fields = [...new Set([...(settings.add_fields || []), fieldname])];
	}

	if (is_on("enable_lifecycle_status")) {
		const native = settings.get_indicator;
		show("soe_lifecycle_status", { in_standard_filter: 1, mandatory: 1 });
		show("soe_is_overdue", {});
		settings.get_indicator = (doc) => {
			const status = doc.soe_lifecycle_status;
			if (!status) return native && native(doc);
			const [label, color, filter] = indicator("soe_lifecycle_status", status);
			const is_late = cint(doc.soe_is_overdue) && status !== "Overdue";
			return is_late
				? [`${label} · ${__("Overdue")}`, "red", "soe_is_overdue,=,1"]
				: [label, color, filter];
		};
	}

	if (is_on("enable_payment_status")) {
		show("soe_payment_status", { in_list_view: 1, in_standard_filter: 1 });
		show("soe_is_cancelled", {});
		show("soe_per_paid", { in_list_view: 1 });
		if (is_on("enable_stock_reservations")) {
			show("soe_reservation_status", { in_standard_filter: 1, mandatory: 1 });
		}
		const native = settings.onload;
		settings.onload = (list) => {
			native?.call(settings, list);
			place(list, "soe_payment_status", "soe_per_paid");
		};
		settings.formatters = {
			...settings.formatters,
			soe_per_paid(value, df, doc) {
				const bars = doc.docstatus === 1 ? sales_order_ext.progress.bars(doc) : [];
				return `<div style="display: flex; gap: 3px; width: 100%">${sales_order_ext.progress.html(bars)}</div>`;
			},
			soe_payment_status(value) {
				if (!value) return "";
				const [label, color] = indicator("soe_payment_status", value);
				return `<span class="indicator-pill ${color} filterable ellipsis" style="max-width: 100%" title="${label}"
					data-filter="soe_payment_status,=,${sales_order_ext.escape(value)}"><span class="ellipsis">${label}</span></span>`;
			},
		};
	}
})();
