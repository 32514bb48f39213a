// A recording: frames moved by a slider, or played. Needs #recording (JSON), #frame, #play and #text.
// playRecording(draw): draw(frame, recording) shows a frame; returns what shows the present frame.
window.playRecording = (draw) => {
  const recording = JSON.parse(document.getElementById("recording").textContent);
  const slider = document.getElementById("frame"), button = document.getElementById("play");
  const text = document.getElementById("text");
  let timer = null;
  const show = () => {
    const frame = recording.frames[slider.value];
    draw(frame, recording);
    text.textContent = frame.text;
    slider.setAttribute("aria-valuetext", frame.text);
  };
  const stop = () => { clearInterval(timer); timer = null; button.textContent = "Play"; };
  const next = () => {
    slider.value = Number(slider.value) + 1;
    show();
    if (slider.value === slider.max) stop();
  };
  button.onclick = () => {
    if (timer) return stop();
    if (slider.value === slider.max) slider.value = 0;
    show();
    button.textContent = "Pause";
    timer = setInterval(next, recording.pause);
  };
  slider.oninput = () => { stop(); show(); };
  show();
  return show;
};
