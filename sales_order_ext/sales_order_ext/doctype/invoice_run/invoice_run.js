// Invoice Run: preview what is due, run it, follow and steer it, send what it made.
(() => {
	const ASKED = [
		"company",
		"posting_date",
		"as_of",
		"submit_invoices",
		"customer",
		"customer_group",
		"territory",
		"invoice_term",
		"orders",
	];
	const COLORS = { Pending: "orange", Done: "green", Skipped: "gray", Failed: "red" };
	const GOING = ["Queued", "Running"];
	const POLL = 3000;
	const SHOWN = 500;
	const PRINTED_AT_ONCE = 25;
	const { escape, link } = sales_order_ext;

	frappe.ui.form.on("Invoice Run", {
		setup(frm) {
			frappe.realtime.on("soe_invoice_run", (message) => {
				if (message.invoice_run !== frm.doc.name) return;
				// The invoices that were being made when it was stopped are done now.
				if (!GOING.includes(frm.doc.status)) return frm.reload_doc();
				show_progress(frm, message.percent);
			});
		},

		before_load(frm) {
			sales_order_ext.leave_empty(frm, "customer", "customer_group", "territory");
		},

		refresh(frm) {
			frm.get_field("result").$wrapper.empty();
			if (frm.doc.status === "Draft") {
				if (!sales_order_ext.on("enable_invoice_terms", frm.doc)) {
					const names = [__("Invoice Terms"), __("Sales Order Ext Settings")];
					return frm.set_intro(__("{0} is switched off. Switch it on in {1} to use it.", names));
				}
				frm.add_custom_button(__("Preview"), () => preview(frm));
				frm.add_custom_button(__("Run"), () => start(frm)).addClass("btn-primary");
				if (frappe.flags.soe_preview_run && frm.is_new()) {
					frappe.flags.soe_preview_run = false;
					preview(frm);
				}
				return;
			}
			frm.disable_save();
			show_groups(frm);
			add_buttons(frm);
			if (GOING.includes(frm.doc.status)) follow(frm);
		},
	});

	function add_buttons(frm) {
		const status = frm.doc.status;
		if (GOING.includes(status)) {
			frm.add_custom_button(__("Stop"), () => steer(frm, "sales_order_ext.invoicing.api.stop"));
		}
		if (status === "Stopped" || GOING.includes(status)) {
			frm.add_custom_button(__("Resume"), () => steer(frm, "sales_order_ext.invoicing.api.resume"));
		}
		if (status === "Completed with Errors") {
			frm.add_custom_button(__("Retry Failed"), () =>
				steer(frm, "sales_order_ext.invoicing.api.resume")
			);
		}
		if (frm.doc.groups_done) {
			frm.add_custom_button(__("E-mail Invoices"), () => email(frm), __("Send"));
			frm.add_custom_button(__("Print Invoices"), () => print(frm), __("Send"));
		}
	}

	/** Keep only the ticked orders of the preview, where some are not. */
	async function keep_ticked(frm) {
		const boxes = [...frm.get_field("result").$wrapper.find("[data-order]")];
		const ticked = boxes.filter((box) => box.checked).map((box) => box.dataset.order);
		if (ticked.length === boxes.length) return true;
		if (!ticked.length) {
			frappe.msgprint(__("Tick at least one order."));
			return false;
		}
		await frm.set_value("orders", [...new Set(ticked)].join("\n"));
		return true;
	}

	async function preview(frm) {
		if (!(await keep_ticked(frm))) return;
		const filters = Object.fromEntries(ASKED.map((field) => [field, frm.doc[field]]));
		const [groups, left_out] = await Promise.all([
			frappe.xcall("sales_order_ext.invoicing.api.preview", { filters }),
			frappe.xcall("sales_order_ext.invoicing.api.left_out", { filters }),
		]);
		const shown = groups.map((group) => ({ ...group, error: group.reason }));
		draw(frm, totals(shown) + table_of(shown, true) + table_of_left_out(left_out));
		const hint = __("Untick orders to leave them out. Preview shows the rest, Run invoices it.");
		if (shown.length) frm.get_field("result").$wrapper.prepend(`<p class="text-muted">${hint}</p>`);
	}

	async function start(frm) {
		if (!(await keep_ticked(frm))) return;
		if (frm.is_new() || frm.is_dirty()) await frm.save();
		await frappe.xcall("sales_order_ext.invoicing.api.start", { invoice_run: frm.doc.name });
		frm.reload_doc();
	}

	async function steer(frm, method) {
		await frappe.xcall(method, { invoice_run: frm.doc.name });
		frm.reload_doc();
	}

	/** Ask for the progress now and then: the message of a worker may never come. */
	function follow(frm) {
		clearTimeout(frm.soe_timer);
		frm.soe_timer = setTimeout(async () => {
			const name = frm.doc.name;
			if (cur_frm !== frm || frappe.get_route()[2] !== name) return;
			const found = await frappe.xcall("sales_order_ext.invoicing.api.progress", { invoice_run: name });
			if (frm.doc.name !== name) return;
			if (!GOING.includes(found.status)) return frm.reload_doc();
			show_counts(frm, found);
			show_progress(frm, found.percent);
			follow(frm);
		}, POLL);
	}

	function show_counts(frm, { status, done, skipped, failed }) {
		const values = { status, groups_done: done, groups_skipped: skipped, groups_failed: failed };
		Object.assign(frm.doc, values);
		Object.keys(values).forEach((field) => frm.refresh_field(field));
		frm.toolbar.set_indicator();
	}

	function show_progress(frm, percent) {
		frm.dashboard.show_progress(__("Invoices", null, "Invoice Run"), percent, __("{0} % of the invoices are done", [percent]));
		if (percent >= 100) frm.reload_doc();
	}

	async function email(frm) {
		const found = await frappe.xcall("sales_order_ext.invoicing.api.email_invoices", {
			invoice_run: frm.doc.name,
		});
		const lines = [];
		if (found.queued) lines.push(__("Invoices being e-mailed: {0}", [found.queued]));
		if (found.without_address.length) {
			const names = found.without_address.map((name) => link("Sales Invoice", name)).join(", ");
			lines.push(__("No e-mail address on: {0}. Print these.", [names]));
		}
		if (found.drafts) lines.push(__("Drafts are not e-mailed, submit them first: {0}", [found.drafts]));
		if (!lines.length) lines.push(__("All of them have been e-mailed."));
		frappe.msgprint({ title: __("E-mail Invoices"), message: lines.join("<br>") });
	}

	async function print(frm) {
		const groups = await groups_of(frm);
		const names = groups.map((group) => group.invoice).filter(Boolean);
		const args = {
			doctype: "Sales Invoice",
			name: JSON.stringify(names),
			format: frappe.get_meta("Sales Invoice")?.default_print_format || "Sales Invoice by Orders",
		};
		if (names.length > PRINTED_AT_ONCE) return print_in_background(args);
		open_url_post("/api/method/frappe.utils.print_format.download_multi_pdf", args, true);
	}

	/** Let a worker print, as Frappe's lists do: a request would end before many are printed. */
	async function print_in_background(args) {
		const { message } = await frappe.call("frappe.utils.print_format.download_multi_pdf_async", args);
		const event = `task_complete:${message.task_id}`;
		frappe.realtime.task_subscribe(message.task_id);
		frappe.realtime.on(event, ({ file_url }) => {
			frappe.realtime.off(event);
			frappe.realtime.task_unsubscribe(message.task_id);
			frappe.msgprint({
				title: __("Print Invoices"),
				message: __("The invoices are printed."),
				primary_action: { label: __("Download PDF"), client_action: "window.open", args: file_url },
			});
		});
		frappe.show_alert(__("The invoices are being printed. Leave this page open."));
	}

	function groups_of(frm) {
		return frappe.db.get_list("Invoice Run Group", {
			filters: { invoice_run: frm.doc.name },
			fields: ["name", "customer", "orders", "currency", "amount", "status", "invoice", "error", "emailed_on"],
			order_by: "number asc",
			limit: SHOWN,
		});
	}

	async function show_groups(frm) {
		const found = await groups_of(frm);
		const groups = found.map((group) => ({ ...group, orders: (group.orders || "").split("\n") }));
		draw(frm, totals(groups) + table_of(groups));
		if (frm.doc.groups_total > SHOWN) {
			const more = __("The first {0} are shown. All are in {1}.", [SHOWN, __("Invoice Run Group")]);
			frm.get_field("result").$wrapper.append(`<p class="text-muted">${more}</p>`);
		}
	}

	function draw(frm, html) {
		const place = frm.get_field("result").$wrapper.html(html);
		place.find("[data-retry]").on("click", async (event) => {
			await frappe.xcall("sales_order_ext.invoicing.api.retry", {
				invoice_run_group: event.currentTarget.dataset.retry,
			});
			frm.reload_doc();
		});
	}

	/** The net amounts per currency, of what is or will be invoiced. */
	function totals(groups) {
		const sums = {};
		const counted = groups.filter((group) => ["Pending", "Done"].includes(group.status));
		counted.forEach((group) => (sums[group.currency] = (sums[group.currency] || 0) + group.amount));
		const texts = Object.entries(sums).map(([currency, sum]) => format_currency(sum, currency));
		const orders = counted.reduce((number, group) => number + group.orders.length, 0);
		return counted.length
			? `<p>${__("Invoices: {0}, orders: {1}, net: {2}", [counted.length, orders, texts.join(" + ")])}</p>`
			: "";
	}

	function table_of(groups, may_tick = false) {
		const rows = groups.map((group) => {
			const tick = (name) => `<input type="checkbox" checked data-order="${escape(name)}"> `;
			const is_chosen = may_tick && group.status === "Pending";
			const orders = group.orders.map(
				(name) => `<span class="text-nowrap">${is_chosen ? tick(name) : ""}${link("Sales Order", name)}</span>`
			);
			const invoice = group.invoice
				? `<span class="text-nowrap">${link("Sales Invoice", group.invoice)}</span>`
				: "";
			const may_retry = group.name && ["Failed", "Skipped"].includes(group.status);
			const retry = may_retry
				? `<button class="btn btn-xs btn-default" data-retry="${escape(group.name)}">${__("Retry")}</button>`
				: "";
			const sent = group.emailed_on ? __("e-mailed") : "";
			return `<tr>
				<td>${escape(group.customer)}</td>
				<td>${orders.join(", ")}</td>
				<td class="text-right text-nowrap">${format_currency(group.amount, group.currency)}</td>
				<td><span class="indicator-pill ${COLORS[group.status]}">${__(group.status)}</span></td>
				<td>${invoice} ${sent} ${escape(group.error)} ${retry}</td>
			</tr>`;
		});
		const heads = [__("Customer"), __("Sales Orders"), __("Net Amount"), __("Status"), __("Invoice")];
		return table(heads, rows, __("Nothing is due."));
	}

	function table_of_left_out(orders) {
		if (!orders.length) return "";
		const rows = orders.slice(0, SHOWN).map(
			(one) => `<tr>
				<td>${escape(one.customer)}</td>
				<td>${link("Sales Order", one.sales_order)}</td>
				<td>${escape(__(one.invoice_term))}</td>
				<td>${escape(one.reason)}</td>
				<td>${one.invoice_date ? frappe.datetime.str_to_user(one.invoice_date) : ""}</td>
			</tr>`
		);
		const heads = [__("Customer"), __("Sales Order"), __("Invoice Term"), __("Why"), __("Invoiced on")];
		return `<h5>${__("Left Out")} (${orders.length})</h5>${table(heads, rows, "")}`;
	}

	function table(heads, rows, none) {
		const body = rows.join("") || `<tr><td colspan="${heads.length}">${none}</td></tr>`;
		return `<table class="table table-bordered table-condensed">
			<thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead>
			<tbody>${body}</tbody></table>`;
	}
})();
