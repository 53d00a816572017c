// The live map: keeps the places up to date, moves and zooms the plan, and opens a place's card.
// Without it, the page shows plan and list as they were when it was loaded.
"use strict";

const main = document.querySelector("#content");
const map = document.querySelector("#map");
const live = document.querySelector("#live");
const told = document.querySelector("#told");
const places = new Map();
for (const shape of document.querySelectorAll(".place")) places.set(shape.dataset.place, shape);

// --- Up to date -------------------------------------------------------------------------------------

const STATES = ["free", "taken", "waiting", "closed"];
const GLYPHS = { free: "✓", taken: "✕", waiting: "?", closed: "–" };

function paint(shape, place) {
  shape.classList.remove(...STATES);
  shape.classList.add(place.state);
  shape.setAttribute("aria-label", place.label);
  shape.querySelector("title").textContent = place.label;
  shape.querySelector(".weave").setAttribute("fill", place.weave);
  shape.querySelector(".glyph").textContent = GLYPHS[place.state];
}

function apply(news, first) {
  if (news.mark !== main.dataset.mark) {
    // The area has other places, or other shapes: the page is another one.
    location.reload();
    return;
  }
  const words = [];
  for (const place of news.places) {
    const shape = places.get(String(place.id));
    const row = document.querySelector(`#place-${place.id}`);
    if (shape && shape.getAttribute("aria-label") !== place.label) words.push(place.label);
    if (shape) paint(shape, place);
    // The server has escaped what people wrote.
    if (row) row.innerHTML = place.cells;
    if (card.open && card.dataset.place === String(place.id)) fill(place.id);
  }
  live.textContent = `Live, changed at ${news.at}`;
  live.dataset.state = "on";
  if (!first && words.length > 0 && words.length <= 3) told.textContent = words.join(". ");
}

let source;
let first = true;
let pause = 1000;

function lost(text) {
  live.textContent = text;
  live.dataset.state = "off";
}

function follow() {
  source = new EventSource(main.dataset.events);
  source.addEventListener("open", () => {
    pause = 1000;
    live.dataset.state = "on";
  });
  source.addEventListener("places", (event) => {
    apply(JSON.parse(event.data), first);
    first = false;
  });
  source.addEventListener("over", () => {
    source.close();
    lost("No longer live: your log-in or the link has ended. Load the page again.");
  });
  source.addEventListener("error", () => {
    first = true;
    lost("Not live: the connection is lost. Trying again.");
    if (source.readyState === EventSource.CLOSED) {
      // An answer that was no stream is not tried again by the browser.
      setTimeout(follow, pause);
      pause = Math.min(pause * 2, 60000);
    }
  });
}

// --- The card of a place ----------------------------------------------------------------------------

const card = document.querySelector("#card");
const body = document.querySelector("#card-body");

function fill(id) {
  const [name, now, day] = document.querySelector(`#place-${id}`).cells;
  const title = document.createElement("h2");
  title.id = "card-name";
  title.textContent = name.textContent;
  const parts = [title];
  for (const cell of [now, day]) {
    const part = document.createElement("div");
    part.append(...cell.cloneNode(true).childNodes);
    parts.push(part);
  }
  body.replaceChildren(...parts);
}

function open(id) {
  fill(id);
  card.dataset.place = id;
  card.showModal();
}

for (const [id, shape] of places) {
  shape.setAttribute("role", "button");
  shape.setAttribute("aria-haspopup", "dialog");
  // Only the card opens; the address of the row is for those without this script.
  shape.addEventListener("click", (event) => {
    event.preventDefault();
    if (!dragged) open(id);
  });
}
card.addEventListener("close", () => places.get(card.dataset.place)?.focus());

// --- Zoom and pan -----------------------------------------------------------------------------------

const whole = map ? map.viewBox.baseVal : null;
const all = whole ? { x: whole.x, y: whole.y, width: whole.width, height: whole.height } : null;
const NEAREST = 12;
let view = all ? { ...all } : null;

function show(next) {
  const width = Math.min(all.width, Math.max(all.width / NEAREST, next.width));
  const height = (width * all.height) / all.width;
  const clamp = (value, size, limit, start) => Math.min(start + limit - size, Math.max(start, value));
  view = {
    x: clamp(next.x, width, all.width, all.x),
    y: clamp(next.y, height, all.height, all.y),
    width,
    height,
  };
  map.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  map.classList.toggle("near", width < all.width);
}

// Zooms by a factor around a point of the plan, which stays where it is.
function zoom(factor, at) {
  const width = Math.min(all.width, Math.max(all.width / NEAREST, view.width / factor));
  const scale = width / view.width;
  show({
    x: at.x - (at.x - view.x) * scale,
    y: at.y - (at.y - view.y) * scale,
    width,
  });
}

function middle() {
  return { x: view.x + view.width / 2, y: view.y + view.height / 2 };
}

function onPlan(x, y) {
  return new DOMPoint(x, y).matrixTransform(map.getScreenCTM().inverse());
}

function near(shape, factor) {
  const box = shape.querySelector(".base").getBBox();
  const width = all.width / factor;
  const height = (width * all.height) / all.width;
  show({ x: box.x + box.width / 2 - width / 2, y: box.y + box.height / 2 - height / 2, width });
}

// Moves the view just so far that a place can be seen.
function reveal(shape) {
  const box = shape.querySelector(".base").getBBox();
  const inside = (start, size, from, length) => {
    if (start < from) return start;
    return start + size > from + length ? start + size - length : from;
  };
  show({
    x: inside(box.x, box.width, view.x, view.width),
    y: inside(box.y, box.height, view.y, view.height),
    width: view.width,
  });
}

const pointers = new Map();
let dragged = false;

function gap() {
  const [a, b] = [...pointers.values()];
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function move(event) {
  const before = pointers.get(event.pointerId);
  if (!before) return;
  const after = { x: event.clientX, y: event.clientY };
  if (pointers.size === 2) {
    const old = gap();
    pointers.set(event.pointerId, after);
    const [a, b] = [...pointers.values()];
    dragged = true;
    zoom(gap() / old, onPlan((a.x + b.x) / 2, (a.y + b.y) / 2));
    return;
  }
  if (!dragged && Math.hypot(after.x - before.x, after.y - before.y) < 5) return;
  dragged = true;
  const [from, to] = [onPlan(before.x, before.y), onPlan(after.x, after.y)];
  pointers.set(event.pointerId, after);
  show({ x: view.x + from.x - to.x, y: view.y + from.y - to.y, width: view.width });
}

function zooming() {
  document.querySelector("#tools").hidden = false;
  document.querySelector("#keys").hidden = false;
  document.querySelector("#tools").addEventListener("click", (event) => {
    const booked = document.querySelector(".place.booked");
    switch (event.target.dataset.zoom) {
      case "in":
        return zoom(1.5, middle());
      case "out":
        return zoom(1 / 1.5, middle());
      case "all":
        return show(all);
      case "booked":
        if (booked) {
          near(booked, 4);
          booked.focus();
        }
    }
  });
  if (!document.querySelector(".place.booked")) document.querySelector("[data-zoom=booked]").hidden = true;
  map.addEventListener(
    "wheel",
    (event) => {
      // A page that is scrolled over the map goes on scrolling, unless the map is meant.
      if (!event.ctrlKey && view.width === all.width && event.deltaY > 0) return;
      event.preventDefault();
      zoom(Math.exp(-event.deltaY / (event.ctrlKey ? 100 : 400)), onPlan(event.clientX, event.clientY));
    },
    { passive: false },
  );
  map.addEventListener("pointerdown", (event) => {
    if (pointers.size === 0) dragged = false;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  window.addEventListener("pointermove", move);
  for (const end of ["pointerup", "pointercancel"]) {
    window.addEventListener(end, (event) => pointers.delete(event.pointerId));
  }
  map.addEventListener("dragstart", (event) => event.preventDefault());
}

// --- Keys -------------------------------------------------------------------------------------------

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function center(shape) {
  const box = shape.querySelector(".base").getBBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

// The nearest place in a direction: what lies aside counts twice.
function neighbour(shape, [dx, dy]) {
  const from = center(shape);
  let best = null;
  let least = Infinity;
  for (const other of places.values()) {
    const to = center(other);
    const ahead = (to.x - from.x) * dx + (to.y - from.y) * dy;
    const aside = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
    const far = ahead + 2 * aside;
    if (ahead > 0.01 && far < least) [best, least] = [other, far];
  }
  return best;
}

function keys(event) {
  const shape = event.target.closest(".place");
  if (event.key === "+" || event.key === "-") {
    zoom(event.key === "+" ? 1.5 : 1 / 1.5, shape ? center(shape) : middle());
    event.preventDefault();
    return;
  }
  if (!shape) return;
  if (event.key in STEPS) {
    event.preventDefault();
    neighbour(shape, STEPS[event.key])?.focus();
  } else if (event.key === " ") {
    event.preventDefault();
    open(shape.dataset.place);
  }
}

if (map) {
  zooming();
  map.addEventListener("keydown", keys);
  map.addEventListener("focusin", (event) => {
    const shape = event.target.closest(".place");
    if (shape && view.width < all.width) reveal(shape);
  });
}
follow();
