// The palette: Ctrl-K or Cmd-K opens it, what is typed narrows it, arrows choose, Enter goes or does. It opens at
// once with what the page leads to. What fits there is shown while one types; the server, which knows all that one
// may do, is asked for the rest. Without this script the search at the side finds things too.

const WAIT = 120; // milliseconds without a key before it is asked

const HERE = [".tabs a", ".head .acts :is(a, form button)", ".kinds a"];
const SITE = ["#side .nav a"];
const TREE = ["#tree a.name"];
const NEAR = 5; // lines of the page itself that come first

const palette = document.getElementById("palette");
const field = palette?.querySelector("[role=combobox]");
const told = palette?.querySelector("[role=status]");
const place = palette?.querySelector(".found");

let looking = null;
let waiting = 0;
let chosen = null;
let styles = null;
let looked = Promise.resolve();

if (palette) start();

function start() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Control" || event.key === "Meta") styled(); // before the K, so that it opens at once
    const asked = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k";
    if (!asked || event.target.isContentEditable) return; // there it makes a link
    event.preventDefault();
    palette.matches(":popover-open") ? palette.hidePopover() : open();
  });
  field.setAttribute("aria-controls", "palette-list");
  palette.setAttribute("aria-modal", "true");
  palette.addEventListener("toggle", (event) => event.newState === "closed" && looking?.abort());
  field.addEventListener("keydown", pressed);
  field.addEventListener("input", typed);
  place.addEventListener("pointermove", (event) => choose(event.target.closest("[role=option]")));
}

// Its style is loaded when it is about to be opened for the first time, as is that of the list of the keys.

export function styled() {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.setAttribute("href", palette.dataset.sheet);
  styles ??= new Promise((done) => {
    sheet.addEventListener("load", done);
    sheet.addEventListener("error", done);
    document.head.append(sheet);
  });
  return styles;
}

async function open() {
  await styled();
  if (document.querySelector("dialog:modal")) return;
  field.value = "";
  looked = look();
  palette.showPopover(); // a modal dialog would make the page inert, which a long one takes a while for
  field.focus({ preventScroll: true });
}

function typed() {
  clearTimeout(waiting);
  looking?.abort();
  const answered = new Promise((done) => (waiting = setTimeout(() => look().then(done), WAIT)));
  const found = near();
  if (found.length) show(listbox([[palette.dataset.near, found]]));
  looked = found.length ? Promise.resolve() : answered;
}

async function look() {
  looking?.abort();
  if (!field.value.trim()) return offer();
  const mine = (looking = new AbortController());
  const address = new URL(palette.dataset.url, location);
  address.searchParams.set("q", field.value);
  palette.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { credentials: "same-origin", signal: mine.signal });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    show(after(new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("form")));
  } catch (error) {
    if (error.name === "AbortError") return;
    clear();
    told.textContent = palette.dataset.failed;
    told.className = "told";
  } finally {
    if (mine === looking) palette.removeAttribute("aria-busy");
  }
}

function clear() {
  place.replaceChildren();
  told.className = "vh";
  told.textContent = "";
  field.setAttribute("aria-expanded", "false");
  choose(null);
}

// What the page leads to: the same links and buttons once more

function offer() {
  palette.removeAttribute("aria-busy");
  show(listbox([[palette.dataset.here, all(HERE)], [palette.dataset.site, all(SITE)]]));
}

const all = (selectors) => selectors.flatMap((each) => [...document.querySelectorAll(each)]);

function near() {
  const asked = field.value.trim().toLowerCase();
  if (!asked) return [];
  const rank = (text) => (text === asked ? 0 : text.startsWith(asked) ? 1 : 2);
  return all([...TREE, ...HERE, ...SITE])
    .map((source) => ({ source, text: titleOf(source).toLowerCase() }))
    .filter(({ text }) => asked.split(/\s+/).every((word) => text.includes(word)))
    .sort((one, other) => rank(one.text) - rank(other.text))
    .slice(0, NEAR)
    .map(({ source }) => source);
}

// What the server found, below what the page has, which stays as it is shown

function after(form) {
  const mine = near().length ? place.querySelector("[role=group]") : null;
  if (!mine) return form;
  const lines = [...mine.querySelectorAll("[role=option]")];
  const addresses = lines.map((each) => each.href).filter(Boolean);
  const texts = lines.filter((each) => !each.href).map(textOf);
  for (const option of form.querySelectorAll("[role=option]")) {
    if (option.href ? addresses.includes(option.href) : texts.includes(textOf(option))) option.remove();
  }
  form.querySelectorAll("[role=group]:not(:has([role=option])), .told").forEach((each) => each.remove());
  form.querySelector("[role=listbox]").prepend(mine);
  return form;
}

const textOf = (option) => option.querySelector("span:last-of-type").textContent;

function listbox(groups) {
  const list = document.createElement("div");
  list.id = "palette-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", palette.getAttribute("aria-label"));
  for (const [title, sources] of groups) {
    if (sources.length) list.append(group(title, sources, list.childElementCount));
  }
  return list;
}

function group(title, sources, at) {
  const box = document.createElement("div");
  const label = document.createElement("p");
  label.className = "label";
  label.id = `palette-here-${at}`;
  label.setAttribute("role", "presentation");
  label.textContent = title;
  box.setAttribute("role", "group");
  box.setAttribute("aria-labelledby", label.id);
  box.append(label, ...sources.map((source, number) => line(source, `${label.id}-${number}`)));
  return box;
}

function line(source, id) {
  const option = document.createElement(source.localName);
  if (source.href) option.setAttribute("href", source.href);
  else option.addEventListener("click", () => source.click());
  option.id = id;
  option.tabIndex = -1;
  option.setAttribute("role", "option");
  const symbol = source.querySelector("svg")?.cloneNode(true);
  const text = document.createElement("span");
  text.textContent = titleOf(source);
  option.append(symbol ?? Object.assign(document.createElement("span"), { className: "i" }), text);
  if (source.dataset.into) option.append(Object.assign(document.createElement("small"), { textContent: source.dataset.into }));
  return option;
}

function titleOf(source) {
  const copy = source.cloneNode(true);
  copy.querySelectorAll("small, kbd, .num").forEach((each) => each.remove());
  const kind = source.closest(".add, .kinds") ? `${palette.dataset.add}: ` : "";
  return kind + (copy.textContent.trim() || source.getAttribute("aria-label") || "");
}

function show(form) {
  place.replaceChildren(document.adoptNode(form));
  const list = options();
  told.className = "vh";
  field.setAttribute("aria-expanded", String(list.length > 0));
  told.textContent = palette.dataset.count.replace("%d", list.length);
  choose(list.includes(chosen) ? chosen : list[0] ?? null);
}

const options = () => [...place.querySelectorAll("[role=option]")];

function choose(option) {
  if (option === undefined || (option === chosen && option)) return;
  chosen?.removeAttribute("aria-selected");
  chosen = option;
  if (!option) return field.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  field.setAttribute("aria-activedescendant", option.id);
}

function pressed(event) {
  if (event.isComposing) return;
  if (event.key === "Tab") event.preventDefault(); // there is nothing else in it
  const list = options();
  const at = list.indexOf(chosen);
  const next = { ArrowDown: list[at + 1] ?? list[0], ArrowUp: list[at - 1] ?? list.at(-1) }[event.key];
  if (next) {
    event.preventDefault();
    choose(next);
    next.scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter") {
    event.preventDefault();
    looked.then(() => chosen?.click()); // what was typed last counts, also where the answer is still on its way
  }
}
