frappe.listview_settings["Invoice Run"] = {
	get_indicator(doc) {
		const colors = {
			Draft: "gray",
			Queued: "orange",
			Running: "blue",
			Stopped: "yellow",
			Completed: "green",
			"Completed with Errors": "red",
		};
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
