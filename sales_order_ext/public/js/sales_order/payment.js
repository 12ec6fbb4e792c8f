// Adding a payment to a booked order: money and unused credit on several orders and invoices at once.
(() => {
	frappe.ui.form.on("Sales Order", {
		refresh(frm) {
			const stands = frm.doc.docstatus === 1 && !frm.doc.soe_is_cancelled;
			if (!stands || !sales_order_ext.on("enable_payment_status", frm.doc)) return;
			if (!frappe.model.can_create("Payment Entry")) return;
			sales_order_ext.add_button(frm, __("Add Payment"), () => add_payment(frm));
		},
	});

	function add_payment(frm) {
		frappe.call({
			method: "sales_order_ext.payment.api.payment_context",
			args: { sales_order: frm.doc.name },
			freeze: true,
			callback: ({ message }) => new PaymentDialog(frm, message).show(),
		});
	}

	class PaymentDialog {
		constructor(frm, context) {
			Object.assign(this, { frm, context });
			this.account = context.accounts.find((one) => one.account === context.default_account);
			this.dialog = sales_order_ext.dialog({
				title: __("Payment of {0}", [sales_order_ext.escape(context.customer_name)]),
				size: "extra-large",
				fields: this.fields(),
				primary_action_label: __("Process"),
				primary_action: () => this.send("Process"),
				secondary_action_label: __("Process and Deposit"),
				secondary_action: () => this.send("Process and Deposit"),
			});
			this.documents = this.dialog.fields_dict.documents.$wrapper;
			this.credits = this.dialog.fields_dict.credits.$wrapper;
		}

		fields() {
			const { context } = this;
			const options = context.accounts.map((one) => one.account);
			const precision = String(context.precision);
			return [
				{ fieldname: "documents", fieldtype: "HTML" },
				{ fieldtype: "Section Break", label: __("Unused Credit"), hidden: !context.credits.length },
				{ fieldname: "credits", fieldtype: "HTML" },
				{ fieldtype: "Section Break", label: __("Money Received") },
				{ fieldname: "paid_amount", fieldtype: "Float", precision, label: __("Amount"), change: () => this.update() },
				{
					fieldname: "paid_to",
					fieldtype: "Autocomplete",
					options,
					label: __("Into Account"),
					default: context.default_account,
					change: () => this.choose_account(),
				},
				{
					fieldname: "target_exchange_rate",
					fieldtype: "Float",
					precision: 9,
					label: __("Exchange Rate"),
					hidden: 1,
					change: () => this.propose(),
				},
				{ fieldtype: "Column Break" },
				{ fieldname: "posting_date", fieldtype: "Date", label: __("Date"), default: context.posting_date },
				{ fieldname: "mode_of_payment", fieldtype: "Link", options: "Mode of Payment", label: __("Mode of Payment"),
					change: () => this.choose_mode() },
				{ fieldname: "deposit_to", fieldtype: "Autocomplete", label: __("Deposit Into"),
					options: context.accounts.filter((one) => one.account_type === "Bank").map((one) => one.account),
					default: context.deposit_to },
				{ fieldtype: "Column Break" },
				{ fieldname: "reference_no", fieldtype: "Data", label: __("Reference No") },
				{ fieldname: "reference_date", fieldtype: "Date", label: __("Reference Date") },
				{ fieldname: "overpayment", fieldtype: "Select", label: __("What Is Paid Too Much"), default: "Keep",
					options: [{ value: "Keep", label: __("Keep as credit") }, { value: "Refund", label: __("Refund") }] },
				{ fieldtype: "Section Break", label: __("General Ledger Rows"), collapsible: 1 },
				this.deductions_field(),
				{ fieldtype: "Section Break" },
				{ fieldname: "summary", fieldtype: "HTML" },
			]; // prettier-ignore
		}

		deductions_field() {
			const { context } = this;
			const precision = String(context.precision);
			const of_company = () => ({ filters: { company: context.company, is_group: 0 } });
			return {
				fieldname: "deductions",
				fieldtype: "Table",
				in_place_edit: true,
				data: [],
				description: __("A cost, such as a bank charge or a discount, above zero; an income below."),
				fields: [
					{ fieldname: "account", fieldtype: "Link", options: "Account", label: __("Account"), in_list_view: 1,
						columns: 4, default: context.deduction_account, get_query: of_company },
					{ fieldname: "amount", fieldtype: "Float", precision, label: __("Amount"), in_list_view: 1, columns: 2,
						change: () => this.propose() },
					{ fieldname: "cost_center", fieldtype: "Link", options: "Cost Center", label: __("Cost Center"),
						in_list_view: 1, columns: 3, default: context.cost_center, get_query: of_company },
				],
			}; // prettier-ignore
		}

		show() {
			this.dialog.show();
			this.fill(this.documents, "outstanding", __("Open"), (row) => [
				row.due_date || row.date,
				row.of_this_order ? __("This order") : "",
			]);
			this.fill(this.credits, "amount", __("Left", null, "Quantity"), (row) => [row.posting_date, row.remarks]);
			for (const $table of [this.documents, this.credits]) {
				$table.on("change", ".soe-choose", (event) => this.choose($table, event.target));
				$table.on("input", "[data-amount]", (event) => this.type($table, event.target));
			}
			this.documents.find("tr[data-own='1'] .soe-choose").first().prop("checked", true).trigger("change");
			this.dialog.get_secondary_btn().removeClass("hide");
			// Money that the clerk has typed stays as it is, until the field is emptied.
			this.dialog.fields_dict.paid_amount.$input.on("input", (event) => {
				this.is_typed = event.target.value !== "";
			});
			this.show_account();
		}

		/** Ticking a row fills in what is open, at most what typed money leaves; unticking empties it. */
		choose($table, box) {
			const $line = $(box).closest("tr");
			const row = this.rows($table)[$line.data("index")];
			const rest = this.is_typed ? this.rest() : 0;
			let most = rest > 0 ? Math.min(row.outstanding, rest) : row.outstanding;
			if ($table === this.credits) most = Math.min(row.amount, Math.max(this.owed(), 0));
			if (box.checked && !most) {
				box.checked = false;
				frappe.show_alert({ message: __("Choose first what the credit is to settle."), indicator: "orange" });
			}
			$line.find("[data-amount]").val(box.checked ? most : "");
			this.propose();
		}

		type($table, input) {
			$(input).closest("tr").find(".soe-choose").prop("checked", flt(input.value) > 0);
			this.propose();
		}

		rows = ($table) => this.context[$table === this.documents ? "documents" : "credits"];

		/** The chosen rows of a table with their amounts. */
		chosen($table) {
			return $table
				.find("tbody tr")
				.toArray()
				.map((line) => ({
					row: this.rows($table)[$(line).data("index")],
					amount: flt($(line).find("[data-amount]").val()),
				}))
				.filter(({ amount }) => amount > 0);
		}

		total = ($table) => this.chosen($table).reduce((sum, { amount }) => sum + amount, 0);
		rounded = (amount) => flt(amount, this.context.precision);
		owed = () => this.rounded(this.total(this.documents) - this.total(this.credits));

		rate = () => flt(this.dialog.get_value("target_exchange_rate")) || 1;
		deducted = () => (this.dialog.get_value("deductions") || []).reduce((sum, row) => sum + flt(row.amount), 0);

		/** What money and ledger rows leave after all that is chosen, in the currency of the customer's account. */
		rest() {
			const base = flt(this.dialog.get_value("paid_amount")) * this.rate() + this.deducted();
			return this.rounded(base / (this.context.source_exchange_rate || 1) - this.owed());
		}

		/** Fill in the money that the chosen rows ask for, in the account's currency, unless it was typed. */
		async propose() {
			if (!this.is_typed) {
				const base = Math.max(this.owed(), 0) * (this.context.source_exchange_rate || 1) - this.deducted();
				await this.dialog.set_value("paid_amount", this.rounded(Math.max(base, 0) / this.rate()));
			}
			this.update();
		}

		choose_mode() {
			const mode = this.context.modes.find((one) => one.mode_of_payment === this.dialog.get_value("mode_of_payment"));
			if (mode) this.dialog.set_value("paid_to", mode.account);
		}

		/** The account was chosen, or its field only left: what was typed elsewhere must not suffer from that. */
		choose_account() {
			const chosen = this.dialog.get_value("paid_to");
			if (this.account?.account === chosen) return;
			const account = this.context.accounts.find((one) => one.account === chosen);
			if (account) {
				this.account = account;
				this.show_account();
			} else if (this.account) {
				this.dialog.set_value("paid_to", this.account.account);
			}
		}

		is_foreign = () => Boolean(this.account) && this.account.currency !== this.context.company_currency;

		async show_account() {
			const { dialog, context, account } = this;
			const foreign = this.is_foreign();
			dialog.set_df_property("target_exchange_rate", "hidden", foreign ? 0 : 1);
			dialog.set_df_property(
				"target_exchange_rate",
				"description",
				foreign ? __("{0} for 1 {1}", [context.company_currency, account.currency]) : ""
			);
			dialog.set_df_property("paid_amount", "label", account ? __("Amount ({0})", [account.currency]) : __("Amount"));
			await dialog.set_value("target_exchange_rate", foreign ? account.exchange_rate : 1);
			await this.propose();
		}

		update() {
			const money = (amount) => format_currency(amount, this.context.party_account_currency);
			const rest = this.rest();
			const no_rate = this.is_foreign() && !flt(this.dialog.get_value("target_exchange_rate"));
			let [color, sentence] = ["green", __("All of it is allocated.")];
			if (no_rate) [color, sentence] = ["red", __("Enter the exchange rate.")];
			else if (rest < 0) [color, sentence] = ["red", __("{0} are missing. Pay more or lower a row.", [money(-rest)])];
			else if (rest > 0) [color, sentence] = ["orange", __("{0} are paid too much.", [money(rest)])];
			this.dialog.fields_dict.summary.$wrapper.html(
				`<div class="indicator ${color}"><span>${__("To settle")}: <b>${money(this.total(this.documents))}</b>,
				${__("from credit")}: <b>${money(this.total(this.credits))}</b>. ${sentence}</span></div>`
			);
		}

		send(action) {
			const values = this.dialog.get_values();
			if (!values) return;
			frappe.call({
				method: "sales_order_ext.payment.api.add_payment",
				args: { sales_order: this.frm.doc.name, payload: this.payload(action, values) },
				freeze: true,
				btn: this.dialog.get_primary_btn(),
				callback: ({ message }) => this.show_booked(message),
			});
		}

		payload(action, values) {
			const names = ({ reference_doctype, reference_name }) => ({ reference_doctype, reference_name });
			const payload = {
				action,
				references: this.chosen(this.documents).map(({ row, amount }) => ({
					...names(row),
					allocated_amount: amount,
				})),
				credits: this.chosen(this.credits).map(({ row, amount }) => ({
					...names(row),
					reference_row: row.reference_row,
					amount,
				})),
				deductions: (values.deductions || [])
					.filter((row) => row.account && flt(row.amount))
					.map(({ account, amount, cost_center }) => ({ account, amount, cost_center })),
				posting_date: values.posting_date,
			};
			if (!flt(values.paid_amount)) return payload;
			const keys = ["paid_amount", "paid_to", "mode_of_payment", "reference_no", "reference_date", "overpayment"];
			if (action === "Process and Deposit") keys.push("deposit_to");
			if (this.is_foreign()) keys.push("target_exchange_rate");
			return Object.assign(payload, Object.fromEntries(keys.map((key) => [key, values[key]])));
		}

		fill($table, amount, label, about) {
			const rows = this.rows($table);
			if (!rows.length) return $table.html(`<p class="text-muted">${__("Nothing is open.")}</p>`);
			const escape = (text) => frappe.utils.escape_html(text || "");
			const lines = rows.map((row, index) => {
				const [date, note] = about(row);
				return `<tr data-index="${index}" data-own="${row.of_this_order ? 1 : 0}">
					<td><input type="checkbox" class="soe-choose" aria-label="${escape(row.reference_name)}"></td>
					<td>${__(row.reference_doctype)}</td><td>${escape(row.reference_name)}</td>
					<td>${frappe.datetime.str_to_user(date)}</td><td class="text-muted ellipsis" style="max-width: 16em">${escape(note)}</td>
					<td class="text-right">${format_number(row[amount], null, this.context.precision)}</td>
					<td><input type="number" min="0" step="any" data-amount class="form-control input-xs text-right" style="width: 8em"></td></tr>`;
			});
			$table.html(`<div style="max-height: 32vh; overflow: auto"><table class="table table-bordered table-condensed">
				<thead><tr><th></th><th>${__("Document")}</th><th>${__("Name")}</th><th>${__("Date")}</th><th></th>
				<th class="text-right">${label}</th><th>${__("Amount")}</th></tr></thead><tbody>${lines.join("")}</tbody></table></div>`);
		}

		show_booked(message) {
			this.dialog.hide();
			const name = sales_order_ext.escape(message.payment_entry || message.sales_order);
			const said = __("{0}: {1}", [name, __(message.soe_payment_status)]);
			frappe.show_alert({ message: said, indicator: "green" });
			this.frm.reload_doc();
		}
	}
})();
