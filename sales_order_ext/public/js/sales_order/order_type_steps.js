// Sales Order form: process a booked order, change its type, buy for it. Each dialog says first what it will do.
(() => {
	frappe.ui.form.on("Sales Order", {
		refresh(frm) {
			const open = frm.doc.docstatus === 1 && !["Closed", "On Hold"].includes(frm.doc.status);
			if (!open || !sales_order_ext.on("enable_order_types", frm.doc)) return;
			if (!frm.has_perm("write")) return;
			if (!is_done(frm)) {
				frm.add_custom_button(__("Change Order Type"), () => change_type(frm), __("Status"));
				add_buttons_of_type(frm);
			}
		},
	});

	const is_done = (frm) => flt(frm.doc.per_delivered) >= 100 && flt(frm.doc.per_billed) >= 100;

	async function add_buttons_of_type(frm) {
		const type = await frappe.xcall("sales_order_ext.order_type.api.describe", {
			order_type: frm.doc.soe_order_type || null,
			company: frm.doc.company,
		});
		if (!type.blocked) sales_order_ext.add_button(frm, __("Process"), () => process(frm));
		const is_bought =
			!type.waits &&
			(type.sourcing !== "From Stock" ||
				frm.doc.items.some((row) => ["Back-to-Back", "Drop Shipment"].includes(row.soe_source)));
		if (is_bought && flt(frm.doc.per_delivered) < 100) {
			frm.add_custom_button(__("Buy What Is Short"), () => buy(frm), __("Create"));
		}
	}

	function change_type(frm) {
		const dialog = sales_order_ext.ask({
			title: __("Change Order Type"),
			fields: [
				{
					fieldname: "order_type",
					fieldtype: "Link",
					options: "Sales Order Type",
					label: __("Order Type", null, "Sales Order Type"),
					reqd: 1,
					get_query: () => ({ filters: { enabled: 1, name: ["!=", frm.doc.soe_order_type || ""] } }),
					change: () => preview_change(frm, dialog),
				},
				{ fieldname: "notes", fieldtype: "HTML" },
			],
			label: __("Change"),
			act: ({ order_type }) =>
				frappe.xcall("sales_order_ext.order_type.api.change_type", {
					sales_order: frm.doc.name,
					order_type,
				}),
			done: () => frm.reload_doc(),
		});
	}

	async function preview_change(frm, dialog) {
		const order_type = dialog.get_value("order_type");
		const wrapper = dialog.fields_dict.notes.$wrapper.empty();
		if (!order_type) return;
		const said = await frappe.xcall("sales_order_ext.order_type.api.preview_change", {
			sales_order: frm.doc.name,
			order_type,
		});
		if (order_type !== dialog.get_value("order_type")) return;
		wrapper.html(sentences(said.notes) + blockers(said.blockers));
		dialog.get_primary_btn().prop("disabled", said.blockers.length > 0);
	}

	async function process(frm) {
		const said = await frappe.xcall("sales_order_ext.order_type.api.preview_process", {
			sales_order: frm.doc.name,
		});
		const dialog = new frappe.ui.Dialog({
			title: __("Process {0}", [sales_order_ext.escape(frm.doc.name)]),
			fields: [{ fieldname: "preview", fieldtype: "HTML" }],
			primary_action_label: __("Process"),
			async primary_action() {
				dialog.hide();
				await run(frm);
			},
		});
		dialog.fields_dict.preview.$wrapper.html(preview(said));
		dialog.get_primary_btn().prop("disabled", said.blockers.length > 0);
		dialog.show();
	}

	function preview(said) {
		if (said.blockers.length) return blockers(said.blockers);
		const deliver = said.deliver.length
			? table(__("Delivered now"), said.deliver)
			: `<p>${__("Nothing can be delivered now.")}</p>`;
		const rest = said.back_order.length ? table(__("On back order"), said.back_order) : "";
		return deliver + rest + sentences(said.notes);
	}

	function table(title, rows) {
		const escape = frappe.utils.escape_html;
		const lines = rows.map(
			(row) => `<tr><td>${escape(row.item_code)}${
				row.item_name && row.item_name !== row.item_code ? `: ${escape(row.item_name)}` : ""
			}</td><td class="text-right">${format_number(
				row.qty,
				null,
				Number.isInteger(row.qty) ? 0 : undefined
			)} ${escape(__(row.uom))}</td></tr>`
		);
		return `<h5>${title}</h5><table class="table table-bordered table-condensed"><tbody>${lines.join(
			""
		)}</tbody></table>`;
	}

	const sentences = (notes) =>
		notes.length ? `<ul>${notes.map((note) => `<li>${sales_order_ext.escape(note)}</li>`).join("")}</ul>` : "";

	const blockers = (list) =>
		list.map((text) => `<div class="form-message orange">${sales_order_ext.escape(text)}</div>`).join("");

	async function run(frm) {
		const made = await frappe.xcall("sales_order_ext.order_type.api.process", {
			sales_order: frm.doc.name,
		});
		const names = [
			["Delivery Note", made.delivery_note],
			["Sales Invoice", made.sales_invoice],
			...made.back_orders.map((name) => ["Back Order", name]),
		].filter(([, name]) => name);
		tell(__("Processed"), names, __("There was nothing to deliver or to invoice."));
		frm.reload_doc();
	}

	async function buy(frm) {
		const made = await frappe.xcall("sales_order_ext.order_type.api.source", { sales_order: frm.doc.name });
		const names = made.map(({ doctype, name }) => [doctype, name]);
		tell(__("Bought"), names, __("Nothing is short that is not on order already."));
		frm.reload_doc();
	}

	function tell(title, names, nothing) {
		const links = names.map(
			([doctype, name]) => `${__(doctype)} ${sales_order_ext.link(doctype, name)}`
		);
		frappe.msgprint({ title, message: links.length ? links.join("<br>") : nothing });
	}
})();
