// Sales Order form: the type of an order, what it does in words, and what it fills in and hides.
(() => {
	// What a type that blocks processing takes off the form, from ERPNext's Create menu.
	const DOORS = [__("Delivery Note"), __("Sales Invoice"), __("Pick List")];

	frappe.ui.form.on("Sales Order", {
		setup(frm) {
			for (const field of ["soe_order_type", "soe_activate_as"]) {
				frm.set_query(field, () => ({ filters: { enabled: 1 } }));
			}
			keep_doors_shut(frm);
		},

		customer: propose_type,
		company: propose_type,
		soe_document_kind: show_payment,

		async soe_order_type(frm) {
			const type = await show_type(frm);
			if (type && frm.doc.docstatus === 0 && frm.doc.soe_order_type) fill_in(frm, type);
		},

		refresh(frm) {
			frm.soe_type = null;
			if (!is_on(frm)) return;
			if (frm.is_new() && !frm.doc.soe_order_type) propose_type(frm);
			else show_type(frm);
		},
	});

	frappe.ui.form.on("Sales Order Item", {
		form_render: show_supply,
		item_code: show_supply,
		warehouse: show_supply,
	});

	const is_on = (frm) => sales_order_ext.on("enable_order_types", frm.doc);

	/** A new order gets the customer's type, as long as nobody has chosen another one. */
	async function propose_type(frm) {
		if (!is_on(frm) || !frm.is_new()) return;
		if (frm.doc.soe_order_type && frm.doc.soe_order_type !== frm.soe_proposed_type) return;
		// Customer and company may be set at once: the last one that asked counts.
		const turn = (frm.soe_turn = (frm.soe_turn || 0) + 1);
		const type = await describe(frm, null);
		if (turn !== frm.soe_turn || !frm.doc || !frm.is_new()) return;
		if (!type.order_type || frm.doc.soe_order_type === type.order_type) return;
		frm.soe_proposed_type = type.order_type;
		await frm.set_value("soe_order_type", type.order_type);
	}

	async function describe(frm, order_type) {
		return frappe.xcall("sales_order_ext.order_type.api.describe", {
			order_type,
			customer: frm.doc.customer || null,
			company: frm.doc.company || null,
		});
	}

	/** Say under the field what the type does; show and hide what goes with it. Returns the type. */
	async function show_type(frm) {
		if (!is_on(frm)) return;
		const asked = frm.doc.soe_order_type;
		if (!asked) return frm.get_field("soe_order_type")?.set_description("");
		const type = await describe(frm, asked);
		if (asked !== frm.doc.soe_order_type) return;
		frm.soe_type = type;
		frm.get_field("soe_order_type").set_description(type.explanation.join(" "));
		frm.toggle_display("soe_activate_on", Boolean(type.waits || frm.doc.soe_activate_on));
		show_payment(frm);
		if (type.blocked) show_as_blocked(frm, type);
		return type;
	}

	/** A mode of payment is asked for only where submitting the order takes the payment. */
	function show_payment(frm) {
		const kind = frm.doc.soe_document_kind || frm.soe_type?.document_kind;
		frm.toggle_display("soe_mode_of_payment", kind === "POS" || Boolean(frm.doc.soe_mode_of_payment));
	}

	/** ERPNext adds its buttons before or after the type is known; a blocked order shows none of them. */
	function keep_doors_shut(frm) {
		const add = frm.add_custom_button.bind(frm);
		frm.add_custom_button = (label, action, group) => {
			const button = add(label, action, group);
			if (frm.soe_type?.blocked && group === __("Create") && DOORS.includes(label)) {
				frm.remove_custom_button(label, group);
			}
			return button;
		};
	}

	function show_as_blocked(frm, type) {
		if (frm.doc.docstatus !== 1) return;
		DOORS.forEach((label) => frm.remove_custom_button(label, __("Create")));
		if (["Closed", "On Hold"].includes(frm.doc.status)) return;
		const until = frm.doc.soe_activate_on && frappe.datetime.str_to_user(frm.doc.soe_activate_on);
		const name = sales_order_ext.escape(__(type.order_type));
		frm.set_intro(
			until && type.waits
				? __("This is a {0}. It waits until {1}, or until you change its type.", [name, until])
				: __("This is a {0}. Change its type to deliver or invoice it.", [name]),
			"blue"
		);
	}

	/** Fill in what the type presets. The clerk sees it and may change it again. */
	async function fill_in(frm, type) {
		await frappe.after_ajax();
		for (const [field, value] of Object.entries(type.presets)) {
			const target = field === "invoice_term" ? "soe_invoice_term" : field;
			if (!value || !frm.get_field(target) || frm.doc[target] === value) continue;
			if (target === "naming_series" && !frm.is_new()) continue;
			if (target === "soe_invoice_term" && !sales_order_ext.on("enable_invoice_terms", frm.doc)) continue;
			await frm.set_value(target, value);
		}
	}

	/** Beside a row's stock: what suppliers are to bring, and what waiting orders will want. */
	async function show_supply(frm, cdt, cdn) {
		const row = locals[cdt][cdn];
		const form = frm.fields_dict.items.grid.grid_rows_by_docname[cdn]?.grid_form;
		const field = form?.fields_dict?.soe_supply;
		if (!is_on(frm) || !field) return;
		if (!row.item_code || !row.warehouse) return field.$wrapper.empty();
		const [found] = await frappe.xcall("sales_order_ext.order_type.api.supply", {
			company: frm.doc.company,
			pairs: JSON.stringify([[row.item_code, row.warehouse]]),
		});
		if (!found) return field.$wrapper.empty();
		const figure = (label, qty) =>
			`<div class="col-sm-6"><div class="control-label">${label}</div>
			<div class="control-value like-disabled-input">${format_number(qty, null, Number.isInteger(qty) ? 0 : undefined)} ${frappe.utils.escape_html(row.stock_uom || "")}</div></div>`;
		field.$wrapper.html(
			`<div class="row">${figure(__("On Order"), found.on_order)}
			${figure(__("On Forward Order"), found.on_forward_order)}</div>`
		);
	}
})();
