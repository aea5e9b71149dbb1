"use strict";
// The clip's page: what is there to paste, and the way back to the chapter.
{
  const panel = document.querySelector("[data-part=embed]");
  const base = panel.querySelector("input");
  const said = panel.querySelector("[role=status]");

  function fill() {
    const address = base.value.trim();
    const folder = address && !address.endsWith("/") ? `${address}/` : address;
    for (const code of panel.querySelectorAll("[data-template]")) {
      code.textContent = code.dataset.template.replaceAll("{base}", encodeURI(folder));
    }
  }

  async function copy(code, name) {
    try {
      await navigator.clipboard.writeText(code.textContent);
      said.textContent = `Copied: ${name}.`;
    } catch {
      getSelection().selectAllChildren(code);
      said.textContent = "Selected; press Ctrl+C or ⌘C to copy.";
    }
  }

  panel.querySelector("[data-part=base]").hidden = false;
  if (!base.value && location.protocol.startsWith("http")) {
    base.value = new URL(".", location.href).href;
  }
  base.placeholder = base.dataset.relative;
  base.value ||= base.dataset.relative;
  base.addEventListener("input", fill);
  fill();
  for (const button of panel.querySelectorAll("button")) {
    button.hidden = false;
    const code = button.closest("details").querySelector("code");
    button.addEventListener("click", () => copy(code, button.dataset.name));
  }
  // A clip's folder may be uploaded alone; inside a build, its neighbours are there.
  for (const link of document.querySelectorAll("[data-part=chapter]")) {
    const inBuild = new RegExp(`/${link.dataset.place}(index\\.html)?$`).test(location.pathname);
    link.hidden = !inBuild || window.parent !== window;
  }
}
