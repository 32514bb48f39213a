// JavaScript of pages and widgets: one module for a live widget, scripts for pages that work without a kernel.
import js from "@eslint/js";
import globals from "globals";

const PAGE = Object.fromEntries(
  [
    ...["Plotly", "inflate", "plotlyReady", "playRecording", "linkedMaps", "selectionHistory"],
    ...["Reveal", "RevealNotes"],
  ].map((name) => [name, "readonly"]),
);

export default [
  { ignores: ["**/*", "!smwm_lab/**", "!workshop/", "!workshop/slides.js", "!eslint.config.mjs"] },
  js.configs.recommended,
  {
    files: ["smwm_lab/**/*.js", "workshop/slides.js"],
    languageOptions: { ecmaVersion: 2023, sourceType: "script", globals: { ...globals.browser, ...PAGE } },
    rules: {
      eqeqeq: "error",
      "no-unused-vars": "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-shadow": "error",
    },
  },
  {
    files: [
      "smwm_lab/widgets/shared/static/interactive_image.js",
      "smwm_lab/widgets/shared/static/live_figure.js",
      "smwm_lab/widgets/linked_explorer/live.js",
      "smwm_lab/widgets/latent_explorer/large_map.js",
    ],
    languageOptions: { sourceType: "module" },
  },
];
