// A recording of one plotly figure whose traces and axes move. Needs `playRecording`, `plotlyReady` and #figure.
{
  let ready = false;
  const show = playRecording((frame, { figure }) => {
    if (!ready) return;
    frame.traces.forEach((values, i) => Object.assign(figure.data[i], values));
    for (const [axis, range] of Object.entries(frame.ranges)) figure.layout[axis].range = range;
    Plotly.react("figure", figure.data, figure.layout);
  });
  plotlyReady.then(() => {
    ready = true;
    Plotly.newPlot("figure", [], {}, { displaylogo: false });
    show();
  });
}
