// LiveFigure in the browser: plotly's own widget, loaded once for all figures of a page.
//
// anywidget gives a module two seconds, then it drops every message to its widget. Plotly's module has 5 MB, and each
// figure would load its own. So this one is ready at once, keeps what arrives meanwhile, and passes it on in order.
const LOADED = Symbol.for("smwm_lab plotly widgets");

function plotlyWidget(model) {
  const version = model.get("_plotly_version");
  const widgets = (globalThis[LOADED] ??= {});
  widgets[version] ??= loaded(model.get("_plotly"));
  return widgets[version];
}

async function loaded(source) {
  await new Promise((resolve) => setTimeout(resolve));  // small widgets of the same cell first
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    return (await import(url)).default;
  } finally {
    URL.revokeObjectURL(url);
  }
}

// Returns an object that keeps messages of the model until `deliver(start)`, which hands plotly the model and then them.
function inbox(model) {
  const kept = [];
  const keepers = model.get("_messages").map((name) => {
    const keep = () => { if (model.get(name) !== null) kept.push([name, model.get(name)]); };
    model.on(`change:${name}`, keep);
    return [name, keep];
  });
  return {
    async deliver(start) {
      keepers.forEach(([name, keep]) => model.off(`change:${name}`, keep));
      const listeners = {};
      let late = null;
      await start({
        get: (name) => (late && late[0] === name ? late[1] : model.get(name)),
        set: (name, value) => model.set(name, value),
        save_changes: () => model.save_changes(),
        on: (event, listener) => {
          (listeners[event] ??= []).push(listener);
          model.on(event, listener);
        },
      });
      for (late of kept) (listeners[`change:${late[0]}`] ?? []).forEach((listener) => listener());
      late = null;
    },
  };
}

export default () => {
  let widget;
  return {
    initialize({ model }) {
      const waiting = inbox(model);
      widget = plotlyWidget(model).then(async (make) => {
        const made = make();
        await waiting.deliver((whole) => made.initialize({ model: whole }));
        return made;
      });
    },
    async render(view) {
      return (await widget).render(view);
    },
  };
};
