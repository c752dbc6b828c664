([start, end]) => {
  // as a mouse selects: the range, then the button of the mouse goes up
  const root = document.querySelector("#original");
  const letters = [...root.textContent];
  const from = letters.slice(0, start).join("").length;
  const to = letters.slice(0, end).join("").length;
  const range = document.createRange();
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let passed = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = node.nodeValue.length;
    if (from >= passed && from < passed + length) {
      range.setStart(node, from - passed);
      node.parentElement.scrollIntoView({ block: "center" });
    }
    if (to > passed && to <= passed + length) {
      range.setEnd(node, to - passed);
      break;
    }
    passed += length;
  }
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  document.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
}
