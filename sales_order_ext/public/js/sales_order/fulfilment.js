// The Fulfilment tab of an order: each row's stage and the documents behind it, what happened when, notes.
(() => {
	frappe.ui.form.on("Sales Order", {
		refresh(frm) {
			const field = frm.fields_dict.soe_fulfilment;
			if (!field || frm.is_new() || !sales_order_ext.any_switch(frm.doc)) return;
			const tab = frm.layout.tabs?.find((one) => one.df.fieldname === "soe_fulfilment_tab");
			// What another order showed, and what listened to it, must not stay; the tab asks when it is looked at.
			const view = new Fulfilment(frm, $("<div>").appendTo(field.$wrapper.empty()));
			frm.soe_fulfilment = tab && !tab.is_active() ? view : null;
			if (tab?.is_active()) view.show();
		},

		// The form's own event: the tabs of version 16 fire none of Bootstrap's.
		on_tab_change(frm) {
			if (frm.get_active_tab()?.df.fieldname !== "soe_fulfilment_tab") return;
			frm.soe_fulfilment?.show();
			frm.soe_fulfilment = null;
		},
	});

	const COLOURS = {
		"To Approve": "gray",
		Approved: "gray",
		"To Purchase": "orange",
		Purchased: "yellow",
		Received: "cyan",
		Reserved: "blue",
		Picked: "blue",
		Shipped: "purple",
		Invoiced: "light-blue",
		Fulfilled: "green",
	};

	const LACKS = {
		Reserved: __("Not Reserved"),
		Delivered: __("Not Delivered"),
		Invoiced: __("Not Invoiced"),
	};

	const escaped = (text) => frappe.utils.escape_html(text || "");
	const quantity = (value) => frappe.format(value, { fieldtype: "Float" }, { inline: true });
	const day = (value) => frappe.datetime.str_to_user(value);
	const link = (one) => sales_order_ext.link(one.doctype, one.name);
	const table = (head, body) => `<table class="table table-bordered table-condensed">
		<thead><tr>${head.map((label) => `<th>${label}</th>`).join("")}</tr></thead>
		<tbody>${body.join("")}</tbody></table>`;
	const section = (title, html) =>
		html ? `<h6 class="uppercase text-muted mt-4">${title}</h6>${html}` : "";

	class Fulfilment {
		constructor(frm, wrapper) {
			this.frm = frm;
			this.wrapper = wrapper;
			this.args = { sales_order: frm.doc.name };
		}

		async show() {
			this.wrapper.html(`<p class="text-muted">${__("Loading...")}</p>`);
			const [overview, feed] = await Promise.all([
				frappe.xcall("sales_order_ext.fulfilment.api.overview", this.args),
				frappe.xcall("sales_order_ext.fulfilment.api.feed", this.args),
			]);
			if (this.frm.doc.name !== this.args.sales_order) return;
			this.overview = overview;
			this.mends = [];
			this.wrapper.html(
				[
					this.rows(),
					this.timeline(),
					section(__("Tickets"), documents(overview.tickets)),
					section(__("Other Documents"), documents(overview.other_documents)),
					section(__("Attachments"), this.attachments()),
					section(__("Notes and To-Dos"), `<div class="soe-feed"></div>`),
				].join("")
			);
			this.listen();
			this.show_feed(feed);
		}

		listen() {
			this.wrapper.on("click", ".soe-approve", () => this.approve());
			this.wrapper.on("click", ".soe-why", (event) => this.explain(event.currentTarget.dataset.row));
			this.wrapper.on("click", ".soe-mend", (event) => this.mends[event.currentTarget.dataset.mend]());
			this.wrapper.on("change", ".soe-all", (event) =>
				this.wrapper.find(".soe-row").prop("checked", event.target.checked)
			);
		}

		rows() {
			const waits = (row) => this.overview.may_approve && row.stage === "To Approve" && !row.approved_by;
			const any = this.overview.rows.some(waits);
			const head = [__("No."), __("Item"), __("Quantity"), __("Stage"), __("Documents")];
			const done = (row) => row.stage === "Fulfilled";
			if (any) head.unshift(`<input type="checkbox" class="soe-all" title="${__("All")}">`);
			const body = this.overview.rows.map((row) => {
				const check = waits(row)
					? `<input type="checkbox" class="soe-row" data-row="${escaped(row.name)}">`
					: "";
				const by = row.approved_by
					? `<br><small class="text-muted">${__("by {0}", [
							escaped(frappe.user.full_name(row.approved_by)),
					  ])}</small>`
					: "";
				return `<tr>${any ? `<td>${check}</td>` : ""}
					<td>${row.idx}</td>
					<td>${item(row)}</td>
					<td class="text-right">${quantity(row.qty)} ${escaped(__(row.uom))}</td>
					<td><span class="indicator-pill ${COLOURS[row.stage]}">${__(row.stage)}</span>${by}
						${done(row) ? "" : `<button type="button" class="btn btn-xs btn-default soe-why ml-2" data-row="${escaped(row.name)}">${__("Why?")}</button>`}
						<div class="soe-answers" data-row="${escaped(row.name)}"></div></td>
					<td>${documents(row.documents)}</td></tr>`;
			});
			const button = any
				? `<button class="btn btn-sm btn-primary soe-approve">${__("Approve Rows")}</button>`
				: "";
			return table(head, body) + button;
		}

		async explain(row) {
			const rows = await frappe.xcall("sales_order_ext.fulfilment.api.why", this.args);
			const answers = rows.find((one) => one.row === row)?.answers || [];
			const html = answers.map((one) => {
				// The reason is told to everybody; what mends it is there for whoever may do it.
				const [label, act] = this.button(one.button) || this.opening(one.opens, row) || [];
				const mend = act
					? `<button type="button" class="btn btn-xs btn-default soe-mend"
						data-mend="${this.mends.push(act) - 1}">${escaped(label)}</button>`
					: "";
				return `<div><small>${LACKS[one.about]}: ${escaped(one.reason)} ${mend}</small></div>`;
			});
			const area = this.wrapper.find(`.soe-answers[data-row="${row}"]`);
			area.html(html.join("") || `<small>${__("Nothing is missing.")}</small>`);
		}

		/** A button of the form that is there: one of its own, or the main one of a draft. */
		button(name) {
			if (!name) return;
			const label = __(name, null, "Back Order");
			const own = this.frm.custom_buttons[label];
			if (own) return [label, () => own.click()];
			const { docstatus, __unsaved } = this.frm.doc;
			if (name === "Submit" && docstatus === 0 && !__unsaved && this.frm.has_perm("submit")) {
				return [label, () => this.frm.savesubmit()];
			}
		}

		/** A document behind the row, or a field of the form, where there is something to do. */
		opening(what, row) {
			if (!what) return;
			const field = this.frm.fields_dict[what];
			if (field) return [__(field.df.label, null, "Sales Order"), () => this.frm.scroll_to_field(what)];
			const behind = this.overview.rows.find((one) => one.name === row).documents;
			const found =
				what === "Customer" ? this.frm.doc.customer : behind.find((one) => one.doctype === what)?.name;
			if (found) return [`${__(what)} ${found}`, () => frappe.set_route("Form", what, found)];
		}

		async approve() {
			const chosen = this.wrapper.find(".soe-row:checked").get();
			if (!chosen.length) {
				frappe.show_alert(__("Tick the rows to approve first."));
				return;
			}
			await frappe.xcall("sales_order_ext.fulfilment.api.approve_rows", {
				...this.args,
				rows: chosen.map((box) => box.dataset.row),
			});
			this.frm.reload_doc();
		}

		timeline() {
			const body = this.overview.timeline.map((one) => {
				const amount = one.amount === null ? "" : format_currency(one.amount, one.currency);
				const kind = one.is_return ? __("{0} (Return)", [__(one.doctype)]) : __(one.doctype);
				return `<tr><td>${day(one.date)}</td><td>${kind}</td><td>${link(one)}</td>
					<td>${escaped(__(one.docstatus === 0 ? "Draft" : one.status))}</td>
					<td class="text-right">${amount}</td></tr>`;
			});
			const head = [__("Date"), __("What"), __("Document"), __("Status"), __("Amount")];
			return section(__("Timeline"), table(head, body));
		}

		attachments() {
			return this.overview.attachments
				.map((file) => {
					const url = escaped(encodeURI(file.file_url));
					return `<div><a href="${url}" target="_blank">${escaped(file.file_name)}</a></div>`;
				})
				.join("");
		}

		show_feed(feed) {
			const area = this.wrapper.find(".soe-feed");
			area.html(`<textarea class="form-control" rows="2"
					placeholder="${__("Write a note about this order")}"></textarea>
				<button class="btn btn-sm btn-default mt-2 soe-note">${__("Add Note")}</button>
				<div class="soe-entries mt-3"></div>
				<button class="btn btn-sm btn-default soe-older">${__("Show Older")}</button>`);
			area.find(".soe-note").on("click", () => this.add_note(area.find("textarea").val(), {}));
			area.find(".soe-older").on("click", () => this.show_older());
			area.on("click", ".soe-answer", (event) => this.answer(event.currentTarget.dataset));
			this.append(feed);
		}

		append(feed) {
			this.after = feed.after;
			this.wrapper.find(".soe-older").toggle(Boolean(feed.after));
			this.wrapper.find(".soe-entries").append(feed.entries.map(entry).join(""));
		}

		async show_older() {
			const args = { ...this.args, after: this.after };
			this.append(await frappe.xcall("sales_order_ext.fulfilment.api.feed", args));
		}

		async add_note(text, about) {
			const args = { ...this.args, text: text || "", ...about };
			this.show_feed(await frappe.xcall("sales_order_ext.fulfilment.api.add_note", args));
		}

		answer({ doctype, name }) {
			sales_order_ext.ask({
				title: __("{0} {1}", [__(doctype), escaped(name)]),
				fields: [{ fieldname: "text", fieldtype: "Small Text", label: __("Answer"), reqd: 1 }],
				label: __("Send"),
				act: ({ text }) => this.add_note(text, { reference_doctype: doctype, reference_name: name }),
			});
		}
	}

	function item(row) {
		const name = row.item_name && row.item_name !== row.item_code ? row.item_name : "";
		return `${escaped(row.item_code)} <small class="text-muted">${escaped(name)}</small>`;
	}

	function documents(list) {
		return list
			.map((one) => {
				const amount = one.quantity === undefined ? "" : ` (${quantity(one.quantity)})`;
				const status = `<small class="text-muted">${escaped(__(one.status))}</small>`;
				return `<div>${__(one.doctype)} ${link(one)}${amount} ${status}</div>`;
			})
			.join("");
	}

	function entry(one) {
		const about =
			one.reference_doctype === "Sales Order"
				? ""
				: ` · ${__(one.reference_doctype)} ${escaped(one.reference_name)}
					<a class="soe-answer" data-doctype="${escaped(one.reference_doctype)}"
					data-name="${escaped(one.reference_name)}">${__("Answer")}</a>`;
		const who = escaped(frappe.user.full_name(one.user));
		const text = escaped(frappe.utils.html2text(one.text || ""));
		return `<div class="mb-3"><small class="text-muted">${frappe.datetime.comment_when(one.at)} · ${who}${about}
			</small><br>${text}</div>`;
	}
})();
