// The list of a folder with a script: everything can be ticked at once, the filter finds while one types, lines
// are dragged or moved by arrow keys, and names change in their line. Without it forms and pages do the same.

const WAIT = 200; // milliseconds without a key before the filter looks
const LONGEST_QUERY = 4000; // some servers on the way take 8,000 in all
const KEPT = "objpub-line"; // the line that was moved or renamed, to go on from after the page was loaded anew

const find = document.getElementById("find");
let looking = null;
let waiting = 0;

start();
goOn();
find?.elements.find.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(look, WAIT);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.rename");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  rename(link);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "F2") event.target.closest(".list tbody tr")?.querySelector("a.rename")?.click();
  else if (clip(event)) event.preventDefault();
});
window.addEventListener("pageshow", (event) => event.persisted && document.getElementById("listing")?.reset());

// Whatever is on the page anew is prepared.

function start() {
  const listing = document.getElementById("listing");
  if (!listing) return;
  startTicks(listing);
  if (listing.dataset.order) startOrder(listing);
}

function goOn() {
  const name = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  const row = [...document.querySelectorAll(".list tbody tr")].find((each) => each.dataset.name === name);
  row?.querySelector(".grip, .n a").focus();
}

function startTicks(listing) {
  const all = listing.querySelector(".all");
  const whole = listing.querySelector(".whole input");
  const picks = [...listing.querySelectorAll(".pick")];
  all.parentElement.hidden = false;
  const count = () => {
    const number = picks.filter((each) => each.checked).length;
    all.checked = number === picks.length;
    all.indeterminate = number > 0 && number < picks.length;
    if (whole && !all.checked) whole.checked = false;
    picks.forEach((each) => each.closest("tr").classList.toggle("picked", each.checked));
    listing.classList.toggle("picking", number > 0);
    listing.classList.toggle("complete", all.checked);
  };
  count(); // some may be ticked from before
  all.addEventListener("change", () => picks.forEach((each) => (each.checked = all.checked)));
  listing.addEventListener("change", count);
  listing.addEventListener("submit", (event) => postWhatIsLong(listing, event.submitter));
  listing.addEventListener("reset", () => setTimeout(count));
}

// Names that are too long for an address are sent as a form

function postWhatIsLong(listing, button) {
  if (!button || button.formMethod === "post") return;
  if (new URLSearchParams(new FormData(listing)).toString().length < LONGEST_QUERY) return;
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name: "question", value: "yes" });
  listing.append(input);
  button.formMethod = "post";
}

// Cut, copy and paste: what is ticked, or the line; not where the browser has a text to cut or copy

function clip(event) {
  const key = event.key.toLowerCase();
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || !"xcv".includes(key)) return false;
  if (event.target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]")) return false;
  if (!getSelection().isCollapsed || document.querySelector("dialog:modal")) return false;
  const picked = document.querySelector(".pick:checked") && document.querySelector(`.selbar [data-clip=${key}]`);
  const row = event.target.closest(".list tbody tr");
  const line = row?.querySelector(`.menu [form=clip]${key === "c" ? "[formaction]" : ":not([formaction])"}`);
  const button = key === "v" ? document.getElementById("paste") : picked || line;
  if (button && row) sessionStorage.setItem(KEPT, row.dataset.name);
  button?.click();
  return Boolean(button);
}

// The filter

async function look() {
  looking?.abort();
  looking = new AbortController();
  const address = new URL(find.action);
  address.search = new URLSearchParams([...new FormData(find)].filter(([, value]) => value)).toString();
  try {
    const page = await loaded(address, { signal: looking.signal });
    const list = page.getElementById("list");
    if (!list) return location.assign(address);
    document.getElementById("list").replaceWith(document.adoptNode(list));
    history.replaceState(null, "", address);
    start();
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
  }
}

async function loaded(address, options) {
  const response = await fetch(address, { credentials: "same-origin", ...options });
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

// The order: a handle in each line

function startOrder(listing) {
  const body = listing.querySelector("tbody");
  const saying = document.createElement("p");
  saying.className = "vh";
  saying.setAttribute("role", "status");
  listing.append(saying);
  listing.classList.add("gripped");
  for (const row of body.rows) {
    const grip = document.createElement("button");
    grip.type = "button";
    grip.className = "grip";
    grip.textContent = "⠿";
    grip.setAttribute("aria-label", listing.dataset.grip.replace("%s", titleOf(row)));
    grip.addEventListener("keydown", (event) => keyed(event, row, body, saying, listing));
    grip.addEventListener("blur", () => row.classList.contains("lifted") && putBack(row, body));
    grip.addEventListener("pointerdown", (event) => drag(event, row, body));
    row.cells[0].prepend(grip);
  }
}

function titleOf(row) {
  return row.querySelector(".n a").textContent;
}

function lift(row) {
  if (row.classList.contains("lifted")) return;
  row.classList.add("lifted");
  row.before_ = row.nextElementSibling;
}

// The other lines move, never the one that was lifted: it keeps the focus and the pointer.

function shift(row, places) {
  const steps = Math.abs(places);
  for (let step = 0; step < steps; step += 1) {
    if (places < 0) row.after(row.previousElementSibling);
    else row.before(row.nextElementSibling);
  }
}

function putBack(row, body) {
  const rest = [...body.rows].filter((each) => each !== row);
  const home = row.before_ ? rest.indexOf(row.before_) : rest.length;
  shift(row, home - row.sectionRowIndex);
  row.classList.remove("lifted");
}

function keyed(event, row, body, saying, listing) {
  const other = { ArrowUp: row.previousElementSibling, ArrowDown: row.nextElementSibling }[event.key];
  const lifted = row.classList.contains("lifted");
  if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    event.preventDefault();
    if (!other) return;
    lift(row);
    shift(row, event.key === "ArrowUp" ? -1 : 1);
    saying.textContent = listing.dataset.place.replace("%d", row.sectionRowIndex + 1).replace("%a", body.rows.length);
  } else if (lifted && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    send(row);
  } else if (lifted && event.key === "Escape") {
    putBack(row, body);
  }
}

function drag(event, row, body) {
  if (event.button) return;
  event.preventDefault();
  const grip = event.currentTarget;
  grip.setPointerCapture(event.pointerId);
  grip.focus();
  lift(row);
  const first = row.sectionRowIndex;
  const follow = (moving) => {
    const y = moving.clientY - row.parentElement.getBoundingClientRect().top;
    const over = [...body.rows].find((each) => y < each.offsetTop - body.offsetTop + each.offsetHeight);
    shift(row, (over ?? body.rows[body.rows.length - 1]).sectionRowIndex - row.sectionRowIndex);
  };
  const stop = (ended) => {
    grip.removeEventListener("pointermove", follow);
    if (ended.type === "pointerup" && row.sectionRowIndex !== first) send(row);
    else putBack(row, body);
  };
  grip.addEventListener("pointermove", follow);
  grip.addEventListener("pointerup", stop, { once: true });
  grip.addEventListener("pointercancel", stop, { once: true });
}

function send(row) {
  const above = row.previousElementSibling;
  const form = document.getElementById("order");
  const values = { pick: row.dataset.name, [above ? "behind" : "before"]: (above ?? row.nextElementSibling).dataset.name };
  row.classList.remove("lifted");
  for (const [name, value] of Object.entries(values)) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    form.append(input);
  }
  sessionStorage.setItem(KEPT, row.dataset.name);
  form.submit();
}

// The name in its line

async function rename(link) {
  const cell = link.closest("tr").querySelector(".n");
  const page = await loaded(link.href).catch(() => null);
  const form = page?.getElementById("rename");
  if (!form) return location.assign(link.href);
  link.closest("details").open = false;
  document.querySelector(".inline .cancel")?.click();
  const shown = cell.firstElementChild;
  const close = () => {
    cell.querySelector(".inline")?.remove();
    shown.hidden = false;
  };
  shown.hidden = true;
  open(cell, document.adoptNode(form), close);
}

function open(cell, form, close) {
  form.classList.add("inline");
  cell.append(form);
  const field = form.querySelector("[autofocus]") ?? form.querySelector(".in");
  field.focus();
  field.select();
  const cancel = (event) => {
    event.preventDefault();
    close();
    cell.querySelector("a").focus();
  };
  form.querySelector(".cancel").addEventListener("click", cancel);
  form.addEventListener("keydown", (event) => event.key === "Escape" && cancel(event));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
    if (answer?.type === "opaqueredirect") {
      sessionStorage.setItem(KEPT, form.elements.name.value.trim());
      return location.reload();
    }
    const page = answer && new DOMParser().parseFromString(await answer.text(), "text/html");
    const again = page?.getElementById("rename");
    if (!again) return form.submit();
    form.remove();
    open(cell, document.adoptNode(again), close);
  });
}
