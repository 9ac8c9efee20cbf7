/* Sends the next few invites by itself; without this script a person presses the button. */
window.addEventListener("load", () => {
    const form = document.getElementById("import-next");
    if (form) window.setTimeout(() => form.requestSubmit(), 250);
});
