// The browser of every journey is Debian's Chromium without what the oldest supported ones lack (kernel/assets/browsers.json: Chrome and Edge
// 123, Firefox 128, Safari 17.5). Syntax is the build's matter; here go the functions that came later to one of them (MDN browser-compat-data).
// It is no such browser: how one of them draws a page is not seen by this.
{
  const later = [
    [globalThis, ["Iterator", "Temporal", "scheduler", "navigation", "cookieStore", "requestIdleCallback", "cancelIdleCallback", "CloseWatcher",
      "trustedTypes", "BarcodeDetector", "Observable", "LanguageDetector", "Translator", "fetchLater", "documentPictureInPicture"]],
    [Promise, ["try"]], [URL, ["parse"]], [RegExp, ["escape"]], [Math, ["f16round", "sumPrecise"]], [Error, ["isError"]], [Intl, ["DurationFormat"]],
    [Uint8Array, ["fromBase64", "fromHex"]], [Uint8Array.prototype, ["toBase64", "toHex", "setFromBase64", "setFromHex"]],
    [Map.prototype, ["getOrInsert", "getOrInsertComputed"]],
    [Document.prototype, ["startViewTransition", "caretPositionFromPoint", "moveBefore"]], [Element.prototype, ["moveBefore", "getHTML", "setHTML"]],
    [Document, ["parseHTML"]], [HTMLDialogElement.prototype, ["requestClose", "closedBy"]], [HTMLElement.prototype, ["writingSuggestions"]],
    [HTMLButtonElement.prototype, ["command", "commandForElement", "interestForElement"]], [Navigator.prototype, ["userAgentData", "scheduling", "connection"]],
    [globalThis.PublicKeyCredential ?? {}, ["parseCreationOptionsFromJSON", "parseRequestOptionsFromJSON", "getClientCapabilities"]],
    [globalThis.PublicKeyCredential?.prototype ?? {}, ["toJSON"]],
    [ReadableStream, ["from"]], [Request.prototype, ["bytes"]], [Response.prototype, ["bytes"]], [Blob.prototype, ["bytes"]],
  ];
  for (const [where, names] of later) for (const name of names) delete where[name];
}
