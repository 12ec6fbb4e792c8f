// The wizard's pages but Lines and Summary: their fields, and what they send.
frappe.provide("sales_order_ext.won_quote.pages");

(() => {
	const pages = sales_order_ext.won_quote.pages;
	const html = frappe.utils.escape_html;

	/** A page made of fields. `collect` returns what it sends. */
	function form(parent, fields, doc) {
		const group = new frappe.ui.FieldGroup({
			fields: fields.map((field) => ({ default: doc[field.fieldname], ...field })),
			body: parent,
		});
		group.make();
		return group;
	}

	const values_of = (group, names) =>
		Object.fromEntries(names.map((name) => [name, group.get_value(name) || null]));

	/** Close: what becomes of quotation and opportunity, and which others lose. */
	pages.Close = function (parent, { doc, state }) {
		const told = state.actions
			.filter((action) => action.action.startsWith("Update "))
			.map((action) => `<li>${html(action.description)}</li>`)
			.join("");
		const losing = doc.losing_quotations || [];
		const fields = [
			{ fieldname: "head", fieldtype: "HTML" },
			{ fieldname: "transaction_date", fieldtype: "Date", label: __("Order Date", null, "Quote Win") },
			{ fieldtype: "Column Break" },
		];
		if (losing.length) {
			fields.push({ fieldname: "losing", fieldtype: "HTML" });
			fields.push({
				fieldname: "lost_reason",
				fieldtype: "Link",
				label: __("Lost Reason"),
				options: "Quotation Lost Reason",
			});
		}
		const group = form(parent, fields, doc);
		group.fields_dict.head.$wrapper.html(`<h4>${html(doc.customer_name || "")}</h4><ul>${told}</ul>`);
		if (losing.length) {
			const rows = losing.map(
				(row, index) => `<label class="d-block"><input type="checkbox" data-losing="${index}"
					${row.lose ? "checked" : ""}> ${html(row.quotation)}
					<span class="text-muted">${format_currency(row.grand_total, row.currency)}</span></label>`
			);
			group.fields_dict.losing.$wrapper.html(
				`<p>${__("Other quotations of the opportunity: mark as lost")}</p>${rows.join("")}`
			);
		}
		const ticked = (index) => (parent.find(`[data-losing="${index}"]`).prop("checked") ? 1 : 0);
		return () => ({
			...values_of(group, losing.length ? ["transaction_date", "lost_reason"] : ["transaction_date"]),
			losing_quotations: losing.map(({ quotation }, index) => ({ quotation, lose: ticked(index) })),
		});
	};

	/** Activate: what follows the sale, and what services become. */
	pages.Activate = function (parent, { doc }) {
		const services = doc.items.filter((row) => row.kind !== "Product" && !row.is_labour && row.include);
		const common = new Set(services.map((row) => row.convert_to));
		const choices = [
			{ value: "", label: __("Each as it is") },
			{ value: "Sales Order", label: __("Plain rows of the order") },
			{ value: "Project Charge", label: __("Charges of the project") },
			{ value: "Contract Charge", label: __("Charges of the contract; subscriptions where there is a plan") },
			{ value: "Ticket Charge", label: __("Charges of the ticket") },
		];
		// What is made is asked about: by what follows the sale, or by a row that is charged to it.
		const is = (action) => {
			const charge = `${action} Charge`;
			const charged = doc.items.some((row) => row.include && row.convert_to === charge);
			return `eval:doc.post_sale_action == '${action}' || doc.convert_to == '${charge}' ||
				(!doc.convert_to && ${charged})`;
		};
		const group = form(
			parent,
			[
				{
					fieldname: "post_sale_action",
					fieldtype: "Select",
					label: __("After the Sale"),
					options: [
						{ value: "Order Only", label: __("Order only") },
						{ value: "Project", label: __("A project is made or activated") },
						{ value: "Contract", label: __("A contract is made") },
						{ value: "Ticket", label: __("A ticket is made") },
					],
				},
				{
					fieldname: "convert_to",
					fieldtype: "Select",
					label: __("Services Become"),
					options: choices,
					default: common.size === 1 ? [...common][0] : "",
					hidden: services.length ? 0 : 1,
					description: __("Each row can be set on the next page. Labour stays a row of the order."),
				},
				{ fieldtype: "Column Break" },
				{
					fieldname: "project",
					fieldtype: "Link",
					options: "Project",
					label: __("Proposal Project"),
					depends_on: is("Project"),
					description: __("Becomes active. Where left empty, a project is made."),
					get_query: () => ({ filters: { company: doc.company } }),
				},
				{
					fieldname: "project_template",
					fieldtype: "Link",
					options: "Project Template",
					label: __("Project Template"),
					depends_on: `${is("Project")} ? !doc.project : false`,
				},
				{
					fieldname: "contract_template",
					fieldtype: "Link",
					options: "Contract Template",
					label: __("Contract Template"),
					depends_on: is("Contract"),
				},
				{
					fieldname: "issue_type",
					fieldtype: "Link",
					options: "Issue Type",
					label: __("Ticket Type"),
					depends_on: is("Ticket"),
				},
			],
			doc
		);
		const names = ["post_sale_action", "project", "project_template", "contract_template", "issue_type"];
		return () => {
			const convert_to = group.get_value("convert_to");
			const items = convert_to
				? services.map(({ quotation_item }) => ({ quotation_item, convert_to }))
				: [];
			return { ...values_of(group, names), items };
		};
	};

	/** Order: what the order says beside its rows. */
	pages.Order = function (parent, { doc, state }) {
		const on = (property) => sales_order_ext.on(property, doc);
		const link = (fieldname, label, options, get_query) => ({
			fieldname,
			label,
			fieldtype: "Link",
			options,
			get_query,
		});
		const of_party = () => ({
			query: "frappe.contacts.doctype.address.address.address_query",
			filters: { link_doctype: state.party.quotation_to, link_name: state.party.party_name },
		});
		const of_company = () => ({ filters: { company: doc.company, is_group: 0 } });
		const left = [
			{ fieldname: "delivery_date", fieldtype: "Date", label: __("Delivery Date") },
			{ fieldname: "po_no", fieldtype: "Data", label: __("Customer's Purchase Order") },
			link("set_warehouse", __("Source Warehouse"), "Warehouse", of_company),
		];
		if (on("enable_order_types")) {
			const enabled = () => ({ filters: { enabled: 1 } });
			left.push(link("order_type", __("Sales Order Type"), "Sales Order Type", enabled));
			left.push({
				fieldname: "document_kind",
				fieldtype: "Select",
				label: __("Document Kind"),
				options: [
					{ value: "Standard", label: __("Standard: the order is booked") },
					{ value: "Warehouse", label: __("Warehouse: the delivery too") },
					{ value: "POS", label: __("POS: delivery, invoice and payment too") },
				],
			});
			left.push({
				...link("mode_of_payment", __("Mode of Payment"), "Mode of Payment"),
				depends_on: "eval:doc.document_kind == 'POS'",
			});
		}
		const right = [
			link("customer_address", __("Customer Address"), "Address", of_party),
			link("shipping_address_name", __("Shipping Address"), "Address", of_party),
			link("payment_terms_template", __("Payment Terms Template"), "Payment Terms Template"),
		];
		if (on("enable_invoice_terms")) {
			right.push({
				fieldname: "invoice_term",
				fieldtype: "Select",
				label: __("Invoice Term"),
				options: frappe.meta.get_docfield("Quote Win", "invoice_term").options,
			});
		}
		const group = form(parent, [...left, { fieldtype: "Column Break" }, ...right], doc);
		const names = [...left, ...right].map((field) => field.fieldname);
		return () => values_of(group, names);
	};

	/** Notify: who is told. */
	pages.Notify = function (parent, { doc }) {
		const group = form(
			parent,
			[
				{
					fieldname: "users",
					fieldtype: "MultiSelectPills",
					label: __("Tell These Users"),
					default: (doc.notify || []).map((row) => row.user),
					get_data: (text) => frappe.db.get_link_options("User", text),
				},
			],
			doc
		);
		return () => ({ notify: group.get_value("users") || [] });
	};

	/** Summary: what stands in the way, what to know, what happens. */
	pages.Summary = function (parent, { state }) {
		parent.html(sales_order_ext.won_quote.outlook(state));
		return () => ({});
	};

	/** What a state says, as a reader sees it. */
	sales_order_ext.won_quote.outlook = function ({ actions, warnings, blockers, pages: shown }) {
		const gather = (key) => (shown || []).flatMap((page) => page[key]);
		const red = (blockers || gather("blockers")).map((row) => row.message);
		const orange = (warnings || gather("warnings")).map((row) => row.message);
		const lines = (rows, color) =>
			rows.map((text) => `<li class="indicator ${color} mb-1">${html(text)}</li>`).join("");
		const list = (title, rows, color) =>
			rows.length
				? `<p class="text-muted mb-1">${title}</p>
				<ul class="list-unstyled d-flex flex-column">${lines(rows, color)}</ul>`
				: "";
		return [
			list(__("This stands in the way"), red, "red"),
			list(__("Good to know"), orange, "orange"),
			list(
				__("Finishing does this"),
				actions.map((row) => row.description),
				red.length ? "gray" : "green"
			),
		].join("");
	};
})();
