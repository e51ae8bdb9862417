// A form with a script: nothing is lost by leaving, nothing is sent twice, and who else saves meanwhile is told.
// Without it the form works as well; each kind of field has its own part in richtext.js and choosing.js.

import { richText, markdown } from "./richtext.js";
import { tags, references } from "./choosing.js";
import { focal } from "./focal.js";
import { groups } from "./groups.js";
import { images } from "./images.js";
import { keep } from "./kept.js";

const ASKED_EVERY = 45_000; // milliseconds between two questions whether others have saved
const SENT_FOR = 15_000; // after so long a form may be sent again: the network may have failed
const LARGEST_SHOWN = 12_000_000; // bytes of an image that is shown before it is sent

const form = document.getElementById("form");
const words = document.getElementById("words")?.dataset ?? {};
const widgets = { richtext: richText, markdown, tags, reference: references, references, file: chosenFile, groups };

const begunIn = document.activeElement; // who was faster than this script goes on there

function enliven(part) {
  for (const place of part.querySelectorAll("[data-widget]")) {
    try {
      widgets[place.dataset.widget]?.(place, words, enliven);
      images(place, words);
    } catch (error) {
      reportError(error); // the field works without its script, and the others with theirs
    }
  }
}
enliven(form);
const firstField = form.contains(begunIn) ? begunIn : form.querySelector("[autofocus]");
if (firstField) focusOn(firstField);

// Links of the list of errors lead to what stands in for a field

document.addEventListener("click", (event) => {
  const link = event.target.closest(".note a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  focusOn(field);
  field.closest(".f, section")?.scrollIntoView({ block: "center" });
});

function focusOn(field) {
  const shown = document.getElementById(field.dataset.standIn ?? "") ?? field;
  shown.focus();
}

// What is not saved yet

const before = values();
let sent = false;

function values() {
  const found = new Map();
  for (const [name, value] of new FormData(form)) {
    const text = value instanceof File ? (value.size ? `${value.name} ${value.size}` : "") : value;
    found.set(name, `${found.get(name) ?? ""}\n${text.replaceAll("\r\n", "\n")}`);
  }
  return found;
}

function changed() {
  const now = values();
  const names = new Set([...before.keys(), ...now.keys()]);
  return [...names].filter((name) => before.get(name) !== now.get(name));
}

const isUnsaved = () => form.dataset.unsaved === "yes" || changed().length > 0;

function titleOf(name) {
  const field = document.getElementById(`field-${name}`);
  const label = field?.labels?.[0] ?? document.getElementById(`field-${name}-label`);
  return label?.textContent.trim() ?? "";
}

const told = document.getElementById("unsaved");
function tell() {
  if (!told) return;
  const titles = [...new Set(changed().map(titleOf))].filter(Boolean);
  const text = isUnsaved() ? [told.dataset.text, titles.join(", ")].filter(Boolean).join(": ") : "";
  if (told.textContent !== text) told.textContent = text;
}
form.addEventListener("input", tell);
form.addEventListener("change", tell);
tell();

addEventListener("beforeunload", (event) => {
  if (!sent && isUnsaved()) event.preventDefault();
});

// Sent once

form.addEventListener("submit", (event) => {
  if (event.submitter?.formTarget === "_blank") return;
  if (sent || tooLong()) return event.preventDefault();
  setSent(true);
  setTimeout(() => setSent(false), SENT_FOR);
});

// What the server would refuse as too long is not sent: it stays here

function tooLong() {
  const texts = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  const lines = texts.map(([name, value]) => [name, value.replace(/\r?\n/g, "\r\n")]);
  const inParts = form.enctype === "multipart/form-data";
  const written = inParts ? lines.map(([, value]) => value).join("") : String(new URLSearchParams(lines));
  const size = new TextEncoder().encode(written).length;
  if (!(size > Number(words.most))) return false;
  const number = (value) => Number(value).toLocaleString(document.documentElement.lang);
  told.textContent = words.long.replace("%s", number(size)).replace("%s", number(words.most));
  const [name] = lines.reduce((one, other) => (other[1].length > one[1].length ? other : one));
  const field = document.getElementById(`field-${name}`);
  if (field) focusOn(field);
  return true;
}

function setSent(now) {
  sent = now;
  form.querySelectorAll(".save button").forEach((each) => each.toggleAttribute("aria-disabled", now));
  form.querySelectorAll(".save button[aria-disabled]").forEach((each) => each.setAttribute("aria-disabled", "true"));
}

addEventListener("pageshow", (event) => {
  if (event.persisted) setSent(false);
});

addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
    event.preventDefault();
    form.requestSubmit(form.querySelector(".save .go"));
  }
});

// Saved, and on with it: where the page was scrolled to, and the field in which the keyboard was

const KEPT = "objpub-edit";

form.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !["stay", "draft"].includes(event.submitter?.value)) return;
  const here = document.activeElement;
  const field = form.contains(here) && !here.matches("button") ? here.id : "";
  sessionStorage.setItem(KEPT, JSON.stringify({ path: location.pathname, top: scrollY, field }));
});

function goOn() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  sessionStorage.removeItem(KEPT);
  const message = document.querySelector("main > .note.ok[role=status]");
  if (kept.path !== location.pathname || !message) return;
  scrollTo({ top: kept.top, behavior: "instant" });
  message.classList.toggle("stuck", scrollY > 0);
  const field = kept.field && document.getElementById(kept.field);
  if (!field) return;
  field.focus({ preventScroll: true });
  message.replaceWith(message); // who does not see it is told, too
}

goOn();
keep(form, isUnsaved, titleOf);

// A file that was chosen

function chosenFile(place) {
  const input = place.querySelector("input[type=file]");
  const said = document.createElement("p");
  said.className = "dim";
  input.after(said);
  const show = focal(place, words) ?? shownBehind(input);
  input.addEventListener("change", () => {
    const file = input.files[0];
    show(file ? "" : null);
    said.textContent = file ? `${file.name}, ${Math.ceil(file.size / 1000).toLocaleString()} kB` : "";
    if (!file?.type.startsWith("image/") || file.size > LARGEST_SHOWN) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => show(reader.result));
    reader.readAsDataURL(file);
  });
}

function shownBehind(input) {
  const picture = document.createElement("img");
  picture.className = "shot";
  picture.hidden = true;
  picture.alt = "";
  input.after(picture);
  return (source) => {
    if (source) picture.src = source;
    picture.hidden = !source;
  };
}

// Others who save meanwhile

const note = document.getElementById("meanwhile");
let asking = false;

async function ask() {
  if (!note || asking || sent || document.visibilityState !== "visible") return;
  asking = true;
  try {
    const body = new FormData();
    body.set("_started", form.elements._started?.value ?? "");
    const response = await fetch(note.dataset.url, { method: "POST", body, headers: { Accept: "application/json" } });
    if (response.status === 401) show(words.signedOut);
    if (response.ok) show((await response.json()).text);
  } catch {
    // no network for a moment: it is asked again
  } finally {
    asking = false;
  }
}

function show(text) {
  if (note.querySelector("span").textContent !== text) note.querySelector("span").textContent = text;
  note.hidden = !text;
}

if (note) {
  addEventListener("focus", ask);
  document.addEventListener("visibilitychange", ask);
  setInterval(ask, ASKED_EVERY);
}
