// The title, changed where it stands: its form comes in its place, Enter saves, Escape leaves it as it was. The
// page stays where it is. Without this script the same form has a page of its own.

const link = document.querySelector("a.retitle");

link?.addEventListener("click", async (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!document.getElementById("retitle")) put(await formFrom(fetch(link.href, { credentials: "same-origin" })));
});

async function formFrom(asked) {
  const answer = await asked.catch(() => null);
  if (!answer || answer.type === "opaqueredirect") return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("retitle");
}

function put(found) {
  if (!found) return location.assign(link.href);
  const form = document.adoptNode(found);
  const heading = link.parentElement;
  heading.classList.add("vh");
  link.hidden = true;
  heading.after(form);
  const field = form.querySelector("[name=title]");
  field.focus();
  field.select();
  const leave = (event) => {
    event.preventDefault();
    form.remove();
    heading.classList.remove("vh");
    link.hidden = false;
    link.focus();
  };
  form.querySelector(".cancel").addEventListener("click", leave);
  form.addEventListener("keydown", (event) => event.key === "Escape" && leave(event));
  form.addEventListener("submit", (event) => send(event, form));
}

async function send(event, form) {
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  const asked = fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
  const answer = await asked.catch(() => null);
  form.removeAttribute("aria-busy");
  if (answer?.type === "opaqueredirect") return location.reload(); // it stays where it is, and says what was done
  const again = answer && (await formFrom(Promise.resolve(answer)));
  if (!again) return HTMLFormElement.prototype.submit.call(form);
  form.remove();
  put(again);
}
