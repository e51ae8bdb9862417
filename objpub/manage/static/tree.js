// The tree, further: what is typed into the search field narrows it, and what is dragged to a folder in it is moved
// there when that was confirmed. Menus lead to the page that moves things with keys.

import { styled } from "./palette.js";

const LONGEST_QUERY = 4000; // some servers on the way take 8,000 in all
const OPENS_AFTER = 700; // milliseconds over a closed branch
const root = document.getElementById("tree");
const field = document.getElementById("seek");
const told = document.getElementById("tree-told");

if (root && field && told) startFilter();
if (root) startDrag();

// Narrowed by what is typed

function startFilter() {
  field.addEventListener("input", narrow);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || event.isComposing) return;
    const first = items().find((each) => !each.hidden);
    if (!first) return;
    event.preventDefault();
    first.focus();
  });
}

const items = () => [...root.querySelectorAll("[role=treeitem]")].filter((each) => !each.closest("ul[hidden]"));

function narrow() {
  const wanted = field.value.trim().toLocaleLowerCase();
  const all = items();
  const fits = (item) => (item.getAttribute("aria-label") ?? "").toLocaleLowerCase().includes(wanted);
  const kept = new Set(all.filter(fits));
  const count = kept.size;
  for (const each of [...kept]) {
    for (let above = each; above && above !== root; above = above.parentElement) kept.add(above);
  }
  for (const each of all) each.hidden = Boolean(wanted) && !kept.has(each);
  told.hidden = !wanted;
  told.textContent = wanted ? told.dataset.text.replace("%d", count) : "";
}

// Dragged to a folder

function startDrag() {
  let dragged = null;
  let over = null;
  let opening = 0;
  const leave = () => {
    clearTimeout(opening);
    over?.classList.remove("into");
    over = null;
  };
  document.addEventListener("dragstart", (event) => (dragged = picked(event.target)));
  document.addEventListener("dragend", () => {
    dragged = null;
    leave();
  });
  const side = root.closest(".tree");
  side.addEventListener("dragleave", (event) => side.contains(event.relatedTarget) || leave());
  side.addEventListener("dragover", (event) => {
    const place = event.target.closest(".node, .label");
    const target = place?.querySelector("[data-into]");
    if (!dragged || !target || !mayHold(target.dataset.into, dragged)) return leave();
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    if (place === over) return;
    leave();
    over = place;
    place.classList.add("into");
    opening = setTimeout(() => place.querySelector(".twist[aria-expanded=false]")?.click(), OPENS_AFTER);
  });
  side.addEventListener("drop", (event) => {
    const target = over?.querySelector("[data-into]");
    if (!dragged || !target) return;
    event.preventDefault();
    dragged.whole ? ask(question(dragged, target.dataset.into)) : confirm(dragged, target);
  });
}

// What is dragged: {folder: the address of where it is, above, from: its path and title, names, titles}; of ticked
// lines all

function picked(target) {
  const link = target instanceof Element ? target.closest("#tree .name, .list .n a") : null;
  if (!link) return null;
  const row = link.closest("tr");
  if (!row) {
    const own = new URL(link.href.replace(/\/$/, ""));
    const name = decodeURIComponent(own.pathname.split("/").at(-1));
    const around =
      link.closest("li").parentElement.closest("li")?.querySelector("[data-into]") ?? document.getElementById("tree-label");
    const above = around.dataset.into;
    return { folder: new URL("./", own), above, from: titleOf(around), names: [name], titles: [titleOf(link)] };
  }
  const ticked = [...document.querySelectorAll(".list .pick:checked")].map((each) => each.closest("tr"));
  const rows = ticked.includes(row) ? ticked : [row];
  const above = document.getElementById("listing").dataset.at;
  const names = rows.map((each) => each.dataset.name);
  const titles = rows.map((each) => titleOf(each.querySelector(".n a")));
  const whole = ticked.includes(row) && document.querySelector(".whole input:checked")?.value;
  const from = titleOf(document.querySelector("h1"));
  return { folder: new URL("./", location), above, from, names, titles, whole };
}

const titleOf = (link) => (link.querySelector("span") ?? link).textContent.trim();

function mayHold(path, { above, names }) {
  if (path === above) return false;
  return names.every((name) => !`${path}/`.startsWith(`${above.replace(/\/$/, "")}/${name}/`));
}

// It is asked here, where all names are known; the page that moves things tells what is wrong.

async function confirm(dragged, target) {
  await styled();
  const { titles } = dragged;
  const form = sending(question(dragged, target.dataset.into));
  const words = { "%d": titles.length, "%s": titles[0], "%f": dragged.from, "%t": titleOf(target) };
  const text = (name) => root.dataset[name].replace(/%[dsft]/g, (each) => words[each]);
  const make = (tag, name, className = "") =>
    Object.assign(document.createElement(tag), { className, textContent: text(name) });
  const title = Object.assign(make("h2", titles.length > 1 ? "moveMany" : "moveOne", "h2"), { id: "moving" });
  const names = document.createElement("p");
  names.textContent = titles.join(", ");
  names.hidden = titles.length === 1;
  const acts = Object.assign(document.createElement("p"), { className: "acts" });
  const cancel = Object.assign(make("button", "cancel", "btn"), { type: "button" });
  acts.append(make("button", "moveGo", "btn go"), cancel);
  form.append(title, names, acts);
  const dialog = Object.assign(document.createElement("dialog"), { className: "ask" });
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.append(form);
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

// What is too long for an address is sent as a form.

function ask(address) {
  if (address.search.length < LONGEST_QUERY) return location.assign(address);
  address.searchParams.set("question", "yes");
  const form = sending(address);
  document.body.append(form);
  form.submit();
}

function sending(address) {
  const form = document.createElement("form");
  form.method = "post";
  form.setAttribute("action", address.pathname);
  for (const [name, value] of address.searchParams) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    form.append(input);
  }
  return form;
}

function question({ folder, names, whole }, to) {
  const address = new URL("@@move", folder);
  if (whole) address.searchParams.set("all", whole);
  else for (const name of names) address.searchParams.append("pick", name);
  address.searchParams.set("to", to);
  return address;
}
