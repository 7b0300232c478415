// QR symbols before the camera, decoded in the page: the picture goes nowhere.
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import wasm from "zxing-wasm/reader/zxing_reader.wasm";

const SEEN = { video: { facingMode: { ideal: "user" }, width: { ideal: 1280 }, height: { ideal: 720 } } };
const LOOK_FOR = { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 1 };
const PAUSE = 60; // milliseconds between two looks, so that the page stays alive on a small machine

/** Play the camera in `video` and hand over the first text that is seen; rejects where there is no camera. */
export async function watch(video, found) {
  prepareZXingModule({ overrides: { locateFile: () => new URL(wasm, import.meta.url).href } });
  const stream = await navigator.mediaDevices.getUserMedia(SEEN);
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  addEventListener("pagehide", stop, { once: true });
  video.srcObject = stream;
  await video.play();
  look(video, (text) => {
    stop();
    found(text);
  });
}

async function look(video, found) {
  const canvas = document.createElement("canvas");
  const drawn = canvas.getContext("2d", { willReadFrequently: true });
  while (video.isConnected && video.srcObject?.active) {
    if (video.videoWidth) {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      drawn.drawImage(video, 0, 0);
      const [symbol] = await readBarcodes(drawn.getImageData(0, 0, canvas.width, canvas.height), LOOK_FOR);
      if (symbol?.text) return found(symbol.text);
    }
    await new Promise((after) => setTimeout(after, PAUSE));
  }
}
