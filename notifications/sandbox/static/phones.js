// The list of phones, and which one is open.

import { ending, showCallsOf } from "./calls.js";
import { ask, byId, make, soon, spaced, when } from "./dom.js";
import { closeThread, meaning, openThread, threadEvent } from "./thread.js";

const seen = new Map();
let phones = [];
let open = "";

export function showPhone(number) {
  open = number;
  showCallsOf(number);
  byId("panel-phones").classList.toggle("is-open", Boolean(number));
  if (number) openThread(number, () => refresh());
  else closeThread();
  draw();
}

export async function refresh() {
  phones = await ask("phones");
  draw();
}

export const refreshSoon = soon(refresh);

export function phoneEvent(kind, content) {
  refreshSoon();
  threadEvent(kind, content, open);
}

export function reload() {
  seen.clear();
  refresh();
  if (open) openThread(open, () => refresh());
}

function draw() {
  const list = byId("phone-list");
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  list.replaceChildren(...phones.map(row));
  if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  byId("phones-empty").hidden = phones.length > 0;
  byId("clear").hidden = phones.length === 0;
  byId("no-handset").hidden = Boolean(open);
}

function row(phone) {
  const isOpen = phone.number === open;
  const count = phone.count + phone.calls;
  if (isOpen) seen.set(phone.number, count);
  const unread = !isOpen && count > (seen.get(phone.number) ?? 0);
  const call = phone.last_call && (!phone.last || phone.last_call.created_at > phone.last.created_at) ? phone.last_call : null;
  const last = call ? null : phone.last;
  const came = (call ?? last)?.created_at;
  const preview = call ? callPreview(call) : last ? (last.direction === "inbound" ? `You: ${last.body}` : last.body) : "Nothing yet";
  const refused = phone.last_alert && (!came || phone.last_alert.at > came) ? phone.last_alert.code : null;
  return make("li", {},
    make("a", { href: `#/phones/${phone.number}`, class: unread ? "row unread" : "row", "aria-current": isOpen ? "true" : null },
      make("span", { class: "row-top" },
        make("strong", { text: spaced(phone.number) }),
        make("time", { text: came ? when(came) : "", datetime: came })),
      make("span", { class: "row-text", text: preview }),
      make("span", { class: "row-tags" },
        call ? callPill(call) : last && last.direction !== "inbound" ? pill(last) : null,
        refused ? make("span", { class: "pill bad", text: `${refused >= 20000 ? "refused" : "webhook"} ${refused}` }) : null,
        phone.opted_out_of.length ? make("span", { class: "pill bad", text: "opted out" }) : null,
        unread ? make("span", { class: "new", text: "new" }) : null)));
}

function callPreview(call) {
  if (call.status === "ringing") return "Rings now";
  return call.ended_at ? `Call: ${ending(call)}` : "In a call";
}

function callPill(call) {
  const good = ["ringing", "in-progress", "completed"].includes(call.status);
  return make("span", { class: `pill ${good ? "good" : "bad"}`, text: call.status.replace("-", " ") });
}

export function pill(message) {
  const good = message.status === "delivered";
  const bad = ["undelivered", "failed"].includes(message.status);
  return make("span", {
    class: `pill ${good ? "good" : bad ? "bad" : "plain"}`,
    text: message.error_code ? `${message.status} ${message.error_code}` : message.status,
    title: message.error_code ? meaning(message.error_code) : null,
  });
}

export function startPhones() {
  const form = byId("add");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = byId("add-problem");
    problem.textContent = "";
    try {
      const phone = await ask("phones", { number: byId("add-number").value });
      form.reset();
      await refresh();
      location.hash = `#/phones/${phone.number}`;
    } catch (error) {
      problem.textContent = error.message;
      byId("add-number").focus();
    }
  });
  byId("clear").addEventListener("click", async () => {
    if (!confirm("Forget all phones, texts and opt-outs of the sandbox?")) return;
    await ask("reset", {});
    location.hash = "#/phones";
  });
}
