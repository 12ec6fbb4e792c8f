// Cancel and Replace on the order: buttons where they apply, and who replaces whom.
frappe.provide("sales_order_ext.replacement");

frappe.ui.form.on("Sales Order", {
	refresh(frm) {
		const doc = frm.doc;
		frm.fields_dict.items.$wrapper.find(".soe-changes").remove();
		if (!doc.soe_replacement_role && !sales_order_ext.on("enable_cancel_and_replace", doc)) return;
		const replacement = sales_order_ext.replacement;
		const facts = doc.__onload?.soe_replacement || {};
		replacement.show_role(frm, facts);
		if (doc.soe_is_cancelled) {
			// What is replaced stays as it is. ERPNext adds its buttons after these handlers.
			frm.disable_form();
			setTimeout(() => {
				frm.remove_custom_button(__("Re-open"), __("Status"));
				frm.page.clear_secondary_action();
			});
		}
		if (doc.docstatus === 0 && doc.soe_replaced_order && !frm.is_new()) {
			replacement.add_draft_buttons(frm, facts);
			replacement.show_limits(frm, facts);
		} else if (facts.open?.length) {
			sales_order_ext.add_button(frm, __("Open Replacement"), () =>
				frappe.set_route("Form", "Sales Order", facts.open[0])
			);
		} else if (replacement.may_start(doc)) {
			const [label, start] = [__("Cancel and Replace"), () => replacement.start(frm)];
			// A replacement has a menu of its own, and the head little room.
			if (doc.soe_replacement_role) frm.add_custom_button(label, start, __("Replacement"));
			else sales_order_ext.add_button(frm, label, start);
		}
		if (doc.docstatus === 1 && doc.soe_replacement_role) replacement.add_change_buttons(frm);
		if (doc.soe_replaced_order) {
			// The original names its replacement; it must not be offered for cancelling along with it.
			frm.ignore_doctypes_on_cancel_all = [...(frm.ignore_doctypes_on_cancel_all || []), "Sales Order"];
		}
	},
});

Object.assign(sales_order_ext.replacement, {
	may_start(doc) {
		const role = sales_order_ext.preference("replacement_role", doc);
		const model = frappe.model;
		return (
			sales_order_ext.on("enable_cancel_and_replace", doc) &&
			doc.docstatus === 1 &&
			!doc.soe_is_cancelled &&
			!["Closed", "On Hold"].includes(doc.status) &&
			!doc.is_subcontracted &&
			(role
				? frappe.user.has_role(role)
				: model.can_cancel("Sales Order") &&
				  model.can_submit("Sales Order") &&
				  model.can_create("Sales Order"))
		);
	},

	post(frm, method, args) {
		return frappe
			.call({
				method,
				args: { sales_order: frm.doc.name, ...args },
				freeze: true,
			})
			.then((response) => response.message);
	},

	async start(frm) {
		const draft = await this.post(frm, "sales_order_ext.replacement.api.start");
		if (!draft) return;
		this.forget(frm.doc.name);
		frappe.set_route("Form", "Sales Order", draft);
	},

	/** Let the desk fetch these orders again when they are opened next: something happened to them. */
	forget(...names) {
		names.forEach((name) => frappe.model.remove_from_locals("Sales Order", name));
	},

	add_draft_buttons(frm, facts) {
		const group = __("Replacement");
		if (!frappe.workflow.get_state_fieldname("Sales Order")) {
			frm.add_custom_button(__("Confirm Replacement"), () => this.ask_to_confirm(frm)).addClass(
				"btn-primary"
			);
		}
		if (frm.doc.items.length > 1) {
			frm.add_custom_button(__("Split by Warehouse"), () => this.split(frm, "warehouse"), group);
			frm.add_custom_button(__("Split Chosen Rows"), () => this.choose_rows_to_split(frm), group);
		}
		if (frm.doc.items.some((row) => row.quotation_item)) {
			frm.add_custom_button(__("Take Rows off the Quotation"), () => this.take_off(frm), group);
		}
		frm.add_custom_button(__("Send Changes"), () => this.send(frm), group);
		frm.add_custom_button(
			__("Abandon Replacement"),
			() => {
				const all = (facts.parts || [frm.doc.name]).join(", ");
				frappe.confirm(
					__(
						"Delete {0} and keep {1} as it is?",
						[all, frm.doc.soe_replaced_order].map(sales_order_ext.escape)
					),
					async () => {
						const original = await this.post(frm, "sales_order_ext.replacement.api.abandon");
						if (!original) return;
						this.forget(original, ...(facts.parts || [frm.doc.name]));
						frappe.set_route("Form", "Sales Order", original);
					}
				);
			},
			group
		);
	},

	add_change_buttons(frm) {
		const group = __("Replacement");
		frm.add_custom_button(__("Show Changes"), () => this.show_changes(frm), group);
		frm.add_custom_button(__("Send Changes"), () => this.send(frm), group);
		frm.add_custom_button(
			__("Show Chain"),
			() => {
				frappe.route_options = { sales_order: frm.doc.soe_root_order || frm.doc.name };
				frappe.set_route("query-report", "Replacement Chains");
			},
			group
		);
	},

	async difference(sales_order) {
		const { message } = await frappe.call({
			method: "sales_order_ext.replacement.api.difference",
			type: "GET",
			args: { sales_order },
		});
		return message;
	},

	/** What confirming does: of several drafts that replace one order, all together. */
	async effect_of(parts) {
		const effects = await Promise.all(parts.map((name) => this.difference(name)));
		const sum = (field) => effects.reduce((total, one) => total + one[field], 0);
		const all = (field) => [...new Set(effects.flatMap((one) => one[field]))];
		return {
			...effects[0],
			...Object.fromEntries(["old_total", "new_total", "difference"].map((one) => [one, sum(one)])),
			...Object.fromEntries(["problems", "warnings"].map((one) => [one, all(one)])),
		};
	},

	async ask_to_confirm(frm) {
		if (frm.is_dirty()) await frm.save();
		const parts = frm.doc.__onload?.soe_replacement?.parts || [frm.doc.name];
		const effect = await this.effect_of(parts);
		const money = (amount) => format_currency(amount, effect.currency);
		const bold = (text) => `<b>${sales_order_ext.escape(text)}</b>`;
		const lines = [
			__("{0} is cancelled and replaced by {1}.", [effect.original, parts.join(", ")].map(bold)),
			__("Total {0} becomes {1} ({2}).", [
				money(effect.old_total),
				money(effect.new_total),
				(effect.difference > 0 ? "+" : "") + money(effect.difference),
			]),
			...effect.warnings.map(frappe.utils.escape_html),
		];
		if (effect.problems.length) {
			frappe.msgprint({
				title: __("Not Ready Yet"),
				message: effect.problems.map(frappe.utils.escape_html).join("<br>"),
				indicator: "red",
			});
			return;
		}
		frappe.confirm(lines.join("<br>"), async () => {
			if (!(await this.post(frm, "sales_order_ext.replacement.api.confirm"))) return;
			this.forget(effect.original, ...parts.filter((name) => name !== frm.doc.name));
			frm.reload_doc();
		});
	},

	async split(frm, by, rows) {
		if (frm.is_dirty()) await frm.save();
		const names = await this.post(frm, "sales_order_ext.replacement.api.split", { by, rows });
		if (!names) return;
		const told = sales_order_ext.escape(names.join(", "));
		frappe.show_alert({ message: __("Split into {0}.", [told]), indicator: "green" });
		frm.reload_doc();
	},

	choose_rows(frm, title, rows, action) {
		const options = rows.map((row) => ({ label: this.row_label(row), value: row.name }));
		sales_order_ext.ask({
			title,
			fields: [{ fieldname: "rows", fieldtype: "MultiCheck", label: __("Rows"), options }],
			label: title,
			act: ({ rows }) => rows?.length && action(rows),
		});
	},

	/** What a clerk calls a row: custom and text lines stand on items of ours that say nothing. */
	row_label(row) {
		const goods = frappe.utils.escape_html((row.soe_line_type && row.item_name) || row.item_code || "");
		return `${row.idx}. ${goods}` + (row.qty ? ` × ${row.qty}` : "");
	},

	choose_rows_to_split(frm) {
		this.choose_rows(frm, __("Move to an Order of Their Own"), frm.doc.items, (rows) =>
			this.split(frm, "rows", rows)
		);
	},

	take_off(frm) {
		const quoted = frm.doc.items.filter((row) => row.quotation_item);
		this.choose_rows(frm, __("Take off the Quotation"), quoted, async (rows) => {
			if (frm.is_dirty()) await frm.save();
			await this.post(frm, "sales_order_ext.replacement.api.take_off_quotation", { rows });
			frm.reload_doc();
		});
	},

	async show_changes(frm) {
		const facts = await this.difference(frm.doc.soe_canceled_order || frm.doc.name);
		if (!facts) return;
		frappe.msgprint({
			title: __("Changes from {0} to {1}", [facts.original, facts.replacement].map(sales_order_ext.escape)),
			message: this.changes_table(facts, false),
			wide: true,
		});
	},

	/** Compose an e-mail with the print of the changes; the server attaches the booked order as well. */
	send(frm) {
		const original = frm.doc.soe_replaced_order || frm.doc.soe_canceled_order || frm.doc.name;
		const composer = new frappe.views.CommunicationComposer({
			doc: frm.doc,
			frm,
			subject: __("Changes to your order {0}", [original]),
			message: __("Please find attached what changes in your order {0}.", [original]),
			recipients: frm.doc.contact_email,
			attach_document_print: true,
		});
		composer.dialog.fields_dict.select_print_format.$input?.val("Order Changes");
		composer.dialog.set_value("select_print_format", "Order Changes");
	},

	show_limits(frm, facts) {
		if (!facts.difference) return;
		const notes = [...facts.difference.problems, ...facts.difference.warnings];
		const list = notes.map((note) => `<li>${frappe.utils.escape_html(note)}</li>`).join("");
		const original = sales_order_ext.escape(frm.doc.soe_replaced_order);
		// Above the rows that it speaks of; the form's own dashboard hides on another tab.
		const box = $(`<div class="soe-changes mb-4">
			<div class="control-label mb-2">${__("Changes against {0}, as saved", [original])}</div>
			${this.changes_table(facts.difference, true)}
			${list && `<ul class="mt-2 small text-danger">${list}</ul>`}
		</div>`);
		frm.fields_dict.items.$wrapper.prepend(box);
	},
});
