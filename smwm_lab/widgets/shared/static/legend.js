// colourLegend(host, palette, key): what the colours of points mean, as text.
// key: label, and either low and high or names, one for each colour
window.colourLegend = (host, palette, key) => {
  const make = (parent, text = "", style = "") => {
    const element = document.createElement("span");
    element.textContent = text;
    element.style.cssText = style;
    parent.append(element);
    return element;
  };
  host.replaceChildren();
  make(host, `colour: ${key.label}`, "font-weight:600");
  if (key.names) {
    key.names.forEach((name, i) => {
      const entry = make(host, "", "display:inline-flex;gap:5px;align-items:center");
      make(entry, "", `width:13px;height:13px;border-radius:7px;background:${palette[i]}`);
      make(entry, name);
    });
  } else {
    make(host, key.low);
    make(host, "", `width:190px;height:13px;background:linear-gradient(to right,${palette.join(",")})`);
    make(host, key.high);
  }
};
