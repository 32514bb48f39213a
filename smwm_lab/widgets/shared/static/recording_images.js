// A recording of images. Needs `playRecording` and #screens, an img for each image of a frame.
{
  const screens = [...document.querySelectorAll("#screens img")];
  playRecording((frame, recording) => {
    frame.images.forEach((image, i) => { screens[i].src = recording.images[image]; });
  });
}
