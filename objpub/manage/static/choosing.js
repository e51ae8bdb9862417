// Tags with completion, and references chosen from the site. The field of the form stays what is sent.

import { button, element, labelOf, setValue, standIn, symbol } from "./richtext.js";

const WAIT = 200; // milliseconds without a key before it is looked for

const lines = (field) => field.value.split("\n").map((line) => line.trim()).filter(Boolean);

// Tags

export function tags(place, words) {
  const field = place.querySelector("textarea");
  const known = place.querySelector("datalist");
  const input = element("input", { "aria-label": labelOf(field), placeholder: words.addTag, autocomplete: "off", list: known?.id });
  const box = element("div", { class: "in tags" }, input);
  let items = lines(field);
  field.hidden = true;
  field.after(box);
  standIn(field, input);
  place.parentElement.querySelectorAll(":scope > .hint:not([id])").forEach((each) => (each.hidden = true));

  function draw() {
    box.querySelectorAll(".tag").forEach((each) => each.remove());
    for (const item of items) {
      const remove = element("button", { type: "button", "aria-label": `${words.remove} ${item}` }, symbol("x"));
      remove.addEventListener("click", () => {
        items = items.filter((each) => each !== item);
        keep();
        input.focus();
      });
      input.before(element("span", { class: "tag" }, item, remove));
    }
  }
  function keep() {
    draw();
    setValue(field, items.join("\n"));
  }
  function take() {
    const more = input.value.split(/[,\n]/).map((each) => each.trim()).filter(Boolean);
    input.value = "";
    if (!more.length) return;
    items = [...new Set([...items, ...more])];
    keep();
  }
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && input.value.trim()) {
      event.preventDefault();
      take();
    } else if (event.key === "Enter") event.preventDefault();
    else if (event.key === "Backspace" && !input.value && items.length) {
      items = items.slice(0, -1);
      keep();
    }
  });
  input.addEventListener("input", (event) => {
    event.stopPropagation();
    const chosen = !event.inputType || event.inputType === "insertReplacementText";
    if (input.value.includes(",") || (chosen && input.value)) take();
  });
  input.addEventListener("blur", take);
  field.form.addEventListener("submit", take, { capture: true });
  draw();
}

// References

export function references(place, words) {
  const field = place.querySelector("input, textarea");
  const url = place.dataset.pick;
  if (!url) return;
  const many = place.dataset.widget === "references";
  const titles = (place.dataset.titles ?? "").split("\n");
  let items = lines(field).map((path, at) => ({ path, title: titles[at] || path }));
  const list = element("ul");
  const choose = element("button", { type: "button", class: "btn" }, symbol("plus"), words.choose);
  const box = element("div", { class: "refs" }, list, choose);
  field.hidden = true;
  place.querySelectorAll(".hint").forEach((each) => (each.hidden = true));
  field.after(box);
  standIn(field, choose);

  function keep(next) {
    items = next;
    draw();
    setValue(field, items.map((each) => each.path).join("\n"));
  }
  function draw() {
    list.replaceChildren(...items.map((item) => {
      const remove = button(`${words.remove} ${item.title}`, "x");
      remove.addEventListener("click", () => {
        keep(items.filter((each) => each !== item));
        choose.focus();
      });
      const where = item.title === item.path ? [] : [" ", element("span", { class: "dim" }, item.path)];
      return element("li", {}, symbol("page"), element("span", {}, item.title, ...where), remove);
    }));
  }
  choose.addEventListener("click", () => open(url, place.dataset.field, labelOf(field), words, (item) => {
    const others = many ? items.filter((each) => each.path !== item.path) : [];
    keep([...others, { path: item.path, title: item.title }]);
    choose.focus();
  }));
  draw();
}

export function open(url, name, label, words, taken) {
  const close = button(words.close, "x");
  const seek = element("input", { class: "in", type: "search", "aria-label": words.find, placeholder: words.find, maxlength: 200, autocomplete: "off" });
  const way = element("nav", { "aria-label": words.way });
  const list = element("ul");
  const state = element("p", { class: "dim", role: "status" });
  const dialog = element("dialog", { class: "chooser", "aria-label": `${words.choose} ${label}` },
    element("header", {}, element("h2", {}, label), close), element("div", { class: "seek" }, symbol("search"), seek), way, list, state);
  document.body.append(dialog);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  let asking = null;
  let waiting = 0;
  seek.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => load("", "", seek.value.trim()), WAIT);
  });
  dialog.addEventListener("keydown", (event) => {
    const stops = [seek, ...list.querySelectorAll(".open")];
    const at = stops.indexOf(event.target);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (at < 0 || !step) return;
    event.preventDefault();
    stops[Math.max(0, Math.min(at + step, stops.length - 1))].focus();
  });

  async function load(at, after = "", q = "") {
    state.textContent = words.loading;
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const target = new URL(url, location.href);
    for (const [key, value] of Object.entries({ field: name, at, after, q })) target.searchParams.set(key, value);
    let found;
    try {
      const response = await fetch(target, { headers: { Accept: "application/json" }, signal });
      if (!response.ok) {
        state.textContent = response.status === 401 ? words.signedOut : words.notLoaded;
        return;
      }
      found = await response.json();
    } catch {
      if (!signal.aborted) state.textContent = words.notLoaded;
      return;
    }
    if (!after) list.replaceChildren();
    if (!q) seek.value = "";
    draw(found, Boolean(after));
    const told = q ? words.found.replace("%d", found.items.length + (found.more ? "+" : "")) : "";
    state.textContent = found.problem || (found.items.length || after ? told : q ? words.none : words.nothing);
  }
  function draw(found, isMore) {
    list.querySelector(".more")?.remove();
    way.hidden = !found.title;
    way.replaceChildren(...found.above.flatMap((each) => [step(each), " / "]), found.title ?? "");
    if (found.fits && !isMore) list.append(line({ ...found, icon: "folder", opens: false }));
    list.append(...found.items.map(line));
    if (found.after) {
      const more = element("button", { type: "button", class: "open" }, words.more);
      more.addEventListener("click", () => load(found.path, found.after));
      list.append(element("li", { class: "more" }, more));
    }
    const typing = dialog.contains(document.activeElement) && document.activeElement === seek;
    if (!isMore && !typing) (list.querySelector("button") ?? seek).focus();
  }
  function step(each) {
    const made = element("button", { type: "button" }, each.title);
    made.addEventListener("click", () => load(each.path));
    return made;
  }
  function line(item) {
    const parts = [symbol(item.icon)];
    const take = () => {
      dialog.close();
      taken(item);
    };
    if (item.opens) {
      const made = element("button", { type: "button", class: "open" }, item.title);
      made.addEventListener("click", () => load(item.path));
      parts.push(made);
      if (item.fits) {
        const pick = element("button", { type: "button", class: "btn" }, words.take);
        pick.setAttribute("aria-label", `${words.take} ${item.title}`);
        pick.addEventListener("click", take);
        parts.push(pick);
      }
    } else if (item.fits) {
      const made = element("button", { type: "button", class: "open" }, item.title);
      made.addEventListener("click", take);
      parts.push(made);
      if (way.hidden) made.append(" ", element("span", { class: "dim" }, item.path));
    } else parts.push(element("b", {}, item.title));
    return element("li", {}, ...parts);
  }
  dialog.showModal();
  seek.focus();
  load("");
}
