// Development e-mail: the list, and one letter as plain text with its links.

import { ask, byId, make, when, withLinks } from "./dom.js";

let letters = [];
let open = "";

export async function refreshMail() {
  letters = await ask("mail");
  draw();
}

export function showLetter(id) {
  open = id;
  byId("panel-mail").classList.toggle("is-open", Boolean(id));
  draw();
}

export async function startMail() {
  const about = await ask("about");
  if (!about.mail_folder) {
    byId("mail-hint").textContent = "The sandbox reads no mail folder. Start it with SANDBOX_MAIL_DIR set to the folder into which the portal writes its e-mail.";
  }
}

function draw() {
  byId("mail-list").replaceChildren(...letters.map((letter) => make("li", {},
    make("a", { href: `#/mail/${letter.id}`, class: "row", "aria-current": letter.id === open ? "true" : null },
      make("span", { class: "row-top" },
        make("strong", { text: letter.subject }),
        make("time", { datetime: letter.date, text: when(letter.date) })),
      make("span", { class: "row-text", text: `To ${letter.to}` })))));
  byId("mail-empty").hidden = letters.length > 0;
  const letter = letters.find((each) => each.id === open);
  byId("letter").replaceChildren(...(letter ? opened(letter) : letters.length ? [chooser()] : []));
}

function chooser() {
  return make("div", { class: "empty" }, make("h3", { text: "Choose a letter" }),
    make("p", { text: "Invitations and sign-in letters open here, with their links." }));
}

function opened(letter) {
  return [
    make("a", { class: "back", href: "#/mail", "aria-label": "Back to all letters", text: "\u2039" }),
    make("h2", { text: letter.subject }),
    make("dl", {},
      make("dt", { text: "From" }), make("dd", { text: letter.from }),
      make("dt", { text: "To" }), make("dd", { text: letter.to }),
      make("dt", { text: "Date" }), make("dd", { text: new Date(letter.date).toLocaleString() })),
    make("div", { class: "letter-text" }, withLinks(letter.text)),
  ];
}
