/**
 * Entry: switches on what helps where JavaScript runs. Every page works without it; nothing here
 * decides anything, it only fills in and sends the forms that are on the page.
 */

import { startBoxes } from "./boxes.js";
import { startEdges } from "./edges.js";
import { startFinalRead } from "./final.js";
import { startFindings } from "./findings.js";
import { startKeys } from "./keys.js";
import { watchLease } from "./lease.js";
import { startMarking } from "./marking.js";
import { startMenus } from "./menus.js";
import { sendOnce } from "./once.js";
import { keepPlace } from "./place.js";
import { leaveRoom } from "./room.js";
import { showLocalTimes } from "./times.js";

document.documentElement.classList.add("scripted");
showLocalTimes(document);
sendOnce(document);
startMenus(document);
startBoxes(document);
startFinalRead(document);
leaveRoom(document);

const letter = document.getElementById("letter");
if (letter) {
  const edges = startEdges(letter);
  const findings = startFindings(letter, edges);
  const marking = startMarking(letter);
  startKeys({ findings, marking, edges });
  watchLease(document);
  keepPlace(letter.dataset.letter ?? "", findings);
} else {
  startKeys({ findings: null, marking: null, edges: null });
}
