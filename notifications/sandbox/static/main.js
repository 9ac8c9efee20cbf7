// Starts the page: which section is shown, and the live line to the sandbox.

import { ask, byId } from "./dom.js";
import { drawBehaviours, drawSurface } from "./behaviours.js";
import { callEvent, loadCalls, startCalls } from "./calls.js";
import { refreshMail, showLetter, startMail } from "./mail.js";
import { phoneEvent, refresh, reload, showPhone, startPhones } from "./phones.js";
import { setTable, startThread } from "./thread.js";

const SECTIONS = ["phones", "mail", "behaviours"];
const tabs = SECTIONS.map((name) => byId(`tab-${name}`));

function route() {
  const [, name = "phones", rest = ""] = decodeURIComponent(location.hash).split("/");
  const section = SECTIONS.includes(name) ? name : "phones";
  SECTIONS.forEach((each, index) => {
    const chosen = each === section;
    byId(`panel-${each}`).hidden = !chosen;
    tabs[index].setAttribute("aria-selected", String(chosen));
    tabs[index].tabIndex = chosen ? 0 : -1;
  });
  if (section === "phones") showPhone(rest);
  if (section === "mail") showLetter(rest);
}

function keys(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const next = tabs[(tabs.indexOf(event.currentTarget) + step + tabs.length) % tabs.length];
  location.hash = next.getAttribute("href");
  next.focus();
}

function listen() {
  const source = new EventSource("events");
  const say = (live) => {
    byId("link").classList.toggle("is-live", live);
    byId("link-text").textContent = live ? "Live" : "Reconnecting";
  };
  source.addEventListener("hello", () => { say(true); reload(); loadCalls(); refreshMail(); });
  source.addEventListener("error", () => say(false));
  for (const kind of ["message", "alert", "phone"]) {
    source.addEventListener(kind, (event) => phoneEvent(kind, JSON.parse(event.data)));
  }
  source.addEventListener("call", (event) => {
    const call = JSON.parse(event.data);
    callEvent(call);
    phoneEvent("call", call);
  });
  source.addEventListener("reset", () => { location.hash = "#/phones"; reload(); loadCalls(); });
  source.addEventListener("reload", () => { reload(); loadCalls(); });
  source.addEventListener("mail", refreshMail);
}

async function start() {
  const table = [...await ask("behaviours"), ...await ask("calls/behaviours")];
  setTable(table);
  drawBehaviours(table);
  drawSurface(await ask("surface"));
  startPhones();
  startThread();
  startCalls();
  for (const tab of tabs) tab.addEventListener("keydown", keys);
  addEventListener("hashchange", route);
  await Promise.all([refresh(), refreshMail(), startMail()]);
  route();
  listen();
}

start();
