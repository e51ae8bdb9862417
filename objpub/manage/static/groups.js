// Groups of values: added, moved and taken out in the page. Without scripts the same buttons ask the server.

const CONTROL = "input:not([type=hidden]), select, textarea";

export function groups(place, words, enliven) {
  const own = (selector) => [...place.querySelectorAll(`:scope > ${selector}`)];
  const template = own("template")[0];
  const adds = place.querySelector(":scope > p > [data-act=add]");
  const said = own("[role=status]")[0];
  const most = Number(place.dataset.most);
  let highest = Math.max(-1, ...own("fieldset").map((each) => Number(each.dataset.number)));
  if (!template) return;

  place.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (!button || button.closest("[data-widget=groups]") !== place) return;
    event.preventDefault();
    const group = button.closest("fieldset.group");
    const other = { up: group?.previousElementSibling, down: group?.nextElementSibling }[button.dataset.act];
    if (button.dataset.act === "add") add();
    else if (button.dataset.act === "remove") remove(group);
    else if (other?.matches("fieldset")) move(group, other, button);
  });

  function add() {
    highest += 1;
    const made = template.content.cloneNode(true).firstElementChild;
    for (const each of [made, ...made.querySelectorAll("*")]) {
      for (const attribute of each.attributes) {
        if (attribute.value.includes("__n__")) attribute.value = attribute.value.replaceAll("__n__", highest);
      }
    }
    template.before(made);
    enliven(made);
    changed();
    tell(made, said.dataset.added);
    made.querySelector(CONTROL)?.focus();
  }

  function remove(group) {
    const name = nameOf(group);
    const next = group.nextElementSibling?.matches("fieldset") ? group.nextElementSibling : group.previousElementSibling;
    group.remove();
    changed();
    said.textContent = `${name}: ${said.dataset.gone}`;
    const target = next?.matches("fieldset") ? next.querySelector("[data-act=remove]") : adds;
    target.focus();
  }

  function move(group, other, button) {
    if (button.dataset.act === "up") other.before(group);
    else other.after(group);
    const before = nameOf(group);
    changed();
    said.textContent = `${before} → ${nameOf(group)}`;
    (button.disabled ? group.querySelector("[data-act]:not([disabled])") : button).focus();
    group.scrollIntoView({ block: "nearest" });
  }

  const nameOf = (group) => group.querySelector("legend").textContent;
  const tell = (group, text) => (said.textContent = `${nameOf(group)}: ${text}`);

  // What stands on the buttons and in the legends is the place that a group has now

  function changed() {
    const all = own("fieldset");
    all.forEach((group, at) => {
      const name = most === 1 ? place.dataset.word : `${place.dataset.word} ${at + 1}`;
      group.querySelector("legend").textContent = name;
      for (const button of group.querySelectorAll("[data-act]")) {
        button.querySelector(".vh").textContent = name;
        if (button.dataset.act === "up") button.disabled = at === 0;
        if (button.dataset.act === "down") button.disabled = at === all.length - 1;
      }
    });
    adds.hidden = all.length >= most;
    place.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
