// The wizard: six pages over one Quote Win. Enter goes on; pages with nothing to decide are passed by.
frappe.provide("sales_order_ext.won_quote");

(() => {
	const TITLES = () => ({
		Close: __("Close", null, "Quote Win"),
		Activate: __("Activate"),
		Lines: __("Lines"),
		Order: __("Order"),
		Notify: __("Notify"),
		Summary: __("Summary of Actions"),
	});

	class Wizard {
		constructor(name) {
			this.name = name;
			this.dialog = sales_order_ext.dialog({
				title: __("Quotation Won"),
				size: "extra-large",
				fields: [
					{ fieldname: "steps", fieldtype: "HTML" },
					{ fieldname: "messages", fieldtype: "HTML" },
					{ fieldname: "body", fieldtype: "HTML" },
				],
				primary_action_label: __("Continue"),
				primary_action: () => this.go_on(),
				secondary_action_label: __("Back"),
				secondary_action: () => this.go_back(),
			});
			this.part = (name) => this.dialog.fields_dict[name].$wrapper;
			this.part("steps").on("click", "[data-page]", (event) => this.visit(event.currentTarget.dataset.page));
			this.dialog.$wrapper.on("shown.bs.modal", () => this.focus());
			this.dialog.$wrapper.on("keydown", (event) => this.key(event));
		}

		async open() {
			await new Promise((done) => frappe.model.with_doctype("Quote Win", done));
			const { message } = await frappe.call("sales_order_ext.won_quote.api.state", { quote_win: this.name });
			const quotation = message.quote_win.quotation;
			const party = await frappe.db.get_value("Quotation", quotation, ["quotation_to", "party_name"]);
			this.party = party.message;
			this.take(message);
			this.dialog.set_title(__("Quotation {0} Won", [sales_order_ext.escape(quotation)]));
			this.dialog.show();
			this.show(this.doc.page || "Close");
		}

		take(state) {
			this.state = { ...state, party: this.party };
			this.doc = state.quote_win;
		}

		get pages() {
			return this.state.pages.map((one) => one.page);
		}

		page_state(page) {
			return this.state.pages.find((one) => one.page === page);
		}

		show(page) {
			this.page = page;
			this.part("body").empty().off();
			const body = $("<div>").appendTo(this.part("body"));
			const tell = (answer) => this.tell(answer);
			this.collect = sales_order_ext.won_quote.pages[page](body, { doc: this.doc, state: this.state, tell });
			this.show_steps();
			this.show_messages();
			const last = page === "Summary";
			this.dialog.set_primary_action(last ? __("Finish") : __("Continue"), () => this.go_on());
			const blocked = this.state.pages.some((one) => one.blockers.length);
			this.dialog.get_primary_btn().prop("disabled", last && blocked);
			this.dialog.get_secondary_btn().toggle(page !== this.pages[0]);
			this.focus();
		}

		/** Show what the server says of a page that is not stored yet. */
		tell(answer) {
			Object.assign(this.state, answer);
			this.show_steps();
			this.show_messages();
		}

		/** Let Enter go on without a mouse. */
		focus() {
			setTimeout(() => this.dialog.get_primary_btn().focus(), 50);
		}

		show_steps() {
			const titles = TITLES();
			const steps = this.state.pages.map(({ page, asks, blockers }, index) => {
				const colour = blockers.length ? "text-danger" : asks ? "" : "text-muted";
				const current = page === this.page ? "btn-primary" : `btn-default ${colour}`;
				return `<button type="button" class="btn btn-xs ${current}" data-page="${page}">
					${index + 1}. ${titles[page]}</button>`;
			});
			this.part("steps").html(`<div class="mb-3" style="display: flex; gap: 6px; flex-wrap: wrap">
				${steps.join("")}</div>`);
		}

		show_messages() {
			const { blockers, warnings } = this.page_state(this.page);
			const lines = (rows, color) =>
				rows
					.map((row) => `<div class="mb-1"><span class="indicator ${color}">
						${frappe.utils.escape_html(row.message)}</span></div>`)
					.join("");
			const shown = this.page === "Summary" ? "" : lines(blockers, "red") + lines(warnings, "orange");
			this.part("messages").html(shown ? `<div class="mb-3">${shown}</div>` : "");
		}

		/** Store the page that is shown; the server answers with the state of all of them. */
		async store() {
			const { message } = await frappe.call({
				method: "sales_order_ext.won_quote.api.save_page",
				args: { quote_win: this.name, page: this.page, values: this.collect() },
			});
			this.take(message);
		}

		async go_on() {
			await this.alone(async () => {
				if (this.page === "Summary") return this.finish();
				await this.store();
				const stuck = this.page_state(this.page).blockers.length;
				this.show(stuck ? this.page : this.following());
			});
		}

		following() {
			const rest = this.pages.slice(this.pages.indexOf(this.page) + 1);
			return rest.find((page) => this.page_state(page).asks || this.page_state(page).blockers.length);
		}

		async go_back() {
			const before = this.pages.slice(0, this.pages.indexOf(this.page)).reverse();
			await this.visit(before.find((page) => this.page_state(page).asks) || this.pages[0]);
		}

		async visit(page) {
			await this.alone(async () => {
				await this.store();
				this.show(page);
			});
		}

		/** Do one thing at a time, however often Enter is pressed. */
		async alone(act) {
			if (this.busy) return;
			this.busy = true;
			try {
				await act();
			} finally {
				this.busy = false;
			}
		}

		async finish() {
			const { message } = await frappe.call({
				method: "sales_order_ext.won_quote.api.finish",
				args: { quote_win: this.name },
				freeze: true,
				freeze_message: __("Booking the order"),
			});
			this.dialog.hide();
			frappe.show_alert({
				message: __("Sales order {0} is booked", [sales_order_ext.escape(message.sales_order)]),
				indicator: "green",
			});
			frappe.model.remove_from_locals("Quote Win", this.name);
			frappe.set_route("Form", "Sales Order", message.sales_order);
		}

		/** Enter goes on wherever the cursor is, but for buttons, long texts and open lists: they want it. */
		key(event) {
			const { target, key } = event;
			if (key !== "Enter" || event.isDefaultPrevented()) return;
			if (["BUTTON", "A", "TEXTAREA"].includes(target.tagName)) return;
			if ($(target).attr("aria-expanded") === "true") return;
			event.preventDefault();
			// What is typed is taken over when its field is left.
			target.blur?.();
			setTimeout(() => this.go_on(), 50);
		}
	}

	/** Open the wizard on a draft. */
	sales_order_ext.won_quote.open = (name) => new Wizard(name).open();
})();
