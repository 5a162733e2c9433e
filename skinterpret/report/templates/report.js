"use strict";
(() => {
  const said = document.getElementById("said");

  const show = (id) => {
    const panel = document.getElementById(id);
    if (!panel || !panel.classList.contains("candidate")) return null;
    for (const other of panel.parentElement.children) other.hidden = other !== panel;
    for (const point of document.querySelectorAll(".front input")) {
      if (point.value === id) point.checked = true;
    }
    return panel;
  };

  const follow = () => {
    const panel = show(location.hash.slice(1));
    if (panel) panel.scrollIntoView({ block: "nearest" });
  };

  const copy = async (button) => {
    const source = button.closest(".source").querySelector("pre");
    try {
      await navigator.clipboard.writeText(source.textContent);
      said.textContent = "Copied";
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; said.textContent = ""; }, 2000);
    } catch {
      getSelection().selectAllChildren(source);
      said.textContent = "The text is selected; press Ctrl+C to copy it";
    }
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches(".front input") && show(event.target.value)) {
      history.replaceState(null, "", "#" + event.target.value);
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.matches(".copy")) copy(event.target);
  });
  addEventListener("hashchange", follow);
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details:not(.code)")) details.open = true;
  });
  follow();
})();
