// Follows what is under way: looks every second, moves the bars, and says when something is over.
// Without it the link "Look again" does.

const PAUSE = 1000;
const form = document.getElementById("form");
const again = document.getElementById("look-again");

const open = (page) => Number(page.querySelector("#running").dataset.open);
const names = (page) => [...page.querySelectorAll(".operation")].map((each) => `${each.id}${each.querySelector("button").disabled}`).join();

function follow(page) {
  for (const each of page.querySelectorAll(".operation")) {
    const here = document.getElementById(each.id);
    for (const part of [".state", ".number"]) here.querySelector(part).textContent = each.querySelector(part).textContent;
    const [bar, now] = [here.querySelector("progress"), each.querySelector("progress")];
    if (now.hasAttribute("value")) bar.value = now.value;
    else bar.removeAttribute("value");
  }
}

function exchange(page) {
  const before = [...form.querySelectorAll(".operation")].map((each) => each.id);
  const held = form.contains(document.activeElement) ? document.activeElement.value : "";
  for (const id of ["running", "over"]) document.getElementById(id).replaceWith(page.getElementById(id));
  const over = before.map((id) => document.querySelector(`#over tr[id="${id}"]`)).filter(Boolean);
  const said = over.map((row) => `${row.cells[0].textContent}. ${row.cells[1].textContent}`).join(" ");
  if (said) document.getElementById("told").textContent = said;
  if (held) {
    const button = form.querySelector(`button[value="${CSS.escape(held)}"]:not(:disabled)`);
    (button || again).focus();
  }
}

async function look() {
  try {
    const answer = await fetch(again.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const running = page.getElementById("running");
    if (answer.ok && !running) return; // signed out meanwhile
    if (!running) throw new TypeError(`status ${answer.status}`);
    if (names(page) === names(document)) follow(page);
    else exchange(page);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // the server is away for a moment
  }
  if (open(document)) setTimeout(look, PAUSE);
}

if (form && open(document)) setTimeout(look, PAUSE);
