// The management interface with a script: the tree opens in place and takes the keyboard, menus close and turn
// where there is no room, colours change at once. Without it everything works by links and forms.

const VISIBLE = "[role=treeitem]:not([hidden])";

// The tree: one stop for the Tab key, arrows inside.

function startTree(tree) {
  tree.setAttribute("role", "tree");
  tree.querySelectorAll("li").forEach(prepare);
  const link = tree.querySelector(".name[aria-current]");
  const current = link?.closest("li");
  const first = current ?? tree.querySelector("li");
  if (first) first.tabIndex = 0;
  if (link) showAround(tree.closest(".tree"), link);
  tree.addEventListener("keydown", (event) => pressed(tree, event));
  tree.addEventListener("focusin", (event) => stopAt(tree, event.target.closest("[role=treeitem]")));
  tree.addEventListener("click", (event) => {
    const twist = event.target.closest(".twist[href]");
    if (!twist || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    turn(twist.closest("li"), !isOpen(twist.closest("li")));
  });
}

function showAround(box, link) {
  const above = link.getBoundingClientRect().top - box.getBoundingClientRect().top;
  if (above > box.clientHeight * 0.7) box.scrollTop += above - box.clientHeight / 3; // what is in it is seen too
}

function prepare(item) {
  const twist = item.querySelector(":scope > .node > .twist[href]");
  const link = item.querySelector(":scope > .node > .name, :scope > .more");
  item.setAttribute("role", link ? "treeitem" : "none");
  item.querySelectorAll(":scope > ul").forEach((list) => list.setAttribute("role", "group"));
  if (!link) return;
  item.tabIndex = -1;
  item.setAttribute("aria-label", link.querySelector("span")?.textContent ?? link.textContent);
  link.title ||= item.getAttribute("aria-label"); // where there is no room for all of it
  link.tabIndex = -1;
  if (link.hasAttribute("aria-current")) item.setAttribute("aria-current", "page");
  if (!twist) return;
  twist.tabIndex = -1;
  item.setAttribute("aria-expanded", twist.getAttribute("aria-expanded"));
}

function stopAt(tree, item) {
  if (!item) return;
  tree.querySelectorAll("li[tabindex='0']").forEach((each) => (each.tabIndex = -1));
  item.tabIndex = 0;
}

const isBranch = (item) => item.hasAttribute("aria-expanded");
const isOpen = (item) => item.getAttribute("aria-expanded") === "true";
const seen = (tree) => [...tree.querySelectorAll(VISIBLE)].filter((item) => !item.parentElement.closest("[hidden]"));

function pressed(tree, event) {
  const item = event.target.closest("[role=treeitem]");
  if (!item || event.altKey || event.ctrlKey || event.metaKey) return;
  const items = seen(tree);
  const at = items.indexOf(item);
  const back = document.documentElement.dir === "rtl";
  const moves = {
    ArrowDown: () => items[at + 1],
    ArrowUp: () => items[at - 1],
    Home: () => items[0],
    End: () => items.at(-1),
    [back ? "ArrowLeft" : "ArrowRight"]: () => {
      if (!isBranch(item)) return null;
      if (isOpen(item)) return item.querySelector(":scope > ul > [role=treeitem]");
      turn(item, true);
      return null;
    },
    [back ? "ArrowRight" : "ArrowLeft"]: () => {
      if (!isBranch(item) || !isOpen(item)) return item.parentElement.closest("[role=treeitem]");
      turn(item, false);
      return null;
    },
    Enter: () => item.querySelector(":scope > .node > .name, :scope > .more").click(),
  };
  const move = moves[event.key] ?? (/^\S$/u.test(event.key) ? () => startingWith(event.key, items, at) : null);
  if (!move) return;
  event.preventDefault();
  move()?.focus();
}

function startingWith(letter, items, at) {
  const wanted = letter.toLocaleLowerCase();
  const rest = [...items.slice(at + 1), ...items.slice(0, at)];
  return rest.find((item) => item.getAttribute("aria-label").trim().toLocaleLowerCase().startsWith(wanted));
}

function turn(item, open) {
  const twist = item.querySelector(":scope > .node > .twist");
  const list = item.querySelector(":scope > ul");
  item.querySelector(":scope > .oops")?.remove();
  show(item, twist, open);
  remember(item.querySelector(":scope > .node > [data-into]").dataset.into, open);
  if (list) list.hidden = !open;
  else if (open && !item.hasAttribute("aria-busy")) load(item, twist);
}

// The cookie of tree.py: paths with "!" between them, those of closed branches with "-" in front.

const COOKIE = "objpub_tree";
const REMEMBERED = 40;

function remember(path, open) {
  const quoted = path.split("/").map(encodeURIComponent).join("/").replaceAll("!", "%21");
  const same = (each) => each.replace(/^-/, "") === quoted;
  const kept = cookie(COOKIE).split("!").filter((each) => each && !same(each));
  const value = [...kept, (open ? "" : "-") + quoted].slice(-REMEMBERED).join("!");
  keep(COOKIE, value, document.getElementById("tree").dataset.root);
}

const cookie = (name) => document.cookie.split("; ").find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

function keep(name, value, root) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${value}; path=${root}; max-age=31622400; samesite=lax${secure}`;
}

// Groups of pages at the side: what somebody opened is open on the next page, too.

function startGroup(group) {
  const { name } = group.dataset;
  group.querySelector("summary").addEventListener("click", () => {
    const others = cookie("objpub_side").split(".").filter((each) => each && each !== name);
    keep("objpub_side", (group.open ? others : [...others, name]).join("."), group.closest("[data-root]").dataset.root);
  });
}

function show(item, twist, open) {
  for (const each of [item, twist]) each.setAttribute("aria-expanded", String(open));
}

async function load(item, twist) {
  const address = new URL(twist.href);
  address.search = "";
  item.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    put(item, await answer.text());
  } catch {
    failed(item, twist);
  } finally {
    item.removeAttribute("aria-busy");
  }
}

function put(item, text) {
  const list = new DOMParser().parseFromString(text, "text/html").querySelector("ul");
  list.setAttribute("role", "group");
  list.hidden = !isOpen(item);
  list.querySelectorAll("li").forEach(prepare);
  item.append(list);
}

function failed(item, twist) {
  show(item, twist, false);
  const told = document.getElementById("tree-oops").cloneNode(true);
  told.removeAttribute("id");
  told.hidden = false;
  told.className = "oops";
  told.setAttribute("role", "alert");
  item.append(told);
}

// Menus: one at a time, closed by Escape and by a click elsewhere, turned up where there is no room below.

function closeMenus(except) {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
}

function startMenus() {
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!(menu instanceof HTMLElement) || !menu.matches("details.menu")) return;
    const list = menu.querySelector(":scope > ul");
    list?.classList.remove("up");
    if (!menu.open || !list) return;
    closeMenus(menu);
    const box = list.getBoundingClientRect();
    const above = menu.getBoundingClientRect().top;
    if (box.bottom > window.innerHeight && above > box.height) list.classList.add("up");
  }, true);
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement?.closest("details.menu[open]");
    closeMenus();
    menu?.querySelector("summary").focus();
  });
}

// Colours and density: at once, and kept by the server's cookie.

function startLook(form) {
  const page = document.documentElement;
  form.classList.add("live");
  form.addEventListener("change", () => {
    const { theme, density } = form.elements;
    theme.value === "auto" ? page.removeAttribute("data-theme") : page.setAttribute("data-theme", theme.value);
    density.value === "compact" ? page.setAttribute("data-density", "compact") : page.removeAttribute("data-density");
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
  });
}

// What was done is told at the top of the next page: the keyboard goes on from there, and Undo is its next stop.

function startMessage(message) {
  const isFree = document.activeElement === document.body && !document.querySelector("[autofocus]") && !location.hash;
  if (!isFree) return;
  message.tabIndex = -1;
  message.focus({ preventScroll: true });
}

const message = document.querySelector("main > .note[role=status]");
if (message) startMessage(message);
const tree = document.getElementById("tree");
if (tree) startTree(tree);
document.querySelectorAll("#side .fold").forEach(startGroup);
startMenus();
const look = document.getElementById("look");
if (look) startLook(look);
