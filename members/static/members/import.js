/* Sends invite after invite in place; without this script, or when it breaks off, a person presses the button. */
const sendNext = async () => {
    const form = document.getElementById("import-next");
    if (!form) return;
    const answer = await fetch(window.location.href, { method: "POST", body: new FormData(form), redirect: "manual" });
    if (answer.type === "opaqueredirect") {
        window.location.assign(form.dataset.after);
        return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".pt-page");
    if (!page) throw new Error("no page");
    document.querySelector(".pt-page").replaceWith(document.adoptNode(page));
    await sendNext();
};
window.addEventListener("load", () => {
    sendNext().catch(() => {
        const note = document.getElementById("import-stopped");
        if (note) note.hidden = false;
    });
});
