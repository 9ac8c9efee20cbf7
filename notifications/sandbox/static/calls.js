// Calls: phones that ring, the call of the open phone with its keypad, and how ended calls are told.

import { ask, byId, clock, make, spaced } from "./dom.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const SPOKEN = { "*": "star", "#": "pound" };
const SHOWN_AT_ONCE = 3;
const live = new Map();
const announced = new Set();
const watched = new Set();
let open = "";
let shown = "";
let drawn = [];
let focusNext = false;

const isOver = (call) => Boolean(call.ended_at);
const rings = (call) => call.status === "ringing";
const talks = (call) => call.status === "in-progress";
const names = "DisplayNames" in Intl ? new Intl.DisplayNames(["en"], { type: "language" }) : null;

export function languageName(code) {
  try {
    return names?.of(code) ?? code;
  } catch {
    return code;
  }
}

export function lasted(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

// How a call ended, in a few words.
export function ending(call) {
  const sip = call.sip_code ? ` (SIP ${call.sip_code})` : "";
  if (call.status === "busy") return `Busy${sip}`;
  if (call.status === "no-answer") return `Not answered${sip}`;
  if (call.status === "canceled") return "The caller gave up";
  if (call.status === "failed") return call.sip_code === 603 ? `Declined${sip}` : `Failed${sip}`;
  if (call.status !== "completed") return call.status;
  const who = { callee: "hung up here", portal: "ended by the portal", provider: "cut off by the provider" }[call.ended_by];
  const taken = { machine: "Voicemail answered", fax: "A fax answered" }[call.party] ?? "Answered";
  return `${taken}, ${lasted(call.seconds)}, ${who ?? "ended"}`;
}

export async function loadCalls() {
  live.clear();
  for (const call of await ask("calls?live=1")) live.set(call.sid, call);
  draw();
}

export function callEvent(call) {
  const before = live.get(call.sid);
  if (isOver(call)) {
    live.delete(call.sid);
    if (before && call.to === open) byId("call-end").textContent = `The call has ended: ${ending(call)}.`;
  } else live.set(call.sid, call);
  draw();
}

export function showCallsOf(number) {
  open = number;
  draw();
}

// An entry of the thread: how the call ended, and on demand what was said.
export function callNote(call) {
  const pressed = call.presses.map((key) => (key.heard ? key.digit : `${key.digit} (nobody listened)`)).join(", ");
  const spoken = call.transcript.length ? make("details", { open: watched.has(call.sid) },
    make("summary", { text: "What was said" }),
    ...call.transcript.map((line) => make("p", { lang: line.language || null },
      make("span", { class: "who-says", lang: "en", text: `${speaker(line)}: ` }), line.said || "(cut off before a word)"))) : null;
  return make("div", { class: `call-note ${call.status === "completed" ? "taken" : "missed"}` },
    make("p", { class: "call-end-text" }, make("strong", { text: "Call " }), `from ${spaced(call.from)}: ${ending(call)}`),
    pressed ? make("p", { text: `Pressed ${pressed}` }) : null,
    spoken,
    make("time", { datetime: call.created_at, text: clock(call.created_at) }));
}

function speaker(line) {
  if (line.kind === "greeting") return "Voicemail";
  if (line.kind === "apology") return "The provider";
  if (line.kind === "play") return "Recording";
  return languageName(line.language);
}

function draw() {
  drawRingers();
  const mine = [...live.values()].filter((call) => call.to === open && (rings(call) || talks(call)));
  const call = mine.find(talks) ?? mine[0];
  const panel = byId("call");
  if (!call) {
    if (!panel.hidden && panel.contains(document.activeElement)) byId("handset-number").focus({ preventScroll: true });
    panel.hidden = true;
    byId("handset").classList.remove("is-called");
    shown = "";
    return;
  }
  if (shown !== call.sid) {
    shown = call.sid;
    drawn = [];
    watched.add(call.sid);
    byId("call-said").replaceChildren();
    byId("call-problem").textContent = "";
  }
  drawCall(call, mine.length - 1);
  panel.hidden = false;
  byId("handset").classList.add("is-called");
  if (focusNext && talks(call)) {
    focusNext = false;
    byId("call-title").focus({ preventScroll: true });
  }
}

function drawCall(call, waiting) {
  const more = waiting ? ` · ${waiting} more waiting` : "";
  say(byId("call-state"), (rings(call) ? "Incoming call" : call.party === "machine" ? "Voicemail records" : "In a call") + more);
  say(byId("call-title"), spaced(call.from));
  byId("call-ring").hidden = !rings(call);
  byId("call-talk").hidden = !talks(call);
  byId("call-time").hidden = !talks(call);
  if (!talks(call)) return;
  tick();
  call.transcript.forEach((line, place) => drawLine(line, place));
  say(byId("call-keys"), keysLine(call));
  byId("keypad").classList.toggle("is-heard", call.listens);
}

function keysLine(call) {
  const pressed = call.presses.map((key) => key.digit).join(" ");
  const last = call.presses.at(-1);
  if (last && !last.heard) return `Pressed ${pressed}: nobody listened to ${last.digit}`;
  if (pressed) return `Pressed ${pressed}`;
  return call.listens ? "The call waits for a key" : "";
}

// New sentences are added and old ones left alone, so that a screen reader says each of them once.
function drawLine(line, place) {
  const log = byId("call-said");
  if (!drawn[place]) {
    const item = make("p", { class: `line-${line.kind}` }, make("span", { class: "lang", text: speaker(line) }));
    const words = make("span", { lang: line.language || null });
    item.append(words);
    log.append(item);
    drawn[place] = { words, length: 0 };
  }
  const known = drawn[place];
  if (line.said.length <= known.length) return;
  known.words.append(make("span", { text: line.said.slice(known.length) }));
  known.length = line.said.length;
  log.scrollTop = log.scrollHeight;
}

function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tick() {
  const call = live.get(shown);
  if (!call?.answered_at) return;
  say(byId("call-time"), lasted(Math.max(0, Math.floor((Date.now() - new Date(call.answered_at)) / 1000))));
}

function drawRingers() {
  const ringing = [...live.values()].filter(rings);
  for (const call of ringing) {
    if (announced.has(call.sid)) continue;
    announced.add(call.sid);
    byId("ring-says").textContent = `${spaced(call.to)} rings: a call from ${spaced(call.from)}.`;
  }
  const elsewhere = ringing.filter((call) => call.to !== open);
  const rows = elsewhere.slice(0, SHOWN_AT_ONCE).map(ringer);
  if (elsewhere.length > SHOWN_AT_ONCE) {
    rows.push(make("li", { class: "ringer-more", text: `and ${elsewhere.length - SHOWN_AT_ONCE} more phones ring` }));
  }
  const list = byId("ringers-list");
  const stamp = elsewhere.map((call) => call.sid).join();
  byId("ringers").hidden = !rows.length;
  if (list.dataset.stamp === stamp) return;
  const focused = list.contains(document.activeElement) ? document.activeElement.id : "";
  list.replaceChildren(...rows);
  list.dataset.stamp = stamp;
  if (focused) byId(focused)?.focus();
}

function ringer(call) {
  const button = (act, text, style) => make("button", {
    type: "button", class: style, text, id: `${act}-${call.sid}`,
    "aria-label": `${text} the call to ${spaced(call.to)}`,
    on: { click: () => { if (act === "answer") location.hash = `#/phones/${call.to}`; react(call, act); } },
  });
  return make("li", { class: "ringer" },
    make("a", { href: `#/phones/${call.to}`, text: spaced(call.to) }), make("span", { text: `rings: a call from ${spaced(call.from)}` }),
    make("span", { class: "ringer-acts" }, button("answer", "Answer", "answer"), button("decline", "Decline", "decline")));
}

async function react(call, act, fields = {}) {
  const problem = byId("call-problem");
  problem.textContent = "";
  if (act === "answer" || act === "voicemail") focusNext = true;
  try {
    callEvent(await ask(`phones/${encodeURIComponent(call.to)}/calls/${call.sid}/${act}`, fields));
  } catch (error) {
    problem.textContent = error.message;
  }
}

function press(digit) {
  const call = live.get(shown);
  if (!call || !talks(call)) return;
  const button = byId("keypad").querySelector(`[data-digit="${CSS.escape(digit)}"]`);
  button.classList.add("pressed");
  setTimeout(() => button.classList.remove("pressed"), 160);
  react(call, "press", { digits: digit });
}

function typed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("call").hidden || byId("panel-phones").hidden) return;
  if (event.target.closest?.("input, select, textarea") || !KEYS.includes(event.key)) return;
  event.preventDefault();
  press(event.key);
}

export function startCalls() {
  byId("keypad").append(...KEYS.map((digit) => make("button", {
    type: "button", "data-digit": digit, "aria-label": SPOKEN[digit] ?? digit, text: digit, on: { click: () => press(digit) },
  })));
  for (const button of document.querySelectorAll("[data-act]")) {
    button.addEventListener("click", () => live.has(shown) && react(live.get(shown), button.dataset.act));
  }
  document.addEventListener("keydown", typed);
  setInterval(tick, 1000);
}
