// Shows the queries whose text, set or tags hold what was typed, and unfolds all of them.
const queries = [...document.querySelectorAll("details.query")];
const filter = document.getElementById("filter");
const unfold = document.getElementById("unfold");
const shown = document.getElementById("shown");
if (filter) {
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const query of queries) query.hidden = !query.dataset.text.toLowerCase().includes(wanted);
    shown.textContent = wanted ? `${queries.filter((query) => !query.hidden).length} 条` : "";
  });
  unfold.addEventListener("click", () => {
    const opens = queries.some((query) => !query.hidden && !query.open);
    for (const query of queries) if (!query.hidden) query.open = opens;
    unfold.textContent = opens ? "全部收起" : "全部展开";
  });
}
