/**
 * Every text on the page whose contrast is below WCAG 2.2 AA, by class and words: an empty object
 * is the aim. Labels made by the style sheet are measured as well; disabled things are exempt.
 */
() => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });

  const rgba = (colour) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data];
  };
  const over = (top, ground) => {
    const share = top[3] / 255;
    return [0, 1, 2].map((i) => top[i] * share + ground[i] * (1 - share)).concat(255);
  };
  const luminance = ([red, green, blue]) => {
    const linear = (value) =>
      value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  };
  const ground = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      layers.push(rgba(getComputedStyle(at).backgroundColor));
      if (layers.at(-1)[3] === 255) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 255]);
  };

  const poor = {};
  let measured = 0;
  const measure = (element, pseudo, words) => {
    if (element.closest(":disabled, [aria-disabled=true]")) return;
    const style = getComputedStyle(element, pseudo);
    const below = pseudo ? over(rgba(style.backgroundColor), ground(element)) : ground(element);
    const [one, other] = [over(rgba(style.color), below), below].map(luminance);
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    measured += 1;
    if (contrast < (large ? 3 : 4.5)) {
      const name = `${element.className || element.tagName}${pseudo ?? ""}`;
      poor[`${name}: ${words.slice(0, 20)}`] = contrast.toFixed(2);
    }
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const seen = node.nodeValue.trim() && element.getClientRects().length > 0;
    if (seen && element.tagName !== "OPTION") measure(element, null, node.nodeValue.trim());
  }
  for (const mark of document.querySelectorAll(".finding[data-label]")) {
    measure(mark, "::after", mark.dataset.label);
  }
  for (const control of document.querySelectorAll(".control")) {
    measure(control, "::before", control.dataset.label);
  }
  return { poor, measured };
}
