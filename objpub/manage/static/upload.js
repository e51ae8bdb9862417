// Files chosen or dropped anywhere on the page are sent three at a time, into a folder that keeps an order one
// after the other, so that they stand there as they were chosen; each can be stopped and tried again.
// Without it the same form sends what was chosen when its button is pressed.

const TRIES_WHEN_BUSY = 5;
const LONGEST_ADDRESS = 3000;

const form = document.getElementById("upload");

class Sending {
  constructor(file, list) {
    this.file = file;
    this.state = "waiting";
    this.tries = 0;
    this.once = Array.from(crypto.getRandomValues(new Uint32Array(4)), (each) => each.toString(36)).join("");
    this.row = list.form.querySelector("template").content.firstElementChild.cloneNode(true);
    this.bar = this.row.querySelector("progress");
    this.bar.setAttribute("aria-label", file.name);
    this.row.querySelector("b").textContent = file.name;
    this.row.querySelector(".stop").addEventListener("click", () => list.stop(this));
    this.row.querySelector(".again").addEventListener("click", () => list.again(this));
    this.name(".stop");
    this.name(".again");
  }

  name(selector) {
    const button = this.row.querySelector(selector);
    button.setAttribute("aria-label", `${button.textContent}: ${this.file.name}`);
  }

  show(state, text = "") {
    this.state = state;
    this.row.dataset.state = state;
    const message = this.row.querySelector(".msg");
    message.textContent = text;
    message.hidden = !text;
    this.bar.hidden = state === "failed" || state === "done";
    const [stop, again] = [this.row.querySelector(".stop"), this.row.querySelector(".again")];
    const focused = this.row.contains(document.activeElement);
    stop.hidden = state !== "waiting" && state !== "running";
    again.hidden = state !== "failed";
    if (focused) (again.hidden ? stop : again).focus();
  }

  done(answer) {
    this.answer = answer;
    this.show("done");
    const link = document.createElement("a");
    link.href = answer.url;
    link.textContent = answer.title;
    this.row.querySelector("b").replaceChildren(link);
    if (!answer.preview) return;
    const image = new Image(48, 48);
    image.alt = "";
    image.src = answer.preview;
    this.row.querySelector(".thumb").replaceChildren(image);
  }
}

class List {
  constructor(element) {
    this.form = element;
    this.all = [];
    this.box = element.querySelector(".sending");
  }

  text(name) {
    return this.form.dataset[`text${name}`];
  }

  add(files) {
    if (!files.length) return;
    this.box.hidden = false;
    for (const file of files) {
      const sending = new Sending(file, this);
      this.all.push(sending);
      this.box.querySelector("ul").append(sending.row);
      if (file.isFolder) sending.show("failed", this.text("Folder"));
      else if (file.size > Number(this.form.dataset.most) - 2000) sending.show("failed", this.text("Large"));
      else sending.show("waiting");
    }
    this.go();
  }

  in(...states) {
    return this.all.filter((each) => states.includes(each.state));
  }

  go() {
    const free = Number(this.form.dataset.atOnce) - this.in("running").length;
    this.in("waiting").slice(0, Math.max(0, free)).forEach((each) => this.send(each));
    this.tell();
  }

  send(sending) {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("files", sending.file, sending.file.name);
    body.append("_once", sending.once);
    sending.request = request;
    sending.bar.value = 0;
    sending.show("running");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) sending.bar.value = event.loaded / event.total;
    });
    request.addEventListener("load", () => this.answered(sending, request));
    request.addEventListener("error", () => this.ended(sending, this.text("Lost")));
    request.addEventListener("abort", () => this.ended(sending, this.text("Stopped")));
    request.open("POST", this.form.action);
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
  }

  answered(sending, request) {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      answer = {};
    }
    if (request.status === 200 && answer.url) {
      sending.done(answer);
      this.go();
    } else if (request.status === 503 && (sending.tries += 1) < TRIES_WHEN_BUSY) {
      sending.show("waiting");
      this.go();
    } else {
      this.ended(sending, answer.detail || answer.title || this.text("Refused"));
    }
  }

  ended(sending, text) {
    sending.show("failed", text);
    this.go();
  }

  stop(sending) {
    if (sending.state === "running") sending.request.abort();
    else this.ended(sending, this.text("Stopped"));
  }

  again(sending) {
    if (sending.file.isFolder) return;
    sending.tries = 0;
    sending.show("waiting");
    this.go();
  }

  tell() {
    const done = this.in("done");
    const told = this.text("Told").replace("%d", done.length).replace("%a", this.all.length);
    this.box.querySelector(".told").textContent = told;
    const busy = this.in("waiting", "running").length > 0;
    const after = this.box.querySelector(".after");
    after.hidden = busy || !done.length;
    if (busy || !done.length) return;
    const images = done.filter((each) => each.answer.image).map((each) => each.answer.name);
    const describe = after.querySelector(".describe");
    describe.hidden = !images.length;
    describe.href = this.address(images);
    if (done.length === this.all.length) location.assign(images.length ? describe.href : this.form.dataset.done);
  }

  address(images) {
    const address = `${this.form.dataset.describe}?${new URLSearchParams(images.map((name) => ["pick", name]))}`;
    return address.length < LONGEST_ADDRESS ? address : this.form.dataset.describe;
  }
}

function dropped(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  return items.map((item) => {
    const file = item.getAsFile();
    if (file) file.isFolder = item.webkitGetAsEntry?.()?.isDirectory === true;
    return file;
  }).filter(Boolean);
}

const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

function start() {
  const list = new List(form);
  const input = form.querySelector("input[type=file]");
  form.classList.add("live");
  input.required = false;
  input.addEventListener("change", () => {
    list.add([...input.files]);
    input.value = "";
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  let depth = 0;
  const mark = (change) => {
    depth = Math.max(0, depth + change);
    document.body.classList.toggle("dropping", depth > 0);
  };
  document.addEventListener("dragenter", (event) => carriesFiles(event) && mark(1));
  document.addEventListener("dragleave", (event) => carriesFiles(event) && mark(-1));
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    mark(-depth);
    list.add(dropped(event.dataTransfer));
    form.scrollIntoView({ block: "nearest" });
  });
  window.addEventListener("beforeunload", (event) => {
    if (list.in("waiting", "running").length) event.preventDefault();
  });
}

if (form) start();
