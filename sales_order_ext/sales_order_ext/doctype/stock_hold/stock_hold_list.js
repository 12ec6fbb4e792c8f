frappe.listview_settings["Stock Hold"] = {
	hide_name_column: true,
	add_fields: ["expires_at", "user", "qty"],

	get_indicator(doc) {
		const past = doc.expires_at <= frappe.datetime.system_datetime();
		if (past) return [__("{0}, past", [doc.qty]), "gray", `expires_at,<=,${doc.expires_at}`];
		const until = moment(doc.expires_at).format("D MMM HH:mm");
		return [__("{0} until {1}", [doc.qty, until]), "green", `expires_at,>=,${doc.expires_at}`];
	},

	onload(list) {
		list.page.add_actions_menu_item(__("Release", null, "Back Order"), () => release(list), true);

		/** Holders may release their own, managers any: the server decides. */
		function release(list) {
			const names = list.get_checked_items(true);
			frappe.confirm(__("Release {0} holds? Whoever types these orders no longer has the stock.", [names.length]), async () => {
				const { released } = await frappe.xcall("sales_order_ext.allocation.api.release_holds", { names });
				frappe.show_alert({ message: __("{0} holds released", [released]), indicator: "green" });
				list.refresh();
			});
		}
	},
};
