// Quote Win: shows what finishing does and what stands in its way; finishes, and takes back.
(() => {
	frappe.ui.form.on("Quote Win", {
		setup(frm) {
			frm.set_df_property("items", "cannot_add_rows", true);
			const of_company = () => ({ filters: { company: frm.doc.company, is_group: 0 } });
			const of_party = () => ({
				query: "frappe.contacts.doctype.address.address.address_query",
				filters: { link_doctype: frm.party?.quotation_to, link_name: frm.party?.party_name },
			});
			frm.set_query("quotation", () => ({ filters: { docstatus: 1 } }));
			frm.set_query("order_type", () => ({ filters: { enabled: 1 } }));
			frm.set_query("set_warehouse", of_company);
			frm.set_query("warehouse", "items", of_company);
			frm.set_query("customer_address", of_party);
			frm.set_query("shipping_address_name", of_party);
		},

		async refresh(frm) {
			// The grid shows its buttons again at every refresh, whatever cannot_add_rows says.
			frm.get_field("items")
				.grid.wrapper.find(".grid-add-row, .grid-add-multiple-rows, .grid-upload")
				.remove();
			frm.get_field("summary").html("");
			if (frm.is_new()) return;
			if (frm.doc.status !== "Draft") frm.disable_form();
			frm.events.add_buttons(frm);
			if (frm.doc.status === "Draft") frm.events.preview(frm);
			frm.party = (
				await frappe.db.get_value("Quotation", frm.doc.quotation, ["quotation_to", "party_name"])
			).message;
		},

		add_buttons(frm) {
			if (frm.doc.status === "Draft") {
				frm.add_custom_button(__("Wizard"), () => sales_order_ext.won_quote.open(frm.doc.name));
				frm.add_custom_button(__("Preview"), () => frm.events.preview(frm));
				frm.add_custom_button(__("Finish"), () => frm.events.finish(frm));
				frm.change_custom_button_type(__("Finish"), null, "primary");
			} else if (frm.doc.status === "Finished") {
				frm.add_custom_button(__("Sales Order"), () =>
					frappe.set_route("Form", "Sales Order", frm.doc.sales_order)
				);
				frm.add_custom_button(__("Undo"), () => frm.events.undo(frm));
			}
		},

		async preview(frm) {
			if (frm.is_dirty()) await frm.save();
			const { message } = await frappe.call("sales_order_ext.won_quote.api.preview", {
				quote_win: frm.doc.name,
			});
			frm.get_field("summary").html(sales_order_ext.won_quote.outlook(message));
		},

		async finish(frm) {
			if (frm.is_dirty()) await frm.save();
			const { message } = await frappe.call({
				method: "sales_order_ext.won_quote.api.finish",
				args: { quote_win: frm.doc.name },
				freeze: true,
				freeze_message: __("Booking the order"),
			});
			frappe.show_alert({
				message: __("Sales order {0} is booked", [sales_order_ext.escape(message.sales_order)]),
				indicator: "green",
			});
			frm.reload_doc();
		},

		undo(frm) {
			frappe.confirm(
				__("Cancel and remove sales order {0}, and open the quotation again?", [
					sales_order_ext.escape(frm.doc.sales_order),
				]),
				async () => {
					await frappe.call({
						method: "sales_order_ext.won_quote.api.undo",
						args: { quote_win: frm.doc.name },
						freeze: true,
					});
					frm.reload_doc();
				}
			);
		},
	});
})();
