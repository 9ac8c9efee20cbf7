// Asks the router's JSON every few seconds whether anything changed, and only then loads the page's middle anew.
// Where somebody is at work with the keyboard in it, the place is kept.
const PAUSE = 3000;

async function look() {
  const shown = document.getElementById("router");
  if (!shown || document.hidden) return;
  try {
    const answer = await fetch(shown.dataset.source, { headers: { Accept: "application/json" } });
    if (!answer.ok) return say(shown, "The page cannot refresh itself: load it again.");
    const state = await answer.json();
    if (state.version === shown.dataset.version) return say(shown, `As of ${clock(state.at)}.`);
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const fresh = page.getElementById("router");
    if (!fresh) return;
    const focused = document.activeElement?.getAttribute("href");
    shown.replaceWith(fresh);
    if (focused) fresh.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
    say(fresh, `Changed at ${clock(state.at)}.`);
  } catch {
    say(shown, "The portal does not answer: what stands here may be old.");
  }
}

function say(place, text) {
  const line = place.querySelector("[role=status]");
  if (line) line.textContent = text;
}

function clock(at) {
  return new Date(at).toLocaleTimeString();
}

setInterval(look, PAUSE);
document.addEventListener("visibilitychange", look);
