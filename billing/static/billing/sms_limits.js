/* Ticking "Unlimited" empties the number beside it, and unticking brings back what stood there. The server refuses both. */
for (const box of document.querySelectorAll("[data-empties]")) {
    const field = document.getElementById(box.dataset.empties);
    let stood = field.value;
    const follow = () => {
        if (box.checked && !field.readOnly) stood = field.value || stood;
        if (box.checked && field.getAttribute("aria-invalid") === null) field.value = "";
        else if (!box.checked && field.readOnly && !field.value) field.value = stood;
        field.readOnly = box.checked && field.value === "";
        field.placeholder = box.checked ? "unlimited" : "blank";
    };
    box.addEventListener("change", () => {
        field.removeAttribute("aria-invalid");
        follow();
    });
    follow();
}
for (const form of document.querySelectorAll(".bl-limits")) {
    let touched = false;
    form.addEventListener("input", () => { touched = true; });
    form.addEventListener("submit", () => { touched = false; });
    window.addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });
}
