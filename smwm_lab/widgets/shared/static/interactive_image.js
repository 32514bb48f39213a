// InteractiveImage in the browser: shows `png`, sends keys of `hotkeys` and clicks to the kernel.
export default {
  render({ model, el }) {
    const image = document.createElement("img");
    image.className = "smwm-image";
    image.tabIndex = 0;
    image.draggable = false;
    image.setAttribute("role", "application");
    el.setAttribute("data-lm-suppress-shortcuts", "true");  // arrow keys are ours, not the notebook's
    el.append(image);
    const show = () => {
      const before = image.src;
      image.src = URL.createObjectURL(new Blob([model.get("png")], { type: "image/png" }));
      if (before) URL.revokeObjectURL(before);
    };
    const label = () => { image.alt = image.title = model.get("label"); };
    image.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !model.get("hotkeys").includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      model.send({ key: event.key, shift: event.shiftKey });
    });
    image.addEventListener("click", (event) => {
      const box = image.getBoundingClientRect();
      image.focus();
      model.send({ x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height });
    });
    model.on("change:png", show);
    model.on("change:label", label);
    show();
    label();
    return () => { model.off("change:png", show); model.off("change:label", label); };
  },
};
