// Draws a grid over the from-to fields of a week. The fields are the form: the grid reads them and writes them.
(function () {
    "use strict";
    const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    const QUARTERS = 96, WEEK = 7 * QUARTERS;
    const form = document.querySelector(".sch-form");
    const shownFirst = document.getElementById("sch-errors") || document.getElementById("sch-answer");
    if (shownFirst) { shownFirst.focus(); shownFirst.scrollIntoView({ block: "center" }); }
    if (!form || !form.querySelector(".sch-days")) return;

    const place = form.querySelector(".sch-grid-place");
    const days = [...form.querySelectorAll(".sch-day")];
    const halves = document.getElementById("sch-halves");
    const chooseWeek = document.getElementById("when-week");
    const wide = window.matchMedia("(min-width: 60rem)");
    const unsaved = form.querySelector(".sch-unsaved");
    let week = new Array(WEEK).fill(false);
    let cells = [];          // cells[day][step]
    let here = [0, 9];       // the cell that the keyboard is on
    let isDirty = form.hasAttribute("data-unsaved");
    let drag = null;

    const two = (n) => String(n).padStart(2, "0");
    const said = (quarter) => two(Math.floor(quarter / 4) % 24) + ":" + two((quarter % 4) * 15);
    const perStep = () => (halves.checked ? 2 : 4);

    function quarterOf(text) {
        const found = /^(\d{1,2}):(\d{2})(:00)?$/.exec(text);
        return found && found[1] < 24 && found[2] % 15 === 0 && found[2] < 60 ? found[1] * 4 + found[2] / 15 : null;
    }

    function ends(pair) { return pair.querySelectorAll("input"); }

    function windowOf(pair) {
        const [from, to] = [...ends(pair)].map((input) => quarterOf(input.value));
        return from === null || to === null ? null : [from, to > from ? to - from : to - from + QUARTERS];
    }

    // What the fields say.

    function readFields() {
        week.fill(false);
        days.forEach((day, at) => day.querySelectorAll(".sch-pair").forEach((pair) => {
            const found = windowOf(pair);
            const ending = pair.querySelector(".sch-ends");
            ending.textContent = found ? endWords(at, found) : "";
            if (found) for (let n = 0; n < found[1]; n++) week[(at * QUARTERS + found[0] + n) % WEEK] = true;
        }));
        draw();
    }

    function endWords(day, [from, length]) {
        if (from + length < QUARTERS) return "";
        if (from === 0 && length === QUARTERS) return "the whole day";
        if (from + length === QUARTERS) return "until midnight";
        return "ends " + DAYS[(day + 1) % 7].slice(0, 3) + " " + said(from + length);
    }

    // Stretches as windows: one may cross midnight; what is longer than a day is cut at each midnight.

    function windows() {
        const found = DAYS.map(() => []);
        const add = (start, length) => found[Math.floor((start % WEEK) / QUARTERS)].push([start % QUARTERS, length]);
        const first = week.findIndex((free, at) => free && !week[(at + WEEK - 1) % WEEK]);
        if (first < 0) {
            if (week[0]) DAYS.forEach((_, day) => add(day * QUARTERS, QUARTERS));
            return found;
        }
        for (let n = 0; n < WEEK;) {
            let length = 0;
            while (length < WEEK - n && week[(first + n + length) % WEEK]) length++;
            if (length <= QUARTERS) { if (length) add(first + n, length); } else cut(first + n, length, add);
            n += Math.max(length, 1);
        }
        found.forEach((ones) => ones.sort((one, other) => one[0] - other[0]));
        return found;
    }

    function cut(start, length, add) {
        while (length > 0) {
            const piece = Math.min(length, QUARTERS - (start % QUARTERS));
            add(start, piece);
            start += piece;
            length -= piece;
        }
    }

    function writeFields() {
        const found = windows();
        days.forEach((day, at) => {
            // What is half typed is left alone.
            const half = [...day.querySelectorAll(".sch-pair")].filter((pair) => !windowOf(pair) && [...ends(pair)].some((end) => end.value));
            const wanted = found[at].map(([from, length]) => [said(from), said(from + length)]);
            const kept = half.map((pair) => [...ends(pair)].map((end) => end.value));
            fill(day, at, [...wanted, ...kept]);
        });
        changed();
        readFields();
    }

    function fill(day, at, typed) {
        const list = day.querySelector(".sch-pairs");
        const pairs = [...list.children];
        const rows = typed.length ? typed : [["", ""]];
        rows.forEach((values, place) => {
            const pair = pairs[place] || list.appendChild(another(pairs[0], at, place));
            pair.classList.remove("sch-wrong");
            pair.querySelectorAll(".sch-errors").forEach((list) => list.remove());
            ends(pair).forEach((input, which) => { input.value = values[which]; input.removeAttribute("aria-invalid"); });
        });
        pairs.slice(rows.length).forEach((pair) => pair.remove());
    }

    function another(pair, at, place) {
        const made = pair.cloneNode(true);
        made.querySelectorAll(".sch-errors").forEach((list) => list.remove());
        for (const which of ["from", "to", "ends"]) {
            const one = made.querySelector(`[id^="${which}-"]`);
            one.id = `${which}-${at}-${place}`;
            const label = made.querySelector(`label[for^="${which}-"]`);
            if (label) label.htmlFor = one.id;
        }
        ends(made).forEach((input) => { input.value = ""; input.removeAttribute("aria-invalid"); });
        ends(made)[1].setAttribute("aria-describedby", `ends-${at}-${place}`);
        made.querySelector(".sch-ends").textContent = "";
        return made;
    }

    function changed() {
        chooseWeek.checked = true;
        isDirty = true;
        unsaved.textContent = "Not saved yet.";
    }

    // The grid.

    function build() {
        const old = place.querySelector(".sch-grid");
        const steps = QUARTERS / perStep();
        const grid = document.createElement("div");
        grid.className = "sch-grid" + (halves.checked ? " sch-by-halves" : "");
        grid.setAttribute("role", "grid");
        grid.setAttribute("aria-label", "Hours of the week");
        grid.setAttribute("aria-describedby", "sch-grid-help");
        grid.setAttribute("aria-multiselectable", "true");
        const clock = document.createElement("div");
        clock.className = "sch-clock";
        clock.setAttribute("aria-hidden", "true");
        for (let hour = 0; hour < 24; hour += 1) clock.appendChild(tag("span", "", two(hour)));
        grid.appendChild(clock);
        cells = DAYS.map((name, day) => {
            const row = grid.appendChild(tag("div", "sch-row"));
            row.setAttribute("role", "row");
            const head = row.appendChild(tag("div", "sch-head", name.slice(0, 3)));
            head.setAttribute("role", "rowheader");
            head.setAttribute("aria-label", name);
            const hours = row.appendChild(tag("div", "sch-cells"));
            hours.setAttribute("role", "presentation");
            return Array.from({ length: steps }, (_, step) => {
                const cell = hours.appendChild(tag("div", "sch-cell"));
                cell.setAttribute("role", "gridcell");
                cell.dataset.at = day + "-" + step;
                cell.dataset.hour = two(Math.floor(step * perStep() / 4));
                cell.tabIndex = -1;
                return cell;
            });
        });
        here = [Math.min(here[0], 6), Math.min(here[1], steps - 1)];
        cells[here[0]][here[1]].tabIndex = 0;
        if (old) old.replaceWith(grid); else place.appendChild(grid);
        grid.addEventListener("pointerdown", press);
        grid.addEventListener("keydown", key);
        // A screen reader puts the focus where it likes.
        grid.addEventListener("focusin", (event) => { if (event.target.dataset.at) stand(where(event.target), false); });
        draw();
    }

    function tag(name, className, text) {
        const made = document.createElement(name);
        if (className) made.className = className;
        if (text) made.textContent = text;
        return made;
    }

    function quarters(day, step) { return day * QUARTERS + step * perStep(); }

    function draw() {
        const per = perStep();
        cells.forEach((row, day) => row.forEach((cell, step) => {
            const first = quarters(day, step);
            const free = week.slice(first, first + per);
            const count = free.filter(Boolean).length;
            const share = 100 / per;
            const stops = free.map((on, n) => `${on ? "var(--c-free)" : "transparent"} ${n * share}% ${(n + 1) * share}%`);
            cell.style.setProperty("--fill", stops.join(","));
            cell.setAttribute("aria-selected", String(count === per));
            const state = count === per ? "paged" : count ? "partly paged" : "not paged";
            cell.setAttribute("aria-label", `${DAYS[day]} ${said(step * per)} to ${said((step + 1) * per)}, ${state}`);
        }));
    }

    function set(day, step, on) {
        for (let n = 0; n < perStep(); n++) week[quarters(day, step) + n] = on;
    }

    const isOn = (day, step) => week.slice(quarters(day, step), quarters(day, step) + perStep()).every(Boolean);
    const where = (cell) => cell.dataset.at.split("-").map(Number);

    // Painting with a mouse, a pen or a finger: everything between where it began and where it is.

    function press(event) {
        const cell = event.target.closest(".sch-cell");
        if (!cell || event.button > 0) return;
        const at = where(cell);
        drag = { from: at, on: !isOn(...at), before: week.slice() };
        if (event.pointerType === "mouse") event.preventDefault();
        stand(at, event.pointerType === "mouse");
        reach(at);
        document.addEventListener("pointermove", move);
        document.addEventListener("pointerup", lift);
        document.addEventListener("pointercancel", cancel);
    }

    function reach([day, step]) {
        week = drag.before.slice();
        const [fromDay, fromStep] = drag.from;
        for (let d = Math.min(day, fromDay); d <= Math.max(day, fromDay); d++)
            for (let s = Math.min(step, fromStep); s <= Math.max(step, fromStep); s++) set(d, s, drag.on);
        draw();
    }

    function move(event) {
        const under = document.elementFromPoint(event.clientX, event.clientY);
        const cell = under && under.closest(".sch-cell");
        if (cell) reach(where(cell));
    }

    function finish() {
        document.removeEventListener("pointermove", move);
        document.removeEventListener("pointerup", lift);
        document.removeEventListener("pointercancel", cancel);
        drag = null;
    }

    function lift() { finish(); writeFields(); }

    // The finger scrolls the page after all.
    function cancel() { week = drag.before; finish(); draw(); }

    // Painting with the keyboard.

    function stand(at, takesFocus) {
        cells[here[0]][here[1]].tabIndex = -1;
        here = at;
        const cell = cells[at[0]][at[1]];
        cell.tabIndex = 0;
        if (takesFocus) cell.focus({ preventScroll: drag !== null });
    }

    function key(event) {
        const [day, step] = here;
        const last = cells[0].length - 1;
        const lines = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
        const perLine = 12;
        const narrow = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: [0, -1], ArrowRight: [0, 1] };
        let to = (wide.matches ? lines : narrow)[event.key];
        if (to === "up") to = step >= perLine ? [0, -perLine] : [-1, last + 1 - perLine];
        if (to === "down") to = step + perLine <= last ? [0, perLine] : [1, perLine - last - 1];
        if (event.key === "Home") to = [0, -step];
        if (event.key === "End") to = [0, last - step];
        if (event.key === " " || event.key === "Enter") {
            event.preventDefault();
            set(day, step, !isOn(day, step));
            writeFields();
            return;
        }
        if (!to || event.ctrlKey || event.altKey || event.metaKey) return;
        event.preventDefault();
        const next = [day + to[0], step + to[1]];
        if (!cells[next[0]] || !cells[next[0]][next[1]]) return;
        const carried = isOn(day, step);
        stand(next, true);
        if (event.shiftKey) { set(...next, carried); writeFields(); }
    }

    // Buttons that the server answers too.

    form.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (!button) return;
        if (button.dataset.week !== undefined) {
            const preset = JSON.parse(button.dataset.week);
            days.forEach((day, at) => fill(day, at, preset.filter(([on]) => on === at).map(([, from, to]) => [from, to])));
        } else if (button.dataset.copy !== undefined) {
            const monday = [...days[0].querySelectorAll(".sch-pair")].map((pair) => [...ends(pair)].map((end) => end.value));
            days.slice(1, 5).forEach((day, at) => fill(day, at + 1, monday));
        } else if (button.dataset.more !== undefined) {
            const list = button.closest(".sch-day").querySelector(".sch-pairs");
            const at = days.indexOf(button.closest(".sch-day"));
            const made = list.appendChild(another(list.children[0], at, list.children.length));
            ends(made)[0].focus();
        } else return;
        event.preventDefault();
        changed();
        readFields();
    });

    form.addEventListener("input", (event) => {
        if (!event.target.closest(".sch-days")) return;
        changed();
        readFields();
    });
    form.querySelectorAll("[name=when]").forEach((box) => box.addEventListener("change", () => { isDirty = true; }));
    halves.addEventListener("change", build);
    form.addEventListener("submit", () => { isDirty = false; });
    window.addEventListener("beforeunload", (event) => { if (isDirty) event.preventDefault(); });

    place.hidden = false;
    build();
    readFields();
})();
