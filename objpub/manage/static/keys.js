// Keys: a control of the page that says data-keys="e" is pressed by that key, and "g t" by one after the other.
// Not while somebody types, and not where they are switched off; `?` shows them, as the page behind it does.

import { styled } from "./palette.js";

const PAUSE = 1_500; // milliseconds between two keys that belong together
const LINES = ".list tbody .n a";
const TYPING = "input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select";

let before = "";
let since = 0;

if (document.documentElement.dataset.keys !== "off") start();

function start() {
  for (const each of document.querySelectorAll("[data-keys]")) tell(each);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isTyping(event.target) || document.querySelector("dialog:modal") || event.key.length !== 1) return;
    if (pressed(event.key, event)) event.preventDefault();
  });
}

function tell(control) {
  const keys = control.dataset.keys;
  if (keys.length === 1) control.setAttribute("aria-keyshortcuts", keys);
  const name = control.title || control.getAttribute("aria-label") || control.textContent.trim();
  if (control.matches("a, summary") && !control.querySelector("kbd")) control.title = `${name} (${keys})`;
}

function isTyping(target) {
  return target.isContentEditable || target.matches?.(TYPING) || target.shadowRoot !== null;
}

function pressed(key, event) {
  const both = before && event.timeStamp - since < PAUSE ? `${before} ${key}` : key;
  const controls = [...document.querySelectorAll("[data-keys]")];
  const meant = controls.filter((each) => each.dataset.keys === both);
  const begins = both === key && controls.some((each) => each.dataset.keys.startsWith(`${key} `));
  before = begins ? key : "";
  since = event.timeStamp;
  if (meant.length) return use(meant);
  return begins || inList(key);
}

function use(controls) {
  const control = controls.find((each) => each.checkVisibility()) ?? controls[0];
  const side = control.closest("[popover]");
  if (side && !side.checkVisibility()) side.showPopover(); // on a phone
  if (control.id === "tree") control.querySelector("[tabindex='0']")?.focus();
  else if (control.matches("input")) {
    control.focus();
    control.select();
  } else if (control.dataset.keys === "?") sheet(control);
  else {
    control.focus();
    control.click();
  }
  return true;
}

function inList(key) {
  const lines = [...document.querySelectorAll(LINES)];
  const at = lines.findIndex((each) => each.closest("tr").contains(document.activeElement));
  if (key === "x" && at >= 0) lines[at].closest("tr").querySelector(".pick")?.click();
  else if ((key === "j" || key === "k") && lines.length) (lines[key === "j" ? at + 1 : at - 1] ?? lines[Math.max(at, 0)]).focus();
  else return false;
  return true;
}

// The sheet: the list of the page behind the link, in a dialog

async function sheet(link) {
  const back = document.activeElement;
  const answer = await fetch(link.href, { credentials: "same-origin" }).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const list = page?.getElementById("keys");
  await styled();
  if (!list || document.querySelector("dialog:modal")) return list || link.click();
  const dialog = document.createElement("dialog");
  dialog.className = "sheet";
  dialog.setAttribute("aria-labelledby", "sheet-title");
  const title = document.createElement("h2");
  title.id = "sheet-title";
  title.textContent = page.querySelector("h1").textContent;
  list.querySelector("form").hidden = false;
  dialog.append(title, document.adoptNode(list));
  document.body.append(dialog);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => event.key === "?" && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    back?.focus();
  });
  dialog.showModal();
}
