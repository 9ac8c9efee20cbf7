// Copies the block for support; without script the block is selected and copied by hand.
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-copies]")) {
    const block = document.getElementById(button.dataset.copies);
    const said = button.parentElement.querySelector("[role=status]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      block.focus();
      block.select();
      try {
        await navigator.clipboard.writeText(block.value);
        said.textContent = "Copied.";
      } catch {
        said.textContent = "Selected: copy it with Ctrl+C.";
      }
    });
  }
  const named = document.getElementById(location.hash.slice(1));
  if (named instanceof HTMLDetailsElement) named.open = true;
});
addEventListener("hashchange", () => {
  const named = document.getElementById(location.hash.slice(1));
  if (named instanceof HTMLDetailsElement) named.open = true;
});
addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll(".dx-stopped, .dx-notable, .dx-unknown")) one.open = true;
});
