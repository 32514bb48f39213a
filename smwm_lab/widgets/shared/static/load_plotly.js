// plotlyReady: fulfilled when plotly.js, packed in the page, is there as `Plotly`. Needs `inflate`.
window.plotlyReady = inflate("plotly").then((bytes) => {
  const element = document.createElement("script");
  element.textContent = new TextDecoder().decode(bytes);
  document.head.append(element);
}).catch((error) => {
  document.body.insertAdjacentHTML("beforeend", "<p role=status class=bad>error: this browser cannot open the page (" +
    error + "); use one from 2023 or later</p>");
  throw error;
});
