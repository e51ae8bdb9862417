// Remembers the colours that a reader chose. Without this script the choice holds for one page.
(() => {
	const KEY = "objpub-theme";
	const root = document.documentElement;
	const stored = () => { try { return localStorage.getItem(KEY) } catch { return null } };
	const apply = (theme) => {
		if (theme === "light" || theme === "dark") root.dataset.theme = theme;
		else delete root.dataset.theme;
	};
	apply(stored());
	document.addEventListener("DOMContentLoaded", () => {
		for (const radio of document.querySelectorAll("input[name=theme]")) {
			radio.checked = radio.value === (root.dataset.theme || "auto");
			radio.addEventListener("change", () => {
				apply(radio.value);
				try { localStorage.setItem(KEY, radio.value) } catch { /* a private window keeps nothing */ }
			});
		}
	});
})();
