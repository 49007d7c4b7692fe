// A button that only a script answers can be pressed once the script is there, not before: a press
// that comes early would do nothing. The scripts above have attached theirs when this one is asked.
document.addEventListener("DOMContentLoaded", () => {
  for (const one of document.querySelectorAll("button[data-needs-script]")) one.disabled = false;
});
