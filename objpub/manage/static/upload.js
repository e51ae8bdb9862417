// Files chosen or dropped anywhere on the page are sent three at a time, into a folder that keeps an order one
// after the other, so that they stand there as they were chosen; each can be stopped and tried again. Small ones
// go together, in parcels.
// Without it the same form sends what was chosen when its button is pressed.

const TRIES_WHEN_BUSY = 5;
const LONGEST_ADDRESS = 3000;
const TOGETHER = { files: 10, bytes: 1_000_000 };

const form = document.getElementById("upload");

class Sending {
  constructor(file, list) {
    this.file = file;
    this.state = "waiting";
    this.parcel = null;
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
    stop.hidden = (state !== "waiting" && state !== "running") || this.parcel?.isSent === true;
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

// What is sent with one request. It keeps its name when it is sent again, so that the site takes it once.

class Parcel {
  constructor(sendings) {
    this.sendings = sendings;
    this.tries = 0;
    this.once = Array.from(crypto.getRandomValues(new Uint32Array(4)), (each) => each.toString(36)).join("");
    sendings.forEach((each) => (each.parcel = this));
  }

  show(...state) {
    this.sendings.forEach((each) => each.show(...state));
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
      else if (file.size > Number(this.form.dataset.most)) sending.show("failed", this.text("Large"));
      else sending.show("waiting");
    }
    this.go();
  }

  in(...states) {
    return this.all.filter((each) => states.includes(each.state));
  }

  go() {
    for (let free = Number(this.form.dataset.atOnce) - this.running(); free > 0; free--) {
      const parcel = this.next();
      if (parcel) this.send(parcel);
    }
    this.tell();
  }

  running() {
    return new Set(this.in("running").map((each) => each.parcel)).size;
  }

  next() {
    const waiting = this.in("waiting");
    if (!waiting.length || waiting[0].parcel) return waiting[0]?.parcel;
    const most = Math.min(TOGETHER.bytes, Number(this.form.dataset.most) - 2000);
    let size = 0;
    const end = waiting.findIndex((each) => each.parcel || (size += each.file.size) > most);
    const fitting = end < 0 ? waiting.length : Math.max(1, end);
    return new Parcel(waiting.slice(0, Math.min(fitting, TOGETHER.files)));
  }

  send(parcel) {
    const request = new XMLHttpRequest();
    const body = new FormData();
    for (const { file } of parcel.sendings) body.append("files", file, file.name);
    body.append("_once", parcel.once);
    parcel.request = request;
    parcel.isSent = false;
    parcel.sendings.forEach((each) => (each.bar.value = 0));
    parcel.show("running");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) parcel.sendings.forEach((each) => (each.bar.value = event.loaded / event.total));
    });
    request.upload.addEventListener("load", () => {
      parcel.isSent = true; // the site may have taken it: what is stopped now would be there and be sent again
      parcel.show("running");
    });
    request.addEventListener("load", () => this.answered(parcel, request));
    request.addEventListener("error", () => this.ended(parcel, this.text("Lost")));
    request.open("POST", this.form.action);
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
  }

  answered(parcel, request) {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      answer = {};
    }
    if (request.status === 200 && answer.files?.length === parcel.sendings.length) {
      parcel.sendings.forEach((each, at) => this.told(each, answer.files[at]));
      this.go();
    } else if (request.status === 503 && (parcel.tries += 1) < TRIES_WHEN_BUSY) {
      parcel.isSent = false;
      parcel.show("waiting");
      this.go();
    } else {
      this.ended(parcel, answer.detail || answer.title || this.text("Refused"));
    }
  }

  told(sending, answer) {
    sending.parcel = null;
    sending.bar.value = 1;
    if (answer.url) sending.done(answer);
    else sending.show("failed", answer.error);
  }

  ended(parcel, text) {
    parcel.show("failed", text);
    this.go();
  }

  stop(sending) {
    const others = (sending.parcel?.sendings ?? []).filter((each) => each !== sending);
    if (sending.state === "running") sending.parcel.request.abort();
    for (const each of [sending, ...others]) each.parcel = null;
    others.forEach((each) => each.show("waiting"));
    sending.show("failed", this.text("Stopped"));
    this.go();
  }

  again(sending) {
    if (sending.file.isFolder) return;
    const parcel = sending.parcel ?? new Parcel([sending]);
    parcel.tries = 0;
    parcel.isSent = false;
    parcel.show("waiting");
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
