// The focal point of an image: set on the picture itself, by a click, by dragging or by arrow keys. Beside it
// stands how its cuts come out, drawn from the small picture that is there anyway.

import { button, element, setValue } from "./richtext.js";

const MOVES = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], // hundredths of the picture
  Home: [-100, 0], End: [100, 0], PageUp: [0, -10], PageDown: [0, 10],
};
const FAR = 10; // times as far with Shift

const within = (value, most) => Math.min(Math.max(value, 0), most);

// Returns a function that shows another picture, "" none, null the one that is stored; or nothing, where the
// form has no focal point.
export function focal(place, words) {
  const fields = ["x", "y"].map((axis) => document.getElementById(`field-focus_${axis}`));
  const wanted = place.dataset.cuts?.split(" ").map((each) => each.split(":"));
  if (!wanted || fields.includes(null)) return null;

  const stored = place.querySelector(".there .shot");
  const list = emptyCuts(wanted, words);
  const cuts = [...list.querySelectorAll("img")].map((image, at) => ({
    image, name: wanted[at][0], shape: wanted[at].slice(1).map(Number),
  }));
  const picture = element("img", { class: "shot", alt: stored?.alt ?? "", draggable: "false" });
  const marker = element("span", {
    class: "marker", role: "slider", tabindex: "0", "aria-label": words.focal, "aria-describedby": "focal-hint",
    "aria-valuemin": "0", "aria-valuemax": "100",
  });
  const aim = element("div", { class: "aim" }, picture, marker);
  const where = element("span", { class: "dim" });
  const unset = button(words.focalUnset);
  const box = element("div", { class: "focal", role: "group", "aria-label": words.focal },
    element("p", { class: "hint", id: "focal-hint" }, words.focalHint),
    element("div", { class: "aims" }, aim, list),
    element("p", { class: "said" }, where, unset));

  const isSet = () => fields.some((field) => field.value.trim());
  const pointOf = (field) => {
    const value = field.value.trim() ? Number(field.value.replace(",", ".")) : 0.5;
    return Number.isFinite(value) ? within(value, 1) : 0.5;
  };
  const set = (point) => point.forEach((value, at) => {
    const text = String(Math.round(within(value, 1) * 100) / 100);
    if (fields[at].value !== text) setValue(fields[at], text);
  });

  function draw() {
    const point = fields.map(pointOf);
    const [left, top] = point.map((value) => Math.round(value * 100));
    marker.style.left = `${point[0] * 100}%`;
    marker.style.top = `${point[1] * 100}%`;
    const text = words.focalAt.replace("%x", left).replace("%y", top);
    marker.setAttribute("aria-valuenow", left);
    marker.setAttribute("aria-valuetext", text);
    where.textContent = isSet() ? text : words.focalMiddle;
    unset.hidden = !isSet();
    const isStored = picture.dataset.stored === "yes";
    const size = isStored ? place.dataset.size.split(" ").map(Number) : [picture.naturalWidth, picture.naturalHeight];
    if (size[0] && size[1]) cuts.forEach((each) => drawCut(each, picture.src, size, point));
  }

  function show(source) {
    const own = source ?? stored?.src ?? "";
    box.hidden = !own;
    if (!own) return;
    picture.dataset.stored = source === null ? "yes" : "no";
    if (picture.getAttribute("src") !== own) picture.src = own;
    draw();
  }

  // With a mouse and with a finger; a finger that drags beside the marker scrolls the page

  const follow = (event) => {
    const { left, top, width, height } = picture.getBoundingClientRect();
    set([(event.clientX - left) / width, (event.clientY - top) / height]);
  };
  let dragged = false;
  aim.addEventListener("pointerdown", (event) => {
    if (event.button || (event.pointerType === "touch" && event.target !== marker)) return;
    event.preventDefault();
    aim.setPointerCapture(event.pointerId);
    dragged = true;
    marker.focus({ preventScroll: true });
    if (event.target !== marker) follow(event);
  });
  aim.addEventListener("pointermove", (event) => {
    if (dragged) follow(event);
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
    aim.addEventListener(end, () => (dragged = false));
  }
  picture.addEventListener("click", (event) => {
    if (event.pointerType === "touch") follow(event);
  });

  marker.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const far = event.shiftKey ? FAR : 1;
    set(fields.map((field, at) => pointOf(field) + (move[at] * far) / 100));
  });
  unset.addEventListener("click", () => {
    for (const field of fields) setValue(field, "");
    marker.focus();
  });

  for (const field of fields) field.addEventListener("input", draw);
  picture.addEventListener("load", draw);
  place.querySelector(".there > a")?.remove();
  place.prepend(box);
  show(null);
  return show;
}

function emptyCuts(wanted, words) {
  const items = wanted.map(() => element("li", {}, element("img", { class: "cut", alt: "" }), element("span")));
  return element("ul", { class: "cuts", "aria-label": words.cuts }, ...items);
}

// size: of the whole picture. point: what the part of it that is shown lies around.
// The same sum as in objpub/content/pixels.py.

function drawCut({ image, name, shape }, source, size, point) {
  const goal = shape.map((side, at) => Math.min(side, size[at])); // nothing is made larger
  [image.width, image.height] = goal;
  image.style.aspectRatio = `${goal[0]} / ${goal[1]}`; // else the source would give the shape
  image.nextElementSibling.textContent = `${name}, ${goal[0]} × ${goal[1]}`;
  if (image.getAttribute("src") !== source) image.src = source;
  const factor = Math.max(goal[0] / size[0], goal[1] / size[1]);
  const shares = point.map((share, at) => {
    const rest = size[at] * factor - goal[at];
    return rest < 0.5 ? 50 : (within(size[at] * factor * share - goal[at] / 2, rest) / rest) * 100;
  });
  image.style.objectPosition = shares.map((share) => `${share}%`).join(" ");
}
