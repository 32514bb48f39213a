// One page, one row of slides: the size they are drawn at, keys, a place in the address, and the window for the speaker.
Reveal.initialize({
  width: 1280,
  height: 720,
  margin: 0,
  center: false,
  hash: true,
  slideNumber: "c/t",
  transition: "none",
  backgroundTransition: "none",
  navigationMode: "linear",
  pdfSeparateFragments: false,
  plugins: [RevealNotes],
});
