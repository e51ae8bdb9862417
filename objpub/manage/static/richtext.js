// Text with a shape: HTML in an editor that leaves alone what it does not know, and Markdown with a preview.

// What the server keeps of a text (sanitize.py, sanitising.py), and what goes with all that is in it
const KEPT = new Set((
  "a abbr article aside audio b bdi bdo blockquote br caption cite code col colgroup data dd del details dfn div dl dt em"
  + " figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li mark ol p picture pre q rp rt ruby s samp"
  + " section small source span strong sub summary sup table tbody td tfoot th thead time tr track u ul var video wbr"
).split(" "));
const ATTRIBUTES = new Set((
  "abbr align alt cite class colspan controls datetime decoding dir headers height href hreflang kind label lang loading"
  + " open poster reversed rowspan scope span src srclang start title type value width"
).split(" "));
const ADDRESSES = new Set(["cite", "href", "poster", "src"]);
const SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);
const GONE = "script, style, template, iframe, object, embed, link, meta, base, form, input, button, textarea, select, svg, math, title";
const PASTED = new Set("P H2 H3 H4 UL OL LI A B STRONG I EM BLOCKQUOTE BR CODE PRE TABLE THEAD TBODY TR TH TD HR SUB SUP".split(" "));
const BLOCKS = [["p", "paragraph"], ["h2", "heading"], ["h3", "smallHeading"], ["pre", "code"]];

export function symbol(name) {
  const file = document.querySelector("svg.i use")?.getAttribute("href")?.split("#")[0] ?? "";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${file}#${name}`);
  svg.append(use);
  return svg;
}

export function element(name, values = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(values)) {
    if (value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export function button(label, icon, ...more) {
  const values = { type: "button", class: `btn plain${icon ? " sq" : ""}` };
  if (icon) Object.assign(values, { "aria-label": label, title: label });
  return element("button", values, icon ? symbol(icon) : label, ...more);
}

export const labelOf = (field) => field.labels?.[0]?.textContent.trim() ?? field.getAttribute("aria-label") ?? "";

// What stands in for the field of a form: focused in its place, described as it is

export function standIn(field, shown) {
  shown.id = `${field.id}-shown`;
  field.dataset.standIn = shown.id;
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (field.hasAttribute(name)) shown.setAttribute(name, field.getAttribute(name));
  }
  for (const label of field.labels ?? []) label.addEventListener("click", () => shown.focus());
}

export function setValue(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// HTML

export function richText(place, words) {
  const field = place.querySelector("textarea");
  const text = element("div", {
    class: "prose-in text", contenteditable: "true", role: "textbox", "aria-multiline": "true", "aria-label": labelOf(field),
  });
  const tools = element("div", { class: "tools", role: "toolbar", "aria-label": words.toolbar });
  const box = element("div", { class: "rich" }, tools, text);
  fill(text, field.value);
  place.before(box);
  box.append(place);
  place.hidden = true;
  place.parentElement.parentElement.querySelector(".form-html")?.remove();
  standIn(field, text);
  document.execCommand("defaultParagraphSeparator", false, "p");
  document.execCommand("styleWithCSS", false, false);

  const run = (command, value) => {
    text.focus();
    document.execCommand(command, false, value);
  };
  const block = element("select", { class: "in", "aria-label": words.block });
  for (const [tag, word] of BLOCKS) block.append(element("option", { value: tag }, words[word]));
  block.addEventListener("change", () => run("formatBlock", block.value));
  const states = [];
  const tool = (word, icon, action, command) => {
    const made = button(words[word], icon);
    if (!icon) made.textContent = words[word];
    made.addEventListener("mousedown", (event) => event.preventDefault());
    made.addEventListener("click", action);
    if (command) states.push([made, command]);
    return made;
  };
  const source = tool("html", "", () => turn(place.hidden));
  tools.append(
    block,
    tool("bold", "bold", () => run("bold"), "bold"),
    tool("italic", "italic", () => run("italic"), "italic"),
    tool("link", "link", () => askForLink(text, words)),
    tool("list", "ul", () => run("insertUnorderedList"), "insertUnorderedList"),
    tool("numbers", "", () => run("insertOrderedList"), "insertOrderedList"),
    tool("quotation", "quote", () => run("formatBlock", block.dataset.now === "blockquote" ? "p" : "blockquote")),
    tool("undo", "undo", () => run("undo")),
    source,
  );
  source.classList.add("push");

  function turn(toSource) {
    place.hidden = !toSource;
    text.hidden = toSource;
    source.setAttribute("aria-pressed", String(toSource));
    if (!toSource) fill(text, field.value);
    (toSource ? field : text).focus();
  }
  text.addEventListener("input", () => setValue(field, written(text)));
  text.addEventListener("focus", () => {
    if (!text.firstChild) text.append(element("p", {}, element("br")));
  });
  text.addEventListener("paste", (event) => paste(event));
  document.addEventListener("selectionchange", () => {
    if (!text.contains(document.getSelection()?.anchorNode)) return;
    for (const [made, command] of states) made.setAttribute("aria-pressed", String(document.queryCommandState(command)));
    block.dataset.now = document.queryCommandValue("formatBlock");
    block.value = BLOCKS.some(([tag]) => tag === block.dataset.now) ? block.dataset.now : "p";
  });
  byArrows(tools);
}

function fill(text, html) {
  text.replaceChildren(cleaned(html));
}

// Every text comes into the page through here: as the server would keep it, also where it was refused or is not sent
// yet. An id would let an image pass for a field, or a property, of the form around it: it waits under another name.

export function cleaned(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html; // nothing runs or is loaded in a template
  holder.content.querySelectorAll(GONE).forEach((each) => Element.prototype.remove.call(each));
  for (const each of [...holder.content.querySelectorAll("*")].reverse()) {
    if (KEPT.has(each.localName)) [...each.attributes].forEach((attribute) => keep(each, attribute));
    else each.replaceWith(...each.childNodes);
  }
  return holder.content;
}

function keep(each, { name, value }) {
  if (name === "id") each.dataset.textId = value;
  if (!ATTRIBUTES.has(name) || (ADDRESSES.has(name) && !isHarmless(value))) each.removeAttribute(name);
}

function isHarmless(address) {
  try {
    return SCHEMES.has(new URL(address, location.href).protocol);
  } catch {
    return false;
  }
}

function written(text) {
  const copy = text.cloneNode(true);
  copy.querySelectorAll("[style]").forEach((each) => each.removeAttribute("style"));
  copy.querySelectorAll("span:not([class]):not([lang]):not([dir]):not([data-text-id])").forEach((each) => each.replaceWith(...each.childNodes));
  for (const each of copy.querySelectorAll("[data-text-id]")) {
    each.id = each.dataset.textId;
    each.removeAttribute("data-text-id");
  }
  const isEmpty = !copy.textContent.trim() && !copy.querySelector("img, hr, video, audio, table");
  return isEmpty ? "" : copy.innerHTML;
}

function paste(event) {
  const html = event.clipboardData.getData("text/html");
  if (!html) return; // the browser knows best what to do with plain text
  event.preventDefault();
  const pasted = cleaned(html);
  for (const each of [...pasted.querySelectorAll("*")].reverse()) {
    if (!PASTED.has(each.tagName)) each.replaceWith(...each.childNodes);
    else for (const { name } of [...each.attributes]) if (name !== "href") each.removeAttribute(name);
  }
  document.execCommand("insertHTML", false, element("div", {}, pasted).innerHTML);
}

function askForLink(text, words) {
  const selection = document.getSelection();
  if (!selection.rangeCount || !text.contains(selection.anchorNode)) return;
  const range = selection.getRangeAt(0);
  const at = selection.anchorNode;
  const here = (at instanceof Element ? at : at.parentElement).closest("a");
  const input = element("input", { class: "in", id: "link-address", value: here?.getAttribute("href") ?? "" });
  const form = element("form", { class: "form", method: "dialog" },
    element("div", { class: "f" }, element("label", { for: "link-address" }, words.address), input),
    element("div", { class: "acts" },
      element("button", { class: "btn go", value: "set" }, words.setLink),
      ...(here ? [element("button", { class: "btn", value: "remove" }, words.removeLink)] : []),
      element("button", { class: "btn plain", value: "" }, words.cancel)));
  const dialog = element("dialog", { class: "chooser", "aria-label": words.link }, form);
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    text.focus();
    if (here) range.selectNodeContents(here);
    selection.removeAllRanges();
    selection.addRange(range);
    const address = input.value.trim();
    if (dialog.returnValue === "remove" || (dialog.returnValue === "set" && !address)) document.execCommand("unlink");
    else if (!isHarmless(address)) return;
    else if (dialog.returnValue === "set" && range.collapsed) {
      document.execCommand("insertHTML", false, element("a", { href: address }, address).outerHTML);
    } else if (dialog.returnValue === "set") document.execCommand("createLink", false, address);
  });
  dialog.showModal();
}

// One stop for the Tab key, arrows inside

function byArrows(tools) {
  const found = () => [...tools.querySelectorAll("button, select")];
  found().forEach((each, at) => (each.tabIndex = at ? -1 : 0));
  tools.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const all = found();
    const at = all.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = all[(at + step + all.length) % all.length];
    all.forEach((each) => (each.tabIndex = each === next ? 0 : -1));
    next.focus();
  });
}

// Markdown

export function markdown(place, words) {
  const url = place.dataset.preview;
  const field = place.querySelector("textarea");
  if (!url) return;
  const seen = element("div", { class: "seen", role: "tabpanel", id: `${field.id}-seen`, tabindex: "0" },
    element("div", { class: "prose-in text", "aria-live": "polite" }));
  seen.hidden = true;
  const tabs = [words.write, words.preview].map((word, at) => element("button", {
    type: "button", role: "tab", id: `${field.id}-tab-${at}`, "aria-controls": at ? seen.id : field.id,
  }, word));
  const list = element("div", { class: "halves", role: "tablist", "aria-label": labelOf(field) }, ...tabs);
  seen.setAttribute("aria-labelledby", tabs[1].id);
  field.before(list);
  field.after(seen);

  async function turn(at) {
    tabs.forEach((each, number) => {
      each.setAttribute("aria-selected", String(number === at));
      each.tabIndex = number === at ? 0 : -1;
    });
    field.hidden = at === 1;
    seen.hidden = at === 0;
    if (at === 1) fill(seen.firstChild, await rendered());
  }
  async function rendered() {
    const body = new FormData();
    body.set("field", place.dataset.field);
    body.set(place.dataset.field, field.value);
    const kind = field.form.elements.written_in;
    if (kind) body.set("written_in", kind.value);
    const fail = (text) => element("p", {}, text).outerHTML;
    try {
      const response = await fetch(url, { method: "POST", body, headers: { Accept: "text/html" } });
      if (response.ok) return await response.text();
      return fail(response.status === 401 ? words.signedOut : words.notLoaded);
    } catch {
      return fail(words.notLoaded);
    }
  }
  tabs.forEach((each, at) => each.addEventListener("click", () => turn(at)));
  list.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const next = tabs.indexOf(document.activeElement) ? 0 : 1;
    tabs[next].focus();
    turn(next);
  });
  field.addEventListener("focus", () => field.hidden && turn(0));
  turn(0);
}
