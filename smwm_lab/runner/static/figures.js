// A click on a figure, or its button, shows it as large as the window; Esc or another click goes back to it.
(() => {
  const figures = document.querySelectorAll(".jp-RenderedImage img, .gallery img");
  if (!figures.length) return;

  const named = (words, name) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: words });
    button.setAttribute("aria-label", name);
    return button;
  };

  const dialog = document.createElement("dialog");
  const large = document.createElement("img");
  dialog.className = "enlarged";
  dialog.setAttribute("aria-label", "figure, enlarged");
  dialog.append(large, named("close", "close the enlarged figure"));
  dialog.addEventListener("click", () => dialog.close());
  document.body.append(dialog);

  for (const figure of figures) {
    const frame = document.createElement("span");
    const button = named("enlarge", `enlarge the figure: ${figure.alt.split(/[.:;]/)[0]}`);
    frame.className = "enlargeable";
    figure.replaceWith(frame);
    frame.append(figure, button);
    frame.addEventListener("click", () => {
      Object.assign(large, { src: figure.src, alt: figure.alt });
      button.focus({ preventScroll: true }); // where the focus returns to when the dialog closes
      dialog.showModal();
    });
  }
})();
