// Small tools for building the page. Text is always set as text, never as markup.

export const byId = (id) => document.getElementById(id);

export function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") element.textContent = value;
    else if (name === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const LINK = /https?:\/\/[^\s<>"'`]+/g;

// The text with its web addresses as links; a closing full stop or bracket stays outside.
export function withLinks(text) {
  const parts = document.createDocumentFragment();
  let done = 0;
  for (const match of text.matchAll(LINK)) {
    const address = match[0].replace(/[.,;:!?)\]}]+$/, "");
    parts.append(text.slice(done, match.index));
    parts.append(make("a", { href: address, target: "_blank", rel: "noopener noreferrer", text: address }));
    done = match.index + address.length;
  }
  parts.append(text.slice(done));
  return parts;
}

export function spaced(number) {
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return american ? `+1 ${american[1]} ${american[2]} ${american[3]}` : number;
}

export function clock(iso) {
  return new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

export function when(iso) {
  const at = new Date(iso);
  const sameDay = at.toDateString() === new Date().toDateString();
  return sameDay
    ? at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
    : at.toLocaleDateString([], { day: "numeric", month: "short" });
}

export async function ask(path, fields) {
  const options = fields === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(fields),
  };
  const response = await fetch(path, options);
  const content = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Error(content.error || content.message || `HTTP ${response.status}`);
  return content;
}

// Runs once, a moment after the last of many calls.
export function soon(act, delay = 150) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, delay);
  };
}
