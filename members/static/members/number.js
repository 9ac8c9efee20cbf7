/* The page that proves a number: counts down to the next code, and notices by itself what became of this one. */
const PAUSE = 3000;
const news = document.getElementById("news");

for (const button of document.querySelectorAll("[data-wait]")) {
    const until = Date.now() + Number(button.dataset.wait) * 1000;
    const words = button.textContent;
    const tick = () => {
        const left = Math.ceil((until - Date.now()) / 1000);
        // It stays a button that can be reached; the server says the same in words.
        button.setAttribute("aria-disabled", String(left > 0));
        button.textContent = left > 0 ? `${words} (in ${left > 90 ? `${Math.ceil(left / 60)} min` : `${left} s`})` : words;
        if (left > 0) setTimeout(tick, 1000);
    };
    button.addEventListener("click", (event) => {
        if (button.getAttribute("aria-disabled") === "true") event.preventDefault();
    });
    if (Number(button.dataset.wait) > 0) tick();
}

async function look() {
    if (!document.hidden) {
        try {
            const answer = await fetch(news.dataset.stateUrl, { headers: { Accept: "application/json" } });
            const now = await answer.json();
            // A new stage is a new page: the way on, or why this code no longer counts.
            if (now.stage !== news.dataset.stage) return location.replace(location.pathname);
            if (now.says && now.says !== news.textContent) news.textContent = now.says;
            news.classList.toggle("bad", now.news === "lost");
        } catch {
            // Offline, or the hour is over: the next look, or the person, finds out.
        }
    }
    return setTimeout(look, PAUSE);
}
if (news) setTimeout(look, PAUSE);
