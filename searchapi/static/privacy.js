// The line at the foot of each page that says what is recorded, and the way to undo it.

import { forgetVisits } from "./events.js";
import { wantsNoRecord } from "./visitor.js";

const [words, button, outcome] = ["privacy-words", "forget", "forgotten"].map((id) => document.getElementById(id));

if (wantsNoRecord()) {
  words.textContent = "您的浏览器要求不被跟踪，本店不记录您的浏览，也不按浏览调整商品顺序。";
  button.hidden = true;
}
button.addEventListener("click", async () => {
  button.disabled = true;
  try {
    const events = await forgetVisits();
    outcome.textContent = events ? `已清除 ${events} 条记录。` : "没有需要清除的记录。";
  } catch {
    outcome.textContent = "暂时连不上服务器，记录还没有清除，请稍后再试。";
  }
  button.disabled = false;
});
