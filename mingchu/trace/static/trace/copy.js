// Copies what stands in an element, exactly; the button works once this script is there. Without
// https a browser gives no clipboard: then the text is marked and copied the old way.
const copied = async (element, text) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  getSelection().selectAllChildren(element);
  return document.execCommand("copy");
};

for (const button of document.querySelectorAll("button[data-copy]")) {
  const element = document.getElementById(button.dataset.copy);
  button.addEventListener("click", async () => {
    await copied(element, element.textContent);
    const before = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = before; }, 2000);
  });
  button.disabled = false;
}
