// An image into a text: a new one, chosen, dropped or pasted, is kept in the folder; or one that is there is chosen.

import { open } from "./choosing.js";
import { button, element, labelOf, setValue, symbol } from "./richtext.js";

const isImage = (file) => file.type.startsWith("image/");
const imageIn = (transfer) => [...(transfer?.files ?? [])].find(isImage);

export function images(place, words) {
  if (!place.dataset.images) return;
  const field = place.querySelector("textarea");
  const { images: url, pick } = place.dataset;
  const text = document.getElementById(field.dataset.standIn ?? "") ?? field;
  const put = text === field ? intoMarkdown(field) : intoText(text);
  const ask = (file) => {
    const putHere = put();
    dialogFor({ url, pick, folder: place.dataset.imagesIn, field, words }, file, putHere, () => text.focus());
  };
  const tool = button(words.image, "image");
  tool.addEventListener("mousedown", (event) => event.preventDefault());
  tool.addEventListener("click", () => ask());
  const tools = place.closest(".rich")?.querySelector(".tools");
  if (tools) {
    tool.tabIndex = -1;
    tools.querySelector(".push").before(tool);
  } else {
    tool.classList.remove("sq");
    tool.append(words.image);
    tool.removeAttribute("title");
    const halves = place.querySelector(".halves");
    const over = element("div", { class: "over" });
    (halves ?? field).before(over);
    over.append(...(halves ? [halves] : []), tool);
  }
  text.addEventListener("dragover", (event) => {
    if ([...event.dataTransfer.types].includes("Files")) event.preventDefault();
  });
  text.addEventListener("drop", (event) => takeFile(event, event.dataTransfer, ask));
  text.addEventListener("paste", (event) => {
    if (!event.clipboardData.types.includes("text/plain")) takeFile(event, event.clipboardData, ask);
  }, { capture: true });
}

function takeFile(event, transfer, ask) {
  const file = imageIn(transfer);
  if (!file) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(file);
}

// Where it goes: where the text was being written when the dialog opened

function intoMarkdown(field) {
  return () => {
    const [start, end] = [field.selectionStart, field.selectionEnd];
    return ({ path, alt }) => {
      const [before, after] = [field.value.slice(0, start), field.value.slice(end)];
      const gap = (text, has) => (!text || has("\n\n") ? "" : has("\n") ? "\n" : "\n\n");
      const address = encodeURI(path).replaceAll("(", "%28").replaceAll(")", "%29");
      const written = `![${alt.replace(/[[\]\\]/g, "\\$&")}](${address})`;
      const lead = gap(before, (each) => before.endsWith(each));
      field.focus();
      field.setRangeText(`${lead}${written}${gap(after, (each) => after.startsWith(each))}`, start, end, "end");
      setValue(field, field.value);
    };
  };
}

function intoText(text) {
  return () => {
    const selection = document.getSelection();
    const inside = selection.rangeCount && text.contains(selection.anchorNode);
    const range = inside ? selection.getRangeAt(0).cloneRange() : null;
    return ({ address, alt }) => {
      text.focus();
      if (range) {
        selection.removeAllRanges();
        selection.addRange(range);
      }
      document.execCommand("insertHTML", false, element("p", {}, element("img", { src: address, alt })).outerHTML);
    };
  };
}

// Which, and what it shows

function dialogFor({ url, pick, folder, field, words }, dropped, put, done) {
  const file = element("input", { class: "in", type: "file", accept: "image/*", id: "image-file", "aria-describedby": "image-kept" });
  const alt = element("input", { class: "in", id: "image-alt", autocomplete: "off", "aria-describedby": "image-why" });
  const chosen = element("p", { class: "dim", role: "status" });
  const problem = element("p", { class: "msg", role: "alert" });
  const from = element("button", { type: "button", class: "btn" }, words.choose);
  const go = element("button", { class: "btn go" }, words.insert);
  const cancel = element("button", { type: "button", class: "btn plain" }, words.cancel);
  const form = element("form", { class: "form", novalidate: "" },
    element("div", { class: "f" }, element("label", { for: "image-file" }, words.imageFile),
      element("p", { class: "hint", id: "image-kept" }, words.imageKept.replace("%s", `“${folder}”`)), file, chosen),
    element("div", { class: "f" }, element("label", { for: "image-alt" }, words.shows),
      element("p", { class: "hint", id: "image-why" }, words.why), alt),
    problem, element("div", { class: "acts" }, go, ...(pick ? [from] : []), cancel));
  const dialog = element("dialog", { class: "chooser", "aria-label": words.image }, form);
  let there = null; // an image of the site that was chosen
  let newest = dropped;

  const tell = (text) => problem.replaceChildren(...(text ? [symbol("alert"), element("span", {}, text)] : []));
  const name = () => (chosen.textContent = there?.title ?? (file.files.length ? "" : newest?.name) ?? "");
  file.addEventListener("change", () => {
    [there, newest] = [null, file.files[0]];
    name();
    tell("");
    if (newest) alt.focus();
  });
  from.addEventListener("click", () => open(pick, field.name, words.image, words, (item) => {
    there = item;
    newest = null;
    file.value = "";
    alt.value ||= item.alt;
    name();
    tell("");
    alt.focus();
  }));
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    done();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (go.getAttribute("aria-disabled")) return;
    if (!there && !newest) {
      tell(words.noImage);
      return file.focus();
    }
    go.setAttribute("aria-disabled", "true");
    const found = there ?? await sent(url, newest, alt.value, words);
    go.removeAttribute("aria-disabled");
    if (found.problem) return tell(found.problem);
    if (!dialog.isConnected) return;
    dialog.close();
    put({ ...found, alt: alt.value.trim() });
  });
  document.body.append(dialog);
  name();
  dialog.showModal();
  (dropped ? alt : file).focus();
}

async function sent(url, file, alt, words) {
  const body = new FormData();
  body.append("files", file, file.name);
  body.append("alt", alt);
  try {
    const response = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" } });
    if (response.status === 401) return { problem: words.signedOut };
    const told = await response.json();
    if (!response.ok) return { problem: told.detail || told.title || words.notLoaded };
    const [answer] = told.files;
    return answer.image ? answer : { problem: words.noImage };
  } catch {
    return { problem: words.notLoaded };
  }
}
