for (const code of document.querySelectorAll("li code")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy " + code.textContent);
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(code);
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      document.execCommand("copy");  // a page that is opened as a file may have no clipboard
    }
    document.getElementById("said").textContent = "Copied " + code.textContent;
    button.textContent = "Copied";
  });
  code.after(button);
}
