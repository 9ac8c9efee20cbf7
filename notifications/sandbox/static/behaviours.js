// The published table of endings, grouped as the server groups it.

import { ask, byId, make, spaced } from "./dom.js";

export function drawBehaviours(table) {
  const groups = [...new Set(table.map((row) => row.group))];
  byId("behaviour-groups").replaceChildren(...groups.map((group) => {
    const rows = table.filter((row) => row.group === group && !row.ending.startsWith("+"));
    return block(group, rows);
  }), block("Twilio's own test numbers", table.filter((row) => row.ending.startsWith("+"))));
}

function block(title, rows) {
  return make("section", { class: "group" },
    make("h3", { text: title }),
    make("ul", {}, ...rows.map((row) => make("li", { class: "rule" },
      make("span", { class: "which" },
        make("code", { class: "ending", text: row.ending.startsWith("+") ? spaced(row.ending) : row.ending ? `…${row.ending}` : "others" }),
        row.error_code ? make("span", { class: "code", text: row.error_code }) : null),
      make("span", { class: "says", text: row.says }),
      make("button", {
        type: "button", class: "quiet", text: "Open", "aria-label": `Open a phone with the number ${row.example}`,
        on: { click: () => openPhone(row.example) },
      })))));
}

// The addresses that the sandbox answers, as the server lists them.
export function drawSurface(rows) {
  const groups = [...new Set(rows.map((row) => row.group))];
  byId("surface-groups").replaceChildren(...groups.map((group) => make("section", { class: "group" },
    make("h3", { text: group }),
    make("ul", {}, ...rows.filter((row) => row.group === group).map((row) => make("li", { class: "address" },
      make("code", { text: `${row.method} ${row.path}` }),
      make("span", { class: "says", text: row.says })))))));
}

async function openPhone(number) {
  await ask("phones", { number });
  location.hash = `#/phones/${number}`;
}
