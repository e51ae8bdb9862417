// What is typed into a form is kept in this browser until it is saved: where the browser or the machine stops, it
// is offered again. It never leaves the browser, and is forgotten with the sign-out, and after a week.

const PREFIX = "objpub-typed ";
const WAIT = 700; // milliseconds without a key before it is kept
const LONGEST = 7 * 24 * 3600 * 1000; // milliseconds

export function keep(form, isUnsaved, titleOf) {
  const type = form.elements.type?.value ?? "";
  const key = `${PREFIX}${form.dataset.who} ${location.pathname} ${type}`;
  const note = document.getElementById("kept");
  if (!form.dataset.who || !note) return;
  forget((entry) => !(Date.now() - entry.at < LONGEST));
  offer(form, key, note, titleOf);
  let waiting = 0;
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => write(key, isUnsaved() ? { at: Date.now(), pairs: pairsOf(form) } : null), WAIT);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.submitter?.formTarget === "_blank") return;
    clearTimeout(waiting);
    write(key, { at: Date.now(), pairs: pairsOf(form), sent: true });
  });
  document.querySelectorAll("form[action$='/logout']").forEach((each) => {
    each.addEventListener("submit", () => forget(() => true));
  });
}

function pairsOf(form) {
  const secret = new Set([...form.querySelectorAll("input[type=password]")].map((each) => each.name));
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !secret.has(name));
}

const plain = (pairs) => pairs.map(([name, value]) => [name, value.replaceAll("\r\n", "\n")]);
const typed = (pairs) => plain(pairs).filter(([name]) => !name.startsWith("_"));
const begun = (pairs) => JSON.stringify(pairs.filter(([name]) => name === "_started"));

// Offered where it differs from what the form says now; not where it was sent and has been saved since

function offer(form, key, note, titleOf) {
  const entry = read(key);
  const now = pairsOf(form);
  const names = entry ? differing(typed(entry.pairs), typed(now)) : [];
  const isNew = form.classList.contains("adding"); // what was sent is somewhere else, if it was saved
  const saved = entry?.sent && (isNew || begun(entry.pairs) !== begun(now));
  if (form.dataset.unsaved === "yes") return;
  if (!names.length || saved) return write(key, null);
  const titles = [...new Set(names.map(titleOf))].filter(Boolean).join(", ");
  const words = note.dataset.text.replace("%s", new Date(entry.at).toLocaleString(document.documentElement.lang));
  note.querySelector("span").textContent = titles ? `${words} ${titles}` : words;
  note.hidden = false;
  const [again, away] = note.querySelectorAll("button");
  again.addEventListener("click", () => restore(form, entry.pairs));
  away.addEventListener("click", () => {
    write(key, null);
    note.hidden = true;
    form.querySelector(".in, textarea, input:not([type=hidden])")?.focus();
  });
}

function differing(one, other) {
  const texts = (pairs, name) => JSON.stringify(pairs.filter(([each]) => each === name).map(([, value]) => value));
  const names = new Set([...one, ...other].map(([name]) => name));
  return [...names].filter((name) => texts(one, name) !== texts(other, name));
}

// The server shows the form with it, as where something was wrong: every kind of field knows how

function restore(form, pairs) {
  const again = document.createElement("form");
  again.hidden = true;
  again.method = "post";
  again.enctype = "multipart/form-data";
  again.setAttribute("action", form.getAttribute("action"));
  for (const [name, value] of [...pairs.filter(([each]) => each !== "_then"), ["_then", "back"]]) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    again.append(field);
  }
  document.body.append(again);
  again.submit();
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, entry) {
  try {
    if (entry) localStorage.setItem(key, JSON.stringify(entry));
    else localStorage.removeItem(key);
  } catch {
    // no room, or not allowed: then it is not kept
  }
}

function forget(isOver) {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
    for (const key of keys) if (isOver(read(key) ?? {})) localStorage.removeItem(key);
  } catch {
    // not allowed
  }
}
