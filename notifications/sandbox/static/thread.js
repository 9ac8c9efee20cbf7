// One phone: its texts as they change, the reply box, and what is known about it.

import { callNote } from "./calls.js";
import { ask, byId, clock, make, soon, spaced, withLinks } from "./dom.js";

const bubbles = new Map();
let table = [];
let current = "";
let afterReply = () => {};

export const setTable = (rows) => { table = rows; };
export const meaning = (code) => {
  const says = (table.find((row) => row.error_code === code)?.says ?? "").replace(/^(Undelivered|Failed): /, "");
  return says.charAt(0).toUpperCase() + says.slice(1);
};
const through = (provider) => (provider === "azure" ? " through Azure" : "");
const described = (name) => table.find((row) => row.name === name);

export async function openThread(number, changed) {
  const isNew = current !== number;
  current = number;
  afterReply = changed;
  const phone = await ask(`phones/${encodeURIComponent(number)}`);
  if (current !== number) return;
  byId("handset").hidden = byId("facts").hidden = false;
  byId("handset-number").textContent = spaced(number);
  const out = phone.opted_out_of.length ? ` Opted out of ${phone.opted_out_of.map(spaced).join(", ")}.` : "";
  const calls = phone.call_behaviour === "rings" ? "" : ` Calls: ${described(phone.call_behaviour)?.says ?? phone.call_behaviour}`;
  byId("handset-behaviour").textContent = (described(phone.behaviour)?.says ?? "") + calls + out;
  drawSenders(phone, isNew);
  drawFacts(phone);
  if (isNew) {
    byId("reply-outcome").textContent = byId("reply-body").value = "";
    bubbles.clear();
    byId("thread").replaceChildren();
  }
  drawThread(phone);
  if (isNew) byId("handset-number").focus({ preventScroll: true });
}

export function closeThread() {
  current = "";
  byId("handset").hidden = byId("facts").hidden = true;
}

const reopenSoon = soon(() => current && openThread(current, afterReply), 200);

export function threadEvent(kind, content, number) {
  if (!number || number !== current) return;
  if (kind === "message") {
    const handset = content.direction === "inbound" ? content.from : content.to;
    if (handset !== number) return;
    drawMessage(content);
    reopenSoon();
  } else if (kind === "call" && content.to === number) {
    drawCall(content);
    if (content.ended_at) reopenSoon();
  } else if (kind === "alert" && content.handset === number) reopenSoon();
}

function drawThread(phone) {
  const entries = [
    ...phone.messages.map((message) => ({ at: message.created_at, draw: () => drawMessage(message) })),
    ...phone.call_log.map((call) => ({ at: call.created_at, draw: () => drawCall(call) })),
    ...phone.alerts.map((alert) => ({ at: alert.at, draw: () => drawAlert(alert) })),
  ].sort((one, other) => (one.at < other.at ? -1 : 1));
  for (const entry of entries) entry.draw();
  byId("thread").querySelector(".thread-empty")?.remove();
  if (!entries.length) {
    const hint = "Nothing here yet. Page this number from the portal, or write the first text below.";
    byId("thread").append(make("div", { class: "thread-empty", text: hint }));
  }
}

function place(key, at, item) {
  const thread = byId("thread");
  const wasAtEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
  const old = bubbles.get(key);
  if (old) {
    item.classList.add("settled");
    old.replaceWith(item);
  }
  else {
    thread.querySelector(".thread-empty")?.remove();
    const next = [...thread.children].find((other) => other.dataset.at > at) ?? null;
    thread.insertBefore(item, next);
    item.addEventListener("animationend", () => item.classList.add("settled"), { once: true });
  }
  item.dataset.at = at;
  bubbles.set(key, item);
  if (!old && wasAtEnd) thread.scrollTop = thread.scrollHeight;
}

function drawMessage(message) {
  const mine = message.direction === "inbound";
  const state = ["undelivered", "failed", "canceled"].includes(message.status) ? "lost"
    : mine || message.delivered_at || message.status === "sent" ? "there" : "coming";
  const stamp = `${message.status}${message.error_code ?? ""}${message.body}`;
  const old = bubbles.get(message.sid);
  if (old && old.dataset.stamp === stamp) return;
  const line = make("p", { class: "line" },
    make("time", { datetime: message.created_at, text: clock(message.created_at) }),
    make("span", { text: (mine ? `to ${spaced(message.to)}` : `from ${spaced(message.from ?? "the service")}`) + through(message.provider) }),
    mine ? null : make("span", { class: `state ${message.status}`, text: message.error_code ? `${message.status} ${message.error_code}` : message.status }));
  const item = make("div", { class: `text ${mine ? "mine" : "theirs"} ${state}` },
    make("div", { class: "bubble" }, withLinks(message.body || "(empty)")), line);
  if (message.error_code && meaning(message.error_code)) item.append(make("p", { class: "why", text: meaning(message.error_code) }));
  item.dataset.stamp = stamp;
  place(message.sid, message.created_at, item);
}

function drawCall(call) {
  if (call.ended_at && !bubbles.has(call.sid)) place(call.sid, call.created_at, callNote(call));
}

function drawAlert(alert) {
  if (bubbles.has(alert.sid)) return;
  const refused = alert.code >= 20000;
  const says = `${refused ? "Refused, never sent" : "Webhook problem"}: ${alert.code} ${alert.text}`;
  place(alert.sid, alert.at, make("div", { class: "note" }, make("p", { text: says }),
    make("time", { datetime: alert.at, text: clock(alert.at) })));
}

function drawSenders(phone, isNew) {
  const select = byId("reply-to");
  const kept = isNew ? "" : select.value;
  select.replaceChildren(...phone.senders.map((number) => make("option", {
    value: number, text: spaced(number) + through(phone.azure_senders.includes(number) ? "azure" : ""),
  })));
  const chosen = select.dataset.chosen === phone.number ? kept : "";
  select.value = chosen || phone.answers_to || phone.senders[0] || "";
}

function drawFacts(phone) {
  const behaviour = described(phone.behaviour);
  const row = (name, ...content) => [make("dt", { text: name }), make("dd", {}, ...content)];
  byId("facts").replaceChildren(
    make("h3", { text: "This phone" }),
    make("dl", {},
      ...row("Texts", behaviour ? `${behaviour.says}` : phone.behaviour),
      ...row("Answers to", phone.answers_to ? spaced(phone.answers_to) : "Nobody yet"),
      ...row("Opted out of", phone.opted_out_of.length ? phone.opted_out_of.map(spaced).join(", ") : "Nothing"),
      ...row("Calls", `${described(phone.call_behaviour)?.says ?? phone.call_behaviour}`),
      ...row("So far", `${counted(phone.count, "text")}, ${counted(phone.calls, "call")}`)),
    make("p", { class: "hint" }, "Other endings make other things happen. ", make("a", { href: "#/behaviours", text: "See the table" })));
}

const counted = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;

async function send(body) {
  const outcome = byId("reply-outcome");
  const number = current;
  outcome.className = "outcome";
  outcome.textContent = "Sending";
  try {
    const received = await ask(`phones/${encodeURIComponent(number)}/reply`, { body, to: byId("reply-to").value });
    const { status, problem } = received.webhook;
    outcome.classList.toggle("problem", Boolean(problem));
    outcome.textContent = problem ? `Not taken: ${problem}` : `Taken: HTTP ${status}`;
    afterReply();
  } catch (error) {
    outcome.classList.add("problem");
    outcome.textContent = error.message;
  }
}

export function startThread() {
  byId("reply").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = byId("reply-body");
    if (!field.value.trim()) return field.focus();
    send(field.value);
    field.value = "";
    return undefined;
  });
  for (const button of document.querySelectorAll(".quick button")) {
    button.addEventListener("click", () => send(button.dataset.body));
  }
  byId("reply-to").addEventListener("change", (event) => { event.target.dataset.chosen = current; });
}
